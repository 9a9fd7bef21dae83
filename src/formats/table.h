// Table: columns of a small file, whatever its format; and the batches in which a large one
// streams.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/time.h"

namespace signalbus::formats {

/// Text exactly as the file has it (CSV after unquoting, XLSX cells rendered as CSV would be).
using TextColumn = std::vector<std::string_view>;
using DoubleColumn = std::vector<double>;  ///< Missing is NaN.
using IntColumn = std::vector<std::int64_t>;
using DateColumn = std::vector<TradeDate>;
using InstantColumn = std::vector<Instant>;

struct Column {
  std::string name;
  std::variant<TextColumn, DoubleColumn, IntColumn, DateColumn, InstantColumn> values;
};

/// A whole small file. Views in text columns point into the buffers that the table keeps alive.
struct Table {
  std::string name;             ///< What messages call it: the path as the user wrote it.
  std::vector<Column> columns;  ///< All of the same length, in file order.
  std::vector<std::size_t>
      lines;  ///< For each row the line (CSV) or row number (XLSX, Parquet), from 1.
  std::vector<std::shared_ptr<const std::string>> buffers;

  std::size_t row_count() const { return lines.size(); }
  /// Index of a column, or -1.
  int find(std::string_view column) const {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].name == column) return static_cast<int>(i);
    }
    return -1;
  }
};

}  // namespace signalbus::formats
