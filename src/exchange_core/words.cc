#include "exchange_core/words.h"

#include <array>
#include <cstddef>

namespace signalbus::exchange_core {
namespace {

using Words = std::string_view;

constexpr std::array<Words, 2> kSides = {"buy", "sell"};
constexpr std::array<Words, 5> kTypes = {"market", "limit", "stop", "stop_limit", "trailing_stop"};
constexpr std::array<Words, 6> kTifs = {"day", "gtc", "opg", "cls", "ioc", "fok"};
constexpr std::array<Words, 4> kClasses = {"", "bracket", "oco", "oto"};
constexpr std::array<Words, 4> kIntents = {"buy_to_open", "buy_to_close", "sell_to_open",
                                           "sell_to_close"};
constexpr std::array<Words, 11> kStatuses = {
    "pending_new", "accepted", "new",     "partially_filled", "held",    "pending_cancel",
    "filled",      "canceled", "expired", "replaced",         "rejected"};
constexpr std::array<Words, 14> kEvents = {"pending_new",
                                           "accepted",
                                           "new",
                                           "held",
                                           "partial_fill",
                                           "fill",
                                           "pending_cancel",
                                           "canceled",
                                           "expired",
                                           "replaced",
                                           "rejected",
                                           "order_cancel_rejected",
                                           "order_replace_rejected",
                                           "restated"};
constexpr std::array<Words, 9> kActivities = {"FILL", "DIV",  "FEE",  "INT",  "CSD",
                                              "CSW",  "JNLC", "JNLS", "SPLIT"};

template <class Enum, std::size_t kCount>
std::string_view word_of(const std::array<Words, kCount>& words, Enum value) {
  return words[static_cast<std::size_t>(value)];
}

template <class Enum, std::size_t kCount>
std::optional<Enum> value_of(const std::array<Words, kCount>& words, std::string_view text) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (words[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_text(OrderSide side) { return word_of(kSides, side); }
std::string_view to_text(OrderType type) { return word_of(kTypes, type); }
std::string_view to_text(OrderTif tif) { return word_of(kTifs, tif); }
std::string_view to_text(OrderClass value) { return word_of(kClasses, value); }
std::string_view to_text(PositionIntent value) { return word_of(kIntents, value); }
std::string_view to_text(OrderStatus status) { return word_of(kStatuses, status); }
std::string_view to_text(EventKind kind) { return word_of(kEvents, kind); }
std::string_view to_text(ActivityKind kind) { return word_of(kActivities, kind); }

std::optional<OrderSide> parse_side(std::string_view text) {
  return value_of<OrderSide>(kSides, text);
}
std::optional<OrderType> parse_type(std::string_view text) {
  return value_of<OrderType>(kTypes, text);
}
std::optional<OrderTif> parse_tif(std::string_view text) { return value_of<OrderTif>(kTifs, text); }
std::optional<OrderClass> parse_class(std::string_view text) {
  return text == "simple" ? OrderClass::kSimple : value_of<OrderClass>(kClasses, text);
}
std::optional<PositionIntent> parse_intent(std::string_view text) {
  return value_of<PositionIntent>(kIntents, text);
}
std::optional<ActivityKind> parse_activity(std::string_view text) {
  return value_of<ActivityKind>(kActivities, text);
}

}  // namespace signalbus::exchange_core
