// What each position adds to the risk of the portfolio: volatility and value at risk.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace signalbus::analytics {

/// A square table of covariances, row by row.
struct Covariance {
  std::size_t size = 0;
  std::vector<double> values;

  double at(std::size_t row, std::size_t column) const { return values[row * size + column]; }
};
/// Sample covariances (n - 1) of return series on the same dates; all of one length of 2 or more.
Covariance covariance_of(std::span<const std::vector<double>> returns);

struct RiskContributions {
  double volatility = 0;              ///< Of a period; sqrt(w Cov w).
  std::vector<double> contributions;  ///< w_i (Cov w)_i / volatility; add up to it.
  std::vector<double> shares;         ///< Divided by it; add up to 1. 0 without any risk.
};
/// `weights` are fractions of net asset value; what is missing to 1 is riskless cash.
RiskContributions risk_contributions(std::span<const double> weights, const Covariance& covariance);

/// Components of the normal value at risk (without the mean, negative for a loss): they add up to
/// z(alpha) x volatility.
std::vector<double> var_components(const RiskContributions& risk, double alpha);

}  // namespace signalbus::analytics
