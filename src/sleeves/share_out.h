// Sharing integers out: parts that add up to the whole, to the unit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/result.h"

namespace signalbus::sleeves {

/// Shares `total` (not negative) out pro rata to `weights` (not negative, not all zero unless total
/// is), in units: the parts add up to `total` and each is within count/2 units of its exact share.
///
/// Monotone: one unit more in `total` is one unit more in exactly one part. So an order that fills
/// bit by bit never takes a unit back from anyone, and at total = sum of weights the parts are the
/// weights. Largest remainders do not have this: there a part may shrink when the total grows.
/// Parts are nearest roundings of what is left, first to last: the first weight's share of all, the
/// second's of the rest, and so on.
std::vector<std::int64_t> share_out(std::int64_t total, std::span<const std::int64_t> weights);

/// Shares any `total` out pro rata to weights of any sign whose sum is not zero (longs receive a
/// dividend, shorts pay it). Parts are nearest; the few units that leaves go to the largest weight.
/// kInvalidInput when a part does not fit, which takes longs and shorts that nearly cancel.
Result<std::vector<std::int64_t>> share_signed(std::int64_t total,
                                               std::span<const std::int64_t> weights);

}  // namespace signalbus::sleeves
