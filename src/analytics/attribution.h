// Attribution of profit: the same dollars grouped by name, sector, side or strategy, and what each
// group contributed to the return. Groups add up to the day's profit to the unit.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analytics/day_pnl.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus::analytics {

struct PnlPart {
  std::string label;
  Money pnl;
};

/// Labels of what belongs to no position.
inline constexpr std::string_view kFeesLabel = "_fees";
inline constexpr std::string_view kCashLabel = "_cash";  ///< Interest, dividends without a name.
inline constexpr std::string_view kAccountLabel = "_account";

using LabelOf = std::function<std::string(const Symbol&)>;

/// Parts sorted by label; all of them add up to day.profit(). A label of an empty text becomes
/// "unknown".
std::vector<PnlPart> pnl_by_symbol(const DayPnl& day);
std::vector<PnlPart> pnl_by_sector(const DayPnl& day, const LabelOf& sector_of);
/// "long", "short" by the opening position, by the closing one where there was none, "round trip"
/// where there was neither.
std::vector<PnlPart> pnl_by_side(const DayPnl& day);
/// Each strategy counted on its own positions and its shares of the fills; "_account" has what
/// belongs to none and the rounding of sharing.
std::vector<PnlPart> pnl_by_strategy(const DayPnl& account,
                                     std::span<const std::pair<StrategyId, DayPnl>> strategies);

/// The quantity of a netted fill that belongs to each strategy: pro rata to what they asked for, at
/// the fill's price. Parts add up to the fill, to the unit. Shares must be positive.
std::vector<StrategyShare> share_fill(Quantity filled, std::span<const StrategyShare> asked);

struct AttributedDay {
  TradeDate date;
  Money base;  ///< What the day's return is a fraction of: equity before and flows at the start.
  std::vector<PnlPart> parts;
};

struct AttributionRow {
  std::string label;
  Money pnl;
  double contribution;  ///< Linked by Carino: rows add up to the total return.
};
struct Attribution {
  std::vector<AttributionRow> rows;  ///< Largest contribution first, then by label.
  Money pnl = Money::zero();
  double ret = 0;                     ///< Compounded return.
  std::size_t days_linked = 0;        ///< Linking ends before a day that loses everything.
  std::size_t days_without_base = 0;  ///< Left out of the return: no money was at work.
};
Attribution attribute(std::span<const AttributedDay> days);

}  // namespace signalbus::analytics
