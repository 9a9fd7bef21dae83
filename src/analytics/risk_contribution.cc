#include "analytics/risk_contribution.h"

#include <cmath>

#include "analytics/moments.h"
#include "analytics/normal.h"
#include "core/check.h"

namespace signalbus::analytics {

Covariance covariance_of(std::span<const std::vector<double>> returns) {
  const std::size_t size = returns.size();
  Covariance out{size, std::vector<double>(size * size)};
  std::vector<long double> means;
  for (const std::vector<double>& series : returns) {
    SB_CHECK(series.size() == returns[0].size() && series.size() >= 2);
    means.push_back(moments_of(series).mean);
  }
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      long double sum = 0;
      for (std::size_t t = 0; t < returns[i].size(); ++t) {
        sum += (returns[i][t] - means[i]) * (returns[j][t] - means[j]);
      }
      const auto value = static_cast<double>(sum / static_cast<long double>(returns[i].size() - 1));
      out.values[i * size + j] = out.values[j * size + i] = value;
    }
  }
  return out;
}

RiskContributions risk_contributions(std::span<const double> weights,
                                     const Covariance& covariance) {
  SB_CHECK(weights.size() == covariance.size);
  RiskContributions out;
  double variance = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    double with_all = 0;
    for (std::size_t j = 0; j < weights.size(); ++j) with_all += covariance.at(i, j) * weights[j];
    out.contributions.push_back(weights[i] * with_all);
    variance += weights[i] * with_all;
  }
  out.volatility = std::sqrt(std::max(0.0, variance));
  for (double& part : out.contributions) part = variance > 0 ? part / out.volatility : 0;
  for (const double part : out.contributions) {
    out.shares.push_back(out.volatility > 0 ? part / out.volatility : 0);
  }
  return out;
}

std::vector<double> var_components(const RiskContributions& risk, double alpha) {
  std::vector<double> out;
  for (const double part : risk.contributions) out.push_back(normal_quantile(alpha) * part);
  return out;
}

}  // namespace signalbus::analytics
