// The scan of one part of a CSV file: a window over the source, rows to a sink.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/byte_source.h"
#include "core/result.h"
#include "formats/csv.h"
#include "formats/csv_record.h"

namespace signalbus::formats {

/// What all parts of a scan share.
struct CsvScanPlan {
  const ByteSource& source;
  const std::vector<std::string>& header;
  std::span<const std::size_t> wanted;
  CsvScanSizes sizes;
};

/// Bytes [begin, end) of the file. begin is taken to be the start of a record.
struct CsvPartRange {
  std::uint64_t begin;
  std::uint64_t end;
  std::size_t line;  ///< Of the first byte.
};

struct CsvPartEnd {
  std::uint64_t offset;  ///< Where the first record not read starts: range.end if that was a start.
  std::size_t lines;     ///< Line breaks passed.
};

/// Two ways through the rows: most chunks go through an index of separators; a chunk that is in any
/// way unusual (doubled quotes, line breaks in quotes, any error) goes record by record through
/// read_csv_record, which also words its errors.
class CsvPart {
 public:
  CsvPart(const CsvScanPlan& plan, CsvPartRange range, CsvSink& sink);

  /// Reads all records that start within the range.
  Result<CsvPartEnd> run();

 private:
  Status refill();
  /// Both return the bytes of the rows they delivered; 0 when they could not deliver any.
  Result<std::size_t> read_plain_rows(std::size_t chunk_end);
  Result<std::size_t> read_records(std::size_t chunk_end);

  bool is_tail_virtual() const { return at_end_ && filled_ > 0 && window_[filled_ - 1] != '\n'; }
  void take_columns(const char* chunk, std::size_t rows);
  bool quotes_enclose_fields(const char* chunk, std::size_t rows, std::size_t quotes) const;
  void strip_quotes(std::size_t rows);
  Status append_row(const CsvText& text, const CsvRecord& record, std::size_t row);
  Status deliver(std::size_t rows);
  Result<bool> rest_is_blank(std::size_t position) const;
  CsvText text_from(std::size_t position, std::size_t line) const;

  const CsvScanPlan& plan_;
  CsvPartRange range_;
  CsvSink& sink_;

  std::vector<char> window_;
  std::uint64_t base_;        // file offset of window_[0]
  std::size_t filled_ = 0;    // bytes of the file in the window
  std::size_t position_ = 0;  // of the next record
  bool at_end_ = false;       // the window reaches the end of the file
  bool only_blanks_left_ = false;
  std::size_t line_;

  std::size_t rows_max_;
  std::vector<std::uint32_t> ends_;  // ends_[0] is the byte before the chunk, then its separators
  std::vector<std::vector<std::string_view>> fields_;  // per wanted column
  std::vector<std::span<const std::string_view>> views_;
  std::deque<std::string> unescaped_;
  CsvRecord record_;
};

}  // namespace signalbus::formats
