#include "exchange/json_text.h"

#include <algorithm>

#include "calendar/new_york.h"
#include "formats/json_writer.h"

namespace signalbus::exchange {

void append_json_string(std::string& out, std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char byte) {
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
  });
  if (plain) {
    out += '"';
    out += text;
    out += '"';
    return;
  }
  formats::JsonWriter writer(formats::JsonStyle::kCompact);
  writer.string(text);
  out += writer.take();
}

void JsonText::lead(std::string_view key) {
  if (!out_.empty()) {
    const char last = out_.back();
    if (last != '{' && last != '[') out_ += ',';
  }
  if (key.empty()) return;
  out_ += '"';
  out_ += key;
  out_ += "\":";
}

JsonText& JsonText::text(std::string_view key, std::string_view value) {
  lead(key);
  append_json_string(out_, value);
  return *this;
}

JsonText& JsonText::integer(std::string_view key, std::int64_t value) {
  lead(key);
  out_ += std::to_string(value);
  return *this;
}

JsonText& JsonText::time(std::string_view key, Instant value) {
  lead(key);
  out_ += '"';
  out_ += value.rfc3339();
  out_ += '"';
  return *this;
}

std::string new_york_text(Instant instant) {
  const std::int32_t offset = calendar::new_york_offset(instant);
  std::string text = instant.plus_seconds(offset).rfc3339();
  text.pop_back();  // the Z
  return text + (offset == -4 * 3'600 ? "-04:00" : "-05:00");
}

}  // namespace signalbus::exchange
