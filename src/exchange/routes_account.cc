// The account: its state, its settings, its activities.
#include <algorithm>

#include "exchange/order_body.h"
#include "exchange/order_json.h"
#include "exchange/routes.h"

namespace signalbus::exchange {
namespace {

net::HttpResponse configuration_answer(const Call& call) {
  std::string body;
  JsonText json(body);
  append_configuration(json, core::account_view(call.exchange(), call.account.number).configuration,
                       call.account.extras);
  return json_answer(std::move(body));
}

/// What a PATCH of the settings changes; false for a value that is none.
struct ConfigurationPatch {
  core::Configuration configuration;
  AccountExtras extras;

  bool apply(std::string_view key, const formats::JsonValue& value) {
    if (key == "suspend_trade") return flag(value, configuration.suspend_trade);
    if (key == "no_shorting") return flag(value, configuration.no_shorting);
    if (key == "fractional_trading") return flag(value, configuration.fractional_trading);
    if (key == "ptp_no_exception_entry") return flag(value, extras.ptp_no_exception_entry);
    if (key == "disable_overnight_trading") return flag(value, extras.disable_overnight_trading);
    if (key == "max_margin_multiplier") {
      const auto text = value.decimal();
      if (!text.ok()) return false;
      if (text.value() != "1" && text.value() != "2" && text.value() != "4") return false;
      configuration.max_margin_multiplier = text.value()[0] - '0';
      return true;
    }
    if (key == "max_options_trading_level") {
      const auto level = value.integer();
      if (!level.ok() || level.value() < 0 || level.value() > 3) return false;
      extras.max_options_trading_level = level.value();
      return true;
    }
    if (key == "trade_confirm_email") {
      const auto text = value.string();
      if (!text.ok() || (text.value() != "all" && text.value() != "none")) return false;
      extras.trade_confirm_email = text.value();
      return true;
    }
    return true;  // pdt_check and others of older clients are taken and mean nothing
  }

 private:
  static bool flag(const formats::JsonValue& value, bool& out) {
    const auto flag = value.boolean();
    if (flag.ok()) out = flag.value();
    return flag.ok();
  }
};

/// The kinds of `activity_types` or of a path; words that Alpaca knows and we never write match
/// nothing.
struct Kinds {
  std::vector<core::ActivityKind> kinds;
  bool any = true;  ///< No restriction was asked for.

  void add(std::string_view word) {
    any = false;
    if (word == "TRANS") {
      kinds.push_back(core::ActivityKind::kDeposit);
      kinds.push_back(core::ActivityKind::kWithdrawal);
    } else if (const auto kind = core::parse_activity(word)) {
      kinds.push_back(*kind);
    }
  }
};

Result<core::ActivityFilter> read_filter(const Call& call, const Kinds& kinds) {
  const auto invalid = [](std::string_view what) {
    return Error{ErrorCode::kInvalidInput, "invalid " + std::string(what)};
  };
  core::ActivityFilter filter{.kinds = kinds.kinds};
  if (const std::string* text = call.query.find("date")) {
    const auto day = parse_day(*text);
    if (!day.ok()) return invalid("date");
    filter.date = day.value();
  }
  if (const std::string* text = call.query.find("after")) {
    const auto time = parse_time(*text);
    if (!time.ok()) return invalid("after");
    filter.after = time.value();
  }
  if (const std::string* text = call.query.find("until")) {
    const auto time = parse_time(*text);
    if (!time.ok()) return invalid("until");
    filter.until = time.value();
  }
  const std::string_view direction = call.query.get("direction", "desc");
  if (direction != "asc" && direction != "desc") return invalid("direction");
  if (direction == "asc") filter.direction = core::Direction::kAscending;
  if (const std::string* text = call.query.find("page_size")) {
    const auto count = parse_count(*text, {1, 100});
    if (!count.ok()) return invalid("page_size: must be 1 to 100");
    filter.page_size = static_cast<std::size_t>(count.value());
  }
  if (const std::string* text = call.query.find("order_id")) {
    const auto id = core::Uuid::parse(*text);
    const auto order = id ? call.exchange().find_order(call.account.number, *id) : std::nullopt;
    if (!order) return invalid("order_id");
    filter.order = *order;
  }
  filter.page_token = call.query.get("page_token");
  return filter;
}

net::HttpResponse activities_answer(const Call& call, const Kinds& kinds) {
  const auto filter = read_filter(call, kinds);
  if (!filter.ok()) return invalid_parameter(filter.error().message);
  if (!kinds.any && kinds.kinds.empty()) return json_answer("[]");
  const auto rows = core::list_activities(call.exchange(), call.account.number, filter.value());
  if (!rows.ok()) return refusal_answer(rows.refusal());
  std::string body;
  JsonText json(body);
  json.begin_array();
  for (const core::Activity* row : rows.value()) append_activity(json, call.exchange(), *row);
  json.end_array();
  return json_answer(std::move(body));
}

}  // namespace

net::HttpResponse get_account(Call& call) {
  std::string body;
  JsonText json(body);
  append_account(json, core::account_view(call.exchange(), call.account.number));
  return json_answer(std::move(body));
}

net::HttpResponse get_configuration(Call& call) { return configuration_answer(call); }

net::HttpResponse patch_configuration(Call& call) {
  const auto document = formats::parse_json(call.http.body, "body", 1 << 20);
  if (!document.ok()) return refusal_answer(bad_body());
  const auto members = document.value().root().members();
  if (!members.ok()) return refusal_answer(bad_body());
  ConfigurationPatch patch{core::account_view(call.exchange(), call.account.number).configuration,
                           call.account.extras};
  for (const auto& [key, value] : members.value()) {
    if (value.is_null()) continue;  // alpaca-py sends its whole model
    if (!patch.apply(key, value)) return invalid_parameter("invalid " + std::string(key));
  }
  call.venue.configure(call.account, patch.configuration, patch.extras);
  call.say("configuration of the account changed");
  return configuration_answer(call);
}

net::HttpResponse get_activities(Call& call) {
  Kinds kinds;
  for (const std::string& word : call.query.list("activity_types")) kinds.add(word);
  if (const std::string* category = call.query.find("category")) {
    if (!kinds.any) {
      return invalid_parameter("category and activity_types are mutually exclusive");
    }
    if (*category == "trade_activity") {
      kinds.add("FILL");
    } else if (*category == "non_trade_activity") {
      for (const char* word : {"DIV", "FEE", "INT", "CSD", "CSW", "JNLC", "JNLS", "SPLIT"}) {
        kinds.add(word);
      }
    } else {
      return invalid_parameter("invalid category");
    }
  }
  return activities_answer(call, kinds);
}

net::HttpResponse get_activities_of_type(Call& call) {
  Kinds kinds;
  kinds.add(call.captured[0]);
  return activities_answer(call, kinds);
}

}  // namespace signalbus::exchange
