#include "analytics/flow_returns.h"

#include <algorithm>
#include <cmath>

#include "analytics/moments.h"

namespace signalbus::analytics {
namespace {

constexpr int kOpenSeconds = 9 * 3600 + 30 * 60;
constexpr double kLargeFlow = 0.1;

/// What the account would be worth at rate R, less what it is worth.
struct Excess {
  double begin;
  double end;
  std::span<const WeightedFlow> flows;

  double at(double rate) const {
    double sum = begin * (1 + rate) - end;
    for (const WeightedFlow& flow : flows) {
      sum += flow.amount.to_double() * std::pow(1 + rate, flow.weight);
    }
    return sum;
  }
};

/// Halves an interval whose ends differ in sign until doubles cannot tell them apart.
double bisect(const Excess& excess, double low, double high) {
  const bool rising = excess.at(low) < 0;
  for (int i = 0; i < 200; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    ((excess.at(middle) < 0) == rising ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace

FlowTiming timing_of(int seconds_of_day) {
  return seconds_of_day < kOpenSeconds ? FlowTiming::kStart : FlowTiming::kEnd;
}

DayReturn day_return(const EquityDay& day) {
  DayReturn out{day.date, 0, day.base().is_positive(), false};
  const double flows = day.start_flow.abs().to_double() + day.end_flow.abs().to_double();
  out.large_flow = flows > kLargeFlow * std::max(0.0, day.before.to_double());
  if (out.defined) out.value = (day.after - day.end_flow).to_double() / day.base().to_double() - 1;
  return out;
}

std::vector<DayReturn> day_returns(std::span<const EquityDay> days) {
  std::vector<DayReturn> out;
  out.reserve(days.size());
  for (const EquityDay& day : days) out.push_back(day_return(day));
  return out;
}

double time_weighted_return(std::span<const DayReturn> days) {
  long double level = 1;
  for (const DayReturn& day : days) level *= 1 + static_cast<long double>(day.value);
  return static_cast<double>(level - 1);
}

double modified_dietz(Money begin, Money end, std::span<const WeightedFlow> flows) {
  double gain = (end - begin).to_double();
  double base = begin.to_double();
  for (const WeightedFlow& flow : flows) {
    gain -= flow.amount.to_double();
    base += flow.weight * flow.amount.to_double();
  }
  return base > 0 ? gain / base : kNan;
}

double money_weighted_return(Money begin, Money end, std::span<const WeightedFlow> flows) {
  const Excess excess{begin.to_double(), end.to_double(), flows};
  // From what Dietz says outwards, so that of several solutions the plausible one is found.
  const double guess = modified_dietz(begin, end, flows);
  const double centre = std::isnan(guess) ? 0 : std::max(guess, -0.999);
  double low = centre;
  double high = centre;
  for (int i = 0; i < 60; ++i) {
    low = -1 + (low + 1) / 1.3;
    high = -1 + (high + 1) * 1.3;
    if ((excess.at(low) < 0) != (excess.at(high) < 0)) return bisect(excess, low, high);
  }
  return kNan;
}

}  // namespace signalbus::analytics
