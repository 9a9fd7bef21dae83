#include "sleeves/share_out.h"

#include <cstdlib>

#include "core/decimal.h"

namespace signalbus::sleeves {
namespace {

/// a x b / c to the nearest, halves up; nothing negative.
std::int64_t nearest(std::int64_t a, std::int64_t b, Int128 c) {
  const Int128 product = static_cast<Int128>(a) * b;
  const Int128 below = product / c;
  const Int128 left = product % c;
  return static_cast<std::int64_t>(below + (left >= c - left ? 1 : 0));
}

Int128 sum_of(std::span<const std::int64_t> numbers) {
  Int128 sum = 0;
  for (const std::int64_t number : numbers) sum += number;
  return sum;
}

}  // namespace

// Why a part never shrinks: nearest(rest x w / W) with w <= W grows by 0 or 1 when the rest grows
// by 1 (halves to even could jump by 2), so what is left for the others grows by 1 or 0; and so on.
std::vector<std::int64_t> share_out(std::int64_t total, std::span<const std::int64_t> weights) {
  Int128 weight_left = sum_of(weights);
  SB_CHECK(total >= 0 && (total == 0 || weight_left > 0));
  std::vector<std::int64_t> parts;
  parts.reserve(weights.size());
  std::int64_t left = total;
  for (const std::int64_t weight : weights) {
    SB_CHECK(weight >= 0);
    const std::int64_t part = weight == 0 ? 0 : nearest(left, weight, weight_left);
    parts.push_back(part);
    left -= part;
    weight_left -= weight;
  }
  SB_CHECK(left == 0);
  return parts;
}

Result<std::vector<std::int64_t>> share_signed(std::int64_t total,
                                               std::span<const std::int64_t> weights) {
  const Int128 sum = sum_of(weights);
  SB_CHECK(sum != 0);
  std::vector<std::int64_t> parts;
  parts.reserve(weights.size());
  Int128 left = total;
  std::size_t largest = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Int128 part = divide(static_cast<Int128>(total) * weights[i], sum, Rounding::kHalfEven);
    if (part > INT64_MAX || part < -INT64_MAX) {
      return Error{ErrorCode::kInvalidInput, "a part of " + std::to_string(total) +
                                                 " units is too large: longs and shorts "
                                                 "of it are nearly equal"};
    }
    parts.push_back(static_cast<std::int64_t>(part));
    left -= part;
    if (std::abs(weights[i]) > std::abs(weights[largest])) largest = i;
  }
  parts[largest] += static_cast<std::int64_t>(left);
  return parts;
}

}  // namespace signalbus::sleeves
