#include "analytics/moments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "core/check.h"

namespace signalbus::analytics {
namespace {

constexpr double kTail = 0.05;
constexpr std::size_t kLagsMax = 10;  // of ljung_box

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

/// The `count` values that come first in the order of `before`, in that order.
template <class Before>
std::vector<double> first_of(std::span<const double> values, std::size_t count, Before before) {
  // A few values tell where about the last of them is: what lies beyond is never moved.
  constexpr std::size_t kSamples = 64;
  std::vector<double> out;
  if (values.size() >= 8 * kSamples) {
    std::array<double, kSamples> sample{};
    for (std::size_t i = 0; i < kSamples; ++i) sample[i] = values[i * values.size() / kSamples];
    std::sort(sample.begin(), sample.end(), before);
    const double bound = sample[std::min(kSamples - 1, kSamples * count / values.size() + 5)];
    out.resize(values.size());
    std::size_t kept = 0;
    for (const double x : values) {
      out[kept] = x;
      kept += before(bound, x) ? 0U : 1U;
    }
    out.resize(kept);
  }
  if (out.size() < count) out.assign(values.begin(), values.end());
  const auto end = out.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(out.begin(), end - 1, out.end(), before);
  std::sort(out.begin(), end, before);
  out.resize(count);
  return out;
}

/// Sums of values times those k places before, for k from 1. Side by side, so that an addition
/// waits for its own sum only.
std::array<double, kLagsMax> lagged_products(std::span<const double> values) {
  std::array<double, kLagsMax> out{};
  for (std::size_t i = 1; i < std::min(kLagsMax, values.size()); ++i) {
    for (std::size_t k = 1; k <= i; ++k) out[k - 1] += values[i] * values[i - k];
  }
  for (std::size_t i = kLagsMax; i < values.size(); ++i) {
#pragma GCC unroll 10
    for (std::size_t k = 1; k <= kLagsMax; ++k) out[k - 1] += values[i] * values[i - k];
  }
  return out;
}

/// `add` takes each value less the mean, unless all are the same.
template <class Add>
Moments two_passes(std::span<const double> values, Add add) {
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
  for (const double x : values) add(out, x - out.mean);
  return out;
}

}  // namespace

Moments moments_of(std::span<const double> values) {
  return two_passes(values, [](Moments& out, long double d) {
    const long double d2 = d * d;
    out.m2 += d2;
    out.m3 += d2 * d;
    out.m4 += d2 * d2;
  });
}

Moments mean_and_variance_of(std::span<const double> values) {
  return two_passes(values, [](Moments& out, long double d) { out.m2 += d * d; });
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
  // Two elements of each end at least: a quantile lies between neighbours.
  const std::size_t low = std::min(count_ - 1, position_of(count_, kTail).index + 1);
  const std::size_t high = position_of(count_, 1 - kTail).index;
  lower_ = first_of(values, low + 1, std::less<>());
  upper_ = first_of(values, count_ - high, std::greater<>());
  std::reverse(upper_.begin(), upper_.end());
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
  const Moments x = mean_and_variance_of(a);
  const Moments y = mean_and_variance_of(b);
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

LjungBox ljung_box(std::span<const double> values, const Moments& moments, std::size_t lags) {
  SB_CHECK(lags > 0 && lags <= kLagsMax && lags % 2 == 0 && moments.count == values.size());
  if (values.size() <= lags + 1 || moments.constant()) return {};
  const auto n = static_cast<double>(values.size());
  std::vector<double> centred;
  centred.reserve(values.size());
  for (const double x : values) centred.push_back(static_cast<double>(x - moments.mean));
  const std::array<double, kLagsMax> products = lagged_products(centred);
  double sum = 0;
  for (std::size_t k = 1; k <= lags; ++k) {
    const double rho = products[k - 1] / static_cast<double>(moments.m2);
    sum += rho * rho / (n - static_cast<double>(k));
  }
  const double statistic = n * (n + 2) * sum;
  return {statistic, chi_square_tail(statistic, lags)};
}

}  // namespace signalbus::analytics
