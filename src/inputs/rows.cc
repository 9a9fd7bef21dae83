#include "inputs/rows.h"

#include <cmath>

#include "core/decimal.h"
#include "core/paths.h"
#include "core/text.h"
#include "formats/csv.h"
#include "formats/parquet.h"
#include "formats/xlsx.h"

namespace signalbus::inputs {
namespace {

std::string text_of(const formats::TextColumn& values, std::size_t row) {
  return std::string(values[row]);
}
std::string text_of(const formats::DoubleColumn& values, std::size_t row) {
  return std::isnan(values[row]) ? "" : format_double(values[row]);
}
std::string text_of(const formats::IntColumn& values, std::size_t row) {
  return std::to_string(values[row]);
}
std::string text_of(const formats::DateColumn& values, std::size_t row) {
  return values[row].iso();
}
std::string text_of(const formats::InstantColumn& values, std::size_t row) {
  return values[row].rfc3339();
}

/// Values a file may bring are capped, so that sums and differences cannot overflow later.
template <class T>
Status check_size(T value, std::int64_t max_units, std::string_view unit) {
  if (value.abs() <= T::whole(max_units)) return Ok{};
  return Error{ErrorCode::kInvalidInput, value.text() + " is above " + with_thousands(max_units) +
                                             " " + std::string(unit) +
                                             ", the most this system handles"};
}

}  // namespace

Result<formats::Table> read_table(Files& files, const std::string& path) {
  SB_TRY(std::string bytes, files.read(path, kTableBytesMax));
  auto shared = std::make_shared<const std::string>(std::move(bytes));
  if (has_extension(path, ".parquet")) return formats::read_parquet(path, std::move(shared));
  if (has_extension(path, ".xlsx")) return formats::read_xlsx(path, std::move(shared));
  return formats::read_csv_table(path, std::move(shared));
}

Result<std::size_t> Rows::column(std::string_view name, std::string_view remedy) const {
  if (const auto found = find(name)) return *found;
  std::vector<std::string> names;
  std::string list;
  for (const formats::Column& column : table_.columns) {
    names.push_back(column.name);
    list += (list.empty() ? "" : ", ") + column.name;
  }
  return Error{ErrorCode::kInvalidInput, table_.name + ": no column '" + std::string(name) + "'" +
                                             did_you_mean(name, names) + " (the columns are " +
                                             quoted(list) + ")" +
                                             (remedy.empty() ? "" : "; " + std::string(remedy))};
}

std::optional<std::size_t> Rows::find(std::string_view name) const {
  const int index = table_.find(name);
  if (index < 0) return std::nullopt;
  return static_cast<std::size_t>(index);
}

std::string cell_text(const formats::Column& column, std::size_t row) {
  return std::visit([row](const auto& values) { return text_of(values, row); }, column.values);
}

std::string Rows::text(std::size_t row, std::size_t column) const {
  return cell_text(table_.columns[column], row);
}

std::string Rows::place(std::size_t row) const {
  return table_.name + ":" + std::to_string(table_.lines[row]);
}

Error Rows::at(std::size_t row, std::size_t column, const std::string& what) const {
  return {ErrorCode::kInvalidInput, place(row) + ": " + table_.columns[column].name + ": " + what};
}

Error Rows::at(std::size_t row, std::size_t column, Error error) const {
  return std::move(error).in(place(row) + ": " + table_.columns[column].name);
}

Result<Quantity> parse_quantity(std::string_view text) {
  SB_TRY(const Quantity quantity, Quantity::parse(text, Rounding::kTowardZero));
  SB_TRY_OK(check_size(quantity, kQuantityMaxShares, "shares"));
  return quantity;
}

Result<Quantity> parse_positive_quantity(std::string_view text) {
  SB_TRY(const Quantity quantity, parse_quantity(text));
  if (quantity.is_positive()) return quantity;
  return Error{ErrorCode::kInvalidInput, "quantity is " + quantity.text() + ", it must be above 0"};
}

Result<Price> parse_price(std::string_view text) {
  SB_TRY(const Price price, Price::parse(text, Rounding::kHalfEven));
  SB_TRY_OK(check_size(price, kPriceMaxUsd, "USD"));
  if (!price.is_positive()) {
    return Error{ErrorCode::kInvalidInput, "price is " + price.text() + ", it must be above 0"};
  }
  return price;
}

Result<Money> parse_money(std::string_view text) {
  SB_TRY(const Money money, Money::parse(text, Rounding::kHalfEven));
  SB_TRY_OK(check_size(money, kMoneyMaxUsd, "USD"));
  return money;
}

}  // namespace signalbus::inputs
