// SheetTable: the header decides the columns; what lies outside of them must be empty.
#include <algorithm>
#include <set>

#include "core/text.h"
#include "formats/xlsx_sheet.h"

namespace signalbus::formats {

SheetTable::SheetTable(std::string place, std::uint64_t cells_max)
    : place_(std::move(place)), cells_max_(cells_max) {}

Error SheetTable::at(CellAddress cell, const std::string& what) const {
  return {ErrorCode::kInvalidInput, place_ + "!" + cell_address(cell) + ": " + what};
}

Status SheetTable::set(CellAddress at_cell, std::string_view text) {
  if (text.empty()) return Ok{};
  row_has_text_ = true;
  if (at_cell.column >= cells_.size()) {
    if (has_header_) {
      return at(at_cell,
                "cell holds " + quoted(text) + " in a column without a name in the header");
    }
    cells_.resize(at_cell.column + 1);
  }
  cells_[at_cell.column] = text;
  return Ok{};
}

Status SheetTable::end_row() {
  if (!row_has_text_) return Ok{};  // counts only if a row with text follows
  row_has_text_ = false;
  if (!has_header_) return end_header();
  const std::uint64_t rows = lines_.size() + (row_ - last_row_);
  if (rows * cells_.size() > cells_max_) {
    return Error{ErrorCode::kLimitExceeded, place_ + ": has more cells than the limit of " +
                                                with_thousands(static_cast<long long>(cells_max_))};
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (names_[i].empty() && !cells_[i].empty()) {
      return at({static_cast<std::uint32_t>(i), row_},
                "cell holds " + quoted(cells_[i]) + " in a column without a name in the header");
    }
    columns_[i].resize(columns_[i].size() + (row_ - last_row_ - 1));
    columns_[i].push_back(cells_[i]);
    cells_[i] = {};
  }
  while (last_row_ < row_) lines_.push_back(++last_row_);
  return Ok{};
}

Status SheetTable::end_header() {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    names_.emplace_back(cells_[i]);
    if (!cells_[i].empty() && !seen.insert(cells_[i]).second) {
      return at({static_cast<std::uint32_t>(i), row_},
                "header names column " + quoted(cells_[i]) + " twice");
    }
  }
  columns_.resize(cells_.size());
  std::fill(cells_.begin(), cells_.end(), std::string_view());
  last_row_ = row_;
  has_header_ = true;
  return Ok{};
}

Status SheetTable::move_into(Table& table) {
  if (!has_header_) {
    return Error{ErrorCode::kInvalidInput, place_ + ": sheet is empty; a header row is needed"};
  }
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!names_[i].empty()) table.columns.push_back({names_[i], std::move(columns_[i])});
  }
  table.lines = std::move(lines_);
  return Ok{};
}

}  // namespace signalbus::formats
