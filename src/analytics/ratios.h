// Ratios of return to risk, per period unless they say else, as functions of plain values.
#pragma once

#include <cstddef>
#include <span>

#include "analytics/moments.h"

namespace signalbus::analytics {

/// How an annual rate becomes one per period.
enum class RateMode {
  kArithmetic,  ///< rf / A: the specification's, and our default.
  kGeometric    ///< (1 + rf)^(1/A) - 1: quantstats' and ffn's.
};
double rate_per_period(double annual, double periods_per_year, RateMode mode);

/// growth^(A / count) - 1; NaN without observations. A growth of 0 gives -1.
double compound_growth(double growth, std::size_t count, double periods_per_year);
/// growth^(365.25 / days) - 1; NaN unless days > 0.
double calendar_growth(double growth, int days);

/// (mean - rf) / stdev; 0 for a constant sample, as nothing was at risk; NaN below 2.
double sharpe(const Moments& moments, double rf);

/// sqrt(sum of min(r - mar, 0)^2 / n): n counts all returns.
double downside_deviation(std::span<const double> returns, double mar);
/// sqrt(sum of max(r - mar, 0)^2 / n).
double upside_deviation(std::span<const double> returns, double mar);
/// mean(r - mar) / downside_deviation; x/0 infinite.
double sortino(std::span<const double> returns, double mar);
/// Sum of what is above the level / sum of what is below; NaN where nothing is below.
double omega(std::span<const double> returns, double level);

/// Wins, losses and runs of them. A zero is neither and ends a run.
struct WinLoss {
  std::size_t wins = 0;
  std::size_t losses = 0;
  std::size_t zeros = 0;
  long double sum_wins = 0;
  long double sum_losses = 0;  ///< Negative.
  long double sum_downside_squares = 0;
  std::size_t longest_wins = 0;
  std::size_t longest_losses = 0;

  double win_rate() const;  ///< wins / (wins + losses).
  double average_win() const;
  double average_loss() const;
  double payoff() const;         ///< average win / |average loss|.
  double profit_factor() const;  ///< sum of wins / |sum of losses|.
  double gain_to_pain() const;   ///< sum of all / |sum of losses|.
  double kelly() const;          ///< win rate - (1 - win rate) / payoff.
};
WinLoss win_loss_of(std::span<const double> values);

/// R squared of the cumulated log returns on time. NaN after a wipe-out; 1 for a constant return.
double stability(std::span<const double> returns, const Moments& moments);

/// log(R/S) / log(n), one window, biased: R the range of the cumulated demeaned returns.
double hurst_exponent(std::span<const double> returns, const Moments& moments);

}  // namespace signalbus::analytics
