// CommandText: one recorded command as a line of tab-separated fields.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/money.h"
#include "core/time.h"

namespace signalbus::exchange {

/// Fixed-point values are written as their raw integers, absent ones as `-`; tabs, line breaks and
/// backslashes of texts are escaped by a backslash (so is a text that is `-` itself).
class CommandText {
 public:
  explicit CommandText(std::string_view verb) : line_(verb) {}

  CommandText& add(std::string_view text);
  template <std::integral T>
  CommandText& add(T value) {
    line_ += '\t';
    line_ += std::to_string(static_cast<std::int64_t>(value));
    return *this;
  }
  CommandText& add(Instant instant) { return add(instant.micros()); }
  template <class Tag, int kScale>
  CommandText& add(Fixed<Tag, kScale> value) {
    return add(value.raw());
  }
  template <class T>
    requires std::is_enum_v<T>
  CommandText& add(T value) {
    return add(static_cast<int>(value));
  }
  template <class T>
  CommandText& add(const std::optional<T>& value) {
    if (value) return add(*value);
    line_ += "\t-";
    return *this;
  }

  const std::string& line() const { return line_; }

 private:
  std::string line_;
};

}  // namespace signalbus::exchange
