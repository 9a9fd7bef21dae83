// PriceTable: the prices an exchange goes by: one per symbol, or a daily history.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/money.h"
#include "core/result.h"
#include "core/time.h"
#include "ports/files.h"

namespace signalbus::exchange {

/// One day of one symbol. Without open, high, low in the file they are the close.
struct DayBar {
  Price open;
  Price high;
  Price low;
  Price close;
  std::int64_t volume;
};

class PriceTable {
 public:
  /// Reads CSV, XLSX or Parquet: `symbol,price`; long `date,symbol,close[,open,high,low,volume]`;
  /// or wide `date,SYM,SYM,...`. An empty cell is a day without a price. kInvalidInput as
  /// `file:line: column: what`, for a symbol or a day given twice too; errors of Files as they are.
  static Result<PriceTable> load(Files& files, const std::string& path);

  bool is_daily() const { return !dates_.empty(); }
  /// Ascending; indexes below are into this.
  std::span<const Symbol> symbols() const { return symbols_; }
  /// Ascending; empty for a static table.
  std::span<const TradeDate> dates() const { return dates_; }

  /// Static: the price. Daily: the newest close of a day not after `date`, nothing before the
  /// first.
  std::optional<Price> close_until(std::size_t symbol, TradeDate date) const;
  /// The file's row of that day; nothing when it has none, or in a static table.
  std::optional<DayBar> bar(std::size_t symbol, TradeDate date) const;

 private:
  friend class PriceTableReader;
  struct Range {  // of a day, beside its close
    Price open;
    Price high;
    Price low;
    std::int64_t volume;
  };
  std::optional<std::size_t> day_until(TradeDate date) const;

  std::vector<Symbol> symbols_;
  std::vector<TradeDate> dates_;
  std::vector<Price> closes_;  // [day][symbol]; zero: none. Static: one row.
  std::vector<Range> ranges_;  // the same shape, or empty
};

}  // namespace signalbus::exchange
