// SheetHandler: streams a worksheet's cells into the columns of a table.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/table.h"
#include "formats/xlsx.h"
#include "formats/xlsx_cells.h"
#include "formats/xlsx_parts.h"
#include "formats/xml_reader.h"

namespace signalbus::formats {

/// Rows of texts under a header. Rows come ascending; a gap is as many empty rows.
class SheetTable {
 public:
  /// `cells_max` counts empty cells too.
  SheetTable(std::string place, std::uint64_t cells_max);

  void begin_row(std::uint32_t number) { row_ = number; }
  Status set(CellAddress at, std::string_view text);
  Status end_row();
  /// kInvalidInput when there was no header.
  Status move_into(Table& table);

 private:
  Status end_header();
  Error at(CellAddress cell, const std::string& what) const;

  std::string place_;
  std::uint64_t cells_max_;
  std::uint32_t row_ = 0;
  std::uint32_t last_row_ = 0;  // that is in the columns, or the header
  bool has_header_ = false;
  bool row_has_text_ = false;
  std::vector<std::string_view> cells_;  // of the row, by sheet column
  std::vector<std::string> names_;       // of the header, by sheet column; empty has none
  std::vector<TextColumn> columns_;
  std::vector<std::size_t> lines_;
};

struct SheetContext {
  std::string place;  ///< "book.xlsx: Sheet1"
  const StylesHandler* styles;
  const std::vector<std::string_view>* strings;
  bool date_1904;
  bool allow_formulas;
};

class SheetHandler : public XmlHandler {
 public:
  SheetHandler(SheetContext context, SheetTable& table, TextArena& arena);
  Status start(std::string_view name, const XmlAttributes& attributes) override;
  Status end() override;
  Status text(std::string_view piece) override;

 private:
  enum class Tag { kOther, kSheet, kData, kRow, kCell, kValue, kFormula, kString };
  enum class Type { kNumber, kShared, kText, kInline, kBoolean, kError, kDate };

  Tag tag_under(Tag parent, std::string_view name) const;
  Status start_row(const XmlAttributes& attributes);
  Status start_cell(const XmlAttributes& attributes);
  Status end_cell();
  Result<std::string_view> cell_text();
  Result<std::string_view> shared_text();
  Result<std::string_view> number_cell_text();
  Error at_cell(const std::string& what) const;

  SheetContext context_;
  SheetTable& table_;
  TextArena& arena_;
  std::vector<Tag> path_;
  std::vector<StringTag> string_path_;  // inside `is`
  std::uint32_t row_ = 0;
  CellAddress cell_{0, 0};
  bool row_has_cell_ = false;
  Type type_ = Type::kNumber;
  std::uint32_t style_ = 0;
  bool has_formula_ = false;
  bool has_value_ = false;
  std::string value_;
  std::map<std::string, std::string_view, std::less<>> dates_;  // by serial: they repeat
};

}  // namespace signalbus::formats
