// Builders for the tests of analytics/: series and money in a few words.
#pragma once

#include <string_view>
#include <vector>

#include "analytics/moments.h"
#include "analytics/series.h"
#include "core/ids.h"
#include "core/money.h"

namespace signalbus::analytics::testing {

inline Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }
inline Quantity qty(std::string_view text) { return Quantity::parse(text).value(); }
inline Money usd(std::string_view text) { return Money::parse(text).value(); }
inline Price price(std::string_view text) { return Price::parse(text).value(); }
inline TradeDate date(std::string_view text) { return TradeDate::parse(text).value(); }

/// Consecutive calendar days.
inline std::vector<TradeDate> days_from(TradeDate first, std::size_t count) {
  std::vector<TradeDate> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(first.plus_days(static_cast<int>(i)));
  return out;
}

/// Returns of consecutive days from 2024-01-01 on.
inline SimpleReturns returns_of(const std::vector<double>& values) {
  const std::vector<TradeDate> dates = days_from(date("2024-01-01"), values.size());
  return SimpleReturns::make(dates, values).value();
}

}  // namespace signalbus::analytics::testing
