// Daily returns of factors, from a file that a person keeps.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "ports/files.h"

namespace signalbus::inputs {

struct FactorTable {
  std::vector<std::string> names;  ///< The columns but `date`, in file order; at least one.
  std::vector<TradeDate> dates;    ///< Ascending.
  std::vector<double> values;      ///< names.size() for each date; 0.01 is 1 %.
};

/// Reads `date` and a column per factor (CSV, XLSX or Parquet). kInvalidInput, with the place, for
/// dates that do not ascend, an empty cell, and a value outside -0.5..0.5: it is in per cent.
Result<FactorTable> load_factors(Files& files, const std::string& path);

}  // namespace signalbus::inputs
