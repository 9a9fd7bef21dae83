// The strict reader of one CSV record: the reference that the fast scanner falls back to, and the
// only place that words what is wrong with a record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace signalbus::formats {

/// Bytes of a file from the start of a record on.
struct CsvText {
  const std::string& file;  ///< Its name in messages.
  std::string_view bytes;
  bool is_last;          ///< No bytes follow.
  std::uint64_t offset;  ///< Of bytes[0] in the file.
  std::size_t line;      ///< Of bytes[0] in the file, from 1.
};

struct CsvRecord {
  std::vector<std::string_view> fields;  ///< At most kCsvColumnsMax + 1 are kept.
  std::size_t field_count = 0;
  std::size_t bytes = 0;  ///< With the line end; 0 when the record goes on beyond the bytes given.
  std::size_t lines = 0;  ///< Line breaks within, the one at the end included.
  bool is_blank = false;  ///< Nothing but the line end.
};

/// Reads the record at the front of the text, which must not be empty. Fields with doubled quotes
/// are unescaped into `unescaped`, all others are views into the text. kInvalidInput as
/// `file:line:column: what`.
Status read_csv_record(const CsvText& text, std::deque<std::string>& unescaped, CsvRecord& record);

/// Where the text starts in a file with these first bytes: after a UTF-8 byte-order mark.
/// kInvalidInput for the marks of UTF-16.
Result<std::size_t> csv_text_start(const std::string& file, std::string_view first_bytes);

/// The column names. kInvalidInput for empty, duplicate, too many or not UTF-8.
Result<std::vector<std::string>> csv_header(const CsvText& text, const CsvRecord& record);

Error csv_column_count_error(const CsvText& text, std::size_t row_columns,
                             std::size_t header_columns);
Error csv_utf8_error(const CsvText& text, std::string_view column, std::string_view value);

bool is_utf8(std::string_view text);

}  // namespace signalbus::formats
