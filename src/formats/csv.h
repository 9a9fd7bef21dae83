// CSV as RFC 4180 has it: small files as a Table, large ones as a stream of batches, and the
// writer.
//
// Accepted: a UTF-8 byte-order mark, LF and CRLF, quoted fields with doubled quotes and line
// breaks, a last line without a line break, blank lines at the end. In a file of one column a blank
// line is an empty field. Refused, with line or byte offset: everything else that would have to be
// guessed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/byte_source.h"
#include "core/result.h"
#include "formats/table.h"

namespace signalbus::formats {

inline constexpr std::size_t kCsvFieldBytesMax = 1 << 20;
inline constexpr std::size_t kCsvRecordBytesMax = 16 << 20;
inline constexpr std::size_t kCsvColumnsMax = 4096;

/// A whole file that the caller has read within its own size limit: text columns, one line number
/// per row. kInvalidInput as `name:line: what`.
Result<Table> read_csv_table(std::string name, std::shared_ptr<const std::string> bytes);

/// Consecutive rows of a file, only the wanted columns. Row i stands on line first_line + i: a
/// batch ends after a row with a line break inside. Views live until the sink returns.
struct CsvBatch {
  std::span<const std::span<const std::string_view>> columns;  ///< In the order they were wanted.
  std::size_t row_count;
  std::size_t first_line;  ///< From 1; in a part of scan_parallel see there.
};

/// Receives the rows of one part, from one thread at a time.
class CsvSink {
 public:
  virtual ~CsvSink() = default;
  /// An error ends the scan and is what the scan returns.
  virtual Status rows(const CsvBatch& batch) = 0;
  /// Forget all rows received: the part is read again, because it had been cut inside a quoted
  /// field, or to give an error its line number.
  virtual void restart() = 0;
};

/// Sizes of the scan. The defaults were measured; tests use tiny ones.
struct CsvScanSizes {
  std::size_t window_bytes = 256 << 10;  ///< Read at once, per thread; grows for a longer record.
  std::size_t chunk_bytes = 16 << 10;    ///< Indexed and delivered at once: fits the first cache.
  std::size_t part_bytes_min = 1 << 20;  ///< Smaller parts are not worth a thread.
};

/// Streams a file in bounded memory: every row is checked, only wanted fields are delivered.
class CsvScanner {
 public:
  /// Reads the header. kInvalidInput when it is missing, not UTF-8, or has an empty or duplicate
  /// name; else errors of the source. The source must outlive the scanner.
  static Result<CsvScanner> open(const ByteSource& source, CsvScanSizes sizes = {});

  const std::vector<std::string>& header() const { return header_; }

  /// Delivers the columns with these indexes, in this order. kInvalidInput for a malformed row
  /// (after the rows before it were delivered); errors of the source and of the sink as they are.
  Status scan(std::span<const std::size_t> wanted, CsvSink& sink) const;

  /// The same on one thread per sink, each reading one part of the file; sinks in file order, the
  /// last ones may get nothing. Of several errors the first in the file is returned, with its line
  /// in the file. In success returns for each sink the count of lines to add to the line numbers it
  /// saw: the lines of earlier parts are not known while a part is read.
  Result<std::vector<std::size_t>> scan_parallel(std::span<const std::size_t> wanted,
                                                 std::span<CsvSink* const> sinks) const;

 private:
  CsvScanner(const ByteSource& source, CsvScanSizes sizes) : source_(&source), sizes_(sizes) {}
  Result<std::vector<std::uint64_t>> guess_cuts(std::size_t sinks) const;

  const ByteSource* source_;
  CsvScanSizes sizes_;
  std::vector<std::string> header_;
  std::uint64_t data_offset_ = 0;  // of the first record after the header
  std::size_t data_line_ = 2;
};

}  // namespace signalbus::formats
