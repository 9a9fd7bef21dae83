#include "storage/journal_rows.h"

#include "core/text.h"

namespace signalbus::storage {
namespace {

std::optional<Price> optional_price(const Query& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Price::from_raw(row.integer(column));
}

Result<std::optional<Instant>> optional_instant(const Query& row, int column) {
  if (row.is_null(column)) return std::optional<Instant>();
  SB_TRY(const Instant at, Instant::parse(row.text(column)));
  return std::optional<Instant>(at);
}

Result<BatchState> parse_batch_state(std::string_view text) {
  for (const BatchState state : {BatchState::kOpen, BatchState::kFinished, BatchState::kEnded}) {
    if (to_text(state) == text) return state;
  }
  return Error{ErrorCode::kStorage, "batch state " + quoted(text) + " is unknown"};
}

}  // namespace

void add_intent(Link& link, const Intent& intent) {
  const PlannedOrder& order = intent.order;
  link.add(intent.client_order_id.get())
      .add(std::int64_t{intent.sequence})
      .add(std::int64_t{intent.attempt})
      .add(to_text(intent.state))
      .add(order.asset_id.get())
      .add(order.symbol.view())
      .add(to_text(order.side))
      .add(order.quantity.raw())
      .add(to_text(order.type))
      .add(order.take_profit)
      .add(order.stop_loss)
      .add(order.limit_price)
      .add(order.ref_price.raw())
      .add(order.notional.raw())
      .add(to_text(order.time_in_force))
      .add(to_text(order.purpose))
      .add(intent.parent.get());
}

void add_event(Link& link, const OrderEvent& event) {
  link.add(to_text(event.state))
      .add(event.order_id.get())
      .add(event.filled_qty.raw())
      .add(event.filled_avg_price)
      .add(event.price_used.raw())
      .add(event.submitted_at)
      .add(event.updated_at)
      .add(event.reject_code)
      .add(event.error);
}

void add_fill(Link& link, const Fill& fill) {
  link.add(fill.execution_id)
      .add(fill.order_id.get())
      .add(fill.symbol.view())
      .add(to_text(fill.side))
      .add(fill.quantity.raw())
      .add(fill.price.raw())
      .add(fill.at);
}

Result<Batch> read_batch(const Query& row, int first) {
  SB_TRY(const Mode mode, parse_mode(row.text(first)));
  SB_TRY(const TradeDate run_date, TradeDate::parse(row.text(first + 2)));
  SB_TRY(const BatchState state, parse_batch_state(row.text(first + 4)));
  SB_TRY(const Instant opened_at, Instant::parse(row.text(first + 6)));
  return Batch{.key = {mode, AccountId(std::string(row.text(first + 1))), run_date},
               .number = static_cast<int>(row.integer(first + 3)),
               .state = state,
               .plan_hash = std::string(row.text(first + 5)),
               .opened_at = opened_at};
}

Result<Intent> read_intent(const Query& row, int first) {
  SB_TRY(const OrderState state, parse_order_state(row.text(first + 3)));
  SB_TRY(const Symbol symbol, Symbol::parse(row.text(first + 5)));
  SB_TRY(const Side side, parse_side(row.text(first + 6)));
  SB_TRY(const OrderType type, parse_order_type(row.text(first + 8)));
  SB_TRY(const TimeInForce time_in_force, parse_time_in_force(row.text(first + 14)));
  SB_TRY(const Purpose purpose, parse_purpose(row.text(first + 15)));
  return Intent{.client_order_id = ClientOrderId(std::string(row.text(first))),
                .sequence = static_cast<int>(row.integer(first + 1)),
                .attempt = static_cast<int>(row.integer(first + 2)),
                .order = {.asset_id = AssetId(std::string(row.text(first + 4))),
                          .symbol = symbol,
                          .side = side,
                          .quantity = Quantity::from_raw(row.integer(first + 7)),
                          .type = type,
                          .take_profit = optional_price(row, first + 9),
                          .stop_loss = optional_price(row, first + 10),
                          .limit_price = optional_price(row, first + 11),
                          .ref_price = Price::from_raw(row.integer(first + 12)),
                          .notional = Money::from_raw(row.integer(first + 13)),
                          .time_in_force = time_in_force,
                          .purpose = purpose},
                .state = state};
}

Result<OrderEvent> read_event(const Query& row, int first) {
  SB_TRY(const OrderState state, parse_order_state(row.text(first + 1)));
  SB_TRY(const std::optional<Instant> submitted_at, optional_instant(row, first + 6));
  SB_TRY(const Instant updated_at, Instant::parse(row.text(first + 7)));
  return OrderEvent{.client_order_id = ClientOrderId(std::string(row.text(first))),
                    .state = state,
                    .order_id = OrderId(std::string(row.text(first + 2))),
                    .filled_qty = Quantity::from_raw(row.integer(first + 3)),
                    .filled_avg_price = optional_price(row, first + 4),
                    .price_used = Price::from_raw(row.integer(first + 5)),
                    .submitted_at = submitted_at,
                    .updated_at = updated_at,
                    .reject_code = std::string(row.text(first + 8)),
                    .error = std::string(row.text(first + 9))};
}

Result<Fill> read_fill(const Query& row, int first) {
  SB_TRY(const Symbol symbol, Symbol::parse(row.text(first + 3)));
  SB_TRY(const Side side, parse_side(row.text(first + 4)));
  SB_TRY(const Instant at, Instant::parse(row.text(first + 7)));
  return Fill{.execution_id = std::string(row.text(first)),
              .order_id = OrderId(std::string(row.text(first + 1))),
              .client_order_id = ClientOrderId(std::string(row.text(first + 2))),
              .symbol = symbol,
              .side = side,
              .quantity = Quantity::from_raw(row.integer(first + 5)),
              .price = Price::from_raw(row.integer(first + 6)),
              .at = at};
}

Result<ControlRecord> read_control(const Query& row, int first) {
  SB_TRY(const TradingState state, parse_trading_state(row.text(first)));
  SB_TRY(const std::optional<Instant> at, optional_instant(row, first + 3));
  return ControlRecord{.state = state,
                       .reason = std::string(row.text(first + 1)),
                       .by = std::string(row.text(first + 2)),
                       .at = at};
}

Result<SleeveMove> read_move(const Query& row, int first) {
  std::optional<Symbol> symbol;
  if (!row.is_null(first + 2)) {
    SB_TRY(symbol, Symbol::parse(row.text(first + 2)));
  }
  return SleeveMove{.from = StrategyId(std::string(row.text(first))),
                    .to = StrategyId(std::string(row.text(first + 1))),
                    .symbol = symbol,
                    .quantity = Quantity::from_raw(row.integer(first + 3)),
                    .price = Price::from_raw(row.integer(first + 4)),
                    .cash = Money::from_raw(row.integer(first + 5)),
                    .reason = std::string(row.text(first + 6))};
}

Result<Override> read_override(const Query& row, int first) {
  SB_TRY(const Instant at, Instant::parse(row.text(first + 3)));
  SB_TRY(const Instant expires_at, Instant::parse(row.text(first + 4)));
  return Override{.rule = std::string(row.text(first)),
                  .reason = std::string(row.text(first + 1)),
                  .by = std::string(row.text(first + 2)),
                  .at = at,
                  .expires_at = expires_at};
}

Result<Acknowledgement> read_acknowledgement(const Query& row, int first) {
  SB_TRY(const Instant at, Instant::parse(row.text(first + 3)));
  return Acknowledgement{.key = std::string(row.text(first)),
                         .reason = std::string(row.text(first + 1)),
                         .by = std::string(row.text(first + 2)),
                         .at = at};
}

}  // namespace signalbus::storage
