#include "app/demo_strategies.h"

#include <algorithm>
#include <map>

#include "core/paths.h"
#include "inputs/rows.h"

namespace signalbus::app {
namespace {

using Sleeves = std::map<std::string, SleeveDay>;  // by strategy

Result<Sleeves> load_sleeves(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, inputs::read_table(files, path));
  const inputs::Rows rows(std::move(table));
  SB_TRY(const std::size_t id, rows.column("strategy_id"));
  SB_TRY(const std::size_t equity_column, rows.column("equity"));
  SB_TRY(const std::size_t capital_column, rows.column("capital_moved"));
  Sleeves out;
  for (std::size_t row = 0; row < rows.count(); ++row) {
    SB_TRY(const Money equity, rows.parse(row, equity_column, inputs::parse_money));
    SB_TRY(const Money capital, rows.parse(row, capital_column, inputs::parse_money));
    out.emplace(rows.text(row, id), SleeveDay{equity, capital});
  }
  return out;
}

}  // namespace

Performance performance_of(std::span<const SleeveDay> days) {
  double value = 1;
  double highest = 1;
  Performance out;
  for (std::size_t i = 1; i < days.size(); ++i) {
    if (!days[i - 1].equity.is_positive()) continue;
    const Money moved = days[i].capital - days[i - 1].capital;
    value *= (days[i].equity - moved).to_double() / days[i - 1].equity.to_double();
    highest = std::max(highest, value);
    out.max_drawdown = std::min(out.max_drawdown, value / highest - 1);
  }
  out.result = value - 1;
  return out;
}

Result<std::vector<StrategyResult>> load_strategy_results(
    Files& files, const std::string& outputs, std::span<const TradeDate> sessions,
    std::span<const std::pair<StrategyId, double>> blend) {
  std::map<std::string, std::vector<SleeveDay>> curves;
  for (const TradeDate date : sessions) {
    SB_TRY(const Sleeves sleeves,
           load_sleeves(files, join_path(outputs, "sleeves_" + date.compact() + ".csv")));
    for (const auto& [id, day] : sleeves) curves[id].push_back(day);
  }
  std::vector<StrategyResult> out;
  for (const auto& [id, share] : blend) {
    const std::vector<SleeveDay>& days = curves[id.get()];
    StrategyResult& result = out.emplace_back(StrategyResult{id, share, performance_of(days)});
    if (days.empty()) continue;
    result.equity = days.back().equity;
    result.profit = days.back().equity - days.back().capital;
  }
  return out;
}

}  // namespace signalbus::app
