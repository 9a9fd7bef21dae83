#include <algorithm>
#include <cstdint>
#include <deque>

#include "formats/csv.h"
#include "formats/csv_index.h"
#include "formats/csv_record.h"

namespace signalbus::formats {
namespace {

/// Room for all rows at once: a table is read by the thousand, or has a thousand columns.
void reserve_rows(std::string_view bytes, Table& table) {
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = bytes.find('\n', at)) != std::string_view::npos; ++at) ++rows;
  for (Column& column : table.columns) std::get<TextColumn>(column.values).reserve(rows);
  table.lines.reserve(rows);
}

/// The columns, empty, from the record at the front of `text`; returns the header's length.
Result<CsvRecord> read_header(const CsvText& text, std::deque<std::string>& unescaped,
                              Table& table) {
  if (text.bytes.empty()) {
    return Error{ErrorCode::kInvalidInput, text.file + ": file is empty; a header line is needed"};
  }
  CsvRecord record;
  SB_TRY_OK(read_csv_record(text, unescaped, record));
  SB_TRY(std::vector<std::string> names, csv_header(text, record));
  for (std::string& name : names) {
    table.columns.push_back({.name = std::move(name), .values = TextColumn{}});
  }
  return record;
}

/// `is_checked`: the file is known to be UTF-8, so every field of it is.
Status append_row(const CsvText& text, const CsvRecord& record, bool is_checked, Table& table) {
  if (record.field_count != table.columns.size()) {
    return csv_column_count_error(text, record.field_count, table.columns.size());
  }
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    Column& column = table.columns[i];
    if (!is_checked && !is_utf8(record.fields[i])) {
      return csv_utf8_error(text, column.name, record.fields[i]);
    }
    std::get<TextColumn>(column.values).push_back(record.fields[i]);
  }
  table.lines.push_back(text.line);
  return Ok{};
}

/// What rows of plain fields, neither quoted nor cut, are read with; the strict reader has the
/// rest.
constexpr std::size_t kChunkBytes = 64 << 10;

/// Takes rows from the front of the text as long as nothing about them is unusual. Returns how many
/// bytes they have.
std::size_t append_plain_rows(std::string_view text, std::size_t line,
                              std::vector<std::uint32_t>& marks, Table& table) {
  const std::size_t columns = table.columns.size();
  std::size_t taken = 0;
  // The index reads beyond its chunk, so the end of the text stays for the strict reader.
  while (text.size() - taken > kCsvChunkPadding) {
    const std::string_view rest = text.substr(taken);
    const std::size_t limit = std::min(kChunkBytes, rest.size() - kCsvChunkPadding);
    const std::size_t size = rest.substr(0, limit).rfind('\n') + 1;  // 0 without a line feed
    const CsvChunkMarks found = mark_csv_chunk(rest.data(), size, marks.data());
    const std::size_t rows = found.line_feeds;
    if (size == 0 || !found.is_plain || found.quotes > 0) return taken;
    if (found.separators != rows * columns) return taken;
    for (std::size_t row = 1; row <= rows; ++row) {
      if (rest[marks[row * columns - 1]] != '\n') return taken;
    }
    for (std::size_t column = 0; column < columns; ++column) {
      auto& values = std::get<TextColumn>(table.columns[column].values);
      for (std::size_t i = column; i < found.separators; i += columns) {
        const std::size_t begin = i == 0 ? 0 : marks[i - 1] + std::size_t{1};
        std::string_view field = rest.substr(begin, marks[i] - begin);
        if (column + 1 == columns && field.ends_with('\r')) field.remove_suffix(1);
        values.push_back(field);
      }
    }
    for (std::size_t row = 0; row < rows; ++row) table.lines.push_back(line++);
    taken += size;
  }
  return taken;
}

}  // namespace

Result<Table> read_csv_table(std::string name, std::shared_ptr<const std::string> bytes) {
  Table table{.name = std::move(name), .columns = {}, .lines = {}, .buffers = {bytes}};
  const auto unescaped = std::make_shared<std::deque<std::string>>();
  SB_TRY(std::size_t offset, csv_text_start(table.name, *bytes));
  std::size_t line = 1;
  const auto text = [&] {
    return CsvText{.file = table.name,
                   .bytes = std::string_view(*bytes).substr(offset),
                   .is_last = true,
                   .offset = offset,
                   .line = line};
  };
  SB_TRY(CsvRecord record, read_header(text(), *unescaped, table));
  reserve_rows(*bytes, table);
  const bool is_checked = is_utf8(*bytes);  // fields end at ASCII, which is never inside a letter
  offset += record.bytes;
  line += record.lines;
  // A blank line is a row of a single column, and something else with more of them.
  if (is_checked && table.columns.size() > 1) {
    std::vector<std::uint32_t> marks(std::min(kChunkBytes, bytes->size()) + kCsvChunkPadding);
    offset += append_plain_rows(text().bytes, line, marks, table);
    line += table.row_count();
  }
  record.bytes = record.lines = 0;
  while (true) {
    offset += record.bytes;
    line += record.lines;
    const CsvText rest = text();
    if (rest.bytes.empty()) break;
    SB_TRY_OK(read_csv_record(rest, *unescaped, record));
    if (record.is_blank && table.columns.size() > 1 &&
        rest.bytes.find_first_not_of("\r\n") == std::string_view::npos) {
      break;
    }
    SB_TRY_OK(append_row(rest, record, is_checked, table));
  }
  // Shares the ownership of the whole deque, whose strings never move.
  if (!unescaped->empty()) table.buffers.emplace_back(unescaped, &unescaped->front());
  return table;
}

}  // namespace signalbus::formats
