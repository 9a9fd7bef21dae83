#include "analytics/watch_values.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analytics/tail_risk.h"

namespace signalbus::analytics {
namespace {

constexpr std::size_t kQuarter = 63;
constexpr std::size_t kBacktestDays = 250;
constexpr std::size_t kMedianDays = 60;

// Of all reasons for which M6 has no value, those that are somebody's mistake.
constexpr const char* kNoEquity = "the equity is not positive";
constexpr const char* kNoCalendar = "the calendar does not know these days";

class Values {
 public:
  void add(std::string scope, std::string_view metric, double value, std::string_view unit,
           std::string_view window, std::size_t n_used = 1, std::string reason = "") {
    RiskValue out{.scope = std::move(scope),
                  .metric = std::string(metric),
                  .value = std::nullopt,
                  .unit = std::string(unit),
                  .window = std::string(window),
                  .n_used = n_used,
                  .reason = std::move(reason)};
    if (std::isfinite(value) && out.reason.empty()) {
      out.value = value;
    } else if (out.reason.empty()) {
      out.reason = "not defined for these data";
    }
    out.is_expected = !out.value && out.reason != kNoEquity && out.reason != kNoCalendar;
    out_.push_back(std::move(out));
  }
  void portfolio(std::string_view metric, double value, std::string_view unit,
                 std::string_view window, std::size_t n_used = 1, std::string reason = "") {
    add("portfolio", metric, value, unit, window, n_used, std::move(reason));
  }
  std::vector<RiskValue> take() { return std::move(out_); }

 private:
  std::vector<RiskValue> out_;
};

std::string needs(std::size_t count, std::size_t has) {
  return has >= count
             ? ""
             : "needs " + std::to_string(count) + " observations, has " + std::to_string(has);
}

void add_metrics(Values& out, const Performance& performance) {
  for (const MetricColumns& row : performance.metrics) {
    const Metric& metric = *row.own.metric;
    out.portfolio(metric.id, row.own.value, to_text(metric.unit), "all days", row.own.n_used,
                  row.own.reason);
  }
}

void add_returns(Values& out, const Performance& performance) {
  const AccountDay& last = performance.last();
  const auto values = performance.returns.values();
  out.portfolio("day_return", last.ret.value, "fraction", "day", 1,
                last.ret.defined ? "" : "no money was at work");
  out.portfolio("drawdown", performance.drawdown.back(), "fraction", "all days", values.size());
  const std::vector<DatedValue> sharpes =
      rolling_sharpe(performance.returns, kQuarter, performance.conventions.periods_per_year,
                     performance.conventions.rf());
  out.portfolio("rolling_sharpe_63d", sharpes.empty() ? kNan : sharpes.back().value, "ratio",
                "63 days", std::min(values.size(), kQuarter), needs(kQuarter, values.size()));
  // As many days to forecast from as are judged.
  const std::size_t enough = 2 * kBacktestDays;
  const std::string reason = needs(enough, values.size());
  VarBacktest rare;
  VarBacktest often;
  if (reason.empty()) {
    const auto newest = values.subspan(values.size() - enough);
    const auto judged = newest.subspan(kBacktestDays);
    rare = backtest_var(judged, rolling_historical_var(newest, kBacktestDays, 0.01), 0.01);
    often = backtest_var(judged, rolling_historical_var(newest, kBacktestDays, 0.05), 0.05);
  }
  out.portfolio("var_99_exceptions_250d", static_cast<double>(rare.exceptions), "count", "250 days",
                rare.days, reason);
  out.portfolio("var_95_kupiec_p_250d", often.kupiec_p, "probability", "250 days", often.days,
                reason);
}

void add_books(Values& out, const Performance& performance) {
  const AccountDay& last = performance.last();
  const Money equity = last.pnl.equity_after;
  const std::string no_equity = equity.is_positive() ? "" : kNoEquity;
  out.portfolio("gross_exposure", last.exposure.gross, "ratio", "day", 1, no_equity);
  out.portfolio("net_exposure", last.exposure.net, "ratio", "day", 1, no_equity);
  std::vector<MarkedPosition> marked;
  std::map<std::string, double> sectors;
  for (const NamePnl& name : last.pnl.names) {
    if (name.closing.is_zero()) continue;
    marked.push_back({name.symbol, name.market_value});
    const double weight = name.market_value.abs().to_double() / equity.to_double();
    out.add("symbol:" + name.symbol.text(), "weight", weight, "fraction", "day", 1, no_equity);
    sectors[sector_of(performance.sectors, name.symbol)] += weight;
  }
  for (const auto& [sector, weight] : sectors) {
    // Of names whose sector nobody told, nothing can be said together.
    if (sector == kUnknownSector) continue;
    out.add("sector:" + sector, "sector_weight", weight, "fraction", "day", 1, no_equity);
  }
  const Concentration concentration = concentration_of(gross_weights(marked));
  out.portfolio("effective_n", concentration.effective_n, "ratio", "day", marked.size(),
                marked.empty() ? "nothing is held" : "");
}

double median_of(std::vector<double> values) { return quantile(values, 0.5); }

void add_turnover(Values& out, const Performance& performance) {
  const std::vector<AccountDay>& days = performance.days;
  out.portfolio("turnover_one_way", days.back().turnover.one_way, "fraction", "day");
  std::vector<double> before;
  const std::size_t end = days.size() - 1;
  for (std::size_t i = end - std::min(end, kMedianDays); i < end; ++i) {
    if (std::isfinite(days[i].turnover.of_nav)) before.push_back(days[i].turnover.of_nav);
  }
  std::string reason = needs(kMedianDays, before.size());
  const double median = before.empty() ? kNan : median_of(before);
  if (reason.empty() && median == 0) reason = "the median is 0: most days trade nothing";
  out.portfolio("turnover_to_median_60d", days.back().turnover.of_nav / median, "ratio", "60 days",
                before.size(), reason);
}

void add_trading(Values& out, const Performance& performance) {
  const GroupCost& focus = performance.costs.focus;
  const std::string window =
      performance.focus.days == 1 ? "day" : std::to_string(performance.focus.days) + " days";
  const std::string none = focus.orders == 0 ? "no order was sent" : "";
  out.portfolio("slippage_bps", focus.cost.slippage_bps(), "bps", window, focus.orders,
                none.empty() && focus.filled.is_zero() ? "nothing was filled" : none);
  out.portfolio("fill_rate", focus.fill_rate(), "fraction", window, focus.orders, none);
  out.portfolio("orders_filled", focus.full_rate(), "fraction", window, focus.orders, none);
  out.portfolio("time_to_fill", focus.time_to_fill(), "seconds", window, focus.fill_seconds.size(),
                none.empty() && focus.fill_seconds.empty()
                    ? "no order has both its submission and its last fill recorded"
                    : none);
}

void add_data(Values& out, const Performance& performance, const WatchContext& context) {
  const DayPnl& last = performance.last().pnl;
  const Money broken = last.unexplained().abs();
  out.portfolio("identity_break_usd", broken.to_double(), "usd", "day");
  out.portfolio("identity_break_bps", broken.to_double() / last.equity_after.to_double() * 1e4,
                "bps", "day", 1, last.equity_after.is_positive() ? "" : kNoEquity);
  const auto unknown =
      std::count_if(last.breaks.begin(), last.breaks.end(),
                    [](const PnlBreak& one) { return one.kind == BreakKind::kUnclassified; });
  out.portfolio("unknown_activities", static_cast<double>(unknown), "count", "day");
  out.portfolio("stale_sessions", context.stale_sessions.value_or(0), "count", "now", 1,
                context.stale_sessions ? "" : kNoCalendar);
}

void add_liquidity(Values& out, const Liquidity& liquidity) {
  const BookLiquidity& book = liquidity.book;
  out.portfolio("days_to_liquidate", book.days, "days", "5 sessions before", book.names.size(),
                book.reason);
  for (const NameLiquidity& name : book.names) {
    if (!name.reason.empty()) continue;  // the book's reason says so once
    out.add("symbol:" + name.symbol.text(), "days_to_liquidate", name.days, "days",
            "5 sessions before", kVolumeSessions);
  }
  const Capacity& capacity = liquidity.capacity;
  out.portfolio("capacity", capacity.capital, "usd", "all days", capacity.n_used, capacity.reason);
}

}  // namespace

std::vector<RiskValue> watch_values(const Performance& performance, const WatchContext& context) {
  Values out;
  add_metrics(out, performance);
  add_returns(out, performance);
  add_books(out, performance);
  add_turnover(out, performance);
  add_trading(out, performance);
  add_data(out, performance, context);
  add_liquidity(out, performance.liquidity);
  return out.take();
}

}  // namespace signalbus::analytics
