#include "exchange/admin_ledger.h"

#include <map>
#include <set>

#include "exchange/json_text.h"

namespace signalbus::exchange {
namespace {

using FillsByOrder = std::map<std::uint32_t, std::vector<const core::Activity*>>;

FillsByOrder fills_of(const Venue& venue, core::AccountNumber account) {
  FillsByOrder out;
  core::ActivityFilter filter{.kinds = {core::ActivityKind::kFill}};
  filter.direction = core::Direction::kAscending;
  filter.page_size = SIZE_MAX;
  const auto rows = core::list_activities(venue.core(), account, filter);
  if (!rows.ok()) return out;
  for (const core::Activity* row : rows.value()) out[row->order.get()].push_back(row);
  return out;
}

void append_fills(JsonText& json, const Venue& venue, const FillsByOrder& fills,
                  core::OrderNumber order) {
  json.begin_array("fills");
  const auto at = fills.find(order.get());
  if (at != fills.end()) {
    for (const core::Activity* fill : at->second) {
      json.begin_object();
      json.text("execution_id", venue.core().execution_id(fill->sequence).text());
      json.decimal("qty", fill->qty);
      json.decimal("price", fill->price);
      json.time("at", fill->at);
      json.end_object();
    }
  }
  json.end_array();
}

void append_order_row(JsonText& json, const Venue& venue, const FillsByOrder& fills,
                      core::OrderNumber number) {
  const core::Order& order = venue.core().order(number);
  json.text("status", to_text(order.state.status));
  json.text("id", venue.core().order_id(number).text());
  json.text("symbol", venue.core().asset(order.asset).terms.symbol.view());
  json.text("side", to_text(order.side));
  json.decimal_or_null("qty", order.state.qty);
  json.decimal_or_null("notional", order.notional);
  json.decimal("filled_qty", order.state.filled_qty);
  append_fills(json, venue, fills, number);
}

void append_orders(JsonText& json, const Venue& venue, const VenueAccount& account) {
  const FillsByOrder fills = fills_of(venue, account.number);
  std::set<std::uint32_t> shown;
  json.begin_array("orders");
  for (const Receipt& receipt : account.receipts) {
    json.begin_object();
    json.text("client_order_id", receipt.client_order_id);
    json.text("body_sha256", receipt.body_sha256);
    json.integer("received", receipt.received);
    json.integer("http_status", receipt.http_status);
    if (receipt.order == core::kNoOrder) {
      json.raw("status", "\"refused\"").begin_array("fills").end_array();
    } else {
      append_order_row(json, venue, fills, receipt.order);
      shown.insert(receipt.order.get());
    }
    json.end_object();
  }
  // Legs, closing orders, replacements, and what others did to the account.
  for (std::uint32_t number = 1; number <= venue.core().order_count(); ++number) {
    const core::Order& order = venue.core().order(core::OrderNumber(number));
    if (order.account != account.number || shown.contains(number)) continue;
    json.begin_object();
    json.text("client_order_id", order.client_order_id);
    json.null("body_sha256").integer("received", 0).null("http_status");
    append_order_row(json, venue, fills, order.number);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string ledger_json(const Venue& venue) {
  std::string body;
  JsonText json(body);
  json.begin_object().begin_object("accounts");
  for (const auto& account : venue.accounts()) {
    const core::AccountView view = core::account_view(venue.core(), account->number);
    std::string key;
    append_json_string(key, account->key_id);
    json.begin_object(std::string_view(key).substr(1, key.size() - 2));
    json.text("account_number", view.account_number);
    json.decimal("cash", view.cash);
    json.decimal("equity", view.equity);
    json.begin_array("positions");
    for (const core::PositionView& position : core::positions(venue.core(), account->number)) {
      json.begin_object();
      json.text("symbol", venue.core().asset(position.asset).terms.symbol.view());
      json.decimal("qty", position.qty);
      json.decimal("avg_entry_price", position.avg_entry_price);
      json.end_object();
    }
    json.end_array();
    append_orders(json, venue, *account);
    json.end_object();
  }
  json.end_object().end_object();
  return body;
}

std::string fault_list(const FaultPlan& plan) {
  std::string body;
  JsonText json(body);
  json.begin_object().begin_array("faults");
  for (const FaultPlan::Entry& entry : plan.entries()) {
    const FaultRule& rule = entry.rule;
    json.begin_object();
    json.text("do", to_text(rule.verb));
    json.text("on", rule.target == FaultTarget::kFill     ? "fill"
                    : rule.target == FaultTarget::kStream ? "stream"
                    : rule.target == FaultTarget::kAny    ? "any"
                                                          : rule.method + " " + rule.path);
    json.integer("seen", static_cast<std::int64_t>(entry.seen));
    json.integer("fired", static_cast<std::int64_t>(entry.fired));
    json.end_object();
  }
  json.end_array().end_object();
  return body;
}

}  // namespace signalbus::exchange
