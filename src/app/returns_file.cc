#include "app/returns_file.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <thread>

#include "core/decimal.h"
#include "core/paths.h"
#include "core/text.h"
#include "formats/csv.h"
#include "formats/parquet.h"
#include "inputs/rows.h"

namespace signalbus::app {
namespace {

using formats::Column;
using formats::Table;

/// Fewer columns are not worth a thread.
constexpr std::size_t kColumnsPerThread = 64;

/// Rows of many columns have tens of kilobytes, and a chunk should hold some.
constexpr formats::CsvScanSizes kWideRows = {.window_bytes = 1 << 20, .chunk_bytes = 128 << 10};

std::size_t processors() { return std::max(1U, std::thread::hardware_concurrency()); }

bool is_missing(std::string_view text) {
  return text.empty() || text == "NaN" || text == "nan" || text == "NA" || text == "null";
}

std::size_t date_column(const std::vector<std::string>& names) {
  const auto is_date = [](const std::string& name) {
    constexpr std::string_view kDate = "date";
    return name.size() == kDate.size() &&
           std::equal(name.begin(), name.end(), kDate.begin(),
                      [](char a, char b) { return (a | 0x20) == b; });
  };
  const auto at = std::find_if(names.begin(), names.end(), is_date);
  return at == names.end() ? 0 : static_cast<std::size_t>(at - names.begin());
}

Status check_columns(const std::string& path, std::size_t count) {
  if (count >= 2) return Ok{};
  return Error{ErrorCode::kInvalidInput,
               path + ": has " + counted(count, "column") +
                   "; a date column and one or more of values are needed, as date,return"};
}

Error at(const std::string& path, std::size_t line, const std::string& column, Error error) {
  return std::move(error).in(path + ":" + std::to_string(line) + ": " + column);
}

/// The strict grammar of parse_double, without its copies: files have millions of cells.
Result<double> number_of(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec == std::errc() && read.ptr == end && std::isfinite(value)) return value;
  if (is_missing(text)) return std::nan("");
  return parse_double(text);  // a sign +, or the words for what is wrong
}

// ---- CSV ----

/// One part of a CSV file; the first wanted column is the date.
class ValueSink final : public formats::CsvSink {
 public:
  ValueSink(const std::string& path, std::vector<std::string> columns)
      : path_(path), columns_(std::move(columns)), values_(columns_.size() - 1) {}

  Status rows(const formats::CsvBatch& batch) override {
    for (std::size_t row = 0; row < batch.row_count; ++row) {
      Result<TradeDate> date = parse_date_cell(batch.columns[0][row]);
      if (!date.ok()) {
        return at(path_, batch.first_line + row, columns_[0], std::move(date).error());
      }
      dates_.push_back(date.value());
    }
    for (std::size_t column = 0; column < values_.size(); ++column) {
      for (std::size_t row = 0; row < batch.row_count; ++row) {
        Result<double> value = number_of(batch.columns[column + 1][row]);
        if (!value.ok()) {
          return at(path_, batch.first_line + row, columns_[column + 1], std::move(value).error());
        }
        values_[column].push_back(value.value());
      }
    }
    return Ok{};
  }

  void restart() override {
    dates_.clear();
    for (std::vector<double>& column : values_) column.clear();
  }

  /// Leaves this sink empty.
  void move_into(ValueColumns& out) {
    out.dates.insert(out.dates.end(), dates_.begin(), dates_.end());
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (out.values[i].empty()) {
        out.values[i] = std::move(values_[i]);
      } else {
        out.values[i].insert(out.values[i].end(), values_[i].begin(), values_[i].end());
      }
      values_[i] = {};
    }
  }

 private:
  const std::string& path_;
  std::vector<std::string> columns_;
  std::vector<TradeDate> dates_;
  std::vector<std::vector<double>> values_;
};

Result<ValueColumns> load_csv(Files& files, const std::string& path) {
  SB_TRY(const std::unique_ptr<ByteSource> source, files.open(path));
  SB_TRY(formats::CsvScanner scanner, formats::CsvScanner::open(*source));
  if (scanner.header().size() > kColumnsPerThread) {
    SB_TRY(scanner, formats::CsvScanner::open(*source, kWideRows));
  }
  const std::vector<std::string>& header = scanner.header();
  SB_TRY_OK(check_columns(path, header.size()));
  std::vector<std::size_t> wanted = {date_column(header)};
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (i != wanted[0]) wanted.push_back(i);
  }
  std::vector<std::string> names;
  for (const std::size_t column : wanted) names.push_back(header[column]);
  std::vector<ValueSink> sinks(processors(), ValueSink(path, names));
  std::vector<formats::CsvSink*> pointers;
  for (ValueSink& sink : sinks) pointers.push_back(&sink);
  SB_TRY([[maybe_unused]] const std::vector<std::size_t> lines,
         scanner.scan_parallel(wanted, pointers));
  ValueColumns out{
      .path = path, .dates = {}, .names = {names.begin() + 1, names.end()}, .values = {}};
  out.values.resize(out.names.size());
  for (ValueSink& sink : sinks) sink.move_into(out);
  return out;
}

// ---- Tables of typed columns ----

Result<std::vector<TradeDate>> dates_of(const Table& table, const Column& column) {
  if (const auto* dates = std::get_if<formats::DateColumn>(&column.values)) return *dates;
  std::vector<TradeDate> out;
  out.reserve(table.row_count());
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    Result<TradeDate> date = parse_date_cell(inputs::cell_text(column, row));
    if (!date.ok()) {
      return at(table.name, table.lines[row], column.name, std::move(date).error());
    }
    out.push_back(date.value());
  }
  return out;
}

Result<std::vector<double>> values_of(const Table& table, Column& column) {
  if (auto* doubles = std::get_if<formats::DoubleColumn>(&column.values)) {
    return std::move(*doubles);
  }
  std::vector<double> out(table.row_count(), std::nan(""));
  if (const auto* texts = std::get_if<formats::TextColumn>(&column.values)) {
    for (std::size_t row = 0; row < out.size(); ++row) {
      Result<double> value = number_of((*texts)[row]);
      if (!value.ok()) {
        return at(table.name, table.lines[row], column.name, std::move(value).error());
      }
      out[row] = value.value();
    }
    return out;
  }
  if (const auto* integers = std::get_if<formats::IntColumn>(&column.values)) {
    std::transform(integers->begin(), integers->end(), out.begin(),
                   [](std::int64_t value) { return static_cast<double>(value); });
    return out;
  }
  return Error{ErrorCode::kInvalidInput,
               table.name + ": column " + quoted(column.name) + " has dates, not numbers"};
}

/// Takes the columns out of the table; a column named `dated` is the dates.
Status take_columns(Table table, const std::string& dated, ValueColumns& out) {
  for (Column& column : table.columns) {
    if (column.name == dated) {
      SB_TRY(out.dates, dates_of(table, column));
      continue;
    }
    SB_TRY(std::vector<double> values, values_of(table, column));
    out.names.push_back(column.name);
    out.values.push_back(std::move(values));
  }
  return Ok{};
}

Result<ValueColumns> load_table(Files& files, const std::string& path) {
  SB_TRY(Table table, inputs::read_table(files, path));
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  SB_TRY_OK(check_columns(path, names.size()));
  ValueColumns out{.path = path, .dates = {}, .names = {}, .values = {}};
  SB_TRY_OK(take_columns(std::move(table), names[date_column(names)], out));
  return out;
}

Result<ValueColumns> read_some(const formats::ParquetFile& file,
                               const std::vector<std::string>& names, const std::string& dated) {
  ValueColumns out{.path = file.name(), .dates = {}, .names = {}, .values = {}};
  SB_TRY(Table table, formats::read_parquet(file, names));
  SB_TRY_OK(take_columns(std::move(table), dated, out));
  return out;
}

/// Some columns at a time, so that Arrow holds the pages of no more; each thread takes the next.
std::vector<Result<ValueColumns>> read_parts(const formats::ParquetFile& file,
                                             const std::vector<std::string>& names) {
  const std::string& dated = names[date_column(names)];
  const std::size_t count = (names.size() + kColumnsPerThread - 1) / kColumnsPerThread;
  std::vector<Result<ValueColumns>> parts(count, ValueColumns{});
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    const auto edge = [&](std::size_t part) {
      const std::size_t column = std::min(names.size(), part * kColumnsPerThread);
      return names.begin() + static_cast<std::ptrdiff_t>(column);
    };
    for (std::size_t part = next++; part < count; part = next++) {
      parts[part] = read_some(file, {edge(part), edge(part + 1)}, dated);
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(count, processors()); ++i) others.emplace_back(work);
  work();
  others.clear();
  return parts;
}

Result<ValueColumns> load_parquet(Files& files, const std::string& path) {
  SB_TRY(std::unique_ptr<ByteSource> opened, files.open(path));
  SB_TRY(const formats::ParquetFile file, formats::ParquetFile::open(std::move(opened)));
  std::vector<std::string> names;
  for (const formats::ParquetField& field : file.fields()) names.push_back(field.name);
  SB_TRY_OK(check_columns(path, names.size()));
  ValueColumns out{.path = path, .dates = {}, .names = {}, .values = {}};
  for (Result<ValueColumns>& part : read_parts(file, names)) {
    SB_TRY(ValueColumns columns, std::move(part));
    if (!columns.dates.empty()) out.dates = std::move(columns.dates);
    std::move(columns.names.begin(), columns.names.end(), std::back_inserter(out.names));
    std::move(columns.values.begin(), columns.values.end(), std::back_inserter(out.values));
  }
  return out;
}

Result<analytics::SimpleReturns> series_of(const std::vector<TradeDate>& dates,
                                           const std::vector<double>& values, bool are_prices) {
  if (!are_prices) return analytics::SimpleReturns::make(dates, values);
  SB_TRY(const analytics::Prices prices, analytics::Prices::make(dates, values));
  return analytics::to_simple_returns(prices);
}

}  // namespace

Result<ValueColumns> load_values(Files& files, const std::string& path) {
  if (has_extension(path, ".parquet")) return load_parquet(files, path);
  if (has_extension(path, ".xlsx")) return load_table(files, path);
  return load_csv(files, path);
}

Result<analytics::SimpleReturns> returns_in(const ValueColumns& columns, std::size_t index,
                                            bool are_prices) {
  Result<analytics::SimpleReturns> made =
      series_of(columns.dates, columns.values[index], are_prices);
  if (!made.ok()) return std::move(made).error().in(columns.path + ": " + columns.names[index]);
  return made;
}

}  // namespace signalbus::app
