// Goal: a sheet reads as the CSV of it would; whatever is doubtful is refused with its cell.
// Method: the real file against values from openpyxl; small packages built here, part by part.
#include "formats/xlsx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/text.h"
#include "formats/xlsx_testing.h"

namespace signalbus::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace testing_xlsx;

constexpr const char* kHeader =
    "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>";

Result<Table> read_parts(const Parts& parts, const XlsxOptions& options = {}) {
  return read_xlsx("b.xlsx", zipped(parts), options);
}

Result<Table> read_rows(const std::string& rows, const XlsxOptions& options = {}) {
  return read_parts(workbook(kHeader + rows), options);
}

/// The message of a refusal.
std::string refusal(const Result<Table>& table) {
  return table.ok() ? "accepted" : table.error().message;
}

/// Every cell, rows by lines, as CSV without quotes.
std::string csv(const Table& table) {
  std::string out;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    out += (i == 0 ? "" : ",") + table.columns[i].name;
  }
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      out += i == 0 ? '\n' : ',';
      out += std::get<TextColumn>(table.columns[i].values)[row];
    }
  }
  return out + "\n";
}

std::string csv_of(const Result<Table>& table) {
  return table.ok() ? csv(table.value()) : table.error().message;
}

/// One cell A2 under the header "date", with these attributes and content.
std::string cell(const std::string& attributes, const std::string& content) {
  const auto table = read_rows("<row r='2'><c r='A2' " + attributes + ">" + content + "</c></row>");
  if (!table.ok()) return table.error().message;
  if (table.value().row_count() == 0) return "(no row)";
  return std::string(std::get<TextColumn>(table.value().columns[0].values)[0]);
}

// The digest is of the cells as openpyxl 3.1.5 reads them, each row joined with commas and ended
// with a line feed: dates as %Y-%m-%d, integers and texts by str, fractions as ElementTree finds
// them in the part (openpyxl's float is the same number; its shortest text may differ).
TEST(XlsxTest, ReadsTheRealFileAsOpenpyxlDoes) {
  std::ifstream in(SB_TESTDATA "/finrl/equally_weighted.xlsx", std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const auto table = read_xlsx("f", std::make_shared<const std::string>(bytes.str()));

  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table.value().row_count(), 6714u);
  EXPECT_EQ(table.value().lines[6713], 6715u);
  EXPECT_EQ(sha256_hex(csv(table.value())),
            "65aa5963d02d48cbd88924b61fe62bcbc932abd4794266aaf33e985b3d413031");
}

TEST(XlsxTest, ReadsSharedRichInlineAndFormulaStringsAndSkipsPhonetics) {
  EXPECT_EQ(csv_of(read_rows("<row r='2'><c r='A2' t='s'><v>2</v></c>"
                             "<c r='B2' t='inlineStr'><is><r><t>x</t></r><r><t> y</t></r>"
                             "<rPh><t>no</t></rPh></is></c></row>"
                             "<row r='3'><c r='B3' t='str'><v>text</v></c></row>")),
            "date,asset\n aA& ,x y\n,text\n");
}

TEST(XlsxTest, WritesNumbersAsTheFileHasThemButIntegersPlain) {
  constexpr std::pair<const char*, const char*> kCases[] = {
      {"1161", "1161"},
      {"1161.0", "1161"},
      {"1.161E3", "1161"},
      {"1.161e+3", "1161"},
      {"-5.00", "-5"},
      {"0", "0"},
      {"-0", "0"},
      {"0.0", "0"},
      {"007", "7"},
      {"1E+300", "1E+300"},
      {"1.5E-3", "1.5E-3"},
      {"0.004651162790697674", "0.004651162790697674"},
      {"-0.0004152983310632", "-0.0004152983310632"},
      {"12345678901234567890", "12345678901234567890"},
      {"1E2", "100"},
      {"10E-1", "1"},
      {"0.10", "0.10"},
      {"1E17", "100000000000000000"}};
  for (const auto& [raw, text] : kCases)
    EXPECT_EQ(cell("", "<v>" + std::string(raw) + "</v>"), text);
}

TEST(XlsxTest, RefusesNumbersThatAreNone) {
  for (const char* raw :
       {"abc", "1,5", "0x10", "1e", "--1", ".", "NaN", "INF", "1E99999999999", " 1"}) {
    EXPECT_EQ(cell("", "<v>" + std::string(raw) + "</v>"),
              "b.xlsx: Sheet1!A2: cell holds '" + std::string(raw) + "', which is not a number");
  }
}

// Serials of both systems: ECMA-376 part 1, 18.17.4.1 (its own examples among them).
TEST(XlsxTest, WritesDatesOfBothSystemsWithTheTimeOnlyWhenNotMidnight) {
  constexpr std::tuple<const char*, const char*, const char*> kCases[] = {
      // serial, 1900 system, 1904 system
      {"43160", "2018-03-01", "2022-03-02"},
      {"43160.0", "2018-03-01", "2022-03-02"},
      {"43160.395833333336", "2018-03-01 09:30:00", "2022-03-02 09:30:00"},
      {"43160.99999999", "2018-03-02", "2022-03-03"},
      {"1", "1900-01-01", "1904-01-02"},
      {"59", "1900-02-28", "1904-02-29"},
      {"61", "1900-03-01", "1904-03-02"},
      {"2957003", "9995-12-30", "9999-12-31"},
      {"0.5", "12:00:00", "1904-01-01 12:00:00"},
      {"0", "00:00:00", "1904-01-01"}};
  for (const auto& [serial, in_1900, in_1904] : kCases) {
    const std::string rows = "<row><c s='1'><v>" + std::string(serial) + "</v></c></row>";
    EXPECT_EQ(csv_of(read_rows(rows)), "date,asset\n" + std::string(in_1900) + ",\n");
    Parts parts = workbook(kHeader + rows);
    std::string& book = parts["xl/workbook.xml"];
    book.insert(book.find("<sheets>"), "<workbookPr date1904='1'/>");
    EXPECT_EQ(csv_of(read_parts(parts)), "date,asset\n" + std::string(in_1904) + ",\n") << serial;
  }
}

TEST(XlsxTest, RefusesTheDayThatExistsInSpreadsheetsOnly) {
  EXPECT_EQ(cell("s='1'", "<v>60</v>"),
            "b.xlsx: Sheet1!A2: cell holds '60', 29 February 1900, which never was");
  EXPECT_EQ(cell("s='1'", "<v>-1</v>"),
            "b.xlsx: Sheet1!A2: cell holds '-1', which is outside of all dates");
  EXPECT_EQ(cell("s='2'", "<v>2958466</v>"),
            "b.xlsx: Sheet1!A2: cell holds '2958466', which is outside of all dates");
  EXPECT_EQ(cell("s='2'", "<v>2958465.99</v>"), "9999-12-31 23:45:36");
  EXPECT_EQ(cell("s='2'", "<v>1e300</v>"),
            "b.xlsx: Sheet1!A2: cell holds '1e300', which is outside of all dates");
}

TEST(XlsxTest, ReadsBooleansAndIsoDates) {
  EXPECT_EQ(cell("t='b'", "<v>1</v>"), "TRUE");
  EXPECT_EQ(cell("t='b'", "<v>0</v>"), "FALSE");
  EXPECT_EQ(cell("t='d'", "<v>2018-03-01</v>"), "2018-03-01");
  EXPECT_EQ(cell("t='d'", "<v>2018-03-01T00:00:00Z</v>"), "2018-03-01");
  EXPECT_EQ(cell("t='d'", "<v>2018-03-01T09:30:00</v>"), "2018-03-01 09:30:00");
}

TEST(XlsxTest, RefusesErrorCellsWithTheirAddress) {
  EXPECT_EQ(cell("t='e'", "<v>#N/A</v>"),
            "b.xlsx: Sheet1!A2: cell holds the error '#N/A'; correct it in the sheet");
}

TEST(XlsxTest, RefusesFormulasUnlessAllowed) {
  const std::string rows = "<row r='7'><c r='B7'><f>1+1</f><v>2</v></c></row>";
  EXPECT_EQ(
      refusal(read_rows(rows)),
      "b.xlsx: Sheet1!B7: cell holds a formula; save values instead or set allow_formulas: true");
  EXPECT_THAT(csv_of(read_rows(rows, {.allow_formulas = true})), HasSubstr("\n,2\n"));
  EXPECT_THAT(refusal(read_rows("<row><c><f>1+1</f></c></row>", {.allow_formulas = true})),
              HasSubstr("Sheet1!A2: cell holds a formula without its value"));
}

TEST(XlsxTest, CountsRowsAndCellsThatDoNotSayWhereTheyAre) {
  EXPECT_EQ(csv_of(read_parts(workbook("<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row>"
                                       "<row><c><v>1</v></c><c><v>2</v></c></row>"))),
            "date,asset\n1,2\n");
}

TEST(XlsxTest, FillsMissingCellsAndRowsAndDropsEmptyRowsAtTheEnd) {
  const auto table = read_rows(
      "<row r='3'><c r='B3'><v>5</v></c></row><row r='5'><c r='A5'><v>6</v></c></row>"
      "<row r='6'><c r='A6' s='1'/><c r='B6' t='s'/></row><row r='900000'/>");

  EXPECT_EQ(csv_of(table), "date,asset\n,\n,5\n,\n6,\n");
  EXPECT_THAT(table.value().lines, ElementsAre(2, 3, 4, 5));
}

TEST(XlsxTest, RefusesCellsAndRowsOutOfOrder) {
  EXPECT_EQ(
      refusal(read_rows("<row r='2'><c r='B2'><v>1</v></c><c r='A2'><v>1</v></c></row>")),
      "b.xlsx: Sheet1!C2: cell calls itself 'A2', which is out of order; save the file again");
  EXPECT_THAT(refusal(read_rows("<row r='2'><c r='A2'><v>1</v></c><c r='A2'><v>1</v></c></row>")),
              HasSubstr("cell calls itself 'A2'"));
  EXPECT_THAT(refusal(read_rows("<row r='2'><c r='A3'><v>1</v></c></row>")),
              HasSubstr("Sheet1!A2: cell calls itself 'A3'"));
  EXPECT_THAT(refusal(read_rows("<row r='2'/><row r='2'/>")),
              HasSubstr("Sheet1: row number '2' after row 2 is impossible"));
  for (const char* address :
       {"", "2", "A", "A0", "XFE2", "AAAA2", "a2", "A2 ", "A1048577", "A-2"}) {
    EXPECT_THAT(refusal(read_rows("<row r='2'><c r='" + std::string(address) + "'/></row>")),
                HasSubstr("cell calls itself"));
  }
}

TEST(XlsxTest, RefusesAHeaderThatIsNotOne) {
  EXPECT_EQ(refusal(read_parts(workbook(""))),
            "b.xlsx: Sheet1: sheet is empty; a header row is needed");
  EXPECT_EQ(refusal(read_parts(workbook("<row><c t='s'><v>0</v></c><c t='s'><v>0</v></c></row>"))),
            "b.xlsx: Sheet1!B1: header names column 'date' twice");
  EXPECT_EQ(refusal(read_rows("<row r='2'><c r='D2'><v>7</v></c></row>")),
            "b.xlsx: Sheet1!D2: cell holds '7' in a column without a name in the header");
  EXPECT_EQ(refusal(read_parts(workbook("<row><c t='s'><v>0</v></c><c/><c t='s'><v>1</v></c></row>"
                                        "<row><c/><c><v>7</v></c></row>"))),
            "b.xlsx: Sheet1!B2: cell holds '7' in a column without a name in the header");
}

TEST(XlsxTest, FollowsRelationshipsHoweverTheyAreWritten) {
  for (const char* target :
       {"worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", "./worksheets/sheet1.xml",
        "../xl/worksheets/sheet1.xml", "worksheets/sheet%31.xml", "Worksheets/Sheet1.xml"}) {
    Parts parts = workbook(kHeader);
    parts["xl/_rels/workbook.xml.rels"] =
        relationships(relationship("rId1", "worksheet", target) +
                      relationship("rId3", "sharedStrings", "/xl/sharedStrings.xml"));
    EXPECT_EQ(csv_of(read_parts(parts)), "date,asset\n") << target;
  }
}

TEST(XlsxTest, RefusesRelationshipsThatLeadNowhere) {
  constexpr std::pair<const char*, const char*> kCases[] = {
      {"../../etc/passwd", "leaves the package"},
      {"worksheets/%zz.xml", "broken escape"},
      {"worksheets/sheet9.xml", "lacks its part 'xl/worksheets/sheet9.xml'"}};
  for (const auto& [target, message] : kCases) {
    Parts parts = workbook(kHeader);
    parts["xl/_rels/workbook.xml.rels"] = relationships(relationship("rId1", "worksheet", target));
    EXPECT_THAT(refusal(read_parts(parts)), HasSubstr(message));
  }
}

TEST(XlsxTest, ReadsTheSheetThatIsNamedAndTheFirstWorksheetElse) {
  Parts parts = workbook(kHeader);
  parts["xl/workbook.xml"] =
      "<workbook xmlns:r='r'><sheets><sheet name='Chart' r:id='rId9'/><sheet name='A' r:id='rId1'/>"
      "<sheet name='B &amp; C' r:id='rId5'/></sheets></workbook>";
  parts["xl/_rels/workbook.xml.rels"] =
      relationships(relationship("rId9", "chartsheet", "chartsheets/sheet1.xml") +
                    relationship("rId1", "worksheet", "worksheets/sheet1.xml") +
                    relationship("rId5", "worksheet", "worksheets/sheet5.xml") +
                    relationship("rId3", "sharedStrings", "sharedStrings.xml"));
  parts["xl/worksheets/sheet5.xml"] =
      worksheet("<row><c t='inlineStr'><is><t>other</t></is></c></row>");

  EXPECT_EQ(csv_of(read_parts(parts)), "date,asset\n");
  EXPECT_EQ(csv_of(read_parts(parts, {.sheet = "B & C"})), "other\n");
  EXPECT_EQ(refusal(read_parts(parts, {.sheet = "B&C"})),
            "b.xlsx: has no sheet 'B&C', did you mean 'B & C'?");
  EXPECT_EQ(refusal(read_parts(parts, {.sheet = "weights"})),
            "b.xlsx: has no sheet 'weights'; its first sheet is 'A'");
}

TEST(XlsxTest, ReadsPrefixedAndStrictNamespaces) {
  Parts parts = workbook("");
  parts["xl/worksheets/sheet1.xml"] =
      "<x:worksheet xmlns:x='http://purl.oclc.org/ooxml/spreadsheetml/main'><x:sheetData><x:row "
      "r='1'><x:c r='A1' t='inlineStr'><x:is><x:t>date</x:t></x:is></x:c></x:row></x:sheetData>"
      "</x:worksheet>";
  parts["_rels/.rels"] =
      "<Relationships><Relationship Id='a' Target='xl/workbook.xml' "
      "Type='http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument'/></"
      "Relationships>";
  EXPECT_EQ(csv_of(read_parts(parts)), "date\n");
}

TEST(XlsxTest, SaysWhatAFileIsThatIsNoWorkbook) {
  const auto message = [](const std::string& bytes) {
    return refusal(read_xlsx("b.xlsx", std::make_shared<const std::string>(bytes)));
  };
  EXPECT_EQ(message(""), "b.xlsx: is empty; save the sheet as .xlsx");
  EXPECT_THAT(message("date,weight\n"), HasSubstr("is not an XLSX file"));
  EXPECT_THAT(message("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"),
              HasSubstr("is encrypted or an old .xls file; save it as .xlsx without a password"));
  EXPECT_THAT(message("PK\x03\x04 broken"), HasSubstr("is a damaged ZIP file"));
  EXPECT_THAT(refusal(read_parts({{"readme.txt", "x"}})),
              HasSubstr("is a ZIP file but no workbook"));
  Parts binary = workbook("");
  binary["_rels/.rels"] = relationships(relationship("r", "officeDocument", "xl/workbook.bin"));
  EXPECT_THAT(refusal(read_parts(binary)), HasSubstr("is a binary workbook; save it as .xlsx"));
}

TEST(XlsxTest, RefusesADamagedPart) {
  auto bytes = std::make_shared<std::string>(*zipped(workbook(kHeader)));
  const std::size_t at = bytes->find("xl/worksheets/sheet1.xml");
  (*bytes)[at + 40] = static_cast<char>((*bytes)[at + 40] ^ 1);
  EXPECT_THAT(refusal(read_xlsx("b.xlsx", bytes)), HasSubstr("'xl/worksheets/sheet1.xml'"));
}

TEST(XlsxTest, RefusesPartsBehindAPassword) {
  EXPECT_EQ(refusal(read_xlsx("b.xlsx", zipped(workbook(kHeader), "secret"))),
            "b.xlsx: '_rels/.rels': is encrypted; save the file without a password");
}

TEST(XlsxTest, RefusesTwoPartsOfOneName) {
  Parts parts = workbook(kHeader);
  parts["xl/worksheets/sheet2.xml"] = worksheet("");
  auto bytes = std::make_shared<std::string>(*zipped(parts));
  for (std::size_t at = 0; (at = bytes->find("sheet2.xml", at)) != std::string::npos;) {
    (*bytes)[at + 5] = '1';
  }
  EXPECT_EQ(refusal(read_xlsx("b.xlsx", bytes)),
            "b.xlsx: has two entries 'xl/worksheets/sheet1.xml'; save it again");
}

TEST(XlsxTest, RefusesDocumentTypesAndBrokenXml) {
  Parts parts = workbook("");
  std::string& sheet = parts["xl/worksheets/sheet1.xml"];
  sheet = "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><worksheet/>";
  EXPECT_EQ(
      refusal(read_parts(parts)),
      "b.xlsx: 'xl/worksheets/sheet1.xml': declares a document type, which no spreadsheet does");
  sheet = "<worksheet><sheetData>";
  EXPECT_THAT(refusal(read_parts(parts)), HasSubstr("is not well-formed XML at byte 22"));
  sheet = "<html/>";
  EXPECT_THAT(refusal(read_parts(parts)), HasSubstr("Sheet1: is no worksheet"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  sheet = "<worksheet>" + deep;
  EXPECT_THAT(refusal(read_parts(parts)), HasSubstr("nests deeper than 64"));
}

TEST(XlsxTest, RefusesBombs) {
  const std::string zeros(8 << 20, ' ');
  const auto ratio = read_parts(workbook(zeros));
  EXPECT_THAT(refusal(ratio), HasSubstr("inflates to more than 100 times its size"));
  EXPECT_EQ(ratio.error().code, ErrorCode::kLimitExceeded);

  const auto total = read_rows("", {.inflated_bytes_max = 1000});
  EXPECT_THAT(refusal(total), HasSubstr("inflates beyond the limit"));
  EXPECT_EQ(total.error().code, ErrorCode::kLimitExceeded);

  const auto gap =
      read_rows("<row r='1048576'><c r='A1048576'><v>1</v></c></row>", {.cells_max = 1'000'000});
  EXPECT_EQ(refusal(gap), "b.xlsx: Sheet1: has more cells than the limit of 1,000,000");

  Parts many;
  for (int i = 0; i < 10'001; ++i) many["f" + std::to_string(i)] = "";
  EXPECT_THAT(refusal(read_parts(many)), HasSubstr("has 10,001 entries, limit is 10,000"));
}

TEST(XlsxTest, RefusesTagsAndTextsOfAbsurdLength) {
  std::string noise;  // does not compress, so that the ratio is not what refuses it
  for (unsigned i = 0, state = 1; i < (2U << 20); ++i) {
    state = state * 1664525 + 1013904223;
    noise += static_cast<char>('a' + (state >> 24) % 26);
  }
  EXPECT_THAT(refusal(read_rows("<row a='" + noise + "'/>")), HasSubstr("has a tag longer than"));
  EXPECT_THAT(refusal(read_rows("<row><c t='inlineStr'><is><t>" + noise + "</t></is></c></row>")),
              HasSubstr("Sheet1!A2: text is longer than a cell can be"));
}

TEST(XlsxTest, RefusesReferencesToStringsAndStylesThatAreNotThere) {
  EXPECT_THAT(cell("t='s'", "<v>3</v>"), HasSubstr("cell means shared string '3' of 3"));
  EXPECT_THAT(cell("t='s'", "<v>-1</v>"), HasSubstr("cell means shared string '-1' of 3"));
  EXPECT_THAT(cell("s='9'", "<v>3</v>"), HasSubstr("cell style 9 is not defined"));
  EXPECT_THAT(cell("t='zz'", "<v>3</v>"), HasSubstr("cell has the unknown type 'zz'"));
}

}  // namespace
}  // namespace signalbus::formats
