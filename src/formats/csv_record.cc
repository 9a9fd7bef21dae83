#include "formats/csv_record.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_set>

#include "core/text.h"
#include "formats/csv.h"

namespace signalbus::formats {
namespace {

std::string at_line(const CsvText& text) { return text.file + ":" + std::to_string(text.line); }

/// An error at a position of the text, as file:line:column.
Error error_at(const CsvText& text, std::size_t position, std::string_view what) {
  const std::string_view before = text.bytes.substr(0, position);
  const std::size_t last_break = before.rfind('\n');
  const std::size_t column =
      last_break == std::string_view::npos ? position + 1 : position - last_break;
  const auto breaks = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  return {ErrorCode::kInvalidInput, text.file + ":" + std::to_string(text.line + breaks) + ":" +
                                        std::to_string(column) + ": " + std::string(what)};
}

Error nul_error(const CsvText& text, std::size_t position) {
  return error_at(text, position,
                  "NUL byte at byte offset " + std::to_string(text.offset + position) +
                      "; save the file as UTF-8 text");
}

Error field_size_error(const CsvText& text, std::size_t start, bool quoted_field) {
  return error_at(text, start,
                  quoted_field ? "quoted field is longer than 1 MiB; is its closing quote missing?"
                               : "field is longer than 1 MiB");
}

/// One pass over a record, field by field.
class RecordReader {
 public:
  RecordReader(const CsvText& text, std::deque<std::string>& unescaped, CsvRecord& record)
      : text_(text), bytes_(text.bytes), unescaped_(unescaped), record_(record) {}

  Status read() {
    while (next_ == Next::kField) {
      const bool is_quoted = position_ < bytes_.size() && bytes_[position_] == '"';
      SB_TRY_OK(is_quoted ? read_quoted() : read_unquoted());
      if (position_ > kCsvRecordBytesMax) {
        return error_at(text_, 0, "row is longer than 16 MiB");
      }
    }
    if (next_ == Next::kMoreBytes) return Ok{};
    record_.bytes = position_;
    const std::string_view whole = bytes_.substr(0, position_);
    // Only quotes can have line breaks inside.
    record_.lines = has_quotes_
                        ? static_cast<std::size_t>(std::count(whole.begin(), whole.end(), '\n'))
                        : (whole.ends_with('\n') ? 1U : 0U);
    record_.is_blank = bytes_[0] == '\n' || bytes_[0] == '\r';
    return Ok{};
  }

 private:
  enum class Next { kField, kRecord, kMoreBytes };

  /// Ends the field at a separator, a line end or the end of the text; position_ is behind the
  /// field's last byte. False when something else stands there.
  bool end_field(std::string_view value) {
    const std::string_view rest = bytes_.substr(position_);
    std::size_t length = 1;
    const bool is_plain = !rest.empty() && (rest[0] == ',' || rest[0] == '\n');
    if (!is_plain) {
      if (rest.empty() || rest == "\r") {
        if (!text_.is_last) {
          next_ = Next::kMoreBytes;
          return true;
        }
        length = rest.size();
      } else if (rest.starts_with("\r\n")) {
        length = 2;
      } else {
        return false;
      }
    }
    next_ = is_plain && rest[0] == ',' ? Next::kField : Next::kRecord;
    position_ += length;
    if (record_.field_count++ <= kCsvColumnsMax) record_.fields.push_back(value);
    return true;
  }

  Status read_unquoted() {
    const std::size_t start = position_;
    const std::size_t stop = std::min(bytes_.size(), start + kCsvFieldBytesMax + 1);
    while (position_ < stop && !ends_unquoted(bytes_[position_])) ++position_;
    if (position_ - start > kCsvFieldBytesMax) return field_size_error(text_, start, false);
    if (end_field(bytes_.substr(start, position_ - start))) return Ok{};
    switch (bytes_[position_]) {
      case '\0':
        return nul_error(text_, position_);
      case '"':
        return error_at(text_, position_,
                        "quote inside an unquoted field; quote the whole field and double the "
                        "quotes in it");
      default:
        return error_at(text_, position_,
                        "carriage return without line feed; end lines with LF or CRLF");
    }
  }

  /// One look at a table: five comparisons for each byte were most of a table's time.
  static bool ends_unquoted(char c) {
    static constexpr std::array<bool, 256> kEnds = [] {
      std::array<bool, 256> ends{};
      for (const char end : {',', '\n', '\r', '"', '\0'})
        ends[static_cast<unsigned char>(end)] = true;
      return ends;
    }();
    return kEnds[static_cast<unsigned char>(c)];
  }

  Status read_quoted() {
    has_quotes_ = true;
    const std::size_t start = position_;  // of the opening quote
    const std::size_t stop = std::min(bytes_.size(), start + kCsvFieldBytesMax + 2);
    bool has_doubled = false;
    position_ = start + 1;
    while (true) {
      const std::string_view inside = bytes_.substr(position_, stop - position_);
      const std::size_t quote = std::min(inside.find('"'), inside.size());
      const std::size_t nul = inside.substr(0, quote).find('\0');
      if (nul != std::string_view::npos) return nul_error(text_, position_ + nul);
      position_ += quote;
      if (position_ >= stop) return no_closing_quote(start);
      if (position_ + 1 < bytes_.size() && bytes_[position_ + 1] == '"') {
        has_doubled = true;
        position_ = std::min(position_ + 2, stop);
        continue;
      }
      break;
    }
    const std::string_view inside = bytes_.substr(start + 1, position_ - start - 1);
    ++position_;
    if (end_field(has_doubled ? unescape(inside) : inside)) {
      return Ok{};
    }
    return error_at(text_, position_,
                    "text after a closing quote; double the quotes inside a quoted field");
  }

  Status no_closing_quote(std::size_t start) {
    if (bytes_.size() - start > kCsvFieldBytesMax + 1) return field_size_error(text_, start, true);
    if (text_.is_last) return error_at(text_, start, "quoted field is never closed");
    next_ = Next::kMoreBytes;
    return Ok{};
  }

  std::string_view unescape(std::string_view inside) {
    std::string& out = unescaped_.emplace_back();
    out.reserve(inside.size());
    for (std::size_t i = 0; i < inside.size(); ++i) {
      out += inside[i];
      if (inside[i] == '"') ++i;  // the second one of the pair
    }
    return out;
  }

  const CsvText& text_;
  std::string_view bytes_;
  std::deque<std::string>& unescaped_;
  CsvRecord& record_;
  std::size_t position_ = 0;
  bool has_quotes_ = false;
  Next next_ = Next::kField;
};

}  // namespace

Status read_csv_record(const CsvText& text, std::deque<std::string>& unescaped, CsvRecord& record) {
  SB_CHECK(!text.bytes.empty());
  record.fields.clear();
  record.field_count = 0;
  record.bytes = 0;
  record.lines = 0;
  return RecordReader(text, unescaped, record).read();
}

Result<std::size_t> csv_text_start(const std::string& file, std::string_view first_bytes) {
  if (first_bytes.starts_with("\xff\xfe") || first_bytes.starts_with("\xfe\xff")) {
    return Error{ErrorCode::kInvalidInput,
                 file + ": UTF-16 at byte offset 0; save the file as UTF-8"};
  }
  return first_bytes.starts_with("\xef\xbb\xbf") ? std::size_t{3} : std::size_t{0};
}

Result<std::vector<std::string>> csv_header(const CsvText& text, const CsvRecord& record) {
  const auto refuse = [&](std::string what) {
    return Error{ErrorCode::kInvalidInput, at_line(text) + ": " + std::move(what)};
  };
  if (record.field_count > kCsvColumnsMax) {
    return refuse("header has " + with_thousands(static_cast<long long>(record.field_count)) +
                  " columns, at most " + with_thousands(kCsvColumnsMax) + " are read");
  }
  std::vector<std::string> names;
  std::unordered_set<std::string_view> seen;
  for (const std::string_view name : record.fields) {
    const auto number = [&] { return std::to_string(names.size() + 1); };
    if (name.empty()) return refuse("column " + number() + " has no name in the header");
    if (!is_utf8(name)) {
      return refuse("name of column " + number() + " is not UTF-8: " + quoted(name));
    }
    if (!seen.insert(name).second) return refuse("header has two columns " + quoted(name));
    names.emplace_back(name);
  }
  return names;
}

Error csv_column_count_error(const CsvText& text, std::size_t row_columns,
                             std::size_t header_columns) {
  return {ErrorCode::kInvalidInput, at_line(text) + ": row has " + counted(row_columns, "column") +
                                        ", header has " + std::to_string(header_columns)};
}

Error csv_utf8_error(const CsvText& text, std::string_view column, std::string_view value) {
  return {ErrorCode::kInvalidInput, at_line(text) + ": column " + quoted(column) +
                                        " is not UTF-8: " + quoted(value) +
                                        "; save the file as UTF-8"};
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

}  // namespace signalbus::formats
