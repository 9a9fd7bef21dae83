// Exposure, concentration and turnover of a book of positions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/money.h"

namespace signalbus::analytics {

/// A position at its price of the day.
struct MarkedPosition {
  Symbol symbol;
  Money market_value;  ///< Negative is short.
};

struct Exposure {
  Money long_value = Money::zero();
  Money short_value = Money::zero();  ///< Zero or negative.
  std::size_t longs = 0;
  std::size_t shorts = 0;
  /// Fractions of net asset value; NaN where that is not positive.
  double gross = 0, net = 0, long_share = 0, short_share = 0;

  Money gross_value() const { return long_value - short_value; }
  Money net_value() const { return long_value + short_value; }
};
/// `nav` is the account's equity.
Exposure exposure_of(std::span<const MarkedPosition> positions, Money nav);

/// How unequal the sizes are. Weights are taken without sign; they need not add up to 1.
struct Concentration {
  double hhi = 0;             ///< Sum of squared weights.
  double effective_n = 0;     ///< 1 / hhi: as many equal positions would be as concentrated.
  double normalised_hhi = 0;  ///< (hhi - 1/n)/(1 - 1/n): 0 equal, 1 one position.
  double top_1 = 0, top_5 = 0, top_10 = 0;
};
/// Of shares of the gross value. All 0 for an empty book; NaN never.
Concentration concentration_of(std::span<const double> weights);
/// Weights in gross value of the positions, in their order; empty where all values are zero.
std::vector<double> gross_weights(std::span<const MarkedPosition> positions);
/// Sum of the `count` largest weights without sign.
double top_weight(std::span<const double> weights, std::size_t count);

/// Values added up by a label (a sector; "unknown" where none is known), largest gross first.
struct GroupExposure {
  std::string label;
  Exposure exposure;
  double gross_weight;  ///< Share of the gross value of the book.
};
/// `labels` is parallel to positions.
std::vector<GroupExposure> exposure_by_label(std::span<const MarkedPosition> positions,
                                             std::span<const std::string> labels, Money nav);

/// What a day traded, and what there was to trade.
struct TurnoverDay {
  Money buys = Money::zero();
  Money sells = Money::zero();        ///< Positive.
  Money gross_value = Money::zero();  ///< Of the book at the end of the day.
  Money nav = Money::zero();          ///< At the end of the day.

  Money traded() const { return buys + sells; }
};

struct Turnover {
  double one_way;  ///< min(buys, sells) / average NAV of yesterday and today.
  double two_way;  ///< (buys + sells) / average gross value; the first day's prior value is 0.
  double of_nav;   ///< (buys + sells) / NAV at the end of the day.
};
/// One per day; NaN where a denominator is not positive and something was traded, else 0.
std::vector<Turnover> turnover_of(std::span<const TurnoverDay> days);

/// Days for which a position is held on average: 1 / mean daily one-way turnover. Infinite without
/// turnover.
double holding_period_days(std::span<const Turnover> turnover);

/// Return of a day after paying `bps` of what was traded.
double after_slippage(double day_return, const TurnoverDay& day, double bps);

/// |value| / (share of average daily volume x volume in USD): days until a position is gone.
double days_to_liquidate(Money value, Money average_daily_volume, double participation);

}  // namespace signalbus::analytics
