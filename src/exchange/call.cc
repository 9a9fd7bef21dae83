#include "exchange/call.h"

#include <algorithm>

#include "core/text.h"
#include "exchange/json_text.h"

namespace signalbus::exchange {

const std::string* Query::find(std::string_view name) const {
  for (const net::Field& field : fields_) {
    if (field.name == name) return field.value.empty() ? nullptr : &field.value;
  }
  return nullptr;
}

std::string_view Query::get(std::string_view name, std::string_view fallback) const {
  const std::string* value = find(name);
  return value == nullptr ? fallback : std::string_view(*value);
}

bool Query::flag(std::string_view name) const {
  const std::string* value = find(name);
  if (value == nullptr) return false;
  const auto flag = parse_boolean(*value);
  return flag.ok() && flag.value();
}

std::vector<std::string> Query::list(std::string_view name) const {
  std::vector<std::string> out;
  const std::string* value = find(name);
  if (value == nullptr) return out;
  for (std::size_t begin = 0; begin <= value->size();) {
    const std::size_t end = std::min(value->find(',', begin), value->size());
    std::string_view item(value->data() + begin, end - begin);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) out.emplace_back(item);
    begin = end + 1;
  }
  return out;
}

void Call::say(std::string_view line) const {
  if (venue.logs()) {
    venue.say("#" + std::to_string(account.number.get()) + " " + std::string(line));
  }
}

net::HttpResponse json_answer(std::string body, int status) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json; charset=UTF-8"}},
          .body = std::move(body)};
}

net::HttpResponse empty_answer() { return {.status = 204, .headers = {}, .body = {}}; }

net::HttpResponse refusal_answer(int status, int code, std::string_view message) {
  return refusal_answer(core::Refusal{status, code, std::string(message), {}});
}

void append_refusal(std::string& out, const core::Refusal& refusal) {
  // Alphabetical, as Alpaca writes it.
  JsonText json(out);
  json.begin_object();
  bool code_written = false;
  bool message_written = false;
  const auto write_before = [&](std::string_view key) {
    if (!code_written && key > "code") {
      json.integer("code", refusal.code);
      code_written = true;
    }
    if (!message_written && key > "message") {
      json.text("message", refusal.message);
      message_written = true;
    }
  };
  for (const core::RefusalField& field : refusal.fields) {
    write_before(field.key);
    if (!field.is_list) {
      json.text(field.key, field.text);
      continue;
    }
    json.begin_array(field.key);
    for (const std::string& item : field.list) json.text({}, item);
    json.end_array();
  }
  write_before("~");
  json.end_object();
}

net::HttpResponse refusal_answer(const core::Refusal& refusal) {
  std::string body;
  append_refusal(body, refusal);
  return json_answer(std::move(body), refusal.http_status);
}

net::HttpResponse invalid_parameter(std::string_view message) {
  return refusal_answer(422, 40010001, message);
}

net::HttpResponse not_found(std::string_view message) {
  return refusal_answer(404, 40410000, message);
}

Result<Instant> parse_time(std::string_view text) {
  std::string fixed(text);
  std::replace(fixed.begin(), fixed.end(), ' ', '+');  // an offset's plus that was not encoded
  auto instant = Instant::parse(fixed);
  if (instant.ok()) return instant;
  if (const auto date = TradeDate::parse(text); date.ok()) return Instant::start_of(date.value());
  std::string utc(text);
  std::replace(utc.begin(), utc.end(), ' ', 'T');
  return Instant::parse(utc + "Z");
}

Result<TradeDate> parse_day(std::string_view text) {
  SB_TRY([[maybe_unused]] const Instant checked, parse_time(text));
  const std::size_t time = text.find_first_of("T ");
  return TradeDate::parse(text.substr(0, time));
}

Result<std::int64_t> parse_count(std::string_view text, CountRange range) {
  auto value = parse_scaled64(text, 0, Rounding::kExact);
  if (!value.ok() || value.value() < range.low || value.value() > range.high) {
    return Error{ErrorCode::kInvalidInput, quoted(text) + " is not " + std::to_string(range.low) +
                                               " to " + std::to_string(range.high)};
  }
  return value;
}

}  // namespace signalbus::exchange
