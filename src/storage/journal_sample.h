// Values for tests of a journal: a batch, its intents, and what may become of them.
#pragma once

#include <string>
#include <vector>

#include "book/orders.h"
#include "ports/journal.h"

namespace signalbus::storage {

inline Instant instant(const char* text) { return Instant::parse(text).value(); }
inline TradeDate date(const char* text) { return TradeDate::parse(text).value(); }
inline Symbol symbol(const std::string& text) { return Symbol::parse(text).value(); }

inline const Instant kNine = instant("2025-08-29T13:00:00Z");

inline Batch sample_batch(Mode mode = Mode::kDry, int number = 1) {
  return {.key = {mode, AccountId("ACC1"), date("2025-08-29")},
          .number = number,
          .state = BatchState::kOpen,
          .plan_hash = "9f86d08",
          .opened_at = kNine};
}

inline ClientOrderId sample_id(int sequence) {
  return ClientOrderId("sb_20250829_S" + std::to_string(sequence) + "_BUY_abcdefghij");
}

/// Every optional field is present in even intents and absent in odd ones.
inline Intent sample_intent(int sequence) {
  const bool full = sequence % 2 == 0;
  const auto price = [&](std::int64_t raw) {
    return full ? std::optional(Price::from_raw(raw)) : std::nullopt;
  };
  return {.client_order_id = sample_id(sequence),
          .sequence = sequence,
          .attempt = 1,
          .order = {.asset_id = AssetId(full ? std::to_string(1690 + sequence) : ""),
                    .symbol = symbol("S" + std::to_string(sequence)),
                    .side = full ? Side::kBuy : Side::kSell,
                    .quantity = Quantity::from_raw(1'234'567'891 + sequence),
                    .type = full ? OrderType::kBracket : OrderType::kMarket,
                    .take_profit = price(150'500'000'000),
                    .stop_loss = price(145'200'000'001),
                    .limit_price = price(148'300'000'000),
                    .ref_price = Price::from_raw(148'299'999'999),
                    .notional = Money::from_raw(766'710'001),
                    .time_in_force = full ? TimeInForce::kDay : TimeInForce::kGtc,
                    .purpose = full ? Purpose::kReduce : Purpose::kOpenFlipped},
          .state = OrderState::kPlanned};
}

inline std::vector<Intent> sample_intents(int count) {
  std::vector<Intent> intents;
  for (int i = 0; i < count; ++i) intents.push_back(sample_intent(i));
  return intents;
}

inline OrderEvent sample_event(int sequence, OrderState state = OrderState::kSimulated) {
  const bool full = sequence % 2 == 0;
  return {.client_order_id = sample_id(sequence),
          .state = state,
          .order_id = OrderId(full ? "b1c2" : ""),
          .filled_qty = Quantity::from_raw(full ? 1'234'567'891 : 0),
          .filled_avg_price = full ? std::optional(Price::from_raw(148'300'000'001)) : std::nullopt,
          .price_used = Price::from_raw(148'300'000'000),
          .submitted_at = full ? std::optional(kNine.plus_seconds(1)) : std::nullopt,
          .updated_at = instant("2025-08-29T13:00:02.000001Z"),
          .reject_code = full ? "" : "40310000",
          .error = full ? "" : "insufficient buying power"};
}

inline Fill sample_fill(int sequence, const std::string& execution_id) {
  return {.execution_id = execution_id,
          .order_id = OrderId("b1c2"),
          .client_order_id = sample_id(sequence),
          .symbol = symbol("S" + std::to_string(sequence)),
          .side = Side::kSell,
          .quantity = Quantity::from_raw(1),
          .price = Price::from_raw(99'000'000'001),
          .at = kNine.plus_seconds(2)};
}

inline WriteAhead sample_ahead(int sequence, const std::string& body = "{}") {
  return {.client_order_id = sample_id(sequence),
          .body = body,
          .quantity = sample_intent(sequence).order.quantity,
          .price_used = Price::from_raw(148'300'000'000),
          .notional = Money::from_raw(1'000'001 + sequence),
          .at = kNine.plus_seconds(1)};
}

inline StrategyShare sample_share(const char* strategy, std::int64_t raw) {
  return {StrategyId(strategy), Quantity::from_raw(raw)};
}

inline SleeveMove sample_move(bool shares = true) {
  return {.from = StrategyId("drl"),
          .to = StrategyId("equal"),
          .symbol = shares ? std::optional(symbol("S0")) : std::nullopt,
          .quantity = Quantity::from_raw(shares ? 500'000'000 : 0),
          .price = Price::from_raw(shares ? 148'300'000'000 : 0),
          .cash = Money::from_raw(74'150'000),
          .reason = shares ? "crossed" : "capital"};
}

inline Override sample_override(const std::string& rule = "max_order_notional") {
  return {.rule = rule,
          .reason = "one large rebalance",
          .by = "ana",
          .at = kNine,
          .expires_at = kNine.plus_seconds(3600)};
}

inline ControlRecord sample_control(TradingState state = TradingState::kReduceOnly) {
  return {.state = state, .reason = "a test", .by = "ana", .at = kNine};
}

inline Acknowledgement sample_acknowledgement() {
  return {.key = "S0:manual_trade", .reason = "sold by hand", .by = "ana", .at = kNine};
}

/// The take-profit leg of an intent's bracket.
inline Intent sample_leg(int sequence, int parent) {
  Intent leg = sample_intent(sequence);
  leg.state = OrderState::kLive;
  leg.parent = sample_id(parent);
  return leg;
}

inline Baseline sample_baseline() {
  return {.at = kNine,
          .date = date("2025-08-29"),
          .cash = Money::whole(12),
          .positions = {{symbol("S0"), Quantity::whole(-3)}, {symbol("S1"), Quantity::from_raw(1)}},
          .orders_after = kNine.plus_seconds(-60),
          .counted = {"fee-1", "late-2"}};
}

inline Status let_all_out(const GateFacts& /*facts*/, const WriteAhead& /*ahead*/) { return Ok{}; }

inline CashFlow sample_flow(const std::string& id) {
  return {.id = id,
          .kind = CashFlowKind::kDividend,
          .word = "DIV",
          .symbol = symbol("S1"),
          .quantity = Quantity::from_raw(1),
          .cash = Money::from_raw(12'340'000),
          .date = date("2025-08-28")};
}

}  // namespace signalbus::storage
