// History: bars of a symbol, from the price table or, without one, flat at today's price.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "exchange/venue.h"

namespace signalbus::exchange {

struct HistoryBar {
  Instant start;
  Price open;
  Price high;
  Price low;
  Price close;
  std::int64_t volume;
};

enum class BarUnit { kMinute, kDay, kWeek, kMonth };

struct Timeframe {
  BarUnit unit;
  int count;  ///< Of minutes or months.
};

/// `1Min`..`59Min` (`T`), `1Hour`..`23Hour` (`H`), `1Day` (`D`), `1Week` (`W`), `1,2,3,4,6,12Month`
/// (`M`). kInvalidInput for others.
Result<Timeframe> parse_timeframe(std::string_view text);

struct Adjustment {
  bool split = false;
  bool dividend = false;
};

struct BarRange {
  Instant start;  ///< Both ends included.
  Instant end;
  Timeframe timeframe;
  Adjustment adjustment;
};

/// Ascending, at most `count_max`. Never what has not happened yet: the day that runs shows nothing
/// but the price of the moment. Minute bars are flat at their day's close.
std::vector<HistoryBar> bars_of(const Venue& venue, core::AssetNumber asset, const BarRange& range,
                                std::size_t count_max);

/// The running day (or the last one) and the day before it.
struct DailyPair {
  std::optional<HistoryBar> today;
  std::optional<HistoryBar> before;
};
DailyPair daily_pair(const Venue& venue, core::AssetNumber asset);

/// When the price that is shown was made: now while the market is open, else its last close.
Instant price_time(const Venue& venue);

/// The regular session of a day as this exchange has it; nothing on a day without one.
struct DaySpan {
  Instant open;
  Instant close;
};
std::optional<DaySpan> day_span(const Venue& venue, TradeDate date);

}  // namespace signalbus::exchange
