#include "inputs/load_sleeves.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/text.h"
#include "inputs/rows.h"

namespace signalbus::inputs {
namespace {

constexpr std::string_view kAllAssets = "*";  // in the asset column: the row is about a strategy

struct ContributionColumns {
  std::size_t trade_date, asset, strategy, signal_date, strategy_weight, blend_weight, contribution;
};

Result<ContributionColumns> find_contribution_columns(const Rows& rows) {
  SB_TRY(const std::size_t trade_date, rows.column("trade_date"));
  SB_TRY(const std::size_t asset, rows.column("asset_id"));
  SB_TRY(const std::size_t strategy, rows.column("strategy_id"));
  SB_TRY(const std::size_t signal_date, rows.column("signal_date"));
  SB_TRY(const std::size_t strategy_weight, rows.column("strategy_weight"));
  SB_TRY(const std::size_t blend_weight, rows.column("blend_weight"));
  SB_TRY(const std::size_t contribution, rows.column("contribution"));
  return ContributionColumns{trade_date,      asset,        strategy,    signal_date,
                             strategy_weight, blend_weight, contribution};
}

Result<Contribution> read_contribution(const Rows& rows, std::size_t i,
                                       const ContributionColumns& at) {
  SB_TRY(AssetId asset, rows.parse(i, at.asset, parse_asset_id));
  SB_TRY(StrategyId strategy, rows.parse(i, at.strategy, parse_strategy_id));
  SB_TRY(const TradeDate signal_date, rows.parse(i, at.signal_date, parse_date_cell));
  SB_TRY(const double strategy_weight, rows.parse(i, at.strategy_weight, parse_double));
  SB_TRY(const double blend_weight, rows.parse(i, at.blend_weight, parse_double));
  SB_TRY(const double contribution, rows.parse(i, at.contribution, parse_double));
  return Contribution{std::move(asset), std::move(strategy), signal_date,
                      strategy_weight,  blend_weight,        contribution};
}

bool row_before(const Contribution& a, const Contribution& b) {
  if (a.asset_id != b.asset_id) return asset_id_less(a.asset_id, b.asset_id);
  return a.strategy_id < b.strategy_id;
}

Status refuse_pairs(const std::vector<Contribution>& sorted, const std::string& path) {
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (row_before(sorted[i - 1], sorted[i])) continue;
    return Error{ErrorCode::kInvalidInput, path + ": asset " + quoted(sorted[i].asset_id.get()) +
                                               " of strategy " + sorted[i].strategy_id.get() +
                                               " stands twice; run signals again"};
  }
  return Ok{};
}

/// Which order a row of planned_shares.csv belongs to.
using OrderKey = std::tuple<Symbol, Side, int>;

Result<int> parse_leg(std::string_view text) {
  if (text == "1") return 1;
  if (text == "2") return 2;
  return Error{ErrorCode::kInvalidInput, quoted(text) + " is no leg; it is 1 or 2"};
}

struct MoveColumns {
  std::size_t reason, from, to, symbol, qty, price, cash;
};

Result<MoveColumns> find_move_columns(const Rows& rows) {
  SB_TRY(const std::size_t reason, rows.column("reason"));
  SB_TRY(const std::size_t from, rows.column("from"));
  SB_TRY(const std::size_t to, rows.column("to"));
  SB_TRY(const std::size_t symbol, rows.column("symbol"));
  SB_TRY(const std::size_t qty, rows.column("qty"));
  SB_TRY(const std::size_t price, rows.column("price"));
  SB_TRY(const std::size_t cash, rows.column("cash"));
  return MoveColumns{reason, from, to, symbol, qty, price, cash};
}

Result<SleeveMove> read_move(const Rows& rows, std::size_t i, const MoveColumns& at) {
  SB_TRY(StrategyId from, rows.parse(i, at.from, parse_strategy_id));
  SB_TRY(StrategyId to, rows.parse(i, at.to, parse_strategy_id));
  SB_TRY(const auto symbol, rows.parse_if_set(i, at.symbol, Symbol::parse));
  SB_TRY(const auto quantity, rows.parse_if_set(i, at.qty, parse_positive_quantity));
  SB_TRY(const auto price, rows.parse_if_set(i, at.price, parse_price));
  SB_TRY(const Money cash, rows.parse(i, at.cash, parse_money));
  if (symbol.has_value() != quantity.has_value() || symbol.has_value() != price.has_value()) {
    return rows.at(i, at.symbol, "symbol, qty and price stand together or not at all");
  }
  return SleeveMove{.from = std::move(from),
                    .to = std::move(to),
                    .symbol = symbol,
                    .quantity = quantity.value_or(Quantity::zero()),
                    .price = price.value_or(Price::zero()),
                    .cash = cash,
                    .reason = rows.text(i, at.reason)};
}

}  // namespace

Result<Contributions> load_contributions(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const ContributionColumns at, find_contribution_columns(rows));
  const auto quarantined = rows.find("quarantined");
  std::optional<TradeDate> date;
  std::vector<Contribution> found;
  std::vector<HeldStrategy> held;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(const TradeDate row_date, rows.parse(i, at.trade_date, parse_date_cell));
    if (date && *date != row_date) {
      return rows.at(i, at.trade_date, row_date.iso() + " differs from " + date->iso() + " above");
    }
    date = row_date;
    if (rows.text(i, at.asset) == kAllAssets) {
      SB_TRY(StrategyId id, rows.parse(i, at.strategy, parse_strategy_id));
      held.push_back({std::move(id), quarantined ? rows.text(i, *quarantined) : std::string()});
      continue;
    }
    SB_TRY(Contribution row, read_contribution(rows, i, at));
    found.push_back(std::move(row));
  }
  if (!date) {
    return Error{ErrorCode::kInvalidInput, path + ": has no row; run signals again"};
  }
  std::sort(found.begin(), found.end(), row_before);
  SB_TRY_OK(refuse_pairs(found, path));
  std::sort(held.begin(), held.end(), [](const HeldStrategy& a, const HeldStrategy& b) {
    return a.strategy_id < b.strategy_id;
  });
  return Contributions{*date, std::move(found), std::move(held)};
}

Result<std::vector<std::vector<StrategyShare>>> read_planned_shares(
    Files& files, const std::string& path, std::span<const PlannedOrder> orders) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const std::size_t symbol_at, rows.column("symbol"));
  SB_TRY(const std::size_t side_at, rows.column("side"));
  SB_TRY(const std::size_t leg_at, rows.column("leg"));
  SB_TRY(const std::size_t strategy_at, rows.column("strategy_id"));
  SB_TRY(const std::size_t qty_at, rows.column("qty"));
  std::map<OrderKey, std::size_t> places;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    places.try_emplace({orders[i].symbol, orders[i].side, orders[i].leg()}, i);
  }
  std::vector<std::vector<StrategyShare>> shares(orders.size());
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(const Symbol symbol, rows.parse(i, symbol_at, Symbol::parse));
    SB_TRY(const Side side, rows.parse(i, side_at, parse_side));
    SB_TRY(const int leg, rows.parse(i, leg_at, parse_leg));
    SB_TRY(StrategyId strategy, rows.parse(i, strategy_at, parse_strategy_id));
    SB_TRY(const Quantity quantity, rows.parse(i, qty_at, parse_positive_quantity));
    const auto at = places.find({symbol, side, leg});
    if (at == places.end()) {
      return rows.at(i, symbol_at, "no order of the plan is for " + symbol.text() + "; plan again");
    }
    shares[at->second].push_back({std::move(strategy), quantity});
  }
  return shares;
}

Result<std::vector<SleeveMove>> read_planned_moves(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const MoveColumns columns, find_move_columns(rows));
  std::vector<SleeveMove> moves;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(SleeveMove move, read_move(rows, i, columns));
    moves.push_back(std::move(move));
  }
  return moves;
}

}  // namespace signalbus::inputs
