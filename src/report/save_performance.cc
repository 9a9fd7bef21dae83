#include "report/save_performance.h"

#include <array>
#include <cmath>

#include "core/paths.h"
#include "formats/csv_writer.h"

namespace signalbus::report {
namespace {

using analytics::AccountDay;
using analytics::Performance;

std::string dated(std::string_view name, TradeDate date) {
  return std::string(name) + "_" + date.compact() + ".csv";
}

void write_profit(formats::CsvWriter& csv, const AccountDay& day) {
  const analytics::DayPnl& pnl = day.pnl;
  csv.date(pnl.date).fixed(pnl.equity_before).fixed(pnl.equity_after).fixed(pnl.external);
  csv.fixed(pnl.profit()).fixed(pnl.overnight).fixed(pnl.trading).fixed(pnl.dividends);
  csv.fixed(pnl.interest).fixed(pnl.fees).fixed(pnl.corporate).fixed(pnl.unexplained());
}

/// Without the noise of binary fractions: nobody's return is known to a trillionth.
double clean(double fraction) { return std::round(fraction * 1e12) / 1e12; }

}  // namespace

void save_pnl_daily(OutputSet& outputs, const Performance& performance, const std::string& folder) {
  constexpr std::array<std::string_view, 23> kHeader = {
      "date",          "equity_open",    "equity_close",   "external_flow",     "pnl",
      "overnight_pnl", "trading_pnl",    "dividends",      "interest",          "fees",
      "other",         "identity_break", "daily_return",   "cumulative_return", "benchmark_return",
      "excess_return", "drawdown",       "gross_exposure", "net_exposure",      "cash",
      "turnover",      "positions",      "recon_status"};
  formats::CsvWriter csv(kHeader);
  for (std::size_t i = 0; i < performance.days.size(); ++i) {
    const AccountDay& day = performance.days[i];
    const double benchmark = performance.benchmark.days[i];
    write_profit(csv, day);
    day.ret.defined ? csv.real(clean(day.ret.value)) : csv.blank();
    csv.real(clean(performance.cumulative[i])).real(clean(benchmark));
    csv.real(day.ret.defined ? clean(day.ret.value - benchmark) : analytics::kNan);
    csv.real(clean(performance.drawdown[i])).real(clean(day.exposure.gross));
    csv.real(clean(day.exposure.net));
    csv.fixed(day.pnl.cash_after).real(clean(day.turnover.one_way));
    csv.integer(static_cast<std::int64_t>(day.positions)).text(day.recon.status).end_row();
  }
  outputs.add(join_path(folder, dated("pnl_daily", performance.last().date())), csv.take());
}

void save_names_daily(OutputSet& outputs, const Performance& performance,
                      const std::string& folder) {
  constexpr std::array<std::string_view, 13> kHeader = {
      "date",   "symbol",        "quantity",    "market_value", "weight",
      "pnl",    "overnight_pnl", "trading_pnl", "dividends",    "other",
      "bought", "sold",          "contribution"};
  formats::CsvWriter csv(kHeader);
  for (const AccountDay& day : performance.days) {
    const double equity = day.pnl.equity_after.to_double();
    const double base = day.base().to_double();
    for (const analytics::NamePnl& name : day.pnl.names) {
      csv.date(day.date()).text(name.symbol.view()).fixed(name.closing).fixed(name.market_value);
      csv.real(equity > 0 ? clean(name.market_value.to_double() / equity) : analytics::kNan);
      csv.fixed(name.pnl()).fixed(name.overnight).fixed(name.trading).fixed(name.dividends);
      csv.fixed(name.corporate).fixed(name.bought).fixed(name.sold);
      csv.real(base > 0 ? clean(name.pnl().to_double() / base) : analytics::kNan).end_row();
    }
  }
  outputs.add(join_path(folder, dated("names_daily", performance.last().date())), csv.take());
}

void save_risk_snapshot(OutputSet& outputs, std::span<const RiskRow> rows, TradeDate date,
                        const std::string& folder) {
  constexpr std::array<std::string_view, 11> kHeader = {
      "date",   "scope",          "metric",
      "value",  "unit",           "window",
      "n_used", "threshold_warn", "threshold_critical",
      "state",  "reason"};
  formats::CsvWriter csv(kHeader);
  const auto number = [&](const std::optional<double>& value) {
    value ? csv.real(*value) : csv.blank();
  };
  for (const RiskRow& row : rows) {
    const RiskValue& value = row.value;
    csv.date(date).text(value.scope).text(value.metric);
    number(value.value);
    csv.text(value.unit).text(value.window).integer(static_cast<std::int64_t>(value.n_used));
    number(row.threshold_warn);
    number(row.threshold_critical);
    csv.text(to_text(row.level)).text(value.reason).end_row();
  }
  outputs.add(join_path(folder, dated("risk_snapshot", date)), csv.take());
}

}  // namespace signalbus::report
