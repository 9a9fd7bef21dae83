#include "report/save_plan.h"

#include <array>

#include "formats/csv_writer.h"

namespace signalbus::report {
namespace {

using formats::CsvWriter;

CsvWriter& price_or_empty(CsvWriter& csv, const std::optional<Price>& price) {
  return price ? csv.fixed(*price) : csv.blank();
}

/// `code: words`, whichever of the two there is.
std::string reason_text(const PlanRow& row) {
  std::string reason(to_text(row.code));
  if (!row.words.empty()) reason += (reason.empty() ? "" : ": ") + row.words;
  return reason;
}

}  // namespace

std::string orders_csv(std::span<const PlannedOrder> orders) {
  constexpr std::array<std::string_view, 12> kHeader = {
      "asset_id", "symbol",      "side",      "qty",      "order_type",    "tp_price",
      "sl_price", "limit_price", "ref_price", "notional", "time_in_force", "reason"};
  CsvWriter csv(kHeader);
  for (const PlannedOrder& order : orders) {
    csv.text(order.asset_id.get()).text(order.symbol.view()).text(to_text(order.side));
    csv.fixed(order.quantity).text(to_text(order.type));
    price_or_empty(csv, order.take_profit);
    price_or_empty(csv, order.stop_loss);
    price_or_empty(csv, order.limit_price).fixed(order.ref_price).fixed(order.notional);
    csv.text(to_text(order.time_in_force)).text(to_text(order.purpose)).end_row();
  }
  return csv.take();
}

std::string plan_csv(std::span<const PlanRow> rows) {
  constexpr std::array<std::string_view, 12> kHeader = {
      "asset_id", "symbol", "price",       "target_weight",  "target_qty", "current_qty",
      "delta",    "action", "planned_qty", "planned_weight", "notional",   "reason"};
  CsvWriter csv(kHeader);
  for (const PlanRow& row : rows) {
    csv.text(row.asset_id.get());
    row.symbol ? csv.text(row.symbol->view()) : csv.blank();
    price_or_empty(csv, row.price).real(row.target_weight).fixed(row.target_qty);
    csv.fixed(row.current_qty).fixed(row.delta).text(to_text(row.action)).fixed(row.planned_qty);
    csv.real(row.planned_weight).fixed(row.notional).text(reason_text(row)).end_row();
  }
  return csv.take();
}

Holdings value_holdings(Holdings holdings, const PriceBook& prices) {
  for (Holding& holding : holdings.holdings) {
    const PricePoint* point = prices.find(holding.symbol);
    if (point == nullptr) continue;
    const Result<Money> now = notional_half_even(holding.quantity, point->price);
    if (now.ok()) holding.market_value = now.value();
  }
  return holdings;
}

std::string positions_bod_csv(const Holdings& holdings, const PriceBook& prices) {
  constexpr std::array<std::string_view, 5> kHeader = {"symbol", "qty", "market_value", "asset_id",
                                                       "avg_entry_price"};
  CsvWriter csv(kHeader);
  const Holdings valued = value_holdings(holdings, prices);
  for (const Holding& holding : valued.holdings) {
    csv.text(holding.symbol.view()).fixed(holding.quantity);
    holding.market_value ? csv.fixed(*holding.market_value) : csv.blank();
    csv.text(holding.asset_id ? holding.asset_id->get() : "");
    price_or_empty(csv, holding.avg_entry_price).end_row();
  }
  return csv.take();
}

void save_prices_to_csv(OutputSet& outputs, const PriceBook& prices, const std::string& path) {
  constexpr std::array<std::string_view, 2> kHeader = {"symbol", "price"};
  CsvWriter csv(kHeader);
  for (const PricePoint& point : prices.points) {
    csv.text(point.symbol.view()).fixed(point.price).end_row();
  }
  outputs.add(path, csv.take());
}

}  // namespace signalbus::report
