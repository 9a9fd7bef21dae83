// The words of Alpaca's order protocol as enums, and their spelling on the wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace signalbus::exchange_core {

enum class OrderSide : std::uint8_t { kBuy, kSell };
enum class OrderType : std::uint8_t { kMarket, kLimit, kStop, kStopLimit, kTrailingStop };
enum class OrderTif : std::uint8_t { kDay, kGtc, kOpg, kCls, kIoc, kFok };
enum class OrderClass : std::uint8_t { kSimple, kBracket, kOco, kOto };
enum class PositionIntent : std::uint8_t { kBuyToOpen, kBuyToClose, kSellToOpen, kSellToClose };

/// Where an order stands. kFilled and everything after it is final.
enum class OrderStatus : std::uint8_t {
  kPendingNew,  ///< Taken; not yet at the venue. Every order starts here.
  kAccepted,    ///< Taken outside the session: waits for the open (or the auction).
  kNew,         ///< At the venue.
  kPartiallyFilled,
  kHeld,           ///< A leg that is dormant: its entry has not filled, or its sibling is active.
  kPendingCancel,  ///< Stuck on purpose (hook); can still fill.
  kFilled,
  kCanceled,
  kExpired,
  kReplaced,
  kRejected
};

/// What a trade_updates message says. The exchange raises exactly these.
enum class EventKind : std::uint8_t {
  kPendingNew,
  kAccepted,
  kNew,
  kHeld,
  kPartialFill,
  kFill,
  kPendingCancel,
  kCanceled,
  kExpired,
  kReplaced,
  kRejected,
  kOrderCancelRejected,
  kOrderReplaceRejected,
  kRestated  ///< A split, or a partly filled sibling, changed quantity or prices of the order.
};

/// Activities of an account; FILL is the only trade activity.
enum class ActivityKind : std::uint8_t {
  kFill,
  kDividend,
  kFee,
  kInterest,
  kDeposit,
  kWithdrawal,
  kCashJournal,
  kShareJournal,
  kSplit
};

/// The session as the exchange sees it.
enum class SessionPhase : std::uint8_t { kClosed, kPreMarket, kRegular, kPostMarket };

std::string_view to_text(OrderSide side);        ///< "buy"
std::string_view to_text(OrderType type);        ///< "stop_limit"
std::string_view to_text(OrderTif tif);          ///< "day"
std::string_view to_text(OrderClass value);      ///< "" for kSimple, as real payloads have it
std::string_view to_text(PositionIntent value);  ///< "buy_to_open"
std::string_view to_text(OrderStatus status);    ///< "partially_filled"
std::string_view to_text(EventKind kind);        ///< "partial_fill"
std::string_view to_text(ActivityKind kind);     ///< "FILL", "DIV", "FEE", "INT", "CSD", ...

/// nullopt for any other word; submit() then refuses with Alpaca's "invalid side" and so on.
std::optional<OrderSide> parse_side(std::string_view text);
std::optional<OrderType> parse_type(std::string_view text);
std::optional<OrderTif> parse_tif(std::string_view text);
std::optional<OrderClass> parse_class(std::string_view text);  ///< "" and "simple" are kSimple.
std::optional<PositionIntent> parse_intent(std::string_view text);
std::optional<ActivityKind> parse_activity(std::string_view text);

inline bool is_final(OrderStatus status) { return status >= OrderStatus::kFilled; }

}  // namespace signalbus::exchange_core
