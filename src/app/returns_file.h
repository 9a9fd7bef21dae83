// A file of dated values, one column per series: what the command metrics reads.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analytics/series.h"
#include "core/result.h"
#include "ports/files.h"

namespace signalbus::app {

/// The columns of the file, and nothing else of it: a thousand series take the room of their
/// numbers.
struct ValueColumns {
  std::string path;
  std::vector<TradeDate> dates;
  std::vector<std::string> names;
  std::vector<std::vector<double>> values;  ///< By name; missing is NaN.

  std::size_t count() const { return names.size(); }
};

/// Reads CSV, Parquet or XLSX: a column `date` (any case; else the first one) and one or more of
/// values. An empty cell and NaN are missing. Large files are read on all processors.
/// kInvalidInput, with the place, for text that is no number.
Result<ValueColumns> load_values(Files& files, const std::string& path);

/// One of the series; with `are_prices` its values are prices. kInvalidInput, with file, column and
/// date, for values that cannot be and dates that do not ascend.
Result<analytics::SimpleReturns> returns_in(const ValueColumns& columns, std::size_t index,
                                            bool are_prices);

}  // namespace signalbus::app
