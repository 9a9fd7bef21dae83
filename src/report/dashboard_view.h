// DashboardView: everything that the page shows, as numbers. The page draws; it calculates nothing.
//
// dashboard_json.cc writes it, dashboard/schema.json describes those bytes, dashboard/src draws
// them. A double that is NaN is written as null and shown as "n/a". Fractions are fractions (0.01
// is 1 %). Money keeps every digit: it is written as text. Vectors that are parallel to
// `series.dates` have its length, or none where there is nothing to draw.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "book/monitoring.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus::report {

inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct HeaderView {
  std::string title;    ///< "Daily report" or "Since inception"; what the page is.
  std::string account;  ///< As people know it; never a key.
  std::string mode;     ///< "dry", "sim", "paper", "live".
  std::vector<std::string> strategies;
  TradeDate first = TradeDate::from_days(0);  ///< Without a meaning where sessions is 0.
  TradeDate last = TradeDate::from_days(0);
  std::size_t sessions = 0;
  std::string time_zone;  ///< Of the dates: "America/New_York".
  double rf_annual = 0;
  std::string benchmark;         ///< Empty: none, see benchmark_reason.
  std::string benchmark_reason;  ///< Why there is none.
  /// SHA-256 of all that the page says, but made_at and the runs: two reports can be compared.
  std::string data_hash;
  std::string build;               ///< The program's version.
  std::string made_at;             ///< RFC 3339, of the injected clock.
  bool reconciled = false;         ///< The last day has no open difference and the identity held.
  std::string reconciliation;      ///< In words: "0 differences on 504 days".
  std::vector<std::string> notes;  ///< What a reader must know first ("less than a year of data").
};

/// A step of the day's waterfall, or a part of an attribution.
struct AmountView {
  std::string label;
  Money usd = Money::zero();
  double contribution = 0;  ///< To the return.
};

struct TodayView {
  Money equity_before = Money::zero();
  Money equity_after = Money::zero();
  Money flow = Money::zero();
  Money profit = Money::zero();  ///< equity_after - equity_before - flow.
  double day_return = 0;
  double benchmark_return = 0;
  /// Overnight, trading, dividends, interest, fees, other, in this order: they add up to the
  /// profit.
  std::vector<AmountView> waterfall;
  Money unexplained = Money::zero();
  std::vector<std::string> breaks;  ///< Why the identity does not hold, if it does not.
  std::vector<AmountView> best;     ///< Largest contributors, largest first.
  std::vector<AmountView> worst;    ///< Smallest first.
  /// What the page calls these days; a weekly report says "Last week" and since when.
  std::string period = "Last day";
  std::optional<TradeDate> since = std::nullopt;  ///< First of them; absent: it is one day.
};

struct ExposureView {
  Money cash = Money::zero();
  double gross = 0, net = 0, long_share = 0, short_share = 0, cash_share = 0;  ///< Of equity.
  double effective_n = 0, top_1 = 0, top_5 = 0, top_10 = 0;
  std::size_t longs = 0, shorts = 0;  ///< Positions.
  struct Group {
    std::string label;
    double gross = 0, net = 0;
  };
  std::vector<Group> sectors;  ///< Largest first.
};

/// How fast the book could be sold, and how large it could be.
struct LiquidityView {
  double days = kNone;  ///< Until the slowest name is gone.
  std::string slowest;
  std::string reason;           ///< Why there are none.
  double capacity_usd = kNone;  ///< Equity at which the Sharpe ratio is half.
  double capacity_scale = kNone;
  std::string capacity_reason;
  double largest_share = kNone;  ///< Of a name's volume of a day, that trades were.
};

struct DriftRow {
  std::string symbol;
  double target_weight = 0, actual_weight = 0, deviation = 0;
  std::string cause;
};

struct OrderRow {
  std::string id;
  std::string symbol;
  std::string side;
  std::string quantity;   ///< Exact.
  std::string filled;     ///< Exact.
  std::string status;     ///< The log's word.
  std::string avg_price;  ///< Exact; empty where nothing was filled.
  double slippage_bps = 0;
  Money shortfall = Money::zero();
  std::string reason;                         ///< Why it was refused, if it was.
  std::optional<Money> delay = std::nullopt;  ///< Part of the shortfall; absent: not recorded.
  double fill_seconds = kNone;                ///< NaN: not filled in full, or not recorded.
};

struct CostRow {
  std::string label;  ///< A strategy or a symbol.
  std::size_t orders = 0;
  double fill_rate = 0;
  Money traded = Money::zero();
  Money shortfall = Money::zero();
  double shortfall_bps = 0;
  double slippage_bps = 0;
  double full_rate = kNone;                   ///< Orders filled in full, of all.
  double fill_seconds = kNone;                ///< Median of those; NaN: not recorded.
  std::optional<Money> delay = std::nullopt;  ///< Part of the shortfall; absent: never recorded.
};

struct SeriesView {
  std::vector<TradeDate> dates;
  std::vector<double> equity;            ///< USD at the close.
  std::vector<double> growth;            ///< 1 before the first day.
  std::vector<double> benchmark_growth;  ///< Empty without a benchmark.
  std::vector<double> returns;
  std::vector<double> benchmark_returns;
  std::vector<double> drawdown;  ///< From the start; 0 or negative.
  std::vector<double> benchmark_drawdown;
  std::vector<double> gross, net, turnover;  ///< Fractions of equity.
};

struct RollingView {
  std::size_t window = 0;                        ///< Observations.
  std::vector<double> sharpe, volatility, beta;  ///< NaN before the first full window.
};

struct DrawdownRow {
  std::string peak, valley,
      recovery;  ///< Dates, peak also "start"; recovery: empty while it lasts.
  double depth = 0;
  std::size_t sessions = 0, days = 0;
};

struct PeriodReturn {
  int year = 0;
  int part = 0;  ///< Month 1-12; 0 for a year.
  double value = 0;
  double benchmark = 0;
  bool partial = false;  ///< Not all of its sessions are in the data.
};

/// A return up to the last day: "month to date", "1 year".
struct PeriodToDateRow {
  std::string label;
  double value = 0;
  double benchmark = 0;     ///< On the same dates; NaN without one.
  double active = 0;        ///< value - benchmark.
  bool annualised = false;  ///< A rate per year.
  std::string reason = {};  ///< Why there is no value ("needs 3 years").
};

struct DistributionView {
  std::vector<double> edges;  ///< Of the bins, one more than counts.
  std::vector<std::size_t> counts;
  double mean = 0, stdev = 0, var_95 = 0, cvar_95 = 0;
};

struct MetricRow {
  std::string id, title, group, unit, formula, convention;
  double value = 0;
  double benchmark = 0;  ///< NaN where it has no meaning.
  double active = 0;     ///< Of value less benchmark, where that has a meaning; NaN else.
  std::size_t n_used = 0;
  std::string reason;     ///< Why there is no value.
  std::string weak = {};  ///< Why it is shown grey ("less than a year").
};

struct AttributionTable {
  std::string by;                ///< "strategy", "sector", "symbol", "side".
  std::vector<AmountView> rows;  ///< They add up to the return and the profit.
  Money total_usd = Money::zero();
  double total_contribution = 0;
};

struct BrinsonView {
  std::string note;    ///< Where the benchmark's weights come from, and since when.
  std::string reason;  ///< Why there are no rows.
  struct Row {
    std::string sector;
    double weight = 0, benchmark_weight = 0;  ///< Means of the days.
    double allocation = 0, selection = 0, interaction = 0;
  };
  std::vector<Row> rows;
  double active = kNone;  ///< All effects together: the return less the benchmark's.
};

/// How much of the return exposures to factors made. Parts and `specific` add up to `total`.
struct FactorsView {
  std::string note;    ///< Since when, and how exposures are measured.
  std::string reason;  ///< Why there are no rows.
  struct Row {
    std::string factor;
    double exposure = 0, newest = 0;          ///< Mean of the days; of the last day.
    double tilt = 0, timing = 0, common = 0;  ///< tilt + timing = common.
  };
  std::vector<Row> rows;
  double specific = kNone;
  double total = kNone;
};

struct NameRow {
  std::string symbol, sector;
  double weight = 0;
  std::string quantity = {};  ///< Exact; "0" or empty: not held any more.
  std::string price = {};     ///< Exact, of the last day; empty: none.
  Money value = Money::zero();
  Money day_pnl = Money::zero();  ///< Of the last day.
  Money pnl = Money::zero();      ///< Of all the period.
  Money realised = Money::zero();
  Money unrealised = Money::zero();
  double contribution = 0;
};

struct ReconRowView {
  TradeDate date;
  std::string status;  ///< "ok", "mismatch", "not run".
  std::size_t differences = 0;
  Money identity_break = Money::zero();
  std::string link;  ///< Relative to the page; empty: none.
};

struct RunRowView {
  std::string id;  ///< "20221228-1".
  TradeDate date;
  std::string mode, outcome;
  int exit_code = 0;
  std::string link;
};

struct IntervalRow {
  std::string metric;                    ///< An id of `metrics`.
  double low = 0, median = 0, high = 0;  ///< 5 %, 50 %, 95 %.
};

/// A file that belongs to the page: the daily series of each name, the risk snapshot.
struct FileView {
  std::string label;
  std::string link;  ///< Relative to the page.
};

struct DashboardView {
  HeaderView header;
  TodayView today;
  ExposureView exposure;
  LiquidityView liquidity;
  std::vector<DriftRow> drift;
  std::vector<OrderRow> orders;            ///< Of the last day.
  std::vector<CostRow> costs_by_strategy;  ///< Of all the period.
  std::vector<CostRow> costs_by_symbol;
  SeriesView series;
  RollingView rolling;
  std::vector<DrawdownRow> drawdowns;  ///< Deepest first, at most ten.
  std::vector<PeriodReturn> months, years;
  std::vector<PeriodToDateRow> periods;  ///< Shortest first.
  DistributionView distribution;
  std::vector<MetricRow> metrics;
  std::vector<IntervalRow> intervals;
  std::vector<AttributionTable> attribution;
  BrinsonView brinson;
  FactorsView factors;
  std::vector<NameRow> names;
  std::vector<ReconRowView> reconciliation;  ///< Newest first, at most sixty.
  std::vector<AlertNotice> alerts;
  std::vector<RiskRow> risk;
  std::vector<RunRowView> runs;  ///< Newest first, at most sixty.
  std::vector<FileView> files;
};

/// The bytes for the page: one JSON object, the same for the same view.
std::string dashboard_json(const DashboardView& view);

/// The page: one file, no network. The view's JSON is inside, safe against any text in it.
std::string dashboard_html(const DashboardView& view);

}  // namespace signalbus::report
