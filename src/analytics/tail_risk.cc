#include "analytics/tail_risk.h"

#include <algorithm>
#include <cmath>

#include "analytics/normal.h"
#include "core/check.h"

namespace signalbus::analytics {
namespace {

constexpr double kLambda = 0.94;

struct CornishFisher {
  double skew;
  double excess;

  double at(double z) const {
    return z + (z * z - 1) * skew / 6 + (z * z * z - 3 * z) * excess / 24 -
           (2 * z * z * z - 5 * z) * skew * skew / 36;
  }
  double slope(double z) const {
    return 1 + z * skew / 3 + (3 * z * z - 3) * excess / 24 - (6 * z * z - 5) * skew * skew / 36;
  }
};

/// Integral of u^q x density(u) from minus infinity to h, up to sign, as the expansion needs it:
/// even q: sum of h^2i terms; odd q: sum of odd powers less cdf. Boudt et al. (2008), appendix.
double partial_moment(double h, int q) {
  const double density = normal_density(h);
  const bool even = q % 2 == 0;
  const int half = even ? q / 2 : (q - 1) / 2;
  const auto factor = [&](int j) { return even ? 2.0 * j : 2.0 * j + 1; };
  double all = 1;
  for (int j = even ? 1 : 0; j <= half; ++j) all *= factor(j);
  double sum = even ? all * density : -all * normal_cdf(h);
  double below = 1;
  for (int i = even ? 1 : 0; i <= half; ++i) {
    below *= factor(i);
    sum += all / below * std::pow(h, even ? 2 * i : 2 * i + 1) * density;
  }
  return sum;
}

double log_likelihood(double hits, double misses, double p) {
  double out = 0;
  if (hits > 0) out += hits * std::log(p);
  if (misses > 0) out += misses * std::log(1 - p);
  return out;
}

/// 2 (log-likelihood of what was seen - of what was assumed), never below 0 by rounding.
double likelihood_ratio(double seen, double assumed) { return std::max(0.0, 2 * (seen - assumed)); }

/// How often an exception followed a calm day and another exception.
struct Transitions {
  double calm_calm = 0;
  double calm_hit = 0;
  double hit_calm = 0;
  double hit_hit = 0;
};

double share(double part, double rest) { return part + rest > 0 ? part / (part + rest) : 0; }

double independence_ratio(const Transitions& t) {
  const double after_calm = share(t.calm_hit, t.calm_calm);
  const double after_hit = share(t.hit_hit, t.hit_calm);
  const double any = share(t.calm_hit + t.hit_hit, t.calm_calm + t.hit_calm);
  const double apart = log_likelihood(t.calm_hit, t.calm_calm, after_calm) +
                       log_likelihood(t.hit_hit, t.hit_calm, after_hit);
  return likelihood_ratio(apart,
                          log_likelihood(t.calm_hit + t.hit_hit, t.calm_calm + t.hit_calm, any));
}

double ewma_stdev(std::span<const double> returns) {
  if (returns.empty()) return kNan;
  double weighted = 0;
  double weights = 0;
  double weight = 1;
  for (std::size_t i = returns.size(); i-- > 0; weight *= kLambda) {
    weighted += weight * returns[i] * returns[i];
    weights += weight;
    if (weight < 1e-18) break;
  }
  return std::sqrt(weighted / weights);
}

}  // namespace

double var_gaussian(const Moments& m, double alpha) {
  return static_cast<double>(m.mean) + normal_quantile(alpha) * sample_stdev(m);
}

double var_cornish_fisher(const Moments& m, double alpha) {
  const CornishFisher expansion{population_skewness(m), population_excess_kurtosis(m)};
  const double z = normal_quantile(alpha);
  if (!(expansion.slope(z) > 0)) return kNan;
  return static_cast<double>(m.mean) + population_stdev(m) * expansion.at(z);
}

double es_gaussian(const Moments& m, double alpha) {
  const double z = normal_quantile(alpha);
  return static_cast<double>(m.mean) - population_stdev(m) * normal_density(z) / alpha;
}

double es_modified(const Moments& m, double alpha) {
  const double s = population_skewness(m);
  const double k = population_excess_kurtosis(m);
  const CornishFisher expansion{s, k};
  const double z = normal_quantile(alpha);
  if (!(expansion.slope(z) > 0)) return kNan;
  const double h = expansion.at(z);
  const double density = normal_density(h);
  const auto moment = [&](int q) { return partial_moment(h, q); };
  double sum = density + (moment(4) - 6 * moment(2) + 3 * density) * k / 24;
  sum += (moment(3) - 3 * moment(1)) * s / 6;
  sum += (moment(6) - 15 * moment(4) + 45 * moment(2) - 15 * density) * s * s / 72;
  const double shortfall = static_cast<double>(m.mean) - population_stdev(m) * sum / alpha;
  return std::min(shortfall, var_cornish_fisher(m, alpha));
}

double es_historical(std::span<const double> returns, double alpha) {
  return mean_up_to(returns, quantile(returns, alpha));
}

TailRisk tail_risk(std::span<const double> returns, double alpha) {
  const Moments moments = moments_of(returns);
  const double recent = ewma_stdev(returns);
  const double z = normal_quantile(alpha);
  TailRisk out;
  out.historical = quantile(returns, alpha);
  out.gaussian = var_gaussian(moments, alpha);
  out.cornish_fisher = var_cornish_fisher(moments, alpha);
  out.historical_shortfall = mean_up_to(returns, out.historical);
  out.gaussian_shortfall = es_gaussian(moments, alpha);
  out.modified_shortfall = es_modified(moments, alpha);
  out.ewma = z * recent;
  out.ewma_shortfall = -recent * normal_density(z) / alpha;
  return out;
}

VarBacktest backtest_var(std::span<const double> returns, std::span<const double> forecasts,
                         double alpha) {
  SB_CHECK(returns.size() == forecasts.size());
  VarBacktest out;
  out.days = returns.size();
  out.expected = alpha * static_cast<double>(returns.size());
  if (returns.empty()) return out;
  Transitions moves;
  bool before = false;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    const bool hit = returns[i] < forecasts[i];
    out.exceptions += hit ? 1U : 0U;
    if (i > 0) {
      double& count = before ? (hit ? moves.hit_hit : moves.hit_calm)
                             : (hit ? moves.calm_hit : moves.calm_calm);
      ++count;
    }
    before = hit;
  }
  const auto hits = static_cast<double>(out.exceptions);
  const double misses = static_cast<double>(out.days) - hits;
  out.kupiec = likelihood_ratio(log_likelihood(hits, misses, hits / (hits + misses)),
                                log_likelihood(hits, misses, alpha));
  out.kupiec_p = chi_square_tail_1(out.kupiec);
  out.independence = independence_ratio(moves);
  out.independence_p = chi_square_tail_1(out.independence);
  out.conditional = out.kupiec + out.independence;
  out.conditional_p = chi_square_tail_2(out.conditional);
  return out;
}

std::vector<double> rolling_historical_var(std::span<const double> returns, std::size_t window,
                                           double alpha) {
  SB_CHECK(window > 0);
  std::vector<double> out;
  if (returns.size() <= window) return out;
  out.reserve(returns.size() - window);
  std::vector<double> sorted(returns.begin(),
                             returns.begin() + static_cast<std::ptrdiff_t>(window));
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = window; i < returns.size(); ++i) {
    out.push_back(quantile_of_sorted(sorted, alpha));
    sorted.erase(std::lower_bound(sorted.begin(), sorted.end(), returns[i - window]));
    sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), returns[i]), returns[i]);
  }
  return out;
}

BaselZone basel_zone(std::size_t exceptions) {
  if (exceptions <= 4) return BaselZone::kGreen;
  return exceptions <= 9 ? BaselZone::kYellow : BaselZone::kRed;
}

}  // namespace signalbus::analytics
