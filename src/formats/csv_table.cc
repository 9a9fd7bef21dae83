#include <deque>

#include "formats/csv.h"
#include "formats/csv_record.h"

namespace signalbus::formats {
namespace {

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

Status append_row(const CsvText& text, const CsvRecord& record, Table& table) {
  if (record.field_count != table.columns.size()) {
    return csv_column_count_error(text, record.field_count, table.columns.size());
  }
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    Column& column = table.columns[i];
    if (!is_utf8(record.fields[i])) return csv_utf8_error(text, column.name, record.fields[i]);
    std::get<TextColumn>(column.values).push_back(record.fields[i]);
  }
  table.lines.push_back(text.line);
  return Ok{};
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
    SB_TRY_OK(append_row(rest, record, table));
  }
  // Shares the ownership of the whole deque, whose strings never move.
  if (!unescaped->empty()) table.buffers.emplace_back(unescaped, &unescaped->front());
  return table;
}

}  // namespace signalbus::formats
