#include "analytics/factors.h"

#include <algorithm>
#include <cmath>

#include "analytics/linking.h"
#include "core/check.h"

namespace signalbus::analytics {
namespace {

using Real = long double;

/// Solves a positive definite system by Cholesky, in place. False where it is none.
bool solve(std::vector<Real>& matrix, std::vector<Real>& right) {
  const std::size_t n = right.size();
  for (std::size_t j = 0; j < n; ++j) {
    const Real size = matrix[j * n + j];
    for (std::size_t k = 0; k < j; ++k) {
      matrix[j * n + j] -= matrix[j * n + k] * matrix[j * n + k];
    }
    // What is left of a factor once the others have explained it.
    if (!(matrix[j * n + j] > 1e-12L * size)) return false;
    matrix[j * n + j] = std::sqrt(matrix[j * n + j]);
    for (std::size_t i = j + 1; i < n; ++i) {
      for (std::size_t k = 0; k < j; ++k) {
        matrix[i * n + j] -= matrix[i * n + k] * matrix[j * n + k];
      }
      matrix[i * n + j] /= matrix[j * n + j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) right[i] -= matrix[i * n + k] * right[k];
    right[i] /= matrix[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) right[i] -= matrix[k * n + i] * right[k];
    right[i] /= matrix[i * n + i];
  }
  return true;
}

/// Ours and the factors' returns on the dates that both have.
struct Joined {
  std::vector<TradeDate> dates;
  std::vector<double> returns;
  std::vector<double> factors;
};
Joined join(const SimpleReturns& returns, const FactorReturns& factors) {
  Joined out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    const TradeDate date = returns.dates()[i];
    while (next < factors.dates.size() && factors.dates[next] < date) ++next;
    if (next == factors.dates.size()) break;
    if (factors.dates[next] != date) continue;
    out.dates.push_back(date);
    out.returns.push_back(returns.values()[i]);
    const std::span<const double> row = factors.on(next);
    out.factors.insert(out.factors.end(), row.begin(), row.end());
  }
  return out;
}

}  // namespace

FactorParts factor_parts(std::span<const ExposedDay> days) {
  FactorParts out;
  if (days.empty()) return out;
  const std::size_t count = days[0].exposures.size();
  out.parts.resize(count);
  for (const ExposedDay& day : days) {
    SB_CHECK(day.exposures.size() == count && day.factors.size() == count);
    for (std::size_t f = 0; f < count; ++f) out.parts[f].exposure += day.exposures[f];
  }
  for (FactorPart& part : out.parts) part.exposure /= static_cast<double>(days.size());
  std::vector<PeriodContribution> periods;
  for (const ExposedDay& day : days) {
    PeriodContribution period;
    double common = 0;
    for (std::size_t f = 0; f < count; ++f) {
      const double mean = out.parts[f].exposure;
      period.parts.push_back(mean * day.factors[f]);
      period.parts.push_back((day.exposures[f] - mean) * day.factors[f]);
      common += day.exposures[f] * day.factors[f];
    }
    period.parts.push_back(day.ret - common);
    periods.push_back(std::move(period));
  }
  const LinkedContributions linked = link_carino(periods);
  for (std::size_t f = 0; f < count; ++f) {
    out.parts[f].tilt = linked.parts[2 * f];
    out.parts[f].timing = linked.parts[2 * f + 1];
  }
  out.specific = linked.parts.back();
  out.total = linked.total;
  return out;
}

std::optional<std::vector<double>> exposures_of(std::span<const double> returns,
                                                std::span<const double> factors) {
  const std::size_t n = returns.size();
  if (n < 2) return std::nullopt;
  const std::size_t count = factors.size() / n;
  SB_CHECK(count > 0 && count * n == factors.size());
  std::vector<Real> means(count);
  Real mean = 0;
  for (std::size_t i = 0; i < n; ++i) {
    mean += static_cast<Real>(returns[i]) / static_cast<Real>(n);
    for (std::size_t f = 0; f < count; ++f) {
      means[f] += static_cast<Real>(factors[i * count + f]) / static_cast<Real>(n);
    }
  }
  std::vector<Real> matrix(count * count);
  std::vector<Real> right(count);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t f = 0; f < count; ++f) {
      const Real own = factors[i * count + f] - means[f];
      right[f] += own * (returns[i] - mean);
      for (std::size_t g = 0; g <= f; ++g) {
        matrix[f * count + g] += own * (factors[i * count + g] - means[g]);
      }
    }
  }
  if (!solve(matrix, right)) return std::nullopt;
  return std::vector<double>(right.begin(), right.end());
}

FactorView attribute_to_factors(const SimpleReturns& returns, const FactorReturns& factors) {
  FactorView out;
  if (factors.file.empty()) {
    out.reason = "no factors are known; set analytics.factors to a file of their daily returns";
    return out;
  }
  const Joined joined = join(returns, factors);
  const std::size_t count = factors.names.size();
  const std::size_t window = std::max(kFactorWindow, count + 2);
  if (joined.dates.size() <= window) {
    out.reason = "needs more than " + std::to_string(window) + " common days with " + factors.file +
                 ", has " + std::to_string(joined.dates.size());
    return out;
  }
  std::vector<ExposedDay> days;
  const std::span<const double> own = joined.returns;
  const std::span<const double> theirs = joined.factors;
  for (std::size_t i = window; i < own.size(); ++i) {
    std::optional<std::vector<double>> exposures = exposures_of(
        own.subspan(i - window, window), theirs.subspan((i - window) * count, window * count));
    if (!exposures) {
      out.reason = "the factors of " + factors.file + " explain each other in the " +
                   std::to_string(window) + " days before " + joined.dates[i].iso() +
                   "; leave one out";
      return out;
    }
    const std::span<const double> today = theirs.subspan(i * count, count);
    days.push_back({own[i], std::move(*exposures), {today.begin(), today.end()}});
  }
  out.factors = factors.names;
  out.newest = days.back().exposures;
  out.parts = factor_parts(days);
  out.days = days.size();
  out.first = joined.dates[window];
  return out;
}

}  // namespace signalbus::analytics
