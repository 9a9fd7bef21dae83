// Activities as JSON: fills, and what else moves cash or shares.
#include "exchange/order_json.h"

namespace signalbus::exchange {
namespace {

using core::ActivityKind;

void append_fill(JsonText& json, const core::Exchange& exchange, const core::Activity& fill) {
  json.raw("activity_type", "\"FILL\"");
  json.text("id", core::activity_id(exchange, fill));
  json.time("transaction_time", fill.at);
  json.text("type", fill.ends_order ? "fill" : "partial_fill");
  json.decimal("price", fill.price);
  json.decimal("qty", fill.qty);
  json.text("side", to_text(fill.side));
  json.text("symbol", exchange.asset(fill.asset).terms.symbol.view());
  json.decimal("leaves_qty", fill.leaves_qty);
  json.text("order_id", exchange.order_id(fill.order).text());
  json.decimal("cum_qty", fill.cum_qty);
  json.text("order_status", fill.ends_order ? "filled" : "partially_filled");
}

std::string_view sub_type(const core::Activity& activity) {
  switch (activity.kind) {
    case ActivityKind::kDividend:
      return "CDIV";
    case ActivityKind::kSplit:
      return activity.qty.is_negative() ? "RSPLIT" : "FSPLIT";
    default:
      return "";
  }
}

void append_other(JsonText& json, const core::Exchange& exchange, const core::Activity& activity) {
  json.text("activity_type", to_text(activity.kind));
  json.text("activity_sub_type", sub_type(activity));
  json.text("id", core::activity_id(exchange, activity));
  json.text("date", activity.date.iso());
  json.time("created_at", activity.at);
  json.decimal("net_amount", activity.net_amount);
  if (activity.asset != core::kNoAsset) {
    json.text("symbol", exchange.asset(activity.asset).terms.symbol.view());
    json.decimal("qty", activity.qty);
  }
  if (activity.kind == ActivityKind::kDividend) json.decimal("per_share_amount", activity.price);
  if (activity.kind == ActivityKind::kShareJournal) json.decimal("price", activity.price);
  if (activity.group != 0) json.text("group_id", exchange.group_id(activity.group).text());
  if (activity.note != 0) json.text("description", exchange.note(activity.note));
  json.raw("currency", "\"USD\"");
  json.raw("status", "\"executed\"");
}

}  // namespace

void append_activity(JsonText& json, const core::Exchange& exchange,
                     const core::Activity& activity) {
  json.begin_object();
  if (activity.kind == ActivityKind::kFill) {
    append_fill(json, exchange, activity);
  } else {
    append_other(json, exchange, activity);
  }
  json.end_object();
}

}  // namespace signalbus::exchange
