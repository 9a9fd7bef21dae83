#include "analytics/ratios.h"

#include <algorithm>
#include <cmath>

namespace signalbus::analytics {
namespace {

/// Root of the mean square of what is on one side of a level.
template <class Part>
double partial_deviation(std::span<const double> returns, Part part) {
  if (returns.empty()) return kNan;
  long double sum = 0;
  for (const double r : returns) {
    const long double x = part(r);
    sum += x * x;
  }
  return static_cast<double>(sqrtl(sum / static_cast<long double>(returns.size())));
}

long double mean_of(std::span<const double> values) {
  long double sum = 0;
  for (const double x : values) sum += x;
  return values.empty() ? kNan : sum / static_cast<long double>(values.size());
}

}  // namespace

double rate_per_period(double annual, double periods_per_year, RateMode mode) {
  if (mode == RateMode::kArithmetic) return annual / periods_per_year;
  return std::expm1(std::log1p(annual) / periods_per_year);
}

double compound_growth(double growth, std::size_t count, double periods_per_year) {
  if (count == 0) return kNan;
  return std::pow(growth, periods_per_year / static_cast<double>(count)) - 1;
}

double calendar_growth(double growth, int days) {
  return days > 0 ? std::pow(growth, 365.25 / days) - 1 : kNan;
}

double sharpe(const Moments& moments, double rf) {
  if (moments.count < 2) return kNan;
  if (moments.constant()) return 0;
  return static_cast<double>((moments.mean - rf) / sample_stdev(moments));
}

double downside_deviation(std::span<const double> returns, double mar) {
  return partial_deviation(returns, [mar](double r) { return std::min(r - mar, 0.0); });
}

double upside_deviation(std::span<const double> returns, double mar) {
  return partial_deviation(returns, [mar](double r) { return std::max(r - mar, 0.0); });
}

double sortino(std::span<const double> returns, double mar) {
  return ratio(mean_of(returns) - mar, downside_deviation(returns, mar));
}

double omega(std::span<const double> returns, double level) {
  long double above = 0;
  long double below = 0;
  for (const double r : returns) {
    if (r > level) above += r - level;
    if (r < level) below += level - r;
  }
  return below == 0 ? kNan : static_cast<double>(above / below);
}

WinLoss win_loss_of(std::span<const double> values) {
  WinLoss out;
  std::size_t winning = 0;
  std::size_t losing = 0;
  for (const double r : values) {
    winning = r > 0 ? winning + 1 : 0;
    losing = r < 0 ? losing + 1 : 0;
    out.longest_wins = std::max(out.longest_wins, winning);
    out.longest_losses = std::max(out.longest_losses, losing);
    // Signs of returns are what no processor foresees: adding a zero is cheaper than a branch.
    const double gain = std::max(r, 0.0);
    const double loss = std::min(r, 0.0);
    out.wins += r > 0 ? 1U : 0U;
    out.losses += r < 0 ? 1U : 0U;
    out.sum_wins += gain;
    out.sum_losses += loss;
    out.sum_downside_squares += static_cast<long double>(loss) * loss;
  }
  out.zeros = values.size() - out.wins - out.losses;
  return out;
}

double WinLoss::win_rate() const {
  return ratio(static_cast<long double>(wins), static_cast<long double>(wins + losses));
}
double WinLoss::average_win() const { return ratio(sum_wins, static_cast<long double>(wins)); }
double WinLoss::average_loss() const { return ratio(sum_losses, static_cast<long double>(losses)); }
double WinLoss::payoff() const { return ratio(average_win(), -average_loss()); }
double WinLoss::profit_factor() const { return ratio(sum_wins, -sum_losses); }
double WinLoss::gain_to_pain() const { return ratio(sum_wins + sum_losses, -sum_losses); }
double WinLoss::kelly() const { return win_rate() - (1 - win_rate()) / payoff(); }

double stability(std::span<const double> returns, const Moments& moments) {
  if (returns.size() < 2) return kNan;
  if (moments.constant()) return returns[0] > -1 ? 1 : kNan;
  std::vector<double> levels;
  levels.reserve(returns.size());
  double level = 0;
  for (const double r : returns) {
    if (r <= -1) return kNan;
    level += std::log1p(r);
    levels.push_back(level);
  }
  const Moments y = mean_and_variance_of(levels);
  if (y.constant()) return kNan;
  const auto n = static_cast<long double>(returns.size());
  const long double middle = (n - 1) / 2;
  long double product = 0;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    product += (static_cast<long double>(i) - middle) * (levels[i] - y.mean);
  }
  const long double squares = n * (n * n - 1) / 12;
  return static_cast<double>(product * product / (squares * y.m2));
}

double hurst_exponent(std::span<const double> returns, const Moments& moments) {
  if (moments.count < 2 || moments.constant()) return kNan;
  long double level = 0;
  long double low = 0;
  long double high = 0;
  for (const double r : returns) {
    level += r - moments.mean;
    low = std::min(low, level);
    high = std::max(high, level);
  }
  return std::log(static_cast<double>(high - low) / sample_stdev(moments)) /
         std::log(static_cast<double>(moments.count));
}

}  // namespace signalbus::analytics
