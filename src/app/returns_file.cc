#include "app/returns_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/decimal.h"
#include "core/text.h"
#include "inputs/rows.h"

namespace signalbus::app {
namespace {

using formats::Column;
using formats::Table;

bool is_missing(std::string_view text) {
  return text.empty() || text == "NaN" || text == "nan" || text == "NA" || text == "null";
}

std::size_t date_column(const Table& table) {
  const auto lower_is_date = [](const std::string& name) {
    constexpr std::string_view kDate = "date";
    return name.size() == kDate.size() &&
           std::equal(name.begin(), name.end(), kDate.begin(),
                      [](char a, char b) { return (a | 0x20) == b; });
  };
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (lower_is_date(table.columns[i].name)) return i;
  }
  return 0;
}

Error at(const Table& table, std::size_t row, std::size_t column, const std::string& what) {
  return {ErrorCode::kInvalidInput, table.name + ":" + std::to_string(table.lines[row]) + ": " +
                                        table.columns[column].name + ": " + what};
}

Result<std::vector<TradeDate>> dates_of(const Table& table, std::size_t column) {
  if (const auto* dates = std::get_if<formats::DateColumn>(&table.columns[column].values)) {
    return *dates;
  }
  std::vector<TradeDate> out;
  out.reserve(table.row_count());
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    const Result<TradeDate> date = parse_date_cell(inputs::cell_text(table.columns[column], row));
    if (!date.ok()) return at(table, row, column, date.error().message);
    out.push_back(date.value());
  }
  return out;
}

/// The strict grammar of parse_double, without its copies: files have millions of cells.
Result<double> number_of(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec == std::errc() && read.ptr == end && std::isfinite(value)) return value;
  return parse_double(text);  // a sign +, or the words for what is wrong
}

Result<std::vector<double>> values_of(const Table& table, std::size_t column) {
  const Column& source = table.columns[column];
  if (const auto* doubles = std::get_if<formats::DoubleColumn>(&source.values)) return *doubles;
  std::vector<double> out(table.row_count(), std::nan(""));
  if (const auto* texts = std::get_if<formats::TextColumn>(&source.values)) {
    for (std::size_t row = 0; row < out.size(); ++row) {
      if (is_missing((*texts)[row])) continue;
      const Result<double> value = number_of((*texts)[row]);
      if (!value.ok()) return at(table, row, column, value.error().message);
      out[row] = value.value();
    }
    return out;
  }
  if (const auto* integers = std::get_if<formats::IntColumn>(&source.values)) {
    std::transform(integers->begin(), integers->end(), out.begin(),
                   [](std::int64_t value) { return static_cast<double>(value); });
    return out;
  }
  return Error{ErrorCode::kInvalidInput,
               table.name + ": column " + quoted(source.name) + " has dates, not numbers"};
}

Result<analytics::SimpleReturns> series_of(const std::vector<TradeDate>& dates,
                                           const std::vector<double>& values, bool are_prices) {
  if (!are_prices) return analytics::SimpleReturns::make(dates, values);
  SB_TRY(const analytics::Prices prices, analytics::Prices::make(dates, values));
  return analytics::to_simple_returns(prices);
}

}  // namespace

Result<std::vector<NamedReturns>> load_returns(Files& files, const std::string& path,
                                               bool are_prices) {
  SB_TRY(const Table table, inputs::read_table(files, path));
  if (table.columns.size() < 2) {
    return Error{ErrorCode::kInvalidInput,
                 path + ": has " + counted(table.columns.size(), "column") +
                     "; a date column and one or more of values are needed, as date,return"};
  }
  const std::size_t dated = date_column(table);
  SB_TRY(const std::vector<TradeDate> dates, dates_of(table, dated));
  std::vector<NamedReturns> out;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    if (column == dated) continue;
    SB_TRY(const std::vector<double> values, values_of(table, column));
    Result<analytics::SimpleReturns> series = series_of(dates, values, are_prices);
    if (!series.ok()) {
      return std::move(series).error().in(path + ": " + table.columns[column].name);
    }
    out.push_back({table.columns[column].name, std::move(series).value()});
  }
  return out;
}

}  // namespace signalbus::app
