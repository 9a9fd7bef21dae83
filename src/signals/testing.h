// Builders for the tests of signals/.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "signals/merge.h"

namespace signalbus::signals::testing {

inline TradeDate date(std::string_view text) { return TradeDate::parse(text).value(); }

/// Rows of asset 1, 2, 3 ... with these weights, on lines 2, 3, 4 ...
inline std::vector<SignalRow> rows_of(const std::vector<double>& weights) {
  std::vector<SignalRow> rows;
  for (const double weight : weights) {
    const std::size_t n = rows.size() + 1;
    rows.push_back({AssetId(std::to_string(n)), weight, Instant::from_micros(0), n + 1});
  }
  return rows;
}

inline StrategySpec spec(std::string id) {
  StrategySpec out{.id = StrategyId(id),
                   .path = id + ".csv",
                   .format = "csv",
                   .column_mapping = {},
                   .sheet = {}};
  return out;
}

inline LoadedStrategy loaded(std::string id, std::string_view newest, std::vector<SignalRow> rows) {
  return {spec(std::move(id)), rows.size(), date(newest), date(newest), std::move(rows), {}};
}

}  // namespace signalbus::signals::testing
