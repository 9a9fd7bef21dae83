#include "inputs/load_factors.h"

#include "core/decimal.h"
#include "inputs/rows.h"

namespace signalbus::inputs {
namespace {

constexpr double kReturnMax = 0.5;

Result<double> parse_factor(std::string_view text) {
  SB_TRY(const double value, parse_double(text));
  if (value >= -kReturnMax && value <= kReturnMax) return value;
  return Error{
      ErrorCode::kInvalidInput,
      "'" + std::string(text) + "' is no daily return of a factor; write 0.01 for one percent"};
}

}  // namespace

Result<FactorTable> load_factors(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, read_table(files, path));
  std::vector<std::size_t> columns;
  FactorTable out;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == "date") continue;
    columns.push_back(i);
    out.names.push_back(table.columns[i].name);
  }
  const Rows rows(std::move(table));
  SB_TRY(const std::size_t dates,
         rows.column("date", "a file of factors has date and a column each"));
  if (columns.empty()) {
    return Error{ErrorCode::kInvalidInput, path + ": has no factor; add a column per factor"};
  }
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(const TradeDate date, rows.parse(i, dates, parse_date_cell));
    if (!out.dates.empty() && date <= out.dates.back()) {
      return rows.at(i, dates,
                     date.iso() + " does not come after " + out.dates.back().iso() +
                         "; sort the rows, one per date");
    }
    out.dates.push_back(date);
    for (const std::size_t column : columns) {
      SB_TRY(const double value, rows.parse(i, column, parse_factor));
      out.values.push_back(value);
    }
  }
  return out;
}

}  // namespace signalbus::inputs
