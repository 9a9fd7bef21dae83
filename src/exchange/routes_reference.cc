// What is the same for every account: assets, the clock, the calendar.
#include <algorithm>

#include "calendar/exchange_calendar.h"
#include "calendar/new_york.h"
#include "exchange/order_json.h"
#include "exchange/routes.h"

namespace signalbus::exchange {
namespace {

using calendar::TimeOfDay;

struct ClockTimes {
  Instant next_open;
  Instant next_close;
};

ClockTimes clock_times(const Call& call) {
  const Instant now = call.venue.now();
  const TradeDate today = calendar::new_york_date(now);
  if (call.venue.settings().clock.kind == ClockKind::kOpen) {
    const Instant midnight = calendar::to_instant(today.plus_days(1), TimeOfDay::of(0, 0));
    return {midnight, midnight};
  }
  const auto session = calendar::session(today);
  const auto next = calendar::next_session(today);
  const Instant later = next.ok() ? next.value().open : now;
  const Instant later_close = next.ok() ? next.value().close : now;
  if (!session.ok() || now >= session.value().close) return {later, later_close};
  return {now < session.value().open ? session.value().open : later, session.value().close};
}

/// Trades settle one, two or three sessions later, as the rules were in those years.
TradeDate settlement_of(TradeDate date) {
  const int sessions = date >= TradeDate::from_civil(2024, 5, 28).value()  ? 1
                       : date >= TradeDate::from_civil(2017, 9, 5).value() ? 2
                                                                           : 3;
  const auto settled = calendar::plus_sessions(date, sessions);
  return settled.ok() ? settled.value() : date;
}

std::string four_digits(Instant instant) {
  std::string text = new_york_text(instant);  // 2026-01-02T16:00:00-05:00
  return text.substr(11, 2) + text.substr(14, 2);
}

void append_session(JsonText& json, const calendar::Session& session) {
  const std::string open = new_york_text(session.open).substr(11, 5);
  const std::string close = new_york_text(session.close).substr(11, 5);
  json.begin_object();
  json.text("date", session.date.iso());
  json.text("open", open);
  json.text("close", close);
  json.raw("session_open", "\"0400\"");
  json.text("session_close", session.half_day
                                 ? four_digits(session.close.plus_seconds(std::int64_t{4} * 3'600))
                                 : "2000");
  json.text("settlement_date", settlement_of(session.date).iso());
  json.end_object();
}

void append_open_day(JsonText& json, TradeDate date) {
  json.begin_object();
  json.text("date", date.iso());
  json.raw("open", "\"00:00\"").raw("close", "\"23:59\"");
  json.raw("session_open", "\"0000\"").raw("session_close", "\"2359\"");
  json.text("settlement_date", date.plus_days(1).iso());
  json.end_object();
}

}  // namespace

net::HttpResponse get_clock(Call& call) {
  const ClockTimes times = clock_times(call);
  std::string body;
  JsonText json(body);
  json.begin_object();
  json.text("timestamp", new_york_text(call.venue.now()));
  json.boolean("is_open", call.exchange().phase() == core::SessionPhase::kRegular);
  json.text("next_open", new_york_text(times.next_open));
  json.text("next_close", new_york_text(times.next_close));
  json.end_object();
  return json_answer(std::move(body));
}

net::HttpResponse get_calendar(Call& call) {
  TradeDate start = TradeDate::from_civil(1990, 1, 2).value();
  TradeDate end = TradeDate::from_civil(2029, 12, 31).value();
  const TradeDate last = TradeDate::from_civil(2035, 12, 31).value();
  if (const std::string* text = call.query.find("start")) {
    const auto day = parse_day(*text);
    if (!day.ok()) return invalid_parameter("invalid start");
    start = std::max(start, day.value());
  }
  if (const std::string* text = call.query.find("end")) {
    const auto day = parse_day(*text);
    if (!day.ok()) return invalid_parameter("invalid end");
    end = std::min(last, day.value());
  }
  std::string body;
  JsonText json(body);
  json.begin_array();
  const bool always_open = call.venue.settings().clock.kind == ClockKind::kOpen;
  for (TradeDate date = start; date <= end; date = date.plus_days(1)) {
    if (always_open) {
      append_open_day(json, date);
    } else if (const auto session = calendar::session(date); session.ok()) {
      append_session(json, session.value());
    }
  }
  json.end_array();
  return json_answer(std::move(body));
}

net::HttpResponse get_assets(Call& call) {
  const std::string_view status = call.query.get("status", "all");
  if (status != "all" && status != "active" && status != "inactive") {
    return invalid_parameter("invalid status");
  }
  const std::string_view asset_class = call.query.get("asset_class", "us_equity");
  const std::string_view exchange = call.query.get("exchange");
  const bool wants_attributes = call.query.find("attributes") != nullptr;  // we give none
  std::vector<core::AssetNumber> rows;
  for (std::uint32_t number = 1; number <= call.exchange().asset_count(); ++number) {
    const core::AssetTerms& terms = call.exchange().asset(core::AssetNumber(number)).terms;
    const bool wanted = (status == "all" || terms.active == (status == "active")) &&
                        asset_class == "us_equity" && !wants_attributes &&
                        (exchange.empty() || exchange == terms.exchange);
    if (wanted) rows.emplace_back(number);
  }
  std::sort(rows.begin(), rows.end(), [&](core::AssetNumber a, core::AssetNumber b) {
    return call.exchange().asset(a).terms.symbol < call.exchange().asset(b).terms.symbol;
  });
  std::string body;
  JsonText json(body);
  json.begin_array();
  for (const core::AssetNumber number : rows) append_asset(json, call.exchange().asset(number));
  json.end_array();
  return json_answer(std::move(body));
}

net::HttpResponse get_asset(Call& call) {
  const auto number = call.exchange().find_asset(call.captured[0]);
  if (!number) return not_found("asset not found for " + call.captured[0]);
  std::string body;
  JsonText json(body);
  append_asset(json, call.exchange().asset(*number));
  return json_answer(std::move(body));
}

}  // namespace signalbus::exchange
