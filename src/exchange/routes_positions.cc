// Positions: what is held, and closing it.
#include "core/text.h"
#include "exchange/order_json.h"
#include "exchange/routes.h"

namespace signalbus::exchange {
namespace {

/// `qty` xor `percentage` of a close; the error is a message.
Result<core::CloseRequest> read_close(const Call& call) {
  const Error both{ErrorCode::kInvalidInput, "only one of qty or percentage is accepted"};
  core::CloseRequest request;
  if (const std::string* text = call.query.find("qty")) {
    const auto qty = Quantity::parse(*text);
    if (!qty.ok() || qty.value() > Quantity::whole(kQuantityMaxShares)) {
      return Error{ErrorCode::kInvalidInput, "invalid qty"};
    }
    request.qty = qty.value();
  }
  if (const std::string* text = call.query.find("percentage")) {
    if (request.qty) return both;
    const auto percentage = Ratio::parse(*text);
    if (!percentage.ok() || !percentage.value().is_positive() ||
        percentage.value() > Ratio::whole(100)) {
      return Error{ErrorCode::kInvalidInput, "invalid percentage: must be above 0, at most 100"};
    }
    request.percentage = percentage.value();
  }
  return request;
}

}  // namespace

net::HttpResponse get_positions(Call& call) {
  std::string body;
  JsonText json(body);
  json.begin_array();
  for (const core::PositionView& view : core::positions(call.exchange(), call.account.number)) {
    append_position(json, call.exchange(), view);
  }
  json.end_array();
  return json_answer(std::move(body));
}

net::HttpResponse get_position(Call& call) {
  const auto view = core::position(call.exchange(), call.account.number, call.captured[0]);
  if (!view.ok()) return refusal_answer(view.refusal());
  std::string body;
  JsonText json(body);
  append_position(json, call.exchange(), view.value());
  return json_answer(std::move(body));
}

net::HttpResponse delete_position(Call& call) {
  const auto request = read_close(call);
  if (!request.ok()) return invalid_parameter(request.error().message);
  const auto placed =
      call.venue.close_position(call.account.number, call.captured[0], request.value());
  if (!placed.ok()) {
    call.say("refused  to close " + call.captured[0] + ": " + placed.refusal().message);
    return refusal_answer(placed.refusal());
  }
  call.say("closing  " + call.captured[0]);
  std::string body;
  JsonText json(body);
  append_order(json, {}, call.exchange(), call.exchange().order(placed.value().order),
               placed.value().state, false);
  return json_answer(std::move(body));
}

net::HttpResponse delete_positions(Call& call) {
  std::string body;
  JsonText json(body);
  json.begin_array();
  const auto rows =
      call.venue.close_all_positions(call.account.number, call.query.flag("cancel_orders"));
  for (const core::ClosedPosition& row : rows) {
    json.begin_object();
    json.text("symbol", call.exchange().asset(row.asset).terms.symbol.view());
    if (row.answer.ok()) {
      const core::Placed& placed = row.answer.value();
      json.integer("status", 200);
      append_order(json, "body", call.exchange(), call.exchange().order(placed.order), placed.state,
                   false);
    } else {
      json.integer("status", row.answer.refusal().http_status);
      std::string refusal;
      append_refusal(refusal, row.answer.refusal());
      json.raw("body", refusal);
    }
    json.end_object();
  }
  json.end_array();
  call.say("closing  " + counted(rows.size(), "position"));
  return json_answer(std::move(body), 207);
}

}  // namespace signalbus::exchange
