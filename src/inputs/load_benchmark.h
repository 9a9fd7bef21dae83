// What a benchmark is made of, from a file that a person keeps.
#pragma once

#include <string>
#include <vector>

#include "book/benchmark.h"
#include "core/result.h"
#include "ports/files.h"

namespace signalbus::inputs {

/// Reads `date,symbol,weight[,sector]` (CSV, XLSX or Parquet), rows in any order; the symbol CASH
/// is cash. Sorted by date, in a date as in the file. kInvalidInput, with the place, for a weight
/// outside 0..1, a symbol that stands twice on a date, and a date whose weights do not add up to
/// 0.99..1.01.
Result<std::vector<BenchmarkWeight>> load_benchmark_weights(Files& files, const std::string& path);

}  // namespace signalbus::inputs
