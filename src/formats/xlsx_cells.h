// Cells of a sheet: addresses, numbers and dates as the text that CSV would hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace signalbus::formats {

inline constexpr std::uint32_t kXlsxColumnsMax = 16'384;  ///< XFD, by the standard.
inline constexpr std::uint32_t kXlsxRowsMax = 1'048'576;

struct CellAddress {
  std::uint32_t column;  ///< From 0.
  std::uint32_t row;     ///< From 1.
};

/// Reads `C7`; nothing when it is no address of a cell that can exist.
std::optional<CellAddress> parse_cell_address(std::string_view text);
std::string cell_address(CellAddress address);

/// Whether a number format shows a point in time: one of y m d h s outside of quotes, escapes,
/// brackets and the word General. Elapsed time (`[h]:mm`) is a number.
bool is_date_format(std::string_view code);
/// The same for the formats that every workbook has without defining them.
bool is_builtin_date_format(std::uint32_t id);

/// Most numbers need no rewriting: plain digits, or a fraction that does not end in 0.
bool is_number_text(std::string_view raw);
/// A number as the file writes it, but integral ones in plain digits: `1161.0` and `1.161E3` are
/// `1161`. kInvalidInput: not a number.
Result<std::string> number_text(std::string_view raw);

/// A date serial as `2018-03-01`, with ` 09:30:00` when not midnight (nearest second), or only
/// `09:30:00` below 1. kInvalidInput: not a number, negative, beyond the year 9999, or the
/// 29 February 1900 that exists in spreadsheets only.
Result<std::string> serial_text(std::string_view raw, bool date_1904);

/// An ISO 8601 cell (`t="d"`) in the same form.
Result<std::string> iso_cell_text(std::string_view raw);

/// Replaces the `_x000D_` escapes by which OOXML writes characters that XML cannot hold.
std::string unescaped(std::string_view text);

}  // namespace signalbus::formats
