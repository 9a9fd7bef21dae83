#include "formats/json_writer.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/decimal.h"
#include "formats/json_number.h"

namespace signalbus::formats {
namespace {

std::size_t digits_at(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  return end == std::string_view::npos ? text.size() : end;
}

/// Neither escaped nor more than one byte.
bool stays_as_it_is(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '<';
}

/// Length of the valid UTF-8 sequence at the front, 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const std::string_view sequence = text.substr(0, length);
  return simdjson::validate_utf8(sequence.data(), sequence.size()) ? sequence.size() : 0;
}

}  // namespace

bool is_json_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t whole = digits_at(text);
  if (whole == 0 || (whole > 1 && text[0] == '0')) return false;
  text.remove_prefix(whole);
  if (text.starts_with('.')) {
    const std::size_t fraction = digits_at(text.substr(1));
    if (fraction == 0) return false;
    text.remove_prefix(1 + fraction);
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    const std::size_t exponent = digits_at(text);
    return exponent > 0 && exponent == text.size();
  }
  return text.empty();
}

void JsonWriter::new_line() {
  if (style_ == JsonStyle::kCompact) return;
  bytes_ += '\n';
  bytes_.append(2 * levels_.size(), ' ');
}

void JsonWriter::begin_value() {
  if (levels_.empty()) {
    SB_CHECK(!has_root_);
    has_root_ = true;
    return;
  }
  Level& level = levels_.back();
  SB_CHECK(level.is_object == key_pending_);
  key_pending_ = false;
  if (level.is_object) return;  // key() wrote the comma
  if (level.has_values) bytes_ += ',';
  level.has_values = true;
  new_line();
}

JsonWriter& JsonWriter::begin(char bracket, bool is_object) {
  begin_value();
  bytes_ += bracket;
  levels_.push_back({.is_object = is_object, .has_values = false});
  return *this;
}

JsonWriter& JsonWriter::end(char bracket, bool is_object) {
  SB_CHECK(!levels_.empty() && levels_.back().is_object == is_object && !key_pending_);
  const bool has_values = levels_.back().has_values;
  levels_.pop_back();
  if (has_values) new_line();
  bytes_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::begin_object() { return begin('{', true); }
JsonWriter& JsonWriter::end_object() { return end('}', true); }
JsonWriter& JsonWriter::begin_array() { return begin('[', false); }
JsonWriter& JsonWriter::end_array() { return end(']', false); }

JsonWriter& JsonWriter::key(std::string_view name) {
  SB_CHECK(!levels_.empty() && levels_.back().is_object && !key_pending_);
  Level& level = levels_.back();
  if (level.has_values) bytes_ += ',';
  level.has_values = true;
  new_line();
  append_string(name);
  bytes_ += style_ == JsonStyle::kPretty ? ": " : ":";
  key_pending_ = true;
  return *this;
}

void JsonWriter::append_string(std::string_view value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  bytes_ += '"';
  while (!value.empty()) {
    const auto plain = static_cast<std::size_t>(
        std::find_if_not(value.begin(), value.end(), stays_as_it_is) - value.begin());
    bytes_ += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty()) break;
    const auto byte = static_cast<unsigned char>(value[0]);
    std::size_t length = 1;
    if (byte == '"' || byte == '\\') {
      bytes_ += '\\';
      bytes_ += value[0];
    } else if (byte == '\n') {
      bytes_ += "\\n";
    } else if (byte < 0x20 || byte == 0x7f || byte == '<') {  // '<' could end a script element
      bytes_ += "\\u00";
      bytes_ += kHex[byte >> 4];
      bytes_ += kHex[byte & 15];
    } else if ((length = utf8_length(value)) > 0) {
      bytes_ += value.substr(0, length);
    } else {
      bytes_ += "\xef\xbf\xbd";  // U+FFFD
      length = 1;
    }
    value.remove_prefix(length);
  }
  bytes_ += '"';
}

JsonWriter& JsonWriter::string(std::string_view value) {
  begin_value();
  append_string(value);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  begin_value();
  bytes_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::real(double value) {
  return std::isfinite(value) ? plain(format_double(value)) : null();
}

JsonWriter& JsonWriter::boolean(bool value) {
  begin_value();
  bytes_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  begin_value();
  bytes_ += "null";
  return *this;
}

JsonWriter& JsonWriter::number(std::string_view text) {
  SB_CHECK(is_json_number(text));
  return plain(text);
}

JsonWriter& JsonWriter::plain(std::string_view text) {
  begin_value();
  bytes_ += text;
  return *this;
}

std::string JsonWriter::take() {
  SB_CHECK(has_root_ && levels_.empty());
  if (style_ == JsonStyle::kPretty) bytes_ += '\n';
  has_root_ = false;
  return std::exchange(bytes_, {});
}

}  // namespace signalbus::formats
