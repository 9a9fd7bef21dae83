#include "inputs/load_market.h"

#include <algorithm>

#include "core/decimal.h"
#include "core/text.h"
#include "inputs/rows.h"

namespace signalbus::inputs {
namespace {

Result<std::string> keep_text(std::string_view text) { return std::string(text); }

std::string text_of(const Symbol& symbol) { return symbol.text(); }
std::string text_of(const AssetId& id) { return id.get(); }

/// Refuses two rows with one key; `rows` pairs each key with its row, in any order.
template <class Key>
Status refuse_duplicates(const Rows& rows, std::vector<std::pair<Key, std::size_t>> keys,
                         const std::string& what, const std::string& remedy) {
  std::sort(keys.begin(), keys.end());
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (keys[i].first != keys[i - 1].first) continue;
    return Error{ErrorCode::kInvalidInput,
                 rows.place(keys[i].second) + ": " + what + " " + quoted(text_of(keys[i].first)) +
                     " stands already on line " + std::to_string(rows.line(keys[i - 1].second)) +
                     "; " + remedy};
  }
  return Ok{};
}

/// Ids of Parquet files may be numbers: 1690 and "1690" are one asset.
Result<Target> read_target(const Rows& rows, std::size_t row, std::size_t asset_column,
                           std::size_t weight_column, TradeDate trade_date) {
  SB_TRY(AssetId asset, rows.parse(row, asset_column, parse_asset_id));
  SB_TRY(const double weight, rows.parse(row, weight_column, parse_double));
  SB_TRY(const auto asof, rows.parse_if_set(row, rows.find("asof"), Instant::parse));
  SB_TRY(const auto strategy, rows.parse_if_set(row, rows.find("strategy_id"), parse_strategy_id));
  SB_TRY(const auto signal_date, rows.parse_if_set(row, rows.find("signal_date"), parse_date_cell));
  const TradeDate signal = signal_date.value_or(trade_date);
  return Target{std::move(asset), weight, asof.value_or(Instant::start_of(signal)),
                strategy.value_or(StrategyId("unknown")), signal};
}

Result<TradeDate> read_trade_date(const Rows& rows, std::optional<TradeDate> fallback_date) {
  const auto column = rows.find("trade_date");
  std::optional<TradeDate> date;
  for (std::size_t i = 0; column && i < rows.count(); ++i) {
    SB_TRY(const TradeDate cell, rows.parse(i, *column, parse_date_cell));
    if (date && *date != cell) {
      return rows.at(
          i, *column,
          cell.iso() + " differs from " + date->iso() + " above; targets are of one trade date");
    }
    date = cell;
  }
  if (date) return *date;
  if (fallback_date) return *fallback_date;
  return Error{ErrorCode::kUsage,
               rows.name() + ": has no trade_date; give the date with --date YYYY-MM-DD"};
}

}  // namespace

Result<TargetBook> load_targets(Files& files, const std::string& path,
                                std::optional<TradeDate> fallback_date) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const std::size_t asset_column, rows.column("asset_id"));
  SB_TRY(const std::size_t weight_column, rows.column("target_weight"));
  SB_TRY(const TradeDate trade_date, read_trade_date(rows, fallback_date));
  TargetBook book{trade_date, {}};
  std::vector<std::pair<AssetId, std::size_t>> keys;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(Target target, read_target(rows, i, asset_column, weight_column, trade_date));
    keys.emplace_back(target.asset_id, i);
    book.targets.push_back(std::move(target));
  }
  SB_TRY_OK(refuse_duplicates(rows, std::move(keys), "asset_id", "targets have one row per asset"));
  std::sort(book.targets.begin(), book.targets.end(),
            [](const Target& a, const Target& b) { return asset_id_less(a.asset_id, b.asset_id); });
  return book;
}

Result<SymbolMapping> load_mapping(Files& files, const std::string& path,
                                   const MappingColumns& columns) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const std::size_t id_column,
         rows.column(columns.id_column, "set mapping.id_column in config.yaml"));
  SB_TRY(const std::size_t symbol_column,
         rows.column(columns.symbol_column, "set mapping.symbol_column in config.yaml"));
  std::vector<std::pair<AssetId, Symbol>> pairs;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(AssetId id, rows.parse(i, id_column, parse_asset_id));
    SB_TRY(const Symbol symbol, rows.parse(i, symbol_column, Symbol::parse));
    pairs.emplace_back(std::move(id), symbol);
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  SymbolMapping mapping;
  for (auto& [id, symbol] : pairs) {
    if (mapping.entries.empty() || mapping.entries.back().asset_id != id) {
      mapping.entries.push_back({std::move(id), {}});
    }
    mapping.entries.back().symbols.push_back(symbol);
  }
  return mapping;
}

Result<PriceBook> load_prices(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const std::size_t symbol_column, rows.column("symbol"));
  SB_TRY(const std::size_t price_column, rows.column("price"));
  PriceBook book;
  std::vector<std::pair<Symbol, std::size_t>> keys;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(const Symbol symbol, rows.parse(i, symbol_column, Symbol::parse));
    keys.emplace_back(symbol, i);
    SB_TRY(const auto asof, rows.parse_if_set(i, rows.find("asof"), Instant::parse));
    // Below zero or zero is a number, only not one to trade on; anything else is a broken file.
    SB_TRY(const double rough, rows.parse(i, price_column, parse_double));
    if (rough <= 0) {
      book.bad.push_back(
          {symbol, "price is " + quoted(rows.text(i, price_column)) + " (" + rows.place(i) + ")"});
      continue;
    }
    SB_TRY(const Price price, rows.parse(i, price_column, parse_price));
    book.points.push_back({symbol, price, asof});
  }
  SB_TRY_OK(refuse_duplicates(rows, std::move(keys), "symbol", "keep one price per symbol"));
  std::sort(book.points.begin(), book.points.end(),
            [](const PricePoint& a, const PricePoint& b) { return a.symbol < b.symbol; });
  return book;
}

Result<Holdings> load_positions(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const std::size_t symbol_column, rows.column("symbol"));
  const bool short_name = rows.find("qty").has_value();
  SB_TRY(const std::size_t qty_column, rows.column(short_name ? "qty" : "actual_qty"));
  Holdings out;
  std::vector<std::pair<Symbol, std::size_t>> keys;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    if (rows.text(i, symbol_column) == "CASH") {
      SB_TRY(out.cash, rows.parse_if_set(i, qty_column, parse_money));
      continue;
    }
    SB_TRY(const Symbol symbol, rows.parse(i, symbol_column, Symbol::parse));
    keys.emplace_back(symbol, i);
    SB_TRY(const Quantity quantity, rows.parse(i, qty_column, parse_quantity));
    if (quantity.is_zero()) continue;
    SB_TRY(const auto value, rows.parse_if_set(i, rows.find("market_value"), parse_money));
    SB_TRY(const auto entry, rows.parse_if_set(i, rows.find("avg_entry_price"), parse_price));
    SB_TRY(const auto id, rows.parse_if_set(i, rows.find("asset_id"), keep_text));
    out.holdings.push_back({symbol, quantity, id ? std::optional(AssetId(*id)) : std::nullopt,
                            value, entry, HoldingOrigin::kPositionsFile});
  }
  SB_TRY_OK(refuse_duplicates(rows, std::move(keys), "symbol", "keep one row per position"));
  std::sort(out.holdings.begin(), out.holdings.end(),
            [](const Holding& a, const Holding& b) { return a.symbol < b.symbol; });
  return out;
}

}  // namespace signalbus::inputs
