#include "analytics/relative.h"

#include <algorithm>
#include <cmath>

namespace signalbus::analytics {
namespace {

/// Adds one pair; `side` compounds in `ours` and `theirs` as growth until finish().
void add(CaptureSide& side, double r, double b) {
  ++side.periods;
  side.same_sign += (r > 0 && b > 0) || (r < 0 && b < 0) ? 1U : 0U;
  side.better += r > b ? 1U : 0U;
  side.ours = (1 + side.ours) * (1 + r) - 1;
  side.theirs = (1 + side.theirs) * (1 + b) - 1;
}

}  // namespace

double CaptureSide::capture() const { return periods == 0 ? kNan : ratio(ours, theirs); }

double CaptureSide::annualised_capture(double periods_per_year) const {
  if (periods == 0) return kNan;
  const double power = periods_per_year / static_cast<double>(periods);
  return ratio(std::pow(1 + ours, power) - 1, std::pow(1 + theirs, power) - 1);
}

double Relative::beta() const {
  return theirs.constant() ? kNan : static_cast<double>(product / theirs.m2);
}

double Relative::correlation() const {
  if (ours.constant() || theirs.constant()) return kNan;
  return std::clamp(static_cast<double>(product / (sqrtl(ours.m2) * sqrtl(theirs.m2))), -1.0, 1.0);
}

double Relative::alpha_per_period(double rf) const {
  return static_cast<double>((ours.mean - rf) - beta() * (theirs.mean - rf));
}

double Relative::residual_variance(double ddof) const {
  const double left = static_cast<double>(count()) - ddof;
  if (theirs.constant() || left <= 0) return kNan;
  const long double rest = ours.m2 - product * product / theirs.m2;
  // What rounding leaves of an exact fit is no risk.
  if (rest <= ours.m2 * 1e-15L) return 0;
  return static_cast<double>(rest / left);
}

Relative relative_of(const Aligned& aligned) {
  Relative out;
  out.ours = moments_of(aligned.ours);
  out.theirs = moments_of(aligned.theirs);
  out.active = moments_of(differences(aligned));
  for (std::size_t i = 0; i < aligned.ours.size(); ++i) {
    const double r = aligned.ours[i];
    const double b = aligned.theirs[i];
    out.product += (r - out.ours.mean) * (b - out.theirs.mean);
    if (b > 0) add(out.up, r, b);
    if (b < 0) add(out.down, r, b);
    out.won += r > b ? 1U : 0U;
    out.growth_ours *= 1 + r;
    out.growth_theirs *= 1 + b;
  }
  return out;
}

}  // namespace signalbus::analytics
