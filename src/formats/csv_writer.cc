#include "formats/csv_writer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/decimal.h"

namespace signalbus::formats {

CsvWriter::CsvWriter(std::span<const std::string_view> header)
    : column_count_(header.size()), dates_(header.size()), instants_(header.size()) {
  SB_CHECK(!header.empty());
  for (const std::string_view name : header) text(name);
  end_row();
}

void CsvWriter::begin_cell() {
  SB_CHECK(column_ < column_count_);
  if (column_++ > 0) bytes_ += ',';
}

CsvWriter& CsvWriter::text(std::string_view value) {
  begin_cell();
  constexpr std::string_view kFormulaStart = "=+-@\t\r";
  const bool is_formula = !value.empty() && kFormulaStart.find(value[0]) != std::string_view::npos;
  // A lone empty cell is quoted: many readers skip a blank line.
  const bool needs_quotes =
      std::any_of(value.begin(), value.end(),
                  [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; }) ||
      (value.empty() && column_count_ == 1);
  if (needs_quotes) bytes_ += '"';
  if (is_formula) bytes_ += '\'';
  needs_quotes ? append_text(value) : void(bytes_ += value);
  if (needs_quotes) bytes_ += '"';
  return *this;
}

/// Doubles quotes on the way.
void CsvWriter::append_text(std::string_view value) {
  for (std::size_t quote = 0; (quote = value.find('"')) != std::string_view::npos;) {
    bytes_ += value.substr(0, quote);
    bytes_ += "\"\"";
    value.remove_prefix(quote + 1);
  }
  bytes_ += value;
}

CsvWriter& CsvWriter::integer(std::int64_t value) { return scaled(value, 0); }

CsvWriter& CsvWriter::scaled(std::int64_t raw, int decimals) {
  begin_cell();
  bytes_ += format_scaled(raw, decimals);
  return *this;
}

CsvWriter& CsvWriter::real(double value) {
  begin_cell();
  if (!std::isnan(value)) bytes_ += format_double(value);
  return *this;
}

CsvWriter& CsvWriter::date(TradeDate value) {
  return repeated(dates_, value, [](TradeDate date) { return date.iso(); });
}

CsvWriter& CsvWriter::instant(Instant value) {
  return repeated(instants_, value, [](Instant instant) { return instant.rfc3339(); });
}

CsvWriter& CsvWriter::blank() { return text(""); }

void CsvWriter::end_row() {
  SB_CHECK(column_ == column_count_);
  column_ = 0;
  bytes_ += '\n';
}

std::string CsvWriter::take() {
  SB_CHECK(column_ == 0);
  return std::exchange(bytes_, {});
}

}  // namespace signalbus::formats
