#include "analytics/specification.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analytics/drawdowns.h"
#include "analytics/exposures.h"
#include "analytics/ratios.h"

namespace signalbus::analytics {
namespace {

constexpr double kDaysPerYear = 252;

using Evening = std::map<Symbol, Quantity>;

/// Positions by date; a name that is absent is not held.
std::map<TradeDate, Evening> by_date(std::span<const PositionRow> positions) {
  std::map<TradeDate, Evening> out;
  for (const PositionRow& row : positions) out[row.date].insert_or_assign(row.symbol, row.quantity);
  return out;
}

class Closes {
 public:
  explicit Closes(std::span<const PriceRow> prices) {
    for (const PriceRow& row : prices) closes_.insert_or_assign({row.date, row.symbol}, row.close);
  }
  Result<Price> at(TradeDate date, const Symbol& symbol) const {
    const auto found = closes_.find({date, symbol});
    if (found != closes_.end()) return found->second;
    return Error{ErrorCode::kInvalidInput, "prices: " + symbol.text() + " has no close of " +
                                               date.iso() + "; add it, or remove the position"};
  }

 private:
  std::map<std::pair<TradeDate, Symbol>, Price> closes_;
};

Quantity held(const Evening& evening, const Symbol& symbol) {
  const auto found = evening.find(symbol);
  return found == evening.end() ? Quantity::zero() : found->second;
}

/// Every name of one of the evenings.
std::vector<Symbol> names_of(const Evening& before, const Evening& after) {
  std::vector<Symbol> out;
  for (const auto& [symbol, quantity] : before) out.push_back(symbol);
  for (const auto& [symbol, quantity] : after) {
    if (!before.contains(symbol)) out.push_back(symbol);
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<TurnoverDay> trades_between(const Evening& before, const Evening& after, TradeDate date,
                                   const Closes& closes) {
  TurnoverDay out;
  for (const Symbol& symbol : names_of(before, after)) {
    const Quantity now = held(after, symbol);
    const Quantity change = now - held(before, symbol);
    if (change.is_zero() && now.is_zero()) continue;
    SB_TRY(const Price close, closes.at(date, symbol));
    SB_TRY(const Money traded, notional_half_even(change.abs(), close));
    SB_TRY(const Money value, notional_half_even(now.abs(), close));
    (change.is_negative() ? out.sells : out.buys) += traded;
    out.gross_value += value;
  }
  return out;
}

}  // namespace

std::array<NamedValue, 8> RiskMetrics::named() const {
  return {{{"total_return", total_return},
           {"annualized_return", annualized_return},
           {"volatility", volatility},
           {"sharpe_ratio", sharpe_ratio},
           {"max_drawdown", max_drawdown},
           {"var_95", var_95},
           {"skewness", skewness},
           {"kurtosis", kurtosis}}};
}

RiskMetrics calculate_risk_metrics(const SimpleReturns& returns) {
  const Moments moments = moments_of(returns.values());
  const DrawdownSums drawdowns = drawdown_sums(returns.values());
  RiskMetrics out{};
  out.total_return = drawdowns.growth - 1;
  out.annualized_return = static_cast<double>(moments.mean) * kDaysPerYear;
  out.volatility = sample_stdev(moments) * std::sqrt(kDaysPerYear);
  out.sharpe_ratio = out.volatility > 0 ? out.annualized_return / out.volatility : 0;
  out.max_drawdown = returns.empty() ? kNan : drawdowns.deepest_first_return;
  out.var_95 = quantile(returns.values(), 0.05);
  out.skewness = skewness(moments);
  out.kurtosis = excess_kurtosis(moments);
  return out;
}

double calculate_sharpe_ratio(const SimpleReturns& returns, double risk_free_rate) {
  if (returns.size() < 2) return 0;
  return sharpe(moments_of(returns.values()), risk_free_rate / kDaysPerYear) *
         std::sqrt(kDaysPerYear);
}

std::vector<DrawdownPoint> calculate_drawdown(const Prices& equity_curve) {
  std::vector<DrawdownPoint> out;
  out.reserve(equity_curve.size());
  double high = 0;
  for (std::size_t i = 0; i < equity_curve.size(); ++i) {
    const double level = equity_curve.values()[i];
    high = std::max(high, level);
    out.push_back({equity_curve.dates()[i], level, high, (level - high) / high});
  }
  return out;
}

Result<std::vector<DailyPnlRow>> calculate_daily_pnl(std::span<const PositionRow> positions,
                                                     std::span<const PriceRow> prices) {
  const Closes closes(prices);
  const std::map<TradeDate, Evening> evenings = by_date(positions);
  std::vector<DailyPnlRow> out;
  const std::pair<const TradeDate, Evening>* before = nullptr;
  for (const auto& evening : evenings) {
    if (before != nullptr) {
      for (const auto& [symbol, quantity] : before->second) {
        if (quantity.is_zero()) continue;
        SB_TRY(const Price prior, closes.at(before->first, symbol));
        SB_TRY(const Price close, closes.at(evening.first, symbol));
        SB_TRY(const Money was, notional_half_even(quantity, prior));
        SB_TRY(const Money is, notional_half_even(quantity, close));
        out.push_back({evening.first, symbol, quantity, prior, close, is - was});
      }
    }
    before = &evening;
  }
  return out;
}

Result<std::vector<TurnoverRow>> calculate_turnover(std::span<const PositionRow> positions,
                                                    std::span<const PriceRow> prices) {
  const Closes closes(prices);
  std::vector<TurnoverRow> out;
  std::vector<TurnoverDay> days;
  Evening before;
  for (const auto& [date, evening] : by_date(positions)) {
    SB_TRY(const TurnoverDay day, trades_between(before, evening, date, closes));
    days.push_back(day);
    out.push_back({date, day.buys, day.sells, day.gross_value, 0});
    before = evening;
  }
  const std::vector<Turnover> turnover = turnover_of(days);
  for (std::size_t i = 0; i < out.size(); ++i) out[i].turnover = turnover[i].two_way;
  return out;
}

std::vector<std::string> check_risk_alerts(std::span<const NamedValue> risk_metrics,
                                           std::span<const NamedValue> thresholds) {
  std::vector<std::string> out;
  for (const auto& [name, limit] : thresholds) {
    const auto at = std::find_if(risk_metrics.begin(), risk_metrics.end(),
                                 [&](const NamedValue& metric) { return metric.first == name; });
    const std::string metric(name);
    if (at == risk_metrics.end()) {
      out.push_back(metric + ": there is no such metric; its threshold is not checked");
    } else if (std::isnan(at->second)) {
      out.push_back(metric + ": has no value yet; its threshold is not checked");
    } else if (limit < 0 ? at->second < limit : at->second > limit) {
      out.push_back(metric + ": " + format_double(at->second) + " is " +
                    (limit < 0 ? "below " : "above ") + format_double(limit));
    }
  }
  return out;
}

}  // namespace signalbus::analytics
