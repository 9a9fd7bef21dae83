#include "storage/journal_rows.h"

#include <initializer_list>

#include "core/text.h"

namespace signalbus::storage {
namespace {

void bind_optional(Query& query, const std::optional<Price>& price) {
  if (price) {
    query.bind(price->raw());
  } else {
    query.bind_null();
  }
}

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

std::string or_dash(const std::optional<Price>& price) {
  return price ? std::to_string(price->raw()) : "-";
}

std::string netstrings(std::initializer_list<std::string_view> fields) {
  std::string out;
  for (const std::string_view field : fields) {
    out += std::to_string(field.size());
    out += ':';
    out += field;
    out += ',';
  }
  return out;
}

}  // namespace

void bind_intent(Query& query, const Intent& intent) {
  const PlannedOrder& order = intent.order;
  query.bind(intent.client_order_id.get())
      .bind(std::int64_t{intent.sequence})
      .bind(std::int64_t{intent.attempt})
      .bind(to_text(intent.state))
      .bind(order.asset_id.get())
      .bind(order.symbol.view())
      .bind(to_text(order.side))
      .bind(order.quantity.raw())
      .bind(to_text(order.type));
  bind_optional(query, order.take_profit);
  bind_optional(query, order.stop_loss);
  bind_optional(query, order.limit_price);
  query.bind(order.ref_price.raw())
      .bind(order.notional.raw())
      .bind(to_text(order.time_in_force))
      .bind(to_text(order.purpose));
}

void bind_event(Query& query, const OrderEvent& event) {
  query.bind(to_text(event.state)).bind(event.order_id.get()).bind(event.filled_qty.raw());
  bind_optional(query, event.filled_avg_price);
  query.bind(event.price_used.raw());
  if (event.submitted_at) {
    query.bind_copy(event.submitted_at->rfc3339());
  } else {
    query.bind_null();
  }
  query.bind_copy(event.updated_at.rfc3339()).bind(event.reject_code).bind(event.error);
}

void bind_fill(Query& query, const Fill& fill) {
  query.bind(fill.execution_id)
      .bind(fill.order_id.get())
      .bind(fill.symbol.view())
      .bind(to_text(fill.side))
      .bind(fill.quantity.raw())
      .bind(fill.price.raw())
      .bind_copy(fill.at.rfc3339());
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

std::string chain_place(const Batch& batch) {
  return netstrings({to_text(batch.key.mode), batch.key.account.get(), batch.key.run_date.iso(),
                     std::to_string(batch.number), batch.plan_hash});
}

std::string chain_text(std::string_view prev_hash, std::string_view place,
                       const OrderEvent& event) {
  return netstrings({prev_hash, place, event.client_order_id.get(), to_text(event.state),
                     event.order_id.get(), std::to_string(event.filled_qty.raw()),
                     or_dash(event.filled_avg_price), std::to_string(event.price_used.raw()),
                     event.submitted_at ? event.submitted_at->rfc3339() : "-",
                     event.updated_at.rfc3339(), event.reject_code, event.error});
}

std::string chain_text(std::string_view prev_hash, std::string_view place, const Fill& fill) {
  return netstrings({prev_hash, place, fill.execution_id, fill.order_id.get(),
                     fill.client_order_id.get(), fill.symbol.view(), to_text(fill.side),
                     std::to_string(fill.quantity.raw()), std::to_string(fill.price.raw()),
                     fill.at.rfc3339()});
}

}  // namespace signalbus::storage
