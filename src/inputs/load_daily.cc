#include "inputs/load_daily.h"

#include <algorithm>
#include <map>

#include "core/paths.h"
#include "inputs/rows.h"

namespace signalbus::inputs {
namespace {

constexpr std::string_view kColumnsRemedy =
    "a file of data/market has date,symbol,close[,open,high,low,volume]";

struct BarColumns {
  std::size_t date, symbol, close;
  std::optional<std::size_t> open, high, low, volume;
};

Result<BarColumns> find_bar_columns(const Rows& rows) {
  BarColumns out{};
  SB_TRY(out.date, rows.column("date", kColumnsRemedy));
  SB_TRY(out.symbol, rows.column("symbol", kColumnsRemedy));
  SB_TRY(out.close, rows.column("close", kColumnsRemedy));
  out.open = rows.find("open");
  out.high = rows.find("high");
  out.low = rows.find("low");
  out.volume = rows.find("volume");
  return out;
}

Result<DailyBar> read_bar(const Rows& rows, std::size_t i, const BarColumns& at) {
  SB_TRY(const TradeDate date, rows.parse(i, at.date, parse_date_cell));
  SB_TRY(const Symbol symbol, rows.parse(i, at.symbol, Symbol::parse));
  SB_TRY(const Price close, rows.parse(i, at.close, parse_price));
  DailyBar bar{.symbol = symbol, .date = date, .close = close};
  SB_TRY(bar.open, rows.parse_if_set(i, at.open, parse_price));
  SB_TRY(bar.high, rows.parse_if_set(i, at.high, parse_price));
  SB_TRY(bar.low, rows.parse_if_set(i, at.low, parse_price));
  SB_TRY(bar.volume, rows.parse_if_set(i, at.volume, parse_quantity));
  return bar;
}

std::pair<TradeDate, Symbol> by_date(const DailyBar& bar) { return {bar.date, bar.symbol}; }
std::pair<Symbol, TradeDate> by_symbol(const DailyBar& bar) { return {bar.symbol, bar.date}; }

/// Year of a name daily_YYYY.csv; absent for every other name.
std::optional<int> year_of(const std::string& name) {
  constexpr std::string_view kPrefix = "daily_";
  if (!name.starts_with(kPrefix) || name.size() < kPrefix.size() + 5) return std::nullopt;
  if (name[kPrefix.size() + 4] != '.') return std::nullopt;
  const auto year =
      parse_scaled64(std::string_view(name).substr(kPrefix.size(), 4), 0, Rounding::kExact);
  return year.ok() ? std::optional(static_cast<int>(year.value())) : std::nullopt;
}

bool may_hold(const std::string& name, const DailyRange& range) {
  if (!has_extension(name, ".csv") && !has_extension(name, ".parquet")) return false;
  const std::optional<int> year = year_of(name);
  return !year || (range.from.year() <= *year && *year <= range.to.year());
}

/// Closes of one's own, and a broker's bars with their volumes: each file has what the other lacks.
void fill_in(DailyBar& bar, const DailyBar& other) {
  for (const auto field : {&DailyBar::open, &DailyBar::high, &DailyBar::low}) {
    if (!(bar.*field)) bar.*field = other.*field;
  }
  if (!bar.volume) bar.volume = other.volume;
}

struct EodColumns {
  std::size_t symbol, quantity, price, value;
  std::optional<std::size_t> weight, asset, entry, source;
};

Result<EodColumns> find_eod_columns(const Rows& rows) {
  EodColumns out{};
  SB_TRY(out.symbol, rows.column("symbol"));
  SB_TRY(out.quantity, rows.column("actual_qty"));
  SB_TRY(out.price, rows.column("price"));
  SB_TRY(out.value, rows.column("market_value"));
  out.weight = rows.find("weight_percentage");
  out.asset = rows.find("asset_id");
  out.entry = rows.find("avg_entry_price");
  out.source = rows.find("source");
  return out;
}

Result<EodPosition> read_position(const Rows& rows, std::size_t i, const EodColumns& at) {
  SB_TRY(const Symbol symbol, rows.parse(i, at.symbol, Symbol::parse));
  SB_TRY(const Quantity quantity, rows.parse(i, at.quantity, parse_quantity));
  SB_TRY(const auto price, rows.parse_if_set(i, at.price, parse_price));
  SB_TRY(const Money value, rows.parse(i, at.value, parse_money));
  SB_TRY(const auto weight, rows.parse_if_set(i, at.weight, parse_double));
  SB_TRY(const auto entry, rows.parse_if_set(i, at.entry, parse_price));
  return EodPosition{.symbol = symbol,
                     .quantity = quantity,
                     .price = price,
                     .market_value = value,
                     .weight_percentage = weight.value_or(0),
                     .asset_id = AssetId(at.asset ? rows.text(i, *at.asset) : ""),
                     .avg_entry_price = entry};
}

}  // namespace

Result<std::vector<DailyBar>> load_daily_bars(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const BarColumns columns, find_bar_columns(rows));
  std::vector<std::pair<DailyBar, std::size_t>> found;
  found.reserve(rows.count());
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(DailyBar bar, read_bar(rows, i, columns));
    found.emplace_back(bar, i);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return by_date(a.first) < by_date(b.first);
  });
  std::vector<DailyBar> out;
  out.reserve(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i > 0 && by_date(found[i].first) == by_date(found[i - 1].first)) {
      return rows.at(found[i].second, columns.symbol,
                     found[i].first.symbol.text() + " of " + found[i].first.date.iso() +
                         " stands already in line " +
                         std::to_string(rows.line(found[i - 1].second)) + "; remove one");
    }
    out.push_back(found[i].first);
  }
  return out;
}

Result<std::vector<DailyBar>> load_market_folder(Files& files, const std::string& folder,
                                                 const DailyRange& range) {
  SB_TRY(const std::vector<std::string> names, files.list(folder));
  struct Found {
    DailyBar bar;
    const std::string* file;
  };
  std::vector<Found> found;
  for (const std::string& name : names) {
    if (!may_hold(name, range)) continue;
    SB_TRY(std::vector<DailyBar> bars, load_daily_bars(files, join_path(folder, name)));
    for (const DailyBar& bar : bars) {
      const bool asked =
          range.from <= bar.date && bar.date <= range.to && range.symbols.contains(bar.symbol);
      if (asked) found.push_back({bar, &name});
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return by_symbol(a.bar) < by_symbol(b.bar);
  });
  std::vector<DailyBar> out;
  const Found* before = nullptr;
  for (const Found& one : found) {
    const bool again = before != nullptr && by_symbol(before->bar) == by_symbol(one.bar);
    if (again && before->bar.close != one.bar.close) {
      return Error{ErrorCode::kInvalidInput,
                   join_path(folder, *one.file) + ": close of " + one.bar.symbol.text() + " on " +
                       one.bar.date.iso() + " is " + one.bar.close.text() + ", in " +
                       *before->file + " it is " + before->bar.close.text() +
                       "; remove the wrong one"};
    }
    before = &one;
    if (again) {
      fill_in(out.back(), one.bar);
    } else {
      out.push_back(one.bar);
    }
  }
  return out;
}

Result<EodBook> load_positions_eod(Files& files, const std::string& path, TradeDate run_date) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const EodColumns columns, find_eod_columns(rows));
  EodBook out{.run_date = run_date,
              .positions = {},
              .cash = Money::zero(),
              .equity = Money::zero(),
              .source = {}};
  bool has_cash = false;
  MoneySum equity;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    if (columns.source) out.source = rows.text(i, *columns.source);
    if (rows.text(i, columns.symbol) == "CASH") {
      if (has_cash) return rows.at(i, columns.symbol, "CASH stands twice; remove one row");
      SB_TRY(out.cash, rows.parse(i, columns.value, parse_money));
      has_cash = true;
      equity.add(out.cash);
      continue;
    }
    SB_TRY(EodPosition position, read_position(rows, i, columns));
    equity.add(position.market_value);
    out.positions.push_back(std::move(position));
  }
  if (!has_cash) {
    return Error{ErrorCode::kInvalidInput,
                 path +
                     ": has no CASH row, so that nobody knows the equity; run `signalbus "
                     "reconcile` for that date again"};
  }
  std::sort(out.positions.begin(), out.positions.end(),
            [](const EodPosition& a, const EodPosition& b) { return a.symbol < b.symbol; });
  for (std::size_t i = 1; i < out.positions.size(); ++i) {
    if (out.positions[i].symbol == out.positions[i - 1].symbol) {
      return Error{ErrorCode::kInvalidInput,
                   path + ": " + out.positions[i].symbol.text() + " stands twice; remove one row"};
    }
  }
  SB_TRY(out.equity, equity.total());
  return out;
}

}  // namespace signalbus::inputs
