#include "formats/csv_part.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "formats/csv_index.h"

namespace signalbus::formats {

CsvPart::CsvPart(const CsvScanPlan& plan, CsvPartRange range, CsvSink& sink)
    : plan_(plan),
      range_(range),
      sink_(sink),
      window_(plan.sizes.window_bytes + kCsvChunkPadding),
      base_(range.begin),
      line_(range.line),
      rows_max_(plan.sizes.chunk_bytes / plan.header.size() + 1),
      ends_(plan.sizes.chunk_bytes + 2),
      fields_(plan.wanted.size(), std::vector<std::string_view>(rows_max_)),
      views_(plan.wanted.size()) {}

Result<CsvPartEnd> CsvPart::run() {
  while (base_ + position_ < range_.end && !only_blanks_left_) {
    std::size_t taken = 0;
    if (position_ < filled_) {
      const std::uint64_t to_end = range_.end - base_;
      const std::size_t chunk_end = static_cast<std::size_t>(
          std::min<std::uint64_t>(to_end, std::min(position_ + plan_.sizes.chunk_bytes, filled_)));
      SB_TRY(taken, read_plain_rows(chunk_end));
      if (taken == 0) {
        SB_TRY(taken, read_records(chunk_end));
      }
    }
    position_ += taken;
    if (taken == 0 && !only_blanks_left_) SB_TRY_OK(refill());
  }
  const std::uint64_t offset = only_blanks_left_ ? plan_.source.size() : base_ + position_;
  return CsvPartEnd{.offset = offset, .lines = line_ - range_.line};
}

/// Moves the unread rest to the front of the window and reads on behind it.
Status CsvPart::refill() {
  if (at_end_) {
    return Error{ErrorCode::kInvalidInput,
                 plan_.source.name() + ": file became shorter while it was read; run again"};
  }
  std::size_t capacity = window_.size() - kCsvChunkPadding;
  const std::size_t rest = filled_ - position_;
  if (rest == capacity) {  // one record fills the window: its reader bounds the growth
    capacity *= 2;
    window_.resize(capacity + kCsvChunkPadding);
  }
  std::memmove(window_.data(), window_.data() + position_, rest);
  base_ += position_;
  position_ = 0;
  SB_TRY(const std::size_t count,
         plan_.source.read_at(base_ + rest, std::span(window_).subspan(rest, capacity - rest)));
  filled_ = rest + count;
  at_end_ = count < capacity - rest || base_ + filled_ >= plan_.source.size();
  return Ok{};
}

Result<std::size_t> CsvPart::read_plain_rows(std::size_t chunk_end) {
  const char* chunk = window_.data() + position_;
  const bool is_tail = chunk_end == filled_ && is_tail_virtual();
  if (is_tail) window_[filled_] = '\n';  // the last line may come without its line break
  const std::size_t size = chunk_end - position_ + (is_tail ? 1 : 0);
  const CsvChunkMarks marks = mark_csv_chunk(chunk, size, ends_.data() + 1);
  const std::size_t columns = plan_.header.size();
  const std::size_t rows = std::min(marks.separators / columns, rows_max_);
  // Every row ends in a line feed at its place; as many line feeds as rows then leave none astray.
  if (!marks.is_plain || rows != marks.line_feeds) return std::size_t{0};
  for (std::size_t row = 1; row <= rows; ++row) {
    if (chunk[ends_[row * columns]] != '\n') return std::size_t{0};
  }
  if (rows == 0) return std::size_t{0};
  ends_[0] = static_cast<std::uint32_t>(-1);  // + 1 wraps to the first byte of the chunk
  const std::size_t bytes = ends_[rows * columns] + std::size_t{1};
  if (!marks.is_ascii && !is_utf8({chunk, bytes})) return std::size_t{0};
  if (marks.quotes > 0) {
    const auto in_rest = static_cast<std::size_t>(std::count(chunk + bytes, chunk + size, '"'));
    if (!quotes_enclose_fields(chunk, rows, marks.quotes - in_rest)) return std::size_t{0};
  }
  take_columns(chunk, rows);
  if (marks.quotes > 0) strip_quotes(rows);
  SB_TRY_OK(deliver(rows));
  line_ += rows;
  return is_tail && position_ + bytes > filled_ ? bytes - 1 : bytes;
}

/// Cuts the wanted fields out of `rows` complete rows of an indexed chunk.
void CsvPart::take_columns(const char* chunk, std::size_t rows) {
  const std::size_t columns = plan_.header.size();
  for (std::size_t i = 0; i < plan_.wanted.size(); ++i) {
    const std::size_t column = plan_.wanted[i];
    const std::uint32_t* end = ends_.data() + column;
    std::string_view* out = fields_[i].data();
    if (column + 1 < columns) {
      for (std::size_t row = 0; row < rows; ++row, end += columns) {
        const std::uint32_t begin = end[0] + 1;
        out[row] = {chunk + begin, end[1] - begin};
      }
    } else {
      for (std::size_t row = 0; row < rows; ++row, end += columns) {
        const std::uint32_t begin = end[0] + 1;
        const std::uint32_t size = end[1] - begin;
        const std::uint32_t carriage_return = size > 0 && chunk[end[1] - 1] == '\r' ? 1 : 0;
        out[row] = {chunk + begin, size - carriage_return};
      }
    }
  }
}

/// Whether each of the `quotes` in these rows opens or closes a whole field: fields that start and
/// end with one hold two, and when these are all, none is doubled and none is astray.
bool CsvPart::quotes_enclose_fields(const char* chunk, std::size_t rows, std::size_t quotes) const {
  std::size_t enclosing = 0;
  for (std::size_t i = 0; i < rows * plan_.header.size(); ++i) {
    const std::uint32_t begin = ends_[i] + 1;
    if (chunk[begin] != '"') continue;  // of an empty field this is its separator
    std::uint32_t last = ends_[i + 1] - 1;
    if (chunk[last] == '\r') --last;
    if (last <= begin || chunk[last] != '"') return false;
    enclosing += 2;
  }
  return enclosing == quotes;
}

void CsvPart::strip_quotes(std::size_t rows) {
  for (std::vector<std::string_view>& column : fields_) {
    for (std::string_view& field : std::span(column).first(rows)) {
      if (field.starts_with('"')) field = field.substr(1, field.size() - 2);
    }
  }
}

Result<std::size_t> CsvPart::read_records(std::size_t chunk_end) {
  std::size_t next = position_;
  std::size_t rows = 0;
  std::size_t lines = 0;
  Status status = Ok{};
  while (next < chunk_end && rows < rows_max_) {
    const CsvText text = text_from(next, line_ + lines);
    status = read_csv_record(text, unescaped_, record_);
    if (!status.ok() || record_.bytes == 0) break;
    if (record_.is_blank && plan_.header.size() > 1) {
      SB_TRY(only_blanks_left_, rest_is_blank(next));
      if (only_blanks_left_) break;
    }
    status = append_row(text, record_, rows);
    if (!status.ok()) break;
    ++rows;
    next += record_.bytes;
    lines += record_.lines;
    if (record_.lines > 1) break;  // the rows of a batch stand on consecutive lines
  }
  // Rows before a bad one come first: what the sink says of them is earlier in the file.
  if (rows > 0) SB_TRY_OK(deliver(rows));
  unescaped_.clear();
  if (!status.ok()) return std::move(status).error();
  line_ += lines;
  return next - position_;
}

Status CsvPart::append_row(const CsvText& text, const CsvRecord& record, std::size_t row) {
  if (record.field_count != plan_.header.size()) {
    return csv_column_count_error(text, record.field_count, plan_.header.size());
  }
  for (std::size_t i = 0; i < plan_.wanted.size(); ++i) {
    const std::size_t column = plan_.wanted[i];
    const std::string_view field = record.fields[column];
    if (!is_utf8(field)) return csv_utf8_error(text, plan_.header[column], field);
    fields_[i][row] = field;
  }
  return Ok{};
}

Status CsvPart::deliver(std::size_t rows) {
  for (std::size_t i = 0; i < views_.size(); ++i) views_[i] = std::span(fields_[i]).first(rows);
  return sink_.rows({.columns = views_, .row_count = rows, .first_line = line_});
}

/// Whether nothing but line ends follows, to the end of the file.
Result<bool> CsvPart::rest_is_blank(std::size_t position) const {
  std::array<char, 4096> block{};
  for (std::uint64_t offset = base_ + position; offset < plan_.source.size();) {
    SB_TRY(const std::size_t count, plan_.source.read_at(offset, block));
    const std::string_view bytes(block.data(), count);
    if (bytes.find_first_not_of("\r\n") != std::string_view::npos) return false;
    if (count == 0) break;
    offset += count;
  }
  return true;
}

CsvText CsvPart::text_from(std::size_t position, std::size_t line) const {
  return {.file = plan_.source.name(),
          .bytes = {window_.data() + position, filled_ - position},
          .is_last = at_end_,
          .offset = base_ + position,
          .line = line};
}

}  // namespace signalbus::formats
