// BenchmarkWeight: what a benchmark is made of.
#pragma once

#include <optional>
#include <string>

#include "core/ids.h"
#include "core/time.h"

namespace signalbus {

/// A part of a benchmark as of the close of a day.
struct BenchmarkWeight {
  TradeDate date;
  std::optional<Symbol> symbol;  ///< Whose closes are its returns: a share, or a sector's fund.
                                 ///< Absent: cash.
  double weight;                 ///< 0..1; those of a date add up to about 1.
  std::string sector = {};       ///< Empty: the one that the sector file has for the symbol.
};

}  // namespace signalbus
