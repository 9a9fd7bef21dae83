// CsvWriter: rows to CSV bytes that any spreadsheet opens without running anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "core/time.h"

namespace signalbus::formats {

/// Cells are written left to right, then end_row(). Fields are quoted where RFC 4180 needs it;
/// lines end in LF.
///
/// A text cell that a spreadsheet would run as a formula (its first character is one of = + - @ TAB
/// CR) gets an apostrophe in front. It reads back with the apostrophe: readers here do not remove
/// it, since a cell that came with one would then lose it. Numbers are never touched.
class CsvWriter {
 public:
  /// Writes the header; every row must then have as many cells (SB_CHECK).
  explicit CsvWriter(std::span<const std::string_view> header);

  CsvWriter& text(std::string_view value);
  CsvWriter& integer(std::int64_t value);
  CsvWriter& real(double value);  ///< As format_double; NaN, a missing value, is an empty cell.
  CsvWriter& date(TradeDate value);
  CsvWriter& instant(Instant value);
  CsvWriter& blank();
  template <class Tag, int kScale>
  CsvWriter& fixed(Fixed<Tag, kScale> value) {
    return scaled(value.raw(), kScale);
  }
  void end_row();

  std::size_t size() const { return bytes_.size(); }
  /// The bytes so far; the last row must be complete.
  std::string take();

 private:
  CsvWriter& scaled(std::int64_t raw, int decimals);
  void begin_cell();
  void append_text(std::string_view value);

  /// A column's value in the row above, and its text: dates of a file are mostly one.
  template <class Value>
  struct Repeated {
    std::optional<Value> value;
    std::string text;
  };
  template <class Value, class Format>
  CsvWriter& repeated(std::vector<Repeated<Value>>& above, Value value, Format format) {
    begin_cell();
    Repeated<Value>& last = above[column_ - 1];
    if (last.value != value) last = {value, format(value)};
    bytes_ += last.text;
    return *this;
  }

  std::string bytes_;
  std::size_t column_count_;
  std::size_t column_ = 0;
  std::vector<Repeated<TradeDate>> dates_;  // by column
  std::vector<Repeated<Instant>> instants_;
};

}  // namespace signalbus::formats
