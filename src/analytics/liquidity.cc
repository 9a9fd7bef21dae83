#include "analytics/liquidity.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analytics/exposures.h"
#include "core/check.h"
#include "core/text.h"

namespace signalbus::analytics {
namespace {

constexpr double kImpact = 0.1;
constexpr int kOldestDays = 14;  // five sessions and a holiday or two
constexpr const char* kRemedy = "; add them with `signalbus prices`";

using Volumes = std::span<const SessionVolume>;

/// The first of the symbol's sessions on or after the date, or where the next symbol begins.
std::size_t first_from(Volumes volumes, const Symbol& symbol, TradeDate date) {
  const auto at = std::lower_bound(volumes.begin(), volumes.end(), std::pair(symbol, date),
                                   [](const SessionVolume& one, const auto& wanted) {
                                     return std::pair(one.symbol, one.date) < wanted;
                                   });
  return static_cast<std::size_t>(at - volumes.begin());
}

const SessionVolume* volume_on(Volumes volumes, const Symbol& symbol, TradeDate date) {
  const std::size_t at = first_from(volumes, symbol, date);
  const bool found =
      at < volumes.size() && volumes[at].symbol == symbol && volumes[at].date == date;
  return found ? &volumes[at] : nullptr;
}

Result<NameLiquidity> name_liquidity(const NamePnl& name, TradeDate day, Volumes volumes) {
  NameLiquidity out{.symbol = name.symbol};
  const std::size_t end = first_from(volumes, name.symbol, day);
  const std::size_t begin = first_from(volumes, name.symbol, day.plus_days(-kOldestDays));
  const std::size_t there = std::min(end - begin, kVolumeSessions);
  if (there < kVolumeSessions) {
    out.reason = name.symbol.text() + " has the volume of " + counted(there, "session") +
                 " shortly before " + day.iso() + ", needs " + std::to_string(kVolumeSessions) +
                 kRemedy;
    return out;
  }
  MoneySum sum;
  for (const SessionVolume& one : volumes.subspan(end - there, there)) {
    SB_TRY(const Money traded, notional_half_even(one.volume, one.close));
    sum.add(traded);
  }
  SB_TRY(const Money mean,
         Money::narrow(divide(sum.raw(), static_cast<Int128>(there), Rounding::kHalfEven)));
  out.days = days_to_liquidate(name.market_value, mean, kParticipation);
  return out;
}

/// A day's trades as shares of the volumes; counts those whose volume nobody knows.
struct DayTrades {
  std::vector<TradedShare> trades;
  std::size_t unknown = 0;
  std::string first_unknown;
};
DayTrades trades_of(const DayPnl& day, std::span<const Fill> fills, Volumes volumes) {
  std::map<Symbol, double> shares;
  for (const Fill& fill : fills) shares[fill.symbol] += fill.quantity.to_double();
  DayTrades out;
  for (const NamePnl& name : day.names) {
    const auto at = shares.find(name.symbol);
    if (at == shares.end()) continue;
    const SessionVolume* market = volume_on(volumes, name.symbol, day.date);
    if (market == nullptr) {
      if (out.unknown++ == 0) out.first_unknown = name.symbol.text() + " on " + day.date.iso();
      continue;
    }
    out.trades.push_back({at->second / market->volume.to_double(), name.bought + name.sold});
  }
  return out;
}

/// Everything but the reason why there is no capacity, which comes first.
struct Measured {
  std::vector<double> excess, penalties;
  std::size_t traded = 0, unknown = 0;
  std::string first_unknown;
  double largest = 0;
};
Measured measure(const std::vector<AccountDay>& days, const PerformanceFacts& facts) {
  Measured out;
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (!days[i].ret.defined) continue;
    const DayTrades day = trades_of(days[i].pnl, facts.days[i].facts.fills, facts.volumes);
    out.traded += day.trades.size() + day.unknown;
    if (out.unknown == 0) out.first_unknown = day.first_unknown;
    out.unknown += day.unknown;
    for (const TradedShare& one : day.trades) out.largest = std::max(out.largest, one.of_volume);
    out.excess.push_back(days[i].ret.value - facts.conventions.rf());
    out.penalties.push_back(impact_penalty(day.trades, days[i].base()));
  }
  return out;
}

Capacity capacity_of(const std::vector<AccountDay>& days, const PerformanceFacts& facts) {
  const Measured measured = measure(days, facts);
  Capacity out{.n_used = measured.excess.size()};
  if (measured.traded == 0) {
    out.reason = "nothing was traded";
  } else if (measured.unknown > 0) {
    out.reason = counted(measured.unknown, "trade") + " of " + std::to_string(measured.traded) +
                 " without a volume, the first: " + measured.first_unknown + kRemedy;
  } else if (out.n_used < kCapacityReturns) {
    out.reason = "needs " + std::to_string(kCapacityReturns) + " observations, has " +
                 std::to_string(out.n_used);
  }
  if (measured.traded > 0 && measured.unknown == 0) out.largest = measured.largest;
  if (!out.reason.empty()) return out;
  out.scale = half_sharpe_scale(measured.excess, measured.penalties);
  out.capital = out.scale * days.back().pnl.equity_after.to_double();
  if (!std::isfinite(out.capital)) out.reason = "the Sharpe ratio is not positive";
  return out;
}

}  // namespace

Result<BookLiquidity> liquidity_of(const AccountDay& day, std::span<const SessionVolume> volumes) {
  BookLiquidity out;
  std::size_t unknown = 0;
  for (const NamePnl& name : day.pnl.names) {
    if (name.closing.is_zero()) continue;
    SB_TRY(NameLiquidity one, name_liquidity(name, day.date(), volumes));
    if (!one.reason.empty() && unknown++ == 0) out.reason = one.reason;
    if (out.slowest.empty() || one.days > out.days) {
      out.days = one.days;
      out.slowest = one.symbol.text();
    }
    out.names.push_back(std::move(one));
  }
  if (out.names.empty()) out.reason = "nothing is held";
  if (unknown > 1) {
    out.reason = counted(unknown, "name") + " of " + std::to_string(out.names.size()) +
                 " without enough volumes, the first: " + out.reason;
  }
  if (out.reason.empty()) return out;
  out.days = kNan;
  out.slowest.clear();
  return out;
}

double impact_penalty(std::span<const TradedShare> trades, Money nav) {
  double sum = 0;
  for (const TradedShare& trade : trades) {
    sum += trade.of_volume * trade.of_volume * kImpact * trade.traded.to_double();
  }
  return sum == 0 ? 0 : sum / nav.to_double();
}

double half_sharpe_scale(std::span<const double> excess, std::span<const double> penalties) {
  SB_CHECK(excess.size() == penalties.size());
  const Moments returns = moments_of(excess);
  const Moments costs = moments_of(penalties);
  const long double mean = returns.mean;
  const long double cost = costs.mean;
  if (returns.constant() || !(mean > 0) || !(cost > 0)) return kNan;
  long double covariance = 0;
  for (std::size_t i = 0; i < excess.size(); ++i) {
    covariance += (excess[i] - mean) * (penalties[i] - cost);
  }
  // (mean - x cost)^2 = mean^2/4 * var(r - x p)/var(r) with x = k^2: a square equation in x.
  const long double h = mean * mean / 4 / returns.m2;
  const long double a = cost * cost - h * costs.m2;
  const long double b = -2 * (mean * cost - h * covariance);
  const long double c = mean * mean * 3 / 4;
  const long double root = b * b - 4 * a * c;
  if (root < 0) return kNan;
  // Citardauq's form: stable, and right where a is 0.
  const long double q = (-b + std::copysign(std::sqrt(root), -b)) / 2;
  long double best = -1;
  for (const long double x : {c / q, a == 0 ? -1.0L : q / a}) {
    const bool halves = x > 0 && mean - x * cost > 0;
    if (halves && (best < 0 || x < best)) best = x;
  }
  return best > 0 ? static_cast<double>(std::sqrt(best)) : kNan;
}

Result<Liquidity> account_liquidity(const std::vector<AccountDay>& days,
                                    const PerformanceFacts& facts) {
  SB_TRY(BookLiquidity book, liquidity_of(days.back(), facts.volumes));
  return Liquidity{std::move(book), capacity_of(days, facts)};
}

}  // namespace signalbus::analytics
