// Factor view: how much of the return the account's exposures to given factors made, and what is
// its own.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/series.h"

namespace signalbus::analytics {

/// Returns of factors by ascending dates.
struct FactorReturns {
  std::string file;                ///< As the settings name it; empty: none.
  std::vector<std::string> names;  ///< At least one, unless there is no file.
  std::vector<TradeDate> dates;
  std::vector<double> values;  ///< names.size() for each date; 0.01 is 1 %.

  std::span<const double> on(std::size_t date) const {
    return std::span(values).subspan(date * names.size(), names.size());
  }
};

/// A day with what it was exposed to.
struct ExposedDay {
  double ret;
  std::vector<double> exposures;  ///< By factor.
  std::vector<double> factors;    ///< Returns of the factors.
};

struct FactorPart {
  double exposure = 0;  ///< Mean of the days.
  double tilt = 0;      ///< Mean exposure x return of the factor.
  double timing = 0;    ///< (Exposure - its mean) x return of the factor.

  double common() const { return tilt + timing; }
};
/// All days linked by Carino: the parts and `specific` add up to `total`.
struct FactorParts {
  std::vector<FactorPart> parts;  ///< By factor.
  double specific = 0;            ///< What no exposure explains.
  double total = 0;               ///< Compounded return of the days that were linked.
};
/// Exposures may come from anywhere; all days have the same factors. No day: all 0.
FactorParts factor_parts(std::span<const ExposedDay> days);

/// Least squares of `returns` on the factors (row after row) with an intercept, which is not given
/// back. Absent where the factors explain each other, so that nobody can tell them apart.
std::optional<std::vector<double>> exposures_of(std::span<const double> returns,
                                                std::span<const double> factors);

/// Days before a day that its exposures are measured on, so that none knows its own day.
inline constexpr std::size_t kFactorWindow = 63;

struct FactorView {
  std::vector<std::string> factors;
  std::vector<double> newest;  ///< Exposures of the last day.
  FactorParts parts;
  std::size_t days = 0;
  TradeDate first = TradeDate::from_days(0);
  std::string reason = {};  ///< Why there is nothing; empty else.
};
/// On the dates that both have, exposures rolling over `kFactorWindow` of them.
FactorView attribute_to_factors(const SimpleReturns& returns, const FactorReturns& factors);

}  // namespace signalbus::analytics
