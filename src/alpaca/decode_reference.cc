// Assets, clock, calendar, corporate actions.
#include <algorithm>
#include <charconv>

#include "alpaca/decode.h"
#include "alpaca/fields.h"

namespace signalbus::alpaca {
namespace {

using formats::JsonKind;
using formats::JsonValue;

/// "09:30" or "0930" as minutes after midnight; -1 for anything else.
int minutes_of(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ':') digits += c;
  }
  int number = 0;
  const auto [stop, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = code == std::errc() && stop == digits.data() + digits.size();
  if (!whole || digits.size() != 4 || number < 0 || number / 100 > 23 || number % 100 > 59) {
    return -1;
  }
  return number / 100 * 60 + number % 100;
}

std::optional<int> optional_minutes(Fields& fields, std::string_view key) {
  const std::string text = fields.text(key);
  if (text.empty()) return std::nullopt;
  const int minutes = minutes_of(text);
  if (minutes < 0) fields.fail(key, "must be a time like 09:30");
  return minutes;
}

int need_minutes(Fields& fields, std::string_view key) {
  (void)fields.need_text(key);
  return optional_minutes(fields, key).value_or(0);
}

std::string first_of(Fields& fields, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (std::string text = fields.text(key); !text.empty()) return text;
  }
  return "";
}

Result<CorporateAction> decode_action(std::string_view kind, const JsonValue& value) {
  Fields fields(value);
  const bool pays_rate = kind == "cash_dividends" || kind == "cash_mergers";
  CorporateAction out{
      .kind = std::string(kind),
      .id = fields.text("id"),
      .symbol = first_of(fields, {"symbol", "old_symbol", "source_symbol", "acquiree_symbol"}),
      .new_symbol = first_of(fields, {"new_symbol", "acquirer_symbol"}),
      .process_date = fields.date("process_date"),
      .ex_date = fields.date("ex_date"),
      .record_date = fields.date("record_date"),
      .payable_date = fields.date("payable_date"),
      .cash = fields.price(pays_rate ? "rate" : "cash_rate"),
      .old_rate = fields.ratio("old_rate"),
      .new_rate = fields.ratio("new_rate"),
      .fields = {}};
  SB_TRY_OK(fields.check());
  SB_TRY(const auto members, value.members());
  for (const auto& [key, member] : members) {
    const bool is_plain = member.kind() != JsonKind::kArray && member.kind() != JsonKind::kObject;
    if (is_plain && !member.is_null()) out.fields.push_back({std::string(key), fields.text(key)});
  }
  return out;
}

}  // namespace

Result<Asset> decode_asset(const JsonValue& value) {
  Fields fields(value);
  Asset out{.id = fields.text("id"),
            .asset_class = fields.text("class"),
            .exchange = fields.text("exchange"),
            .symbol = fields.need_text("symbol"),
            .name = fields.text("name"),
            .status = fields.need_text("status"),
            .tradable = fields.flag("tradable"),
            .marginable = fields.flag("marginable"),
            .shortable = fields.flag("shortable"),
            .fractionable = fields.flag("fractionable"),
            .easy_to_borrow = fields.flag("easy_to_borrow"),
            .margin_requirement_long = fields.ratio("margin_requirement_long"),
            .margin_requirement_short = fields.ratio("margin_requirement_short"),
            .attributes = fields.texts("attributes")};
  if (const std::string borrow = fields.text("borrow_status"); !borrow.empty()) {
    out.easy_to_borrow = borrow == "easy_to_borrow";
  }
  SB_TRY_OK(fields.check());
  return out;
}

Result<MarketClock> decode_clock(const JsonValue& value) {
  Fields fields(value);
  (void)fields.need_text("is_open");  // a clock that does not say so is none
  const MarketClock out{.timestamp = fields.need_instant("timestamp"),
                        .is_open = fields.flag("is_open"),
                        .next_open = fields.need_instant("next_open"),
                        .next_close = fields.need_instant("next_close")};
  SB_TRY_OK(fields.check());
  return out;
}

Result<CalendarDay> decode_calendar_day(const JsonValue& value) {
  Fields fields(value);
  CalendarDay out{.date = fields.need_date("date"),
                  .open = need_minutes(fields, "open"),
                  .close = need_minutes(fields, "close"),
                  .session_open = optional_minutes(fields, "session_open"),
                  .session_close = optional_minutes(fields, "session_close"),
                  .settlement_date = fields.date("settlement_date")};
  SB_TRY_OK(fields.check());
  if (out.close <= out.open) return value.error("the close must be after the open");
  return out;
}

Result<std::vector<CorporateAction>> decode_corporate_actions(const JsonValue& root) {
  std::vector<CorporateAction> out;
  SB_TRY(const JsonValue kinds, root.member("corporate_actions"));
  SB_TRY(const auto lists, kinds.members());
  for (const auto& [kind, list] : lists) {
    if (list.is_null()) continue;
    SB_TRY(const std::vector<JsonValue> items, list.items());
    for (const JsonValue& item : items) {
      SB_TRY(CorporateAction action, decode_action(kind, item));
      out.push_back(std::move(action));
    }
  }
  return out;
}

}  // namespace signalbus::alpaca
