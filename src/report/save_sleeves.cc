#include "report/save_sleeves.h"

#include <array>

#include "core/check.h"
#include "core/paths.h"
#include "formats/csv_writer.h"

namespace signalbus::report {
namespace {

using formats::CsvWriter;

std::string sleeves_csv(std::span<const SleeveResult> results) {
  constexpr std::array<std::string_view, 9> kHeader = {
      "strategy_id", "cash",       "market_value", "equity", "capital_moved",
      "profit",      "profit_pct", "realised",     "income"};
  CsvWriter csv(kHeader);
  for (const SleeveResult& sleeve : results) {
    csv.text(sleeve.strategy_id.get()).fixed(sleeve.cash).fixed(sleeve.market_value);
    csv.fixed(sleeve.equity).fixed(sleeve.capital_moved);
    if (sleeve.strategy_id == account_sleeve()) {
      csv.blank().blank().blank().fixed(sleeve.income).end_row();
      continue;
    }
    csv.fixed(sleeve.profit);
    sleeve.profit_pct ? csv.real(*sleeve.profit_pct) : csv.blank();
    csv.fixed(sleeve.realised).fixed(sleeve.income).end_row();
  }
  return csv.take();
}

std::string positions_csv(std::span<const SleeveResult> results) {
  constexpr std::array<std::string_view, 6> kHeader = {"strategy_id", "symbol",       "qty",
                                                       "price",       "market_value", "cost"};
  CsvWriter csv(kHeader);
  for (const SleeveResult& sleeve : results) {
    for (const SleevePositionResult& held : sleeve.positions) {
      csv.text(sleeve.strategy_id.get()).text(held.position.symbol.view());
      csv.fixed(held.position.quantity);
      held.price ? csv.fixed(*held.price) : csv.blank();
      csv.fixed(held.market_value);
      // What the account held before it kept sleeves has no cost that anybody knows.
      sleeve.strategy_id == account_sleeve() ? csv.blank() : csv.fixed(held.position.cost);
      csv.end_row();
    }
  }
  return csv.take();
}

}  // namespace

void save_planned_shares(OutputSet& outputs, std::span<const PlannedOrder> orders,
                         std::span<const std::vector<StrategyShare>> shares,
                         const std::string& path) {
  SB_CHECK(orders.size() == shares.size());
  constexpr std::array<std::string_view, 5> kHeader = {"symbol", "side", "leg", "strategy_id",
                                                       "qty"};
  CsvWriter csv(kHeader);
  for (std::size_t i = 0; i < orders.size(); ++i) {
    for (const StrategyShare& share : shares[i]) {
      csv.text(orders[i].symbol.view()).text(to_text(orders[i].side)).integer(orders[i].leg());
      csv.text(share.strategy_id.get()).fixed(share.quantity).end_row();
    }
  }
  outputs.add(path, csv.take());
}

void save_planned_moves(OutputSet& outputs, std::span<const SleeveMove> moves,
                        const std::string& path) {
  constexpr std::array<std::string_view, 7> kHeader = {"reason", "from",  "to",  "symbol",
                                                       "qty",    "price", "cash"};
  CsvWriter csv(kHeader);
  for (const SleeveMove& move : moves) {
    csv.text(move.reason).text(move.from.get()).text(move.to.get());
    if (move.symbol) {
      csv.text(move.symbol->view()).fixed(move.quantity).fixed(move.price);
    } else {
      csv.blank().blank().blank();
    }
    csv.fixed(move.cash).end_row();
  }
  outputs.add(path, csv.take());
}

void save_sleeves(OutputSet& outputs, std::span<const SleeveResult> results, TradeDate date,
                  const std::string& folder) {
  outputs.add(join_path(folder, "sleeves_" + date.compact() + ".csv"), sleeves_csv(results));
  outputs.add(join_path(folder, "sleeve_positions_" + date.compact() + ".csv"),
              positions_csv(results));
}

std::string split_text(std::span<const StrategyShare> shares) {
  std::string out;
  for (const StrategyShare& share : shares) {
    out += (out.empty() ? "" : ";") + share.strategy_id.get() + ":" + share.quantity.text();
  }
  return out;
}

}  // namespace signalbus::report
