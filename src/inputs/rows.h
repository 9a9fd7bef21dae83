// Rows: cell by cell access to a table with errors that name file, line, column and value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "core/time.h"
#include "formats/table.h"
#include "ports/files.h"

namespace signalbus::inputs {

/// Files of tables that must fit in memory; strategy files stream instead.
inline constexpr std::uint64_t kTableBytesMax = 256ULL << 20;

/// Reads a small table whatever its format: .parquet, .xlsx, else CSV. Errors name the path.
Result<formats::Table> read_table(Files& files, const std::string& path);

/// A cell as text, whatever its type in the file; missing is empty.
std::string cell_text(const formats::Column& column, std::size_t row);

/// A table whose needed columns were found.
class Rows {
 public:
  explicit Rows(formats::Table table) : table_(std::move(table)) {}

  std::size_t count() const { return table_.row_count(); }
  const std::string& name() const { return table_.name; }
  std::size_t line(std::size_t row) const { return table_.lines[row]; }

  /// Index of a column that must be there. kInvalidInput lists the columns there are, with the
  /// nearest name and `remedy`.
  Result<std::size_t> column(std::string_view name, std::string_view remedy = "") const;
  std::optional<std::size_t> find(std::string_view name) const;

  /// The cell as text, whatever its type in the file; missing is empty.
  std::string text(std::size_t row, std::size_t column) const;

  /// `file:line: column: <what>`.
  Error at(std::size_t row, std::size_t column, const std::string& what) const;
  /// Adds that place to an error of a cell parser.
  Error at(std::size_t row, std::size_t column, Error error) const;
  /// `file:line`.
  std::string place(std::size_t row) const;

  /// The cell through a parser `Result<T>(std::string_view)`, its error placed.
  template <class Parser>
  auto parse(std::size_t row, std::size_t column, Parser parser) const
      -> decltype(parser(std::string_view())) {
    std::string buffer;
    auto value = parser(view(row, column, buffer));
    if (!value.ok()) return at(row, column, std::move(value).error());
    return value;
  }
  /// The same for a cell that may be empty or whose column may be absent.
  template <class Parser>
  auto parse_if_set(std::size_t row, std::optional<std::size_t> column, Parser parser) const
      -> Result<std::optional<std::decay_t<decltype(parser(std::string_view()).value())>>> {
    using Value = std::decay_t<decltype(parser(std::string_view()).value())>;
    if (!column) return std::optional<Value>();
    std::string buffer;
    const std::string_view cell = view(row, *column, buffer);
    if (cell.empty()) return std::optional<Value>();
    auto value = parser(cell);
    if (!value.ok()) return at(row, *column, std::move(value).error());
    return std::optional<Value>(std::move(value).value());
  }

 private:
  /// The cell as text, without a copy where the file has text; else made in `buffer`.
  std::string_view view(std::size_t row, std::size_t column, std::string& buffer) const {
    const formats::Column& cells = table_.columns[column];
    if (const auto* texts = std::get_if<formats::TextColumn>(&cells.values)) return (*texts)[row];
    buffer = text(row, column);
    return buffer;
  }

  formats::Table table_;
};

// ---- Cell parsers: what the doors let in. ----

Result<Quantity> parse_quantity(std::string_view text);  ///< Cut toward zero at 1e-9 shares.
Result<Quantity> parse_positive_quantity(std::string_view text);
Result<Price> parse_price(std::string_view text);  ///< Nearest 1e-9; must be above 0.
Result<Money> parse_money(std::string_view text);  ///< Nearest 1e-6.

}  // namespace signalbus::inputs
