// JsonText: JSON appended to one string, with the conventions of Alpaca's trading API in its names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/money.h"
#include "core/time.h"

namespace signalbus::exchange {

/// Commas are put by looking at the last byte; balanced brackets are the caller's. Empty keys are
/// elements of an array.
class JsonText {
 public:
  explicit JsonText(std::string& out) : out_(out) {}

  JsonText& begin_object(std::string_view key = {}) { return open(key, '{'); }
  JsonText& end_object() {
    out_ += '}';
    return *this;
  }
  JsonText& begin_array(std::string_view key = {}) { return open(key, '['); }
  JsonText& end_array() {
    out_ += ']';
    return *this;
  }

  JsonText& text(std::string_view key, std::string_view value);
  JsonText& null(std::string_view key) { return raw(key, "null"); }
  JsonText& boolean(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
  JsonText& integer(std::string_view key, std::int64_t value);
  /// What is already JSON.
  JsonText& raw(std::string_view key, std::string_view json) {
    lead(key);
    out_ += json;
    return *this;
  }

  /// A decimal as a string, as the trading API has it.
  template <class Tag, int kScale>
  JsonText& decimal(std::string_view key, Fixed<Tag, kScale> value) {
    lead(key);
    out_ += '"';
    out_ += value.text();
    out_ += '"';
    return *this;
  }
  template <class Tag, int kScale>
  JsonText& decimal(std::string_view key, const std::optional<Fixed<Tag, kScale>>& value) {
    return value ? decimal(key, *value) : null(key);
  }
  /// The same, but zero is null.
  template <class Tag, int kScale>
  JsonText& decimal_or_null(std::string_view key, Fixed<Tag, kScale> value) {
    return value.is_zero() ? null(key) : decimal(key, value);
  }
  /// A decimal as a number, as market data and the portfolio history have it.
  template <class Tag, int kScale>
  JsonText& number(std::string_view key, Fixed<Tag, kScale> value) {
    lead(key);
    out_ += value.text();
    return *this;
  }
  JsonText& time(std::string_view key, Instant value);

  std::string& out() { return out_; }

 private:
  void lead(std::string_view key);
  JsonText& open(std::string_view key, char bracket) {
    lead(key);
    out_ += bracket;
    return *this;
  }

  std::string& out_;
};

/// The text as a JSON string, quotes included; what is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// RFC 3339 with New York's offset, as the clock endpoint writes it.
std::string new_york_text(Instant instant);

}  // namespace signalbus::exchange
