#include "analytics/moments.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace signalbus::analytics {
namespace {

constexpr double kTail = 0.05;

/// Between two neighbours as numpy does it, so that ends are exact.
double between(double a, double b, double t) {
  return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

/// Where a quantile lies: between element `index` and the next, `t` of the way.
struct Position {
  std::size_t index;
  double t;
};
Position position_of(std::size_t count, double p) {
  const double h = static_cast<double>(count - 1) * p;
  const double floor = std::floor(h);
  return {static_cast<std::size_t>(floor), h - floor};
}

/// Upper tail of chi-square for an even number of degrees of freedom, where it is a finite sum.
double chi_square_tail(double statistic, std::size_t degrees) {
  const double half = statistic / 2;
  double term = 1;
  double sum = 1;
  for (std::size_t k = 1; k < degrees / 2; ++k) {
    term *= half / static_cast<double>(k);
    sum += term;
  }
  return std::exp(-half) * sum;
}

}  // namespace

Moments moments_of(std::span<const double> values) {
  Moments out;
  out.count = values.size();
  if (values.empty()) {
    out.mean = kNan;
    return out;
  }
  long double sum = 0;
  out.min = out.max = values[0];
  for (const double x : values) {
    sum += x;
    out.min = std::min(out.min, x);
    out.max = std::max(out.max, x);
  }
  out.mean = sum / static_cast<long double>(values.size());
  const double size = std::max(std::abs(out.min), std::abs(out.max));
  if (out.max - out.min <= 4 * std::numeric_limits<double>::epsilon() * size) return out;
  for (const double x : values) {
    const long double d = x - out.mean;
    const long double d2 = d * d;
    out.m2 += d2;
    out.m3 += d2 * d;
    out.m4 += d2 * d2;
  }
  return out;
}

double sample_variance(const Moments& m) {
  return m.count < 2 ? kNan : static_cast<double>(m.m2 / static_cast<long double>(m.count - 1));
}

double sample_stdev(const Moments& m) { return std::sqrt(sample_variance(m)); }

double population_stdev(const Moments& m) {
  return m.count == 0 ? kNan : static_cast<double>(sqrtl(m.m2 / static_cast<long double>(m.count)));
}

double population_skewness(const Moments& m) {
  if (m.count == 0) return kNan;
  if (m.constant()) return 0;
  const auto n = static_cast<long double>(m.count);
  const long double variance = m.m2 / n;
  return static_cast<double>(m.m3 / n / (variance * sqrtl(variance)));
}

double population_excess_kurtosis(const Moments& m) {
  if (m.count == 0) return kNan;
  if (m.constant()) return 0;
  const auto n = static_cast<long double>(m.count);
  const long double variance = m.m2 / n;
  return static_cast<double>(m.m4 / n / (variance * variance) - 3);
}

double skewness(const Moments& m) {
  if (m.count < 3) return kNan;
  if (m.constant()) return 0;
  const auto n = static_cast<long double>(m.count);
  return static_cast<double>(n * sqrtl(n - 1) / (n - 2) * m.m3 / (m.m2 * sqrtl(m.m2)));
}

double excess_kurtosis(const Moments& m) {
  if (m.count < 4) return kNan;
  if (m.constant()) return 0;
  const auto n = static_cast<long double>(m.count);
  const long double numerator = n * (n + 1) * (n - 1) * m.m4;
  const long double denominator = (n - 2) * (n - 3) * m.m2 * m.m2;
  return static_cast<double>(numerator / denominator - 3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3)));
}

double ratio(long double numerator, long double denominator) {
  if (denominator != 0) return static_cast<double>(numerator / denominator);
  if (numerator == 0 || std::isnan(numerator)) return kNan;
  const double infinity = std::numeric_limits<double>::infinity();
  return numerator > 0 ? infinity : -infinity;
}

double quantile_of_sorted(std::span<const double> sorted, double p) {
  if (sorted.empty()) return kNan;
  const Position at = position_of(sorted.size(), p);
  if (at.index + 1 >= sorted.size()) return sorted.back();
  return between(sorted[at.index], sorted[at.index + 1], at.t);
}

double quantile(std::span<const double> values, double p) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return quantile_of_sorted(sorted, p);
}

Tails::Tails(std::span<const double> values) : count_(values.size()) {
  if (values.empty()) return;
  std::vector<double> all(values.begin(), values.end());
  const auto offset = [&](std::size_t index) {
    return all.begin() + static_cast<std::ptrdiff_t>(index);
  };
  // Two elements of each end at least: a quantile lies between neighbours.
  const std::size_t low = std::min(count_ - 1, position_of(count_, kTail).index + 1);
  const std::size_t high = position_of(count_, 1 - kTail).index;
  std::nth_element(all.begin(), offset(low), all.end());
  std::sort(all.begin(), offset(low));
  lower_.assign(all.begin(), offset(low + 1));
  if (high > low + 1) std::nth_element(offset(low + 1), offset(high), all.end());
  if (high <= low + 1) std::sort(offset(low + 1), all.end());
  upper_.assign(offset(high), all.end());
  std::sort(upper_.begin(), upper_.end());
}

double Tails::at(std::size_t index) const {
  if (index < lower_.size()) return lower_[index];
  SB_CHECK(index >= count_ - upper_.size());
  return upper_[index - (count_ - upper_.size())];
}

double Tails::quantile(double p) const {
  if (count_ == 0) return kNan;
  const Position where = position_of(count_, p);
  if (where.index + 1 >= count_) return at(count_ - 1);
  if (where.t == 0) return at(where.index);
  return between(at(where.index), at(where.index + 1), where.t);
}

double mean_up_to(std::span<const double> values, double threshold) {
  long double sum = 0;
  std::size_t count = 0;
  for (const double x : values) {
    if (x > threshold) continue;
    sum += x;
    ++count;
  }
  return count == 0 ? kNan : static_cast<double>(sum / static_cast<long double>(count));
}

double correlation(std::span<const double> a, std::span<const double> b) {
  SB_CHECK(a.size() == b.size());
  const Moments x = moments_of(a);
  const Moments y = moments_of(b);
  if (x.constant() || y.constant()) return kNan;
  long double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - x.mean) * (b[i] - y.mean);
  const auto r = static_cast<double>(sum / (sqrtl(x.m2) * sqrtl(y.m2)));
  return std::clamp(r, -1.0, 1.0);
}

double autocorrelation(std::span<const double> values, std::size_t lag) {
  if (values.size() < lag + 2) return kNan;
  return correlation(values.subspan(lag), values.first(values.size() - lag));
}

LjungBox ljung_box(std::span<const double> values, std::size_t lags) {
  SB_CHECK(lags > 0 && lags % 2 == 0);
  const Moments moments = moments_of(values);
  if (values.size() <= lags + 1 || moments.constant()) return {};
  const auto n = static_cast<double>(values.size());
  std::vector<double> centred;
  centred.reserve(values.size());
  for (const double x : values) centred.push_back(static_cast<double>(x - moments.mean));
  double sum = 0;
  for (std::size_t k = 1; k <= lags; ++k) {
    double product = 0;
    for (std::size_t i = k; i < centred.size(); ++i) product += centred[i] * centred[i - k];
    const double rho = product / static_cast<double>(moments.m2);
    sum += rho * rho / (n - static_cast<double>(k));
  }
  const double statistic = n * (n + 2) * sum;
  return {statistic, chi_square_tail(statistic, lags)};
}

}  // namespace signalbus::analytics
