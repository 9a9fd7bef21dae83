// Parquet: typed columns of a file, whole or streamed, and files of our own. Arrow does the work
// in a plug-in (lib/signalbus/) that is loaded on first use: it costs 15 ms and 20 MB.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/byte_source.h"
#include "core/result.h"
#include "formats/table.h"

namespace signalbus::formats {

/// Limits are checked against the file's metadata before reading and again while reading.
struct ParquetLimits {
  std::uint64_t rows_max = 100'000'000;
  std::uint64_t uncompressed_bytes_max = 16ULL << 30;  ///< Sum over the file, as announced.
  std::uint64_t memory_max = 512ULL << 20;             ///< What Arrow may hold at any moment.
};

/// Order as in Column::values.
enum class ColumnKind { kText, kDouble, kInt, kDate, kInstant, kUnsupported };

struct ParquetField {
  std::string name;
  ColumnKind kind;
  std::string type;  ///< As Parquet calls it, for messages: `list<element: double>`.
};

/// Rows [begin, end) of one row group, counted within the group.
struct RowRange {
  std::uint32_t begin;
  std::uint32_t end;
};

/// Some rows of the wanted columns. All spans have one length and die when the sink returns.
struct ColumnBatch {
  using Values = std::variant<std::span<const std::string_view>, std::span<const double>,
                              std::span<const std::int64_t>, std::span<const TradeDate>,
                              std::span<const Instant>>;
  std::span<const std::uint64_t> rows;  ///< Row number in the file of each, from 1.
  std::vector<Values> columns;          ///< As wanted, types as fields() says.
};
using BatchSink = std::function<Status(const ColumnBatch&)>;

/// What to read of one row group; an index out of range is a bug of the caller.
struct GroupRows {
  std::size_t group;
  std::optional<std::vector<RowRange>> rows;  ///< Ascending; all rows when absent.
};

/// One part of a scan, read in order into its own sink; parts run on threads of their own.
struct ScanPart {
  std::vector<GroupRows> groups;
  BatchSink sink;
};

/// An open file: its metadata is in memory, its columns are read when asked. Type rules: date32 is
/// kDate; timestamps of any unit, UTC or naive, kInstant (cut to microseconds); integers kInt;
/// float and double kDouble; string, dictionary, binary, decimal (exact text) and boolean
/// (TRUE/FALSE) kText. A null is NaN in kDouble, empty in kText, and an error with its row
/// elsewhere. Thread-safe: const methods may run at once.
class ParquetFile {
 public:
  /// kInvalidInput: not Parquet, encrypted or corrupt. kLimitExceeded: see ParquetLimits.
  /// kStorage: the source failed, or the plug-in is not installed.
  static Result<ParquetFile> open(std::shared_ptr<const ByteSource> source,
                                  const ParquetLimits& limits = {});

  ParquetFile(ParquetFile&&) noexcept;
  ParquetFile& operator=(ParquetFile&&) noexcept;
  ~ParquetFile();

  const std::string& name() const;
  const ParquetLimits& limits() const;
  std::span<const ParquetField> fields() const;
  /// kInvalidInput: no such column, two of them, or one that is kUnsupported.
  Result<std::size_t> index_of(std::string_view column) const;
  std::uint64_t row_count() const;
  /// Rows of each row group.
  std::span<const std::uint32_t> groups() const;

  struct DayRange {
    TradeDate min;
    TradeDate max;
  };
  /// What the statistics say of a kDate or kInstant column; nothing where the file has none. A
  /// wrong statistic hides rows, as in every reader of Parquet.
  std::optional<DayRange> days(std::size_t group, std::string_view column) const;

  /// Streams the columns in batches of bounded memory. Stops with the first error of any part.
  Status scan(std::span<const std::string> columns, std::span<const ScanPart> parts) const;

 private:
  struct State;
  explicit ParquetFile(std::unique_ptr<State> state);
  Status scan_part(std::span<const std::uint32_t> columns, const ScanPart& part) const;
  std::unique_ptr<State> state_;
};

/// The whole of the columns (all when empty), Table::lines being row numbers from 1.
Result<Table> read_parquet(std::shared_ptr<const ByteSource> source,
                           std::span<const std::string> columns = {},
                           const ParquetLimits& limits = {});
Result<Table> read_parquet(std::string name, std::shared_ptr<const std::string> bytes,
                           std::span<const std::string> columns = {},
                           const ParquetLimits& limits = {});

/// The same of an open file; several threads may read columns of their own.
Result<Table> read_parquet(const ParquetFile& file, std::span<const std::string> columns);

/// The rows whose day is the newest one not after `until`; no rows when there is none. Of a file
/// with millions of rows it decodes the date column and, of the others, the pages that hold those
/// rows. The date column may be kDate, kInstant (its UTC day) or kText (parse_date_cell).
Result<Table> read_parquet_newest(const ParquetFile& file, std::string_view date_column,
                                  TradeDate until, std::span<const std::string> columns);

/// A file with one row group. Same table, same bytes: nothing of the machine or the clock is in it.
/// Instants are written as UTC timestamps in microseconds.
Result<std::string> write_parquet(const Table& table);

/// Loads the plug-in on another thread; the first use waits for it, and so does the end of this
/// value: a process that exits while Arrow sets itself up crashes. Make one as soon as a run is
/// known to need Parquet. Failure shows on first use.
class ParquetPreload {
 public:
  ParquetPreload();
  ~ParquetPreload();
  ParquetPreload(const ParquetPreload&) = delete;
  ParquetPreload& operator=(const ParquetPreload&) = delete;
};

}  // namespace signalbus::formats
