// OrderSharing: how far an order is filled, and whose that is. Shared by the folder's own files.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "book/orders.h"
#include "sleeves/share_out.h"

namespace signalbus::sleeves {

/// Parts by strategy of one execution, in the order of the shares.
struct FillParts {
  std::vector<std::int64_t> shares;  ///< 1e-9, never negative.
  std::vector<std::int64_t> cash;    ///< 1e-6; may be a unit below zero where parts are tiny.
};

/// Remembers what was shared out so far, so that a fill gets the difference: the parts of an order
/// depend on how much of it was filled, not on the pieces.
class OrderSharing {
 public:
  /// `shares` is not empty; each is positive.
  explicit OrderSharing(std::span<const StrategyShare> shares) {
    for (const StrategyShare& share : shares) weights_.push_back(share.quantity.raw());
    given_.shares.assign(weights_.size(), 0);
    given_.cash.assign(weights_.size(), 0);
  }

  /// One more execution: shares and cash, both positive.
  FillParts add(Quantity quantity, Money cash) {
    filled_ += quantity;
    paid_ += cash;
    FillParts now;
    now.shares = share_out(filled_.raw(), weights_);
    // By shares got, not asked for: so each pays the average price of the order.
    now.cash = share_out(paid_.raw(), now.shares);
    FillParts parts = now;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      parts.shares[i] -= given_.shares[i];
      parts.cash[i] -= given_.cash[i];
    }
    given_ = std::move(now);
    return parts;
  }

 private:
  std::vector<std::int64_t> weights_;
  FillParts given_;
  Quantity filled_ = Quantity::zero();
  Money paid_ = Money::zero();
};

}  // namespace signalbus::sleeves
