// JsonWriter: JSON in the order it is given, with exact decimals and the same bytes every time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"

namespace signalbus::formats {

enum class JsonStyle {
  kCompact,  ///< No white space: wire and log lines.
  kPretty    ///< Two spaces per level, one value per line, a line break at the end.
};

/// Calls follow the shape of the document; a wrong order (a value without its key, an end without
/// its begin) is a bug and ends the process. Strings are escaped so that they may also stand inside
/// an HTML script element; bytes that are not UTF-8 become U+FFFD.
class JsonWriter {
 public:
  explicit JsonWriter(JsonStyle style) : style_(style) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view value);
  JsonWriter& integer(std::int64_t value);
  JsonWriter& real(double value);  ///< As format_double; null for NaN and infinities.
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// A number already as text; it must be in JSON's grammar.
  JsonWriter& number(std::string_view text);
  template <class Tag, int kScale>
  JsonWriter& fixed(Fixed<Tag, kScale> value) {
    return plain(value.text());
  }

  /// The finished document.
  std::string take();

 private:
  struct Level {
    bool is_object;
    bool has_values;
  };
  void begin_value();
  JsonWriter& begin(char bracket, bool is_object);
  JsonWriter& end(char bracket, bool is_object);
  JsonWriter& plain(std::string_view text);  ///< A number that we made.
  void new_line();
  void append_string(std::string_view value);

  JsonStyle style_;
  std::string bytes_;
  std::vector<Level> levels_;
  bool key_pending_ = false;
  bool has_root_ = false;
};

}  // namespace signalbus::formats
