// How fast the book could be sold, and how large it could be before its own trading eats its
// returns.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analytics/account_days.h"
#include "analytics/past.h"
#include "core/result.h"

namespace signalbus::analytics {

/// The share of a day's volume that can be traded without moving the price much.
inline constexpr double kParticipation = 0.20;
/// Sessions that make the average volume; all before the day, so that the day itself is not known.
inline constexpr std::size_t kVolumeSessions = 5;
/// Returns below which half a Sharpe ratio says nothing.
inline constexpr std::size_t kCapacityReturns = 60;

struct NameLiquidity {
  Symbol symbol;
  double days = kNan;       ///< |market value| / (kParticipation x mean daily volume in USD).
  std::string reason = {};  ///< Why there is none; empty else.
};

/// Of what is held in the evening. The book takes as long as its slowest name.
struct BookLiquidity {
  std::vector<NameLiquidity> names;  ///< By symbol.
  double days = kNan;
  std::string slowest;  ///< The name that takes so long.
  std::string reason;   ///< Why `days` is not there: a name of unknown volume makes it unknown.
};
/// `volumes` by symbol, then date. kInvalidInput where an amount does not fit in Money.
Result<BookLiquidity> liquidity_of(const AccountDay& day, std::span<const SessionVolume> volumes);

/// What was traded of one name on one day.
struct TradedShare {
  double of_volume;  ///< Shares traded / the day's volume.
  Money traded;
};
/// What its own trading costs a day, as a return: sum(of_volume^2 x 0.1 x traded) / nav. Twice the
/// account trades twice the share of the volume, so this grows with the square of its size.
double impact_penalty(std::span<const TradedShare> trades, Money nav);

/// How many times as large the account could be when its Sharpe ratio is half: the least k for
/// which sharpe(r - k^2 penalty) = sharpe(r) / 2. `excess`: returns over the risk-free rate, which
/// count as free of impact; `penalties` parallel to them. NaN where no size halves it: the Sharpe
/// ratio is not positive, or nothing was traded.
double half_sharpe_scale(std::span<const double> excess, std::span<const double> penalties);

struct Capacity {
  double capital = kNan;    ///< USD: half_sharpe_scale x the newest equity.
  double scale = kNan;      ///< half_sharpe_scale
  double largest = kNan;    ///< Largest share of a name's volume that a day's trades were.
  std::size_t n_used = 0;   ///< Returns.
  std::string reason = {};  ///< Why there is none; empty else.
};

/// How easily the account's book trades.
struct Liquidity {
  BookLiquidity book;
  Capacity capacity;
};
/// `days` are those of the facts, in their order. kInvalidInput as above.
Result<Liquidity> account_liquidity(const std::vector<AccountDay>& days,
                                    const PerformanceFacts& facts);

}  // namespace signalbus::analytics
