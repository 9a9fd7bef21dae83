// XLSX: one sheet of a workbook as the table that CSV would have given.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/result.h"
#include "formats/table.h"

namespace signalbus::formats {

struct XlsxOptions {
  std::string sheet = {};       ///< Name of the sheet to read; empty reads the first worksheet.
  bool allow_formulas = false;  ///< Take the value that the writing program cached in the file.
  std::uint64_t inflated_bytes_max = 512ULL << 20;  ///< All parts read, counted while inflating.
  std::uint64_t cells_max = 20'000'000;
};

/// Reads the first row as the header and every later row as text columns; Table::lines are the
/// sheet's row numbers. A cell becomes the text that CSV would hold: numbers as the file writes
/// them, but integral ones without exponent or `.0`; dates `2018-03-01`, with ` 09:30:00` when not
/// midnight; booleans `TRUE`/`FALSE`; a missing cell is empty; empty rows at the end are dropped.
///
/// kInvalidInput: not an XLSX file (also encrypted and .xls ones), broken XML, no such sheet, no
/// header, a duplicate or unnamed column that holds data, an error cell such as #N/A, a formula
/// without allow_formulas. kLimitExceeded: a size above the options or above what an honest file
/// has (entries, compression ratio, XML depth). Never trusts a size that the file announces.
Result<Table> read_xlsx(std::string name, std::shared_ptr<const std::string> bytes,
                        const XlsxOptions& options = {});

}  // namespace signalbus::formats
