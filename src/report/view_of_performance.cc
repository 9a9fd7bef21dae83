#include "report/view_of_performance.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "report/figures.h"
#include "report/view_parts.h"

namespace signalbus::report {
namespace {

using analytics::AccountDay;
using analytics::kNan;
using analytics::Performance;

constexpr std::size_t kContributors = 5;
constexpr std::size_t kNewest = 60;

HeaderView header_of(const Performance& performance, HeaderView header) {
  header.first = performance.days.front().date();
  header.last = performance.last().date();
  header.sessions = performance.days.size();
  header.time_zone = "America/New_York";
  header.rf_annual = performance.conventions.rf_annual;
  const bool has_benchmark = performance.benchmark.reason.empty();
  header.benchmark = has_benchmark ? performance.benchmark.symbol : "";
  header.benchmark_reason = performance.benchmark.reason;
  const AccountDay& last = performance.last();
  header.reconciled = last.recon.status == "ok" && last.pnl.holds();
  std::size_t open = 0;
  std::size_t asked = 0;
  for (const AccountDay& day : performance.days) {
    open += day.recon.differences;
    asked += day.recon.status == "not run" ? 0U : 1U;
  }
  header.reconciliation =
      counted(open, "difference") + " on " + counted(asked, "day") + "; " +
      (performance.totals.days_broken == 0
           ? "profit explains every cent of the equity"
           : "the profit identity breaks on " + counted(performance.totals.days_broken, "day") +
                 ", at most by " + usd_text(performance.totals.worst_break) + " USD");
  return header;
}

double share_of(Money part, Money base) {
  return base.is_positive() ? part.to_double() / base.to_double() : 0;
}

TodayView today_of(const Performance& performance) {
  const analytics::Focus& focus = performance.focus;
  TodayView out{.equity_before = focus.equity_before,
                .equity_after = focus.equity_after,
                .flow = focus.flow,
                .profit = focus.profit(),
                .day_return = focus.ret,
                .benchmark_return = focus.benchmark,
                .waterfall = {},
                .unexplained = focus.unexplained,
                .breaks = {},
                .best = {},
                .worst = {}};
  const Money base = performance.days[focus.first].base();
  const std::pair<const char*, Money> steps[] = {
      {"Overnight", focus.overnight}, {"Trading", focus.trading}, {"Dividends", focus.dividends},
      {"Interest", focus.interest},   {"Fees", focus.fees},       {"Other", focus.corporate}};
  for (const auto& [label, amount] : steps) {
    out.waterfall.push_back({label, amount, share_of(amount, base)});
  }
  for (const analytics::PnlBreak& one : focus.breaks) out.breaks.push_back(one.sentence);
  const std::vector<analytics::AttributionRow>& rows = focus.by_symbol.rows;
  for (const analytics::AttributionRow& row : rows) {  // the largest first
    if (row.pnl.is_positive() && out.best.size() < kContributors) {
      out.best.push_back({row.label, row.pnl, row.contribution});
    }
  }
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if (row->pnl.is_negative() && out.worst.size() < kContributors) {
      out.worst.push_back({row->label, row->pnl, row->contribution});
    }
  }
  return out;
}

ExposureView exposure_of_last(const Performance& performance) {
  const AccountDay& last = performance.last();
  std::vector<analytics::MarkedPosition> marked;
  std::vector<std::string> labels;
  for (const analytics::NamePnl& name : last.pnl.names) {
    if (name.closing.is_zero()) continue;
    marked.push_back({name.symbol, name.market_value});
    labels.push_back(analytics::sector_of(performance.sectors, name.symbol));
  }
  const Money equity = last.pnl.equity_after;
  const analytics::Concentration concentration =
      analytics::concentration_of(analytics::gross_weights(marked));
  ExposureView out{.cash = last.pnl.cash_after,
                   .gross = last.exposure.gross,
                   .net = last.exposure.net,
                   .long_share = last.exposure.long_share,
                   .short_share = last.exposure.short_share,
                   .cash_share = share_of(last.pnl.cash_after, equity),
                   .effective_n = concentration.effective_n,
                   .top_1 = concentration.top_1,
                   .top_5 = concentration.top_5,
                   .top_10 = concentration.top_10,
                   .longs = last.exposure.longs,
                   .shorts = last.exposure.shorts,
                   .sectors = {}};
  for (const auto& group : analytics::exposure_by_label(marked, labels, equity)) {
    out.sectors.push_back({group.label, group.exposure.gross, group.exposure.net});
  }
  return out;
}

SeriesView series_of(const Performance& performance) {
  SeriesView out;
  const bool has_benchmark = performance.benchmark.reason.empty();
  double level = 1;
  double peak = 1;
  for (std::size_t i = 0; i < performance.days.size(); ++i) {
    const AccountDay& day = performance.days[i];
    out.dates.push_back(day.date());
    out.equity.push_back(day.pnl.equity_after.to_double());
    out.growth.push_back(1 + performance.cumulative[i]);
    out.returns.push_back(day.ret.defined ? day.ret.value : kNan);
    out.drawdown.push_back(performance.drawdown[i]);
    out.gross.push_back(day.exposure.gross);
    out.net.push_back(day.exposure.net);
    out.turnover.push_back(day.turnover.one_way);
    if (!has_benchmark) continue;
    const double benchmark = performance.benchmark.days[i];
    if (std::isfinite(benchmark)) level *= 1 + benchmark;
    peak = std::max(peak, level);
    out.benchmark_returns.push_back(benchmark);
    out.benchmark_growth.push_back(level);
    out.benchmark_drawdown.push_back(level / peak - 1);
  }
  return out;
}

std::string text_of(const std::optional<TradeDate>& date) { return date ? date->iso() : ""; }

std::vector<DrawdownRow> drawdown_rows(const Performance& performance) {
  std::vector<DrawdownRow> out;
  for (const analytics::DrawdownEpisode& episode : performance.drawdowns) {
    out.push_back({.peak = episode.peak ? episode.peak->iso() : "start",
                   .valley = episode.valley.iso(),
                   .recovery = text_of(episode.recovery),
                   .depth = episode.depth,
                   .sessions = static_cast<std::size_t>(episode.periods),
                   .days = static_cast<std::size_t>(episode.days())});
  }
  return out;
}

std::vector<PeriodReturn> period_rows(const std::vector<analytics::Bucket>& ours,
                                      const std::vector<analytics::Bucket>& theirs, bool months) {
  std::vector<PeriodReturn> out;
  for (const analytics::Bucket& bucket : ours) {
    const auto other = std::find_if(theirs.begin(), theirs.end(), [&](const auto& candidate) {
      return candidate.key == bucket.key;
    });
    out.push_back({.year = bucket.key.year,
                   .part = months ? bucket.key.part : 0,
                   .value = bucket.compounded,
                   .benchmark = other == theirs.end() ? kNan : other->compounded,
                   .partial = bucket.partial});
  }
  return out;
}

PeriodToDateRow to_date_row(std::string label, const std::optional<double>& ours,
                            const std::optional<double>& theirs, std::string needs,
                            bool annualised = false) {
  const double value = ours.value_or(kNan);
  const double benchmark = theirs.value_or(kNan);
  return {.label = std::move(label),
          .value = value,
          .benchmark = benchmark,
          .active = value - benchmark,
          .annualised = annualised,
          .reason = ours ? "" : std::move(needs)};
}

std::vector<PeriodToDateRow> to_date_rows(const Performance& performance) {
  const analytics::PeriodToDate ours = analytics::period_to_date(performance.returns);
  const analytics::PeriodToDate theirs = analytics::period_to_date(performance.benchmark.returns);
  return {to_date_row("Week to date", ours.week, theirs.week, "no return this week"),
          to_date_row("Month to date", ours.month, theirs.month, "no return this month"),
          to_date_row("Quarter to date", ours.quarter, theirs.quarter, "no return this quarter"),
          to_date_row("Year to date", ours.year, theirs.year, "no return this year"),
          to_date_row("3 months", ours.months_3, theirs.months_3, "needs 3 months"),
          to_date_row("6 months", ours.months_6, theirs.months_6, "needs 6 months"),
          to_date_row("1 year", ours.year_1, theirs.year_1, "needs a year"),
          to_date_row("3 years", ours.years_3, theirs.years_3, "needs 3 years", true),
          to_date_row("5 years", ours.years_5, theirs.years_5, "needs 5 years", true),
          to_date_row("10 years", ours.years_10, theirs.years_10, "needs 10 years", true)};
}

std::vector<MetricRow> metric_rows(const Performance& performance) {
  std::vector<MetricRow> out;
  for (const analytics::MetricColumns& row : performance.metrics) {
    const analytics::Metric& metric = *row.own.metric;
    out.push_back({.id = std::string(metric.id),
                   .title = std::string(metric.title),
                   .group = std::string(title_of(metric.group)),
                   .unit = std::string(to_text(metric.unit)),
                   .formula = std::string(metric.formula),
                   .convention = std::string(metric.convention),
                   .value = row.own.reason.empty() ? row.own.value : kNan,
                   .benchmark = row.benchmark,
                   .active = row.active,
                   .n_used = row.own.n_used,
                   .reason = row.own.reason,
                   .weak = row.weak});
  }
  return out;
}

double metric(const Performance& performance, std::string_view id) {
  for (const analytics::MetricColumns& row : performance.metrics) {
    if (row.own.metric->id == id && row.own.reason.empty()) return row.own.value;
  }
  return kNan;
}

DistributionView distribution_of(const Performance& performance) {
  const analytics::Moments moments = analytics::moments_of(performance.returns.values());
  return {.edges = performance.histogram.edges,
          .counts = performance.histogram.counts,
          .mean = static_cast<double>(moments.mean),
          .stdev = analytics::sample_stdev(moments),
          .var_95 = metric(performance, "var_95"),
          .cvar_95 = metric(performance, "cvar")};
}

std::vector<IntervalRow> interval_rows(const analytics::BootstrapIntervals& intervals) {
  const auto row = [](const char* id, const analytics::Interval& interval) {
    return IntervalRow{id, interval.low, interval.middle, interval.high};
  };
  return {row("sharpe", intervals.sharpe), row("cagr", intervals.cagr),
          row("max_drawdown_from_start", intervals.max_drawdown)};
}

AttributionTable attribution_table(const char* by, const analytics::Attribution& attribution) {
  AttributionTable out{
      .by = by, .rows = {}, .total_usd = attribution.pnl, .total_contribution = attribution.ret};
  for (const analytics::AttributionRow& row : attribution.rows) {
    out.rows.push_back({row.label, row.pnl, row.contribution});
  }
  return out;
}

std::vector<NameRow> name_rows(const Performance& performance) {
  std::vector<NameRow> out;
  const analytics::DayPnl& last = performance.last().pnl;
  for (const analytics::NameTotal& name : performance.names) {
    NameRow row{.symbol = name.symbol.text(),
                .sector = name.sector,
                .weight = name.weight,
                .quantity = name.quantity.text(),
                .value = name.value,
                .pnl = name.pnl,
                .realised = name.realised,
                .unrealised = name.unrealised,
                .contribution = name.contribution};
    const auto today = std::lower_bound(
        last.names.begin(), last.names.end(), name.symbol,
        [](const analytics::NamePnl& a, const Symbol& symbol) { return a.symbol < symbol; });
    if (today != last.names.end() && today->symbol == name.symbol) row.day_pnl = today->pnl();
    if (name.close) row.price = name.close->text();
    out.push_back(std::move(row));
  }
  return out;
}

std::vector<ReconRowView> recon_rows(const Performance& performance,
                                     const std::vector<std::string>& links) {
  std::vector<ReconRowView> out;
  for (std::size_t i = performance.days.size(); i > 0 && out.size() < kNewest; --i) {
    const AccountDay& day = performance.days[i - 1];
    out.push_back({.date = day.date(),
                   .status = day.recon.status,
                   .differences = day.recon.differences,
                   .identity_break = day.pnl.unexplained(),
                   .link = links.empty() ? "" : links[i - 1]});
  }
  return out;
}

void add_notes(const Performance& performance, std::vector<std::string>& notes) {
  constexpr std::size_t kYear = 252;
  if (performance.returns.size() < kYear) {
    notes.push_back("less than a year of data: yearly numbers say little");
  }
  const auto flows = std::count_if(performance.days.begin(), performance.days.end(),
                                   [](const AccountDay& day) { return day.ret.large_flow; });
  const bool begins = performance.days.front().ret.large_flow;
  if (flows > (begins ? 1 : 0)) {
    notes.push_back("money above a tenth of the equity came or went on " +
                    counted(static_cast<std::size_t>(flows), "day") +
                    "; those days' returns depend on when it did");
  }
}

}  // namespace

DashboardView view_of(const Performance& performance, ViewContext context) {
  DashboardView out;
  add_notes(performance, context.header.notes);
  out.header = header_of(performance, std::move(context.header));
  out.today = today_of(performance);
  out.exposure = exposure_of_last(performance);
  out.liquidity = liquidity_view(performance.liquidity);
  out.drift = std::move(context.drift);
  for (const analytics::CostedOrder& order : performance.orders) {
    out.orders.push_back(order_row(order));
  }
  out.costs_by_strategy = cost_rows(performance.costs.by_strategy);
  out.costs_by_symbol = cost_rows(performance.costs.by_symbol);
  out.series = series_of(performance);
  out.rolling = {performance.rolling.window, performance.rolling.sharpe,
                 performance.rolling.volatility, performance.rolling.beta};
  out.drawdowns = drawdown_rows(performance);
  out.months = period_rows(performance.months, performance.benchmark_months, true);
  out.years = period_rows(performance.years, performance.benchmark_years, false);
  out.periods = to_date_rows(performance);
  out.distribution = distribution_of(performance);
  out.metrics = metric_rows(performance);
  out.intervals = interval_rows(performance.intervals);
  out.attribution = {attribution_table("strategy", performance.attribution.strategy),
                     attribution_table("sector", performance.attribution.sector),
                     attribution_table("symbol", performance.attribution.symbol),
                     attribution_table("side", performance.attribution.side)};
  out.brinson = brinson_view(performance.against_benchmark);
  out.factors = factors_view(performance.factors);
  out.names = name_rows(performance);
  out.reconciliation = recon_rows(performance, context.recon_links);
  out.alerts = std::move(context.alerts);
  out.risk = std::move(context.risk);
  out.runs = std::move(context.runs);
  out.files = std::move(context.files);
  return out;
}

}  // namespace signalbus::report
