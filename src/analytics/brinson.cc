#include "analytics/brinson.h"

#include <cmath>

#include "analytics/linking.h"
#include "core/decimal.h"

namespace signalbus::analytics {
namespace {

Status adds_up(double sum, std::string_view whose) {
  if (std::abs(sum - 1) <= 1e-9) return Ok{};
  return Error{ErrorCode::kInvalidInput, "attribution: weights of " + std::string(whose) +
                                             " add up to " + format_double(sum) +
                                             ", not 1; add a segment for cash"};
}

/// A segment with both returns.
struct Filled {
  double wp, wb, rp, rb;
};
Filled fill(const Segment& s) {
  const double rb = s.benchmark_ret.value_or(s.ret.value_or(0));
  return {s.weight, s.benchmark_weight, s.ret.value_or(rb), rb};
}

/// Compounded returns of both sides; an error where they cannot be linked.
Result<LinkedEffects> totals_of(std::span<const BrinsonPeriod> periods) {
  LinkedEffects out{0, 0, {}};
  long double ours = 1;
  long double theirs = 1;
  for (std::size_t t = 0; t < periods.size(); ++t) {
    const BrinsonPeriod& period = periods[t];
    const std::string place = "attribution: period " + std::to_string(t + 1);
    if (period.ret <= -1 || period.benchmark_ret <= -1) {
      return Error{ErrorCode::kInvalidInput, place + ": loses everything; link the ones before it"};
    }
    if (period.effects.size() != periods[0].effects.size()) {
      return Error{ErrorCode::kInvalidInput, place + ": has other segments; use the same in all"};
    }
    ours *= 1 + static_cast<long double>(period.ret);
    theirs *= 1 + static_cast<long double>(period.benchmark_ret);
  }
  out.ret = static_cast<double>(ours - 1);
  out.benchmark_ret = static_cast<double>(theirs - 1);
  if (!periods.empty()) out.effects.resize(periods[0].effects.size());
  return out;
}

void add_scaled(std::vector<Effects>& sums, const BrinsonPeriod& period, double scale) {
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i].allocation += period.effects[i].allocation * scale;
    sums[i].selection += period.effects[i].selection * scale;
    sums[i].interaction += period.effects[i].interaction * scale;
  }
}

/// Menchero's M: what a period's difference is worth on average in the total.
double menchero_scale(double ours, double theirs, double periods) {
  if (ours == theirs) return std::pow(1 + ours, (periods - 1) / periods);
  return (ours - theirs) / periods /
         (std::pow(1 + ours, 1 / periods) - std::pow(1 + theirs, 1 / periods));
}

}  // namespace

Result<BrinsonPeriod> brinson_fachler(std::span<const Segment> segments) {
  BrinsonPeriod out{0, 0, {}};
  double ours = 0;
  double theirs = 0;
  for (const Segment& segment : segments) {
    const Filled s = fill(segment);
    ours += s.wp;
    theirs += s.wb;
    out.ret += s.wp * s.rp;
    out.benchmark_ret += s.wb * s.rb;
  }
  SB_TRY_OK(adds_up(ours, "the portfolio"));
  SB_TRY_OK(adds_up(theirs, "the benchmark"));
  for (const Segment& segment : segments) {
    const Filled s = fill(segment);
    out.effects.push_back({(s.wp - s.wb) * (s.rb - out.benchmark_ret), s.wb * (s.rp - s.rb),
                           (s.wp - s.wb) * (s.rp - s.rb)});
  }
  return out;
}

Result<LinkedEffects> link_effects_carino(std::span<const BrinsonPeriod> periods) {
  SB_TRY(LinkedEffects out, totals_of(periods));
  const double whole = carino_active_factor(out.ret, out.benchmark_ret);
  for (const BrinsonPeriod& period : periods) {
    add_scaled(out.effects, period, carino_active_factor(period.ret, period.benchmark_ret) / whole);
  }
  return out;
}

Result<LinkedEffects> link_effects_menchero(std::span<const BrinsonPeriod> periods) {
  SB_TRY(LinkedEffects out, totals_of(periods));
  const double scale =
      menchero_scale(out.ret, out.benchmark_ret, static_cast<double>(periods.size()));
  double sum = 0;
  double squares = 0;
  for (const BrinsonPeriod& period : periods) {
    const double active = period.ret - period.benchmark_ret;
    sum += active;
    squares += active * active;
  }
  const double rest = out.ret - out.benchmark_ret - scale * sum;
  for (const BrinsonPeriod& period : periods) {
    const double active = period.ret - period.benchmark_ret;
    add_scaled(out.effects, period, scale + (squares > 0 ? rest * active / squares : 0));
  }
  return out;
}

}  // namespace signalbus::analytics
