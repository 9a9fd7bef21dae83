// Builders for the tests of reconcile/.
#pragma once

#include <string>
#include <vector>

#include "reconcile/reconcile.h"

namespace signalbus::reconcile::testing {

inline Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }
inline Quantity qty(std::string_view text) { return Quantity::parse(text).value(); }
inline Money usd(std::string_view text) { return Money::parse(text).value(); }
inline Price price(std::string_view text) { return Price::parse(text).value(); }

inline PlanRow plan_row(std::string_view symbol, std::string_view current, std::string_view target,
                        Action action, std::string_view planned, std::string_view at = "10") {
  return {.asset_id = AssetId("id-" + std::string(symbol)),
          .symbol = sym(symbol),
          .price = price(at),
          .target_weight = 0.1,
          .target_qty = qty(target),
          .current_qty = qty(current),
          .delta = qty(target) - qty(current),
          .action = action,
          .planned_qty = qty(planned),
          .planned_weight = 0,
          .notional = Money::zero(),
          .code = ReasonCode::kNone,
          .words = {}};
}

/// A market order over `shares` at `at`.
inline PlannedOrder order(std::string_view symbol, Side side, std::string_view shares,
                          std::string_view at = "10") {
  return {.asset_id = AssetId("id-" + std::string(symbol)),
          .symbol = sym(symbol),
          .side = side,
          .quantity = qty(shares),
          .type = OrderType::kMarket,
          .take_profit = std::nullopt,
          .stop_loss = std::nullopt,
          .limit_price = std::nullopt,
          .ref_price = price(at),
          .notional = notional_half_even(qty(shares), price(at)).value(),
          .time_in_force = TimeInForce::kDay,
          .purpose = Purpose::kOpen};
}

/// The orders that a plan's rows ask for: planned_orders.csv as M2 writes it.
inline std::vector<PlannedOrder> orders_of(const std::vector<PlanRow>& plan) {
  std::vector<PlannedOrder> out;
  for (const PlanRow& row : plan) {
    if (row.action != Action::kBuy && row.action != Action::kSell) continue;
    const Side side = row.action == Action::kBuy ? Side::kBuy : Side::kSell;
    out.push_back(order(row.symbol->view(), side, row.planned_qty.text()));
  }
  return out;
}

/// A row of the log: `filled` of `planned` shares at `at`; no average price when nothing filled.
inline ExecutionLogRow log_row(std::string_view symbol, Side side, std::string_view planned,
                               OrderState status, std::string_view filled,
                               std::string_view at = "10") {
  const Instant now = Instant::from_micros(1'000'000);
  ExecutionLogRow row{.ts = now,
                      .mode = Mode::kPaper,
                      .symbol = sym(symbol),
                      .side = side,
                      .qty = qty(planned),
                      .order_type = OrderType::kMarket,
                      .tp_price = {},
                      .sl_price = {},
                      .time_in_force = TimeInForce::kDay,
                      .client_order_id = ClientOrderId("ORD_" + std::string(symbol) + "_" +
                                                       std::string(to_text(side))),
                      .price_used = price(at),
                      .notional = Money::zero(),
                      .status = status,
                      .order_id = OrderId(""),
                      .error = {},
                      .batch_id = BatchId("20250728-1"),
                      .attempt = 1,
                      .filled_qty = qty(filled),
                      .filled_avg_price = {},
                      .submitted_at = {},
                      .updated_at = now,
                      .reject_code = {}};
  if (!row.filled_qty.is_zero()) row.filled_avg_price = price(at);
  return row;
}

inline Holding holding(std::string_view symbol, std::string_view quantity,
                       std::optional<std::string> entry = std::nullopt) {
  Holding out{.symbol = sym(symbol),
              .quantity = qty(quantity),
              .asset_id = {},
              .market_value = {},
              .avg_entry_price = {},
              .origin = HoldingOrigin::kJournal};
  if (entry) out.avg_entry_price = price(*entry);
  return out;
}

}  // namespace signalbus::reconcile::testing
