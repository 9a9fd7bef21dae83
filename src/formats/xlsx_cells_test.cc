// Goal: what a number format shows is recognised by its grammar. Method: tables of formats as
// Excel, LibreOffice and openpyxl write them.
#include "formats/xlsx_cells.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace signalbus::formats {
namespace {

TEST(XlsxCellsTest, TellsDateFormatsFromOthers) {
  constexpr std::pair<const char*, bool> kCases[] = {{"yyyy-mm-dd", true},
                                                     {"YYYY-MM-DD HH:MM:SS", true},
                                                     {"[$-409]d-mmm-yy;@", true},
                                                     {"[Red]m/d/yy", true},
                                                     {"h:mm AM/PM", true},
                                                     {"mm:ss.0", true},
                                                     {"\"at \"hh", true},
                                                     {"General", false},
                                                     {"GENERAL\" days\"", false},
                                                     {"0.00", false},
                                                     {"0.00E+00", false},
                                                     {"#,##0\" shares\"", false},
                                                     {"0\\d", false},
                                                     {"0_d", false},
                                                     {"0*d", false},
                                                     {"[Red]0;[Blue]0", false},
                                                     {"[>=1000]0,\"k\";0", false},
                                                     {"[h]:mm:ss", false},
                                                     {"[mm]:ss", false},
                                                     {"0;\"d\";d", false},
                                                     {"@", false},
                                                     {"", false},
                                                     {"\"yyyy", false},
                                                     {"[yyyy", false},
                                                     {"\\", false}};
  for (const auto& [code, is_date] : kCases) EXPECT_EQ(is_date_format(code), is_date) << code;
}

TEST(XlsxCellsTest, KnowsTheFormatsThatNoFileDefines) {
  for (const std::uint32_t id : {14u, 22u, 27u, 36u, 45u, 47u, 50u, 58u}) {
    EXPECT_TRUE(is_builtin_date_format(id)) << id;
  }
  for (const std::uint32_t id : {0u, 1u, 13u, 23u, 37u, 46u, 48u, 49u, 59u, 164u}) {
    EXPECT_FALSE(is_builtin_date_format(id)) << id;
  }
}

RC_GTEST_PROP(XlsxCellsTest, AnAddressReadsBackAsItself, ()) {
  const CellAddress cell{*rc::gen::inRange<std::uint32_t>(0, kXlsxColumnsMax),
                         *rc::gen::inRange<std::uint32_t>(1, kXlsxRowsMax + 1)};
  const auto back = parse_cell_address(cell_address(cell));
  RC_ASSERT(back && back->column == cell.column && back->row == cell.row);
}

TEST(XlsxCellsTest, NamesColumnsAsSpreadsheetsDo) {
  EXPECT_EQ(cell_address({0, 1}), "A1");
  EXPECT_EQ(cell_address({25, 2}), "Z2");
  EXPECT_EQ(cell_address({26, 3}), "AA3");
  EXPECT_EQ(cell_address({701, 4}), "ZZ4");
  EXPECT_EQ(cell_address({702, 5}), "AAA5");
  EXPECT_EQ(cell_address({16383, 6}), "XFD6");
}

}  // namespace
}  // namespace signalbus::formats
