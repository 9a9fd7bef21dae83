// Portfolio history and corporate actions.
#include <algorithm>

#include "calendar/new_york.h"
#include "exchange/auth.h"
#include "exchange/data_request.h"
#include "exchange/routes.h"

namespace signalbus::exchange {
namespace {

struct Window {
  Instant start;
  Instant end;
};

/// `1D`, `2W`, `3M`, `1A` back from `end`; `all` is everything.
Result<Instant> period_start(std::string_view text, Instant end) {
  const Error error{ErrorCode::kInvalidInput, "invalid period"};
  if (text == "all") return Instant::from_micros(0);
  if (text.size() < 2) return error;
  const auto count = parse_count(text.substr(0, text.size() - 1), {1, 10'000});
  if (!count.ok()) return error;
  const char unit = text.back();
  const std::int64_t days = unit == 'D'                  ? 1
                            : unit == 'W'                ? 7
                            : unit == 'M'                ? 31
                            : unit == 'A' || unit == 'Y' ? 366
                                                         : 0;
  if (days == 0) return error;
  return end.plus_seconds(-count.value() * days * 86'400);
}

Result<Window> read_window(const Call& call) {
  const auto time_of = [&](std::string_view name,
                           std::string_view old) -> Result<std::optional<Instant>> {
    const std::string* text = call.query.find(name);
    if (text == nullptr) text = call.query.find(old);
    if (text == nullptr) return std::optional<Instant>();
    const auto time = parse_time(*text);
    if (!time.ok()) return Error{ErrorCode::kInvalidInput, "invalid " + std::string(name)};
    // A day named as the end counts whole.
    const bool day = TradeDate::parse(*text).ok() && name == "end";
    return std::optional<Instant>(day ? time.value().plus_seconds(std::int64_t{2} * 86'400)
                                      : time.value());
  };
  SB_TRY(const std::optional<Instant> start, time_of("start", "date_start"));
  SB_TRY(const std::optional<Instant> end, time_of("end", "date_end"));
  const std::string* period = call.query.find("period");
  if (start && end && period != nullptr) {
    return Error{ErrorCode::kInvalidInput, "only two of start, end and period are allowed"};
  }
  const Instant last = end.value_or(call.venue.now());
  if (start) return Window{*start, last};
  SB_TRY(const Instant first, period_start(period != nullptr ? *period : "1M", last));
  return Window{first, last};
}

struct HistoryRows {
  std::vector<core::EquityPoint> points;
  Money base;
};

HistoryRows rows_of(const Call& call, const Window& window) {
  HistoryRows rows{{}, call.venue.settings().cash};
  const auto history = core::equity_history(call.exchange(), call.account.number);
  for (const core::EquityPoint& point : history) {
    if (point.at < window.start) {
      rows.base = point.equity;
    } else if (point.at <= window.end) {
      rows.points.push_back(point);
    }
  }
  const bool wants_now = window.end >= call.venue.now();
  if (wants_now && (history.empty() || history.back().at < call.venue.now())) {
    const core::AccountView view = core::account_view(call.exchange(), call.account.number);
    rows.points.push_back({calendar::new_york_date(call.venue.now()), call.venue.now(), view.equity,
                           view.cash, Money::zero()});
  }
  return rows;
}

/// An array with one number per point.
template <class Write>
void append_series(JsonText& json, std::string_view key, const HistoryRows& rows, Write write) {
  json.begin_array(key);
  Money flow = Money::zero();
  for (const core::EquityPoint& point : rows.points) {
    flow += point.flow;
    write(point, point.equity - rows.base - flow);
  }
  json.end_array();
}

std::string ratio_text(Money part, Money whole) {
  const Int128 scaled = Int128{part.raw()} * pow10(Ratio::kDecimals);
  const auto ratio = Ratio::narrow(divide(scaled, whole.raw(), Rounding::kHalfEven));
  return ratio.ok() ? ratio.value().text() : "0";
}

// -- Corporate actions ---------------------------------------------------------------------------

std::string action_id(const Call& call, const CorporateAction& action) {
  const std::string name = "action/" + action.symbol.text() + "/" + action.ex_date.iso() + "/" +
                           (action.is_split ? "split" : "dividend");
  return core::IdFactory(call.venue.settings().seed).make_named(core::IdKind::kGroup, name).text();
}

std::string_view group_of(const CorporateAction& action) {
  if (!action.is_split) return "cash_dividends";
  return action.numerator > action.denominator ? "forward_splits" : "reverse_splits";
}

struct ActionFilter {
  TradeDate start = TradeDate::from_days(0);
  TradeDate end;
  std::vector<std::string> symbols;
  std::vector<std::string> types;  ///< `cash_dividend`, ...

  /// What has not happened yet is not shown: strategies must not see the future.
  bool takes(const CorporateAction& action, TradeDate today) const {
    const auto has = [](const std::vector<std::string>& list, std::string_view word) {
      return list.empty() || std::find(list.begin(), list.end(), word) != list.end();
    };
    std::string_view type = group_of(action);
    type.remove_suffix(1);
    return action.ex_date <= today && action.ex_date >= start && action.ex_date <= end &&
           has(symbols, action.symbol.view()) && has(types, type);
  }
};

void append_action(JsonText& json, const Call& call, const CorporateAction& action) {
  json.begin_object();
  json.text("id", action_id(call, action)).text("symbol", action.symbol.view());
  if (!action.is_split) {
    json.raw("cusip", "\"\"").number("rate", action.amount);
    json.raw("special", "false").raw("foreign", "false");
  } else {
    if (group_of(action) == "reverse_splits") {
      json.raw("old_cusip", "\"\"").raw("new_cusip", "\"\"");
    } else {
      json.raw("cusip", "\"\"");
    }
    json.integer("new_rate", action.numerator).integer("old_rate", action.denominator);
  }
  for (const char* date : {"process_date", "ex_date", "record_date", "payable_date"}) {
    json.text(date, action.ex_date.iso());
  }
  json.end_object();
}

void append_announcement(JsonText& json, const Call& call, const CorporateAction& action) {
  json.begin_object();
  json.text("id", action_id(call, action)).text("corporate_action_id", action_id(call, action));
  json.text("ca_type", action.is_split ? "split" : "dividend");
  json.text("ca_sub_type", !action.is_split                        ? "cash"
                           : action.numerator > action.denominator ? "stock_split"
                                                                   : "reverse_split");
  json.text("initiating_symbol", action.symbol.view()).raw("initiating_original_cusip", "\"\"");
  json.text("target_symbol", action.symbol.view()).raw("target_original_cusip", "\"\"");
  for (const char* date : {"declaration_date", "ex_date", "record_date", "payable_date"}) {
    json.text(date, action.ex_date.iso());
  }
  json.decimal("cash", action.amount);
  json.text("old_rate", std::to_string(action.denominator));
  json.text("new_rate", std::to_string(action.numerator));
  json.end_object();
}

}  // namespace

net::HttpResponse get_portfolio_history(Call& call) {
  const auto window = read_window(call);
  if (!window.ok()) return invalid_parameter(window.error().message);
  const std::string_view timeframe = call.query.get("timeframe", "1D");
  const std::vector<std::string_view> known = {"1Min", "5Min", "15Min", "1H", "1D"};
  if (std::find(known.begin(), known.end(), timeframe) == known.end()) {
    return invalid_parameter("invalid timeframe");
  }
  const std::int64_t micros = window.value().end.micros() - window.value().start.micros();
  if (timeframe != "1D" && micros > 32LL * 86'400 * 1'000'000) {
    return invalid_parameter("intraday timeframes are for 30 days at most");
  }
  const HistoryRows rows = rows_of(call, window.value());
  std::string body;
  JsonText json(body);
  json.begin_object();
  append_series(json, "timestamp", rows, [&](const core::EquityPoint& point, Money) {
    json.integer({}, point.at.micros() / 1'000'000);
  });
  append_series(json, "equity", rows,
                [&](const core::EquityPoint& point, Money) { json.number({}, point.equity); });
  append_series(json, "profit_loss", rows,
                [&](const core::EquityPoint&, Money profit) { json.number({}, profit); });
  append_series(json, "profit_loss_pct", rows, [&](const core::EquityPoint&, Money profit) {
    if (rows.base.is_zero()) {
      json.null({});
    } else {
      json.raw({}, ratio_text(profit, rows.base));
    }
  });
  json.number("base_value", rows.base);
  json.text("base_value_asof", calendar::new_york_date(window.value().start).iso());
  json.text("timeframe", timeframe);
  json.begin_object("cashflow").end_object();
  json.end_object();
  return json_answer(std::move(body));
}

net::HttpResponse get_corporate_actions(Call& call) {
  const TradeDate today = calendar::new_york_date(call.venue.now());
  ActionFilter filter{
      .end = today, .symbols = call.query.list("symbols"), .types = call.query.list("types")};
  for (const char* name : {"start", "end"}) {
    const std::string* text = call.query.find(name);
    if (text == nullptr) continue;
    const auto day = parse_day(*text);
    if (!day.ok()) return data_error("invalid " + std::string(name) + ": " + *text);
    (std::string_view(name) == "start" ? filter.start : filter.end) = day.value();
  }
  const auto limit = parse_count(call.query.get("limit", "100"), {1, 1'000});
  if (!limit.ok()) return data_error("invalid limit: must be 1 to 1000");
  const auto offset =
      parse_count(base64_decoded(call.query.get("page_token", "MA")).value_or(""), {0, 1 << 30});
  if (!offset.ok()) return data_error("invalid page_token");
  std::vector<CorporateAction> rows;
  for (const CorporateAction& action : call.venue.actions()) {
    if (filter.takes(action, today)) rows.push_back(action);
  }
  if (call.query.get("sort", "asc") == "desc") std::reverse(rows.begin(), rows.end());
  const auto first = std::min(static_cast<std::size_t>(offset.value()), rows.size());
  const auto last = std::min(first + static_cast<std::size_t>(limit.value()), rows.size());
  std::string body;
  JsonText json(body);
  json.begin_object().begin_object("corporate_actions");
  for (const std::string_view group : {"cash_dividends", "forward_splits", "reverse_splits"}) {
    const auto in_group = [&](const CorporateAction& row) { return group_of(row) == group; };
    if (std::none_of(rows.begin() + static_cast<std::ptrdiff_t>(first),
                     rows.begin() + static_cast<std::ptrdiff_t>(last), in_group)) {
      continue;
    }
    json.begin_array(group);
    for (std::size_t at = first; at < last; ++at) {
      if (in_group(rows[at])) append_action(json, call, rows[at]);
    }
    json.end_array();
  }
  json.end_object();
  if (last < rows.size()) {
    json.text("next_page_token", base64_encoded(std::to_string(last)));
  } else {
    json.null("next_page_token");
  }
  json.end_object();
  return json_answer(std::move(body));
}

net::HttpResponse get_announcements(Call& call) {
  const TradeDate today = calendar::new_york_date(call.venue.now());
  const auto since = parse_day(call.query.get("since"));
  const auto until = parse_day(call.query.get("until"));
  const std::vector<std::string> types = call.query.list("ca_types");
  if (types.empty()) return invalid_parameter("ca_types is required");
  if (!since.ok() || !until.ok()) return invalid_parameter("since and until are required");
  if (until.value().days() - since.value().days() > 90) {
    return invalid_parameter("since and until may be 90 days apart at most");
  }
  ActionFilter filter{.start = since.value(), .end = until.value(), .symbols = {}, .types = {}};
  if (const std::string* symbol = call.query.find("symbol")) filter.symbols = {*symbol};
  std::string body;
  JsonText json(body);
  json.begin_array();
  for (const CorporateAction& action : call.venue.actions()) {
    const std::string_view type = action.is_split ? "split" : "dividend";
    const bool asked = std::any_of(types.begin(), types.end(), [&](std::string word) {
      std::transform(word.begin(), word.end(), word.begin(),
                     [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
      return word == type;
    });
    if (asked && filter.takes(action, today)) append_announcement(json, call, action);
  }
  json.end_array();
  return json_answer(std::move(body));
}

net::HttpResponse get_announcement(Call& call) {
  const TradeDate today = calendar::new_york_date(call.venue.now());
  for (const CorporateAction& action : call.venue.actions()) {
    if (action.ex_date > today || action_id(call, action) != call.captured[0]) continue;
    std::string body;
    JsonText json(body);
    append_announcement(json, call, action);
    return json_answer(std::move(body));
  }
  return not_found("announcement not found");
}

}  // namespace signalbus::exchange
