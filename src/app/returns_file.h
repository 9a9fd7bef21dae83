// A file of dated values, one column per series: what the command metrics reads.
#pragma once

#include <string>
#include <vector>

#include "analytics/series.h"
#include "core/result.h"
#include "ports/files.h"

namespace signalbus::app {

struct NamedReturns {
  std::string name;  ///< Of the column.
  analytics::SimpleReturns returns;
};

/// Reads CSV or Parquet: a column `date` (any case; else the first one) and one or more of values,
/// rows by ascending date. An empty cell and NaN are missing. With `are_prices` the values are
/// prices. kInvalidInput, with the place, for text that is no number, values that cannot be, and
/// dates that do not ascend.
Result<std::vector<NamedReturns>> load_returns(Files& files, const std::string& path,
                                               bool are_prices);

}  // namespace signalbus::app
