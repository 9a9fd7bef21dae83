// The report as a mail shows it.
#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "report/figures.h"
#include "report/save_performance.h"

namespace signalbus::report {
namespace {

using analytics::Performance;

constexpr std::size_t kLabel = 24;
constexpr std::size_t kAmount = 16;

std::string line(const std::string& label, const std::string& value, const std::string& more = "") {
  return "  " + padded(label, kLabel) + right(value, kAmount) + (more.empty() ? "" : "  " + more) +
         "\n";
}

const analytics::MetricColumns& metric(const Performance& performance, std::string_view id) {
  const auto at = std::find_if(performance.metrics.begin(), performance.metrics.end(),
                               [&](const auto& row) { return row.own.metric->id == id; });
  SB_CHECK(at != performance.metrics.end());
  return *at;
}

std::string number(double value) {
  if (!std::isfinite(value)) return "n/a";
  std::string text = format_double(std::round(value * 100) / 100);
  return text;
}

std::string profit_section(const Performance& performance) {
  const analytics::Focus& focus = performance.focus;
  std::string out = "Profit\n";
  out += line("profit, USD", signed_usd_text(focus.profit()), percent_text(focus.ret));
  const std::pair<const char*, Money> parts[] = {
      {"  overnight", focus.overnight}, {"  trading", focus.trading},
      {"  dividends", focus.dividends}, {"  interest", focus.interest},
      {"  fees", focus.fees},           {"  other", focus.corporate}};
  for (const auto& [label, amount] : parts) {
    if (!amount.is_zero()) out += line(label, signed_usd_text(amount));
  }
  if (!focus.flow.is_zero()) out += line("paid in or out, USD", signed_usd_text(focus.flow));
  out += line("equity, USD", usd_text(focus.equity_after), "was " + usd_text(focus.equity_before));
  const std::string benchmark =
      performance.benchmark.reason.empty() ? performance.benchmark.symbol : "no benchmark";
  out += line("benchmark", percent_text(focus.benchmark), benchmark);
  if (!focus.unexplained.is_zero()) {
    out += line("not explained, USD", signed_usd_text(focus.unexplained));
  }
  return out;
}

std::string contributors_section(const Performance& performance) {
  const auto& rows = performance.focus.by_symbol.rows;
  std::string out = "\nContributors\n";
  std::size_t shown = 0;
  for (const analytics::AttributionRow& row : rows) {
    if (!row.pnl.is_positive() || shown++ >= 3) continue;
    out += line(row.label, signed_usd_text(row.pnl), percent_text(row.contribution));
  }
  shown = 0;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if (!row->pnl.is_negative() || shown++ >= 3) continue;
    out += line(row->label, signed_usd_text(row->pnl), percent_text(row->contribution));
  }
  return out;
}

std::string strategies_section(const Performance& performance) {
  std::string out = "\nStrategies, all days\n";
  for (const analytics::AttributionRow& row : performance.attribution.strategy.rows) {
    out += line(row.label, signed_usd_text(row.pnl), percent_text(row.contribution));
  }
  return out;
}

std::string risk_section(const Performance& performance) {
  std::string out = "\nSince " + performance.days.front().date().iso() + ", " +
                    counted(performance.days.size(), "session") + "\n";
  const auto fraction = [&](const char* label, const char* id) {
    const analytics::MetricColumns& row = metric(performance, id);
    out += line(label, percent_text(row.own.value), row.weak.empty() ? row.own.reason : row.weak);
  };
  fraction("return", "total_return");
  fraction("a year", "cagr");
  fraction("volatility", "volatility");
  fraction("max drawdown", "max_drawdown_from_start");
  out += line("drawdown now", percent_text(performance.drawdown.back()));
  const analytics::MetricColumns& sharpe = metric(performance, "sharpe");
  out += line("Sharpe ratio", number(sharpe.own.value),
              sharpe.weak.empty() ? sharpe.own.reason : sharpe.weak);
  const analytics::AccountDay& last = performance.last();
  out += line("invested", percent_text(last.exposure.gross), counted(last.positions, "position"));
  return out;
}

std::string trading_section(const Performance& performance) {
  const analytics::GroupCost& cost = performance.costs.focus;
  if (cost.orders == 0) return "\nTrading\n  no orders\n";
  const double seconds = cost.time_to_fill();
  return "\nTrading\n" +
         line("orders", std::to_string(cost.orders),
              percent_text(cost.fill_rate()).substr(1) + " of the shares filled, " +
                  std::to_string(cost.filled_in_full) + " in full") +
         line("slippage, bps", number(cost.cost.slippage_bps())) +
         line("time to fill, s", number(seconds),
              std::isfinite(seconds) ? "median of " + counted(cost.fill_seconds.size(), "order")
                                     : "not recorded");
}

std::string alerts_section(const std::vector<AlertNotice>& alerts) {
  std::string out;
  std::size_t unknown = 0;
  for (const AlertNotice& alert : alerts) {
    if (alert.level == AlertLevel::kUnknown) ++unknown;
    if (alert.level != AlertLevel::kWarn && alert.level != AlertLevel::kCritical) continue;
    out += "  " + std::string(to_text(alert.level)) + ": " + alert.sentence +
           (alert.acknowledged ? " (acknowledged)" : "") + "\n";
  }
  if (unknown > 0) {
    out += "  not measured yet: " + counted(unknown, "rule") + ", risk_snapshot_*.csv says why\n";
  }
  return out.empty() ? "" : "Alerts\n" + out + "\n";
}

}  // namespace

std::string summary_text(const DigestInput& input) {
  const Performance& performance = input.performance;
  std::string out = input.title + ", mode " + input.mode + "\n\n";
  out += alerts_section(input.alerts);
  out += profit_section(performance) + contributors_section(performance) +
         strategies_section(performance) + trading_section(performance) + risk_section(performance);
  const bool exact = performance.totals.days_broken == 0;
  out +=
      "\nBooks\n  " +
      (exact ? "profit explains every cent of the equity on each of " +
                   counted(performance.days.size(), "day")
             : "the profit identity breaks on " + counted(performance.totals.days_broken, "day") +
                   ", at most by " + usd_text(performance.totals.worst_break) + " USD") +
      "\n  reconciliation of the last day: " + performance.last().recon.status + "\n";
  for (const analytics::PnlBreak& one : performance.focus.breaks) out += "  " + one.sentence + "\n";
  for (const std::string& note : input.notes) out += "  note: " + note + "\n";
  return out;
}

}  // namespace signalbus::report
