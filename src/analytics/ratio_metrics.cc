// Metrics of return for risk.
#include "analytics/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "analytics/rolling.h"
#include "analytics/sharpe.h"
#include "analytics/tail_risk.h"

namespace signalbus::analytics {
namespace {

using enum MetricGroup;
using enum MetricUnit;
using enum Scale;

double root(const Facts& f) { return std::sqrt(f.conventions.periods_per_year); }

/// The yearly rate that goes with the rate per period, also where that is a series.
double annual_rf(const Facts& f) { return f.annual(f.rf); }

SharpeSample sharpe_of(const Facts& f) {
  return sharpe_sample(f.excess, static_cast<double>(f.excess.mean));
}

double ulcer(const Facts& f) {
  return static_cast<double>(
      sqrtl(f.drawdowns.sum_of_squares / static_cast<long double>(f.count())));
}

double pain(const Facts& f) {
  return static_cast<double>(-f.drawdowns.sum / static_cast<long double>(f.count()));
}

double burke(const Facts& f) {
  double squares = 0;
  for (const DrawdownEpisode& episode : f.episodes) squares += episode.depth * episode.depth;
  return ratio(f.cagr() - annual_rf(f), std::sqrt(squares));
}

double calmar_3y(const Facts& f) {
  const TradeDate base = months_before(f.returns.dates().back(), 36);
  // Nearly: the first session after the base date may be some days later.
  if (f.returns.dates().front().days() > base.days() + 5) return kNan;
  const auto dates = f.returns.dates();
  const auto first = std::upper_bound(dates.begin(), dates.end(), base) - dates.begin();
  const auto last = f.returns.values().subspan(static_cast<std::size_t>(first));
  const DrawdownEnds ends = drawdown_ends(last);
  return ratio(compound_growth(ends.growth, last.size(), f.conventions.periods_per_year),
               -ends.deepest);
}

double serenity(const Facts& f) {
  const Moments depth = mean_and_variance_of(f.depths);
  const double threshold = var_gaussian(depth, kTailLevel);
  long double sum = 0;
  long double count = 0;
  for (const double x : f.depths) {
    if (x >= threshold) continue;
    sum += x;
    ++count;
  }
  const double shortfall = count == 0 ? threshold : static_cast<double>(sum / count);
  const double pitfall = ratio(-shortfall, sample_stdev(f.moments));
  const auto n = static_cast<long double>(f.count());
  const auto qs_ulcer = static_cast<double>(sqrtl(f.drawdowns.sum_of_squares / (n - 1)));
  return ratio(f.mean() * static_cast<double>(f.count()), qs_ulcer * pitfall);
}

/// As sortino() and omega() of ratios.h have them at 0, from what was summed up already.
double sortino_at_zero(const Facts& f) {
  const auto n = static_cast<long double>(f.count());
  return ratio(f.moments.mean, static_cast<double>(sqrtl(f.days.sum_downside_squares / n)));
}

double omega_at_zero(const Facts& f) { return f.days.losses == 0 ? kNan : f.days.profit_factor(); }

WinLoss monthly_sums(const Facts& f) {
  std::vector<double> sums;
  sums.reserve(f.months.size());
  for (const Bucket& month : f.months) sums.push_back(month.sum);
  return win_loss_of(sums);
}

const std::array kMetrics = {
    Metric{"sharpe", "Sharpe ratio", kReward, kRatio, kAnnual, 2, "(mean(r) - rf/A)/std(r)*sqrt(A)",
           "rf is yearly. Arithmetic: not cagr/volatility. 0 for constant returns.",
           "empyrical takes rf per period; quantstats and ffn convert it geometrically, quantstats "
           "ignores rf <= 0; Lean uses a compounded numerator",
           [](const Facts& f) -> double { return f.sharpe_per_period() * root(f); }},
    Metric{"rolling_sharpe", "Sharpe ratio of the last half year", kReward, kRatio, kAnnual, 126,
           "sharpe of the last 126 r", "rf as for sharpe.", "",
           [](const Facts& f) -> double {
             return sharpe(moments_of(f.returns.values().last(kHalfYear)), f.rf) * root(f);
           }},
    Metric{"smart_sharpe", "Smart Sharpe ratio", kReward, kRatio, kAnnual, 3,
           "sharpe/sqrt(1 + 2 sum_k (n-k)/n rho^k), rho = |autocorrelation|",
           "Negative autocorrelation is penalised too, as quantstats does.", "quantstats only",
           [](const Facts& f) -> double {
             return f.sharpe_per_period() * root(f) /
                    autocorrelation_penalty(f.autocorrelation, f.count());
           }},
    Metric{
        "probabilistic_sharpe_ratio", "Probability that the Sharpe ratio is above 0", kReward,
        kProbability, kPlain, 4,
        "Phi(SR*sqrt(n-1)/sqrt(1 - G1*SR + (K-1)/4*SR^2)), SR per period, K = excess + 3",
        "Bailey and Lopez de Prado (2012); raw kurtosis.",
        "quantstats up to 0.0.81 took the excess twice; PerformanceAnalytics sets K = 3 by default",
        [](const Facts& f) -> double { return probabilistic_sharpe_ratio(sharpe_of(f), 0); }},
    Metric{"deflated_sharpe_ratio", "Probability that the Sharpe ratio is no luck of many trials",
           kReward, kProbability, kPlain, 4,
           "the same against the best of N trials: sd*((1-g)*z(1-1/N) + g*z(1-1/(N*e)))",
           "g is Euler's constant; equal to the one above for one trial.",
           "ffn: deviations with ddof 1, as here",
           [](const Facts& f) -> double {
             return probabilistic_sharpe_ratio(
                 sharpe_of(f),
                 expected_maximum_sharpe(f.conventions.trials, f.conventions.trials_stdev));
           }},
    Metric{"min_track_record_length", "Observations that prove a Sharpe ratio above 0", kReward,
           kPeriods, kPlain, 4, "1 + (1 - G1*SR + (K-1)/4*SR^2)*(z(0.95)/SR)^2",
           "At 95 %; absent for a Sharpe ratio of 0 or less.", "PerformanceAnalytics only",
           [](const Facts& f) -> double { return min_track_record_length(sharpe_of(f), 0, 0.95); }},
    Metric{"sortino", "Sortino ratio", kReward, kRatio, kAnnual, 1, "mean(r)*A/downside_deviation",
           "Minimum acceptable return 0.",
           "quantstats gives NaN without losses; PerformanceAnalytics does not annualise",
           [](const Facts& f) -> double { return sortino_at_zero(f) * root(f); }},
    Metric{"adjusted_sortino", "Sortino ratio / sqrt(2)", kReward, kRatio, kAnnual, 1,
           "sortino/sqrt(2)", "Comparable with a Sharpe ratio.", "",
           [](const Facts& f) -> double {
             return sortino_at_zero(f) * root(f) / std::numbers::sqrt2;
           }},
    Metric{"smart_sortino", "Smart Sortino ratio", kReward, kRatio, kAnnual, 3,
           "sortino/the divisor of smart_sharpe", "", "quantstats only",
           [](const Facts& f) -> double {
             return sortino_at_zero(f) * root(f) /
                    autocorrelation_penalty(f.autocorrelation, f.count());
           }},
    Metric{"omega", "Omega ratio", kReward, kRatio, kPlain, 1, "sum(max(r,0))/sum(max(-r,0))",
           "Threshold 0. Absent without losses.",
           "PerformanceAnalytics gives infinity; empyrical also takes rf off",
           [](const Facts& f) -> double { return omega_at_zero(f); }},
    Metric{"calmar", "Calmar ratio", kReward, kRatio, kAnnual, 1, "cagr/|max_drawdown_from_start|",
           "Over the whole series.", "The original looks at 36 months: see calmar_3y",
           [](const Facts& f) -> double { return ratio(f.cagr(), -f.drawdowns.deepest); }},
    Metric{"calmar_3y", "Calmar ratio, 36 months", kReward, kRatio, kAnnual, 1,
           "the same over the last 36 months", "Absent where the series is shorter.", "",
           [](const Facts& f) -> double { return calmar_3y(f); }},
    Metric{"sterling", "Sterling ratio", kReward, kRatio, kAnnual, 1,
           "cagr/(|max_drawdown_from_start| + 0.1)", "", "",
           [](const Facts& f) -> double { return f.cagr() / (0.1 - f.drawdowns.deepest); }},
    Metric{"martin_ratio", "Martin ratio (ulcer performance index)", kReward, kRatio, kAnnual, 1,
           "(cagr - rf)/ulcer_index", "",
           "quantstats: total return, and a divisor of n-1; ffn: calendar years and n+1 prices",
           [](const Facts& f) -> double { return ratio(f.cagr() - annual_rf(f), ulcer(f)); }},
    Metric{"pain_ratio", "Pain ratio", kReward, kRatio, kAnnual, 1, "(cagr - rf)/pain_index", "",
           "", [](const Facts& f) -> double { return ratio(f.cagr() - annual_rf(f), pain(f)); }},
    Metric{"burke_ratio", "Burke ratio", kReward, kRatio, kAnnual, 1,
           "(cagr - rf)/sqrt(sum of depth^2 over drawdown episodes)", "",
           "PerformanceAnalytics takes runs of losses, scaled by 0.01",
           [](const Facts& f) -> double { return burke(f); }},
    Metric{"recovery_factor", "Recovery factor", kReward, kRatio, kPlain, 1,
           "|sum(r)|/|max_drawdown_from_start|", "A sum, not compounded, as quantstats has it.", "",
           [](const Facts& f) -> double {
             return ratio(std::abs(f.mean() * static_cast<double>(f.count())),
                          -f.drawdowns.deepest);
           }},
    Metric{"serenity_index", "Serenity index", kReward, kRatio, kPlain, 2,
           "sum(r)/(ulcer * pitfall), pitfall = -mean(dd | dd < mean(dd) + z(0.05)*std(dd))/std(r)",
           "ulcer here with divisor n-1. All as quantstats had it.",
           "quantstats from 0.0.86 on takes the shortfall of a normal distribution",
           [](const Facts& f) -> double { return serenity(f); }},
    Metric{"profit_factor", "Profit factor", kReward, kRatio, kPlain, 1, "sum(wins)/|sum(losses)|",
           "Of periods, not of trades.",
           "quantstats gives 0 for 0/0; PerformanceAnalytics calls it Bernardo-Ledoit",
           [](const Facts& f) -> double { return f.days.profit_factor(); }},
    Metric{"gain_to_pain", "Gain to pain, daily", kReward, kRatio, kPlain, 1,
           "sum(r)/|sum(losses)|", "= profit_factor - 1.",
           "Schwager defines it on months: see the next",
           [](const Facts& f) -> double { return f.days.gain_to_pain(); }},
    Metric{"gain_to_pain_monthly", "Gain to pain, monthly", kReward, kRatio, kPlain, 1,
           "the same on sums of r per calendar month", "Sums, not compounded.", "",
           [](const Facts& f) -> double { return monthly_sums(f).gain_to_pain(); }},
    Metric{"common_sense_ratio", "Common sense ratio", kReward, kRatio, kPlain, 1,
           "profit_factor*tail_ratio", "", "",
           [](const Facts& f) -> double {
             return f.days.profit_factor() *
                    ratio(std::abs(f.tails.quantile(0.95)), std::abs(f.tails.quantile(0.05)));
           }},
    Metric{"cpc_index", "CPC index", kReward, kRatio, kPlain, 1,
           "profit_factor*win_rate*payoff_ratio", "", "",
           [](const Facts& f) -> double {
             return f.days.profit_factor() * f.days.win_rate() * f.days.payoff();
           }},
    Metric{"kelly_discrete", "Kelly fraction of a bet", kReward, kRatio, kPlain, 1,
           "W - (1-W)/payoff", "W is the win rate of periods.", "",
           [](const Facts& f) -> double { return f.days.kelly(); }},
    Metric{"kelly_mv", "Half Kelly leverage", kReward, kRatio, kPlain, 2,
           "(mean(r) - rf/A)/var(r)/2, ddof 1",
           "Half, as PerformanceAnalytics has it. A leverage, not a share of a bet.", "",
           [](const Facts& f) -> double {
             return ratio(f.excess.mean, 2 * sample_variance(f.excess));
           }},
};

}  // namespace

std::span<const Metric> ratio_metrics() { return kMetrics; }

}  // namespace signalbus::analytics
