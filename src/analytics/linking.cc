#include "analytics/linking.h"

#include <cmath>

#include "core/check.h"

namespace signalbus::analytics {
namespace {

double sum_of(std::span<const double> parts) {
  long double sum = 0;
  for (const double part : parts) sum += part;
  return static_cast<double>(sum);
}

}  // namespace

double carino_factor(double r) {
  if (r <= -1) return kNan;
  if (std::abs(r) < 1e-8) return 1 - r / 2 + r * r / 3;
  return std::log1p(r) / r;
}

double carino_active_factor(double p, double b) {
  if (p <= -1 || b <= -1) return kNan;
  return carino_factor((p - b) / (1 + b)) / (1 + b);
}

LinkedContributions link_carino(std::span<const PeriodContribution> periods) {
  LinkedContributions out;
  long double growth = 1;
  for (const PeriodContribution& period : periods) {
    const double r = sum_of(period.parts);
    if (r <= -1) break;
    growth *= 1 + static_cast<long double>(r);
    ++out.periods;
  }
  out.total = static_cast<double>(growth - 1);
  if (periods.empty()) return out;
  out.parts.assign(periods[0].parts.size(), 0);
  const double whole = carino_factor(out.total);
  for (const PeriodContribution& period : periods.first(out.periods)) {
    SB_CHECK(period.parts.size() == out.parts.size());
    const double scale = carino_factor(sum_of(period.parts)) / whole;
    for (std::size_t i = 0; i < out.parts.size(); ++i) out.parts[i] += period.parts[i] * scale;
  }
  return out;
}

}  // namespace signalbus::analytics
