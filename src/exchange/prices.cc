#include "exchange/prices.h"

#include <algorithm>
#include <map>

#include "core/text.h"
#include "inputs/rows.h"

namespace signalbus::exchange {

/// Reads one table into a PriceTable; cells first come into a map by day and symbol.
class PriceTableReader {
 public:
  explicit PriceTableReader(inputs::Rows rows) : rows_(std::move(rows)) {}

  Result<PriceTable> read(const std::vector<std::string>& columns) {
    const auto date = rows_.find("date");
    const auto symbol = rows_.find("symbol");
    if (symbol && !date) {
      SB_TRY_OK(read_static(*symbol));
    } else if (symbol) {
      SB_TRY_OK(read_long(*date, *symbol));
    } else if (date) {
      SB_TRY_OK(read_wide(*date, columns));
    } else {
      return Error{ErrorCode::kInvalidInput,
                   rows_.name() +
                       ": neither a column 'date' nor 'symbol'; give symbol,price or a daily "
                       "history: date,SYM,... or date,symbol,close"};
    }
    if (cells_.empty()) return Error{ErrorCode::kInvalidInput, rows_.name() + ": no price in it"};
    return finish();
  }

 private:
  struct Cell {
    DayBar bar;
    std::size_t line;
  };
  using Key = std::pair<std::int32_t, Symbol>;

  Status put(std::size_t row, std::size_t column, const Key& key, const DayBar& bar) {
    const auto [at, added] = cells_.try_emplace(key, Cell{bar, rows_.line(row)});
    if (added) return Ok{};
    return rows_.at(row, column,
                    "second price of " + key.second.text() + ", the first is in line " +
                        std::to_string(at->second.line));
  }

  static DayBar flat(Price price) { return {price, price, price, price, 0}; }

  Status read_static(std::size_t symbol_column) {
    SB_TRY(const std::size_t price_column, rows_.column("price"));
    for (std::size_t row = 0; row < rows_.count(); ++row) {
      SB_TRY(const Symbol symbol, rows_.parse(row, symbol_column, Symbol::parse));
      SB_TRY(const Price price, rows_.parse(row, price_column, inputs::parse_price));
      SB_TRY_OK(put(row, symbol_column, {0, symbol}, flat(price)));
    }
    return Ok{};
  }

  Result<std::optional<Price>> price_at(std::size_t row, std::optional<std::size_t> column) {
    return rows_.parse_if_set(row, column, inputs::parse_price);
  }

  Status read_long(std::size_t date_column, std::size_t symbol_column) {
    daily_ = true;
    SB_TRY(const std::size_t close_column, rows_.column("close"));
    const auto open = rows_.find("open");
    const auto high = rows_.find("high");
    const auto low = rows_.find("low");
    const auto volume = rows_.find("volume");
    has_ranges_ = open || high || low || volume;
    const auto parse_volume = [](std::string_view text) -> Result<std::int64_t> {
      SB_TRY(const std::int64_t value, parse_scaled64(text, 0, Rounding::kTowardZero));
      return std::max<std::int64_t>(value, 0);
    };
    for (std::size_t row = 0; row < rows_.count(); ++row) {
      SB_TRY(const TradeDate date, rows_.parse(row, date_column, parse_date_cell));
      SB_TRY(const Symbol symbol, rows_.parse(row, symbol_column, Symbol::parse));
      SB_TRY(const std::optional<Price> close, price_at(row, close_column));
      if (!close) continue;
      DayBar bar = flat(*close);
      SB_TRY(const std::optional<Price> open_price, price_at(row, open));
      SB_TRY(const std::optional<Price> high_price, price_at(row, high));
      SB_TRY(const std::optional<Price> low_price, price_at(row, low));
      SB_TRY(const std::optional<std::int64_t> count,
             rows_.parse_if_set(row, volume, parse_volume));
      bar.open = open_price.value_or(*close);
      bar.high = std::max({high_price.value_or(*close), *close, bar.open});
      bar.low = std::min({low_price.value_or(*close), *close, bar.open});
      bar.volume = count.value_or(0);
      SB_TRY_OK(put(row, close_column, {date.days(), symbol}, bar));
    }
    return Ok{};
  }

  Status read_wide(std::size_t date_column, const std::vector<std::string>& columns) {
    daily_ = true;
    std::vector<std::pair<std::size_t, Symbol>> symbols;
    for (std::size_t column = 0; column < columns.size(); ++column) {
      if (column == date_column) continue;
      auto symbol = Symbol::parse(columns[column]);
      if (!symbol.ok()) return std::move(symbol).error().in(rows_.name() + ":1");
      symbols.emplace_back(column, symbol.value());
    }
    for (std::size_t row = 0; row < rows_.count(); ++row) {
      SB_TRY(const TradeDate date, rows_.parse(row, date_column, parse_date_cell));
      for (const auto& [column, symbol] : symbols) {
        SB_TRY(const std::optional<Price> close, price_at(row, column));
        if (!close) continue;
        SB_TRY_OK(put(row, column, {date.days(), symbol}, flat(*close)));
      }
    }
    return Ok{};
  }

  PriceTable finish() const {
    PriceTable table;
    for (const auto& [key, cell] : cells_) table.symbols_.push_back(key.second);
    std::sort(table.symbols_.begin(), table.symbols_.end());
    table.symbols_.erase(std::unique(table.symbols_.begin(), table.symbols_.end()),
                         table.symbols_.end());
    std::size_t days = 0;
    for (auto at = cells_.begin(); at != cells_.end(); ++days) {
      const std::int32_t day = at->first.first;
      if (daily_) table.dates_.push_back(TradeDate::from_days(day));
      table.closes_.resize((days + 1) * table.symbols_.size(), Price::zero());
      if (has_ranges_) {
        table.ranges_.resize(table.closes_.size(),
                             {Price::zero(), Price::zero(), Price::zero(), 0});
      }
      for (; at != cells_.end() && at->first.first == day; ++at) {
        const auto symbol =
            std::lower_bound(table.symbols_.begin(), table.symbols_.end(), at->first.second);
        const std::size_t index = days * table.symbols_.size() +
                                  static_cast<std::size_t>(symbol - table.symbols_.begin());
        const DayBar& bar = at->second.bar;
        table.closes_[index] = bar.close;
        if (has_ranges_) table.ranges_[index] = {bar.open, bar.high, bar.low, bar.volume};
      }
    }
    return table;
  }

  inputs::Rows rows_;
  std::map<Key, Cell> cells_;
  bool daily_ = false;
  bool has_ranges_ = false;
};

Result<PriceTable> PriceTable::load(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, inputs::read_table(files, path));
  std::vector<std::string> columns;
  for (const formats::Column& column : table.columns) columns.push_back(column.name);
  return PriceTableReader(inputs::Rows(std::move(table))).read(columns);
}

std::optional<std::size_t> PriceTable::day_until(TradeDate date) const {
  const auto after = std::upper_bound(dates_.begin(), dates_.end(), date);
  if (after == dates_.begin()) return std::nullopt;
  return static_cast<std::size_t>(after - dates_.begin()) - 1;
}

std::optional<Price> PriceTable::close_until(std::size_t symbol, TradeDate date) const {
  if (!is_daily()) return closes_[symbol];
  std::optional<std::size_t> day = day_until(date);
  if (!day) return std::nullopt;
  for (std::size_t at = *day + 1; at > 0; --at) {
    const Price close = closes_[(at - 1) * symbols_.size() + symbol];
    if (!close.is_zero()) return close;
  }
  return std::nullopt;
}

std::optional<DayBar> PriceTable::bar(std::size_t symbol, TradeDate date) const {
  const std::optional<std::size_t> day = day_until(date);
  if (!day || dates_[*day] != date) return std::nullopt;
  const std::size_t index = *day * symbols_.size() + symbol;
  const Price close = closes_[index];
  if (close.is_zero()) return std::nullopt;
  if (ranges_.empty()) return DayBar{close, close, close, close, 0};
  const Range& range = ranges_[index];
  return DayBar{range.open, range.high, range.low, close, range.volume};
}

}  // namespace signalbus::exchange
