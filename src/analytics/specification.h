// The specification's functions (its section 2.6) under their own names, with its formulas.
//
// What it leaves out is beside them: metrics.h has the metrics with a risk-free rate and a start
// value, day_pnl.h the profit and loss that is exact to the cent.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analytics/series.h"
#include "core/ids.h"
#include "core/money.h"

namespace signalbus::analytics {

using NamedValue = std::pair<std::string_view, double>;

struct RiskMetrics {
  double total_return;       ///< 0 when empty.
  double annualized_return;  ///< mean x 252; NaN when empty.
  double volatility;         ///< stdev x sqrt(252), ddof 1; NaN below 2.
  double sharpe_ratio;       ///< Their ratio; 0 where volatility is 0 or NaN.
  double max_drawdown;       ///< Without the start value; NaN when empty.
  double var_95;             ///< 5 % quantile, negative for a loss; NaN when empty.
  double skewness;           ///< NaN below 3.
  double kurtosis;           ///< Excess; NaN below 4.

  /// In the specification's order and under its names.
  std::array<NamedValue, 8> named() const;
};
RiskMetrics calculate_risk_metrics(const SimpleReturns& returns);

/// (mean x 252 - rate) / (stdev x sqrt(252)); the rate is yearly. 0 for constant returns, and below
/// two of them.
double calculate_sharpe_ratio(const SimpleReturns& returns, double risk_free_rate = 0.02);

struct DrawdownPoint {
  TradeDate date;
  double level;  ///< Of the equity curve.
  double running_max;
  double drawdown;  ///< equity / running_max - 1.
};
std::vector<DrawdownPoint> calculate_drawdown(const Prices& equity_curve);

/// One row of a history of positions: the end of a day.
struct PositionRow {
  TradeDate date;
  Symbol symbol;
  Quantity quantity;  ///< Negative is short.
};
struct PriceRow {
  TradeDate date;
  Symbol symbol;
  Price close;
};

/// What the positions of the evening before gained. Trades within the day, dividends and fees are
/// not in a history of positions: day_pnl.h counts them.
struct DailyPnlRow {
  TradeDate date;
  Symbol symbol;
  Quantity quantity;  ///< Held over night.
  Price prior_close;
  Price close;
  Money pnl;
};
/// Both inputs sorted by date, then symbol. Rows by date, then symbol, from the second date of
/// positions on. kInvalidInput, naming date and symbol, for a missing price of what was held.
Result<std::vector<DailyPnlRow>> calculate_daily_pnl(std::span<const PositionRow> positions,
                                                     std::span<const PriceRow> prices);

struct TurnoverRow {
  TradeDate date;
  Money buys;
  Money sells;        ///< Positive.
  Money gross_value;  ///< Of the book that evening.
  double turnover;    ///< (buys + sells) / mean gross value of both evenings.
};
/// Changes of quantities from evening to evening at the evening's price; the first date buys all it
/// holds. Inputs and errors as above.
Result<std::vector<TurnoverRow>> calculate_turnover(std::span<const PositionRow> positions,
                                                    std::span<const PriceRow> prices);

/// One sentence for each threshold that its metric has passed: below a negative threshold, above
/// one of zero or more. A NaN metric, and a threshold without a metric, are told too: neither was
/// checked.
std::vector<std::string> check_risk_alerts(std::span<const NamedValue> risk_metrics,
                                           std::span<const NamedValue> thresholds);

}  // namespace signalbus::analytics
