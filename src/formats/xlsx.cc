// read_xlsx: from the bytes of a package to the table of one sheet.
#include "formats/xlsx.h"

#include "core/text.h"
#include "formats/xlsx_package.h"
#include "formats/xlsx_parts.h"
#include "formats/xlsx_sheet.h"
#include "formats/zip_archive.h"

namespace signalbus::formats {
namespace {

Status check_signature(const std::string& name, std::string_view bytes) {
  if (bytes.starts_with("PK")) return Ok{};
  const bool is_ole = bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
  const char* what =
      is_ole          ? "is encrypted or an old .xls file; save it as .xlsx without a password"
      : bytes.empty() ? "is empty; save the sheet as .xlsx"
                      : "is not an XLSX file; save the sheet as .xlsx, or name it .csv";
  return Error{ErrorCode::kInvalidInput, name + ": " + what};
}

}  // namespace

// NOLINTNEXTLINE(performance-unnecessary-value-param): the signature of every reader
Result<Table> read_xlsx(std::string name, std::shared_ptr<const std::string> bytes,
                        const XlsxOptions& options) {
  SB_TRY_OK(check_signature(name, *bytes));
  SB_TRY(ZipArchive archive, ZipArchive::open(name, *bytes, options.inflated_bytes_max));
  SB_TRY(const XlsxParts parts, find_parts(archive, name, options.sheet));

  TextArena arena;
  StylesHandler styles(name);
  if (parts.styles) SB_TRY_OK(parse_part(archive, name, *parts.styles, styles));
  SharedStringsHandler strings(name, arena);
  if (parts.shared_strings) SB_TRY_OK(parse_part(archive, name, *parts.shared_strings, strings));

  // The sheet's name comes out of the file: quoted where it is not a plain word.
  const std::string shown = quoted(parts.sheet_name);
  const bool plain = shown == "'" + parts.sheet_name + "'";
  const std::string place = name + ": " + (plain ? parts.sheet_name : shown);
  SheetTable rows(place, options.cells_max);
  SheetHandler sheet({place, &styles, &strings.strings(), parts.date_1904, options.allow_formulas},
                     rows, arena);
  SB_TRY_OK(parse_part(archive, name, parts.sheet, sheet));

  Table table;
  SB_TRY_OK(rows.move_into(table));
  table.buffers = arena.release();
  table.name = std::move(name);
  return table;
}

}  // namespace signalbus::formats
