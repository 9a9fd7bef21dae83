#include "inputs/load_orders.h"

#include "core/decimal.h"
#include "core/text.h"
#include "inputs/rows.h"

namespace signalbus::inputs {
namespace {

Result<int> parse_count(std::string_view text) {
  SB_TRY(const std::int64_t value, parse_scaled64(text, 0, Rounding::kExact));
  return static_cast<int>(value);
}

/// Cell text of a column that may be absent.
std::string text_or_empty(const Rows& rows, std::size_t row, std::string_view column) {
  const auto at = rows.find(column);
  return at ? rows.text(row, *at) : std::string();
}

/// Side of the order decides what "increase" means when an older file has no reason column.
Purpose default_purpose(Side side) {
  return side == Side::kBuy ? Purpose::kIncrease : Purpose::kReduce;
}

struct OrderColumns {
  std::size_t asset, symbol, side, qty, type, ref_price;
};

Result<OrderColumns> find_order_columns(const Rows& rows) {
  SB_TRY(const std::size_t asset, rows.column("asset_id"));
  SB_TRY(const std::size_t symbol, rows.column("symbol"));
  SB_TRY(const std::size_t side, rows.column("side"));
  SB_TRY(const std::size_t qty, rows.column("qty"));
  SB_TRY(const std::size_t type, rows.column("order_type"));
  SB_TRY(const std::size_t ref_price,
         rows.column("ref_price", "plan again: without a reference price no order can be checked"));
  return OrderColumns{asset, symbol, side, qty, type, ref_price};
}

Result<PlannedOrder> read_order(const Rows& rows, std::size_t i, const OrderColumns& at) {
  SB_TRY(const Symbol symbol, rows.parse(i, at.symbol, Symbol::parse));
  SB_TRY(const Side side, rows.parse(i, at.side, parse_side));
  SB_TRY(const Quantity quantity, rows.parse(i, at.qty, parse_positive_quantity));
  SB_TRY(const OrderType type, rows.parse(i, at.type, parse_order_type));
  SB_TRY(const Price ref_price, rows.parse(i, at.ref_price, parse_price));
  SB_TRY(const auto take_profit, rows.parse_if_set(i, rows.find("tp_price"), parse_price));
  SB_TRY(const auto stop_loss, rows.parse_if_set(i, rows.find("sl_price"), parse_price));
  SB_TRY(const auto limit, rows.parse_if_set(i, rows.find("limit_price"), parse_price));
  SB_TRY(const auto tif, rows.parse_if_set(i, rows.find("time_in_force"), parse_time_in_force));
  const Result<Purpose> purpose = parse_purpose(text_or_empty(rows, i, "reason"));
  SB_TRY(const Money notional, notional_half_even(quantity, ref_price));
  return PlannedOrder{.asset_id = AssetId(rows.text(i, at.asset)),
                      .symbol = symbol,
                      .side = side,
                      .quantity = quantity,
                      .type = type,
                      .take_profit = take_profit,
                      .stop_loss = stop_loss,
                      .limit_price = limit,
                      .ref_price = ref_price,
                      .notional = notional,
                      .time_in_force = tif.value_or(TimeInForce::kDay),
                      .purpose = purpose.ok() ? purpose.value() : default_purpose(side)};
}

/// The quantities and weights of a plan row, which all have a column of their own.
struct PlanColumns {
  std::size_t asset, symbol, price, target_weight, target_qty, current_qty, delta, action,
      planned_qty;
};

Result<PlanColumns> find_plan_columns(const Rows& rows) {
  SB_TRY(const std::size_t asset, rows.column("asset_id"));
  SB_TRY(const std::size_t symbol, rows.column("symbol"));
  SB_TRY(const std::size_t price, rows.column("price"));
  SB_TRY(const std::size_t target_weight, rows.column("target_weight"));
  SB_TRY(const std::size_t target_qty, rows.column("target_qty"));
  SB_TRY(const std::size_t current_qty, rows.column("current_qty"));
  SB_TRY(const std::size_t delta, rows.column("delta"));
  SB_TRY(const std::size_t action, rows.column("action"));
  SB_TRY(const std::size_t planned_qty, rows.column("planned_qty"));
  return PlanColumns{asset,       symbol, price,  target_weight, target_qty,
                     current_qty, delta,  action, planned_qty};
}

Result<PlanRow> read_plan_row(const Rows& rows, std::size_t i, const PlanColumns& at) {
  SB_TRY(const auto symbol, rows.parse_if_set(i, at.symbol, Symbol::parse));
  SB_TRY(const auto price, rows.parse_if_set(i, at.price, parse_price));
  SB_TRY(const double target_weight, rows.parse(i, at.target_weight, parse_double));
  SB_TRY(const Quantity target_qty, rows.parse(i, at.target_qty, parse_quantity));
  SB_TRY(const Quantity current_qty, rows.parse(i, at.current_qty, parse_quantity));
  SB_TRY(const Quantity delta, rows.parse(i, at.delta, parse_quantity));
  SB_TRY(const Action action, rows.parse(i, at.action, parse_action));
  SB_TRY(const Quantity planned_qty, rows.parse(i, at.planned_qty, parse_quantity));
  SB_TRY(const auto weight, rows.parse_if_set(i, rows.find("planned_weight"), parse_double));
  SB_TRY(const auto notional, rows.parse_if_set(i, rows.find("notional"), parse_money));
  const std::string reason = text_or_empty(rows, i, "reason");
  const ReasonCode code = parse_reason_code(reason);
  const std::size_t words = code == ReasonCode::kNone ? 0 : reason.find(": ");
  return PlanRow{.asset_id = AssetId(rows.text(i, at.asset)),
                 .symbol = symbol,
                 .price = price,
                 .target_weight = target_weight,
                 .target_qty = target_qty,
                 .current_qty = current_qty,
                 .delta = delta,
                 .action = action,
                 .planned_qty = planned_qty,
                 .planned_weight = weight.value_or(0),
                 .notional = notional.value_or(Money::zero()),
                 .code = code,
                 .words = code == ReasonCode::kNone    ? reason
                          : words == std::string::npos ? std::string()
                                                       : reason.substr(words + 2)};
}

Result<Mode> parse_log_mode(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return parse_mode(lower);
}

/// The identity half of a log row; read_log_row adds what became of the order.
Result<ExecutionLogRow> read_log_order(const Rows& rows, std::size_t i) {
  const auto need = [&](std::string_view name) { return rows.column(name); };
  SB_TRY(const std::size_t ts_at, need("ts"));
  SB_TRY(const std::size_t mode_at, need("mode"));
  SB_TRY(const std::size_t symbol_at, need("symbol"));
  SB_TRY(const std::size_t side_at, need("side"));
  SB_TRY(const std::size_t qty_at, need("qty"));
  SB_TRY(const std::size_t type_at, need("order_type"));
  SB_TRY(const std::size_t id_at, need("client_order_id"));
  SB_TRY(const std::size_t price_at, need("price_used"));
  SB_TRY(const std::size_t status_at, need("status"));
  SB_TRY(const Instant ts, rows.parse(i, ts_at, Instant::parse));
  SB_TRY(const Mode mode, rows.parse(i, mode_at, parse_log_mode));
  SB_TRY(const Symbol symbol, rows.parse(i, symbol_at, Symbol::parse));
  SB_TRY(const Side side, rows.parse(i, side_at, parse_side));
  SB_TRY(const Quantity qty, rows.parse(i, qty_at, parse_positive_quantity));
  SB_TRY(const OrderType type, rows.parse(i, type_at, parse_order_type));
  SB_TRY(const Price price_used, rows.parse(i, price_at, parse_price));
  SB_TRY(const OrderState status, rows.parse(i, status_at, parse_order_state));
  SB_TRY(const Money notional, notional_half_even(qty, price_used));
  return ExecutionLogRow{.ts = ts,
                         .mode = mode,
                         .symbol = symbol,
                         .side = side,
                         .qty = qty,
                         .order_type = type,
                         .tp_price = std::nullopt,
                         .sl_price = std::nullopt,
                         .time_in_force = TimeInForce::kDay,
                         .client_order_id = ClientOrderId(rows.text(i, id_at)),
                         .price_used = price_used,
                         .notional = notional,
                         .status = status,
                         .order_id = OrderId(text_or_empty(rows, i, "order_id")),
                         .error = text_or_empty(rows, i, "error"),
                         .batch_id = BatchId(text_or_empty(rows, i, "batch_id")),
                         .attempt = 1,
                         .filled_qty = Quantity::zero(),
                         .filled_avg_price = std::nullopt,
                         .submitted_at = std::nullopt,
                         .updated_at = ts,
                         .reject_code = text_or_empty(rows, i, "reject_code")};
}

Result<ExecutionLogRow> read_log_row(const Rows& rows, std::size_t i) {
  SB_TRY(ExecutionLogRow row, read_log_order(rows, i));
  SB_TRY(row.tp_price, rows.parse_if_set(i, rows.find("tp_price"), parse_price));
  SB_TRY(row.sl_price, rows.parse_if_set(i, rows.find("sl_price"), parse_price));
  SB_TRY(const auto tif, rows.parse_if_set(i, rows.find("time_in_force"), parse_time_in_force));
  row.time_in_force = tif.value_or(TimeInForce::kDay);
  SB_TRY(const auto attempt, rows.parse_if_set(i, rows.find("attempt"), parse_count));
  row.attempt = attempt.value_or(1);
  SB_TRY(const auto filled, rows.parse_if_set(i, rows.find("filled_qty"), parse_quantity));
  SB_TRY(row.filled_avg_price, rows.parse_if_set(i, rows.find("filled_avg_price"), parse_price));
  SB_TRY(row.submitted_at, rows.parse_if_set(i, rows.find("submitted_at"), Instant::parse));
  SB_TRY(const auto updated, rows.parse_if_set(i, rows.find("updated_at"), Instant::parse));
  row.updated_at = updated.value_or(row.ts);
  SB_TRY(row.decision_price, rows.parse_if_set(i, rows.find("decision_price"), parse_price));
  if (filled) {
    row.filled_qty = *filled;
  } else if (row.status == OrderState::kSimulated || row.status == OrderState::kFilled) {
    // The specification's fifteen columns have no filled quantity: the status says all of it.
    row.filled_qty = row.qty;
    row.filled_avg_price = row.price_used;
  }
  return row;
}

}  // namespace

Result<std::vector<PlannedOrder>> read_planned_orders(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const OrderColumns columns, find_order_columns(rows));
  std::vector<PlannedOrder> orders;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(PlannedOrder order, read_order(rows, i, columns));
    orders.push_back(std::move(order));
  }
  return orders;
}

Result<std::vector<PlanRow>> read_rebalance_plan(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const PlanColumns columns, find_plan_columns(rows));
  std::vector<PlanRow> plan;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(PlanRow row, read_plan_row(rows, i, columns));
    plan.push_back(std::move(row));
  }
  return plan;
}

Result<std::vector<ExecutionLogRow>> read_execution_log(Files& files, const std::string& path) {
  std::vector<ExecutionLogRow> log;
  if (!files.exists(path)) return log;
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(ExecutionLogRow row, read_log_row(rows, i));
    log.push_back(std::move(row));
  }
  return log;
}

}  // namespace signalbus::inputs
