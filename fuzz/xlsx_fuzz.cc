// read_xlsx on any bytes. The first byte chooses what the rest is: a whole file, or one part inside
// a well-formed package, because a mutated ZIP file rarely gets past its checksums.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <variant>

#include "formats/xlsx.h"
#include "formats/xlsx_testing.h"

namespace {

using signalbus::formats::Table;
using signalbus::formats::TextColumn;

constexpr const char* kParts[] = {"xl/worksheets/sheet1.xml",   "xl/styles.xml",
                                  "xl/sharedStrings.xml",       "xl/workbook.xml",
                                  "xl/_rels/workbook.xml.rels", "_rels/.rels"};
constexpr const char* kRows =
    "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>"
    "<row r='2'><c r='A2' s='1'><v>43160</v></c><c r='B2' t='s'><v>2</v></c></row>"
    "<row r='3'><c r='A3' s='2'><v>43160.4</v></c><c r='B3'><v>1.5</v></c></row>";

/// Every view must lie in memory that the table keeps: reading it makes the sanitizer look.
void check(const Table& table) {
  std::size_t sum = 0;
  for (const auto& column : table.columns) {
    const auto& values = std::get<TextColumn>(column.values);
    if (values.size() != table.row_count()) std::abort();
    for (const auto text : values) {
      for (const char c : text) sum += static_cast<unsigned char>(c);
    }
  }
  if (sum == ~std::size_t{0}) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto bytes = std::make_shared<const std::string>(rest);
  if (data[0] < std::size(kParts)) {
    auto parts = signalbus::formats::testing_xlsx::workbook(kRows);
    parts[kParts[data[0]]] = rest;
    bytes = signalbus::formats::testing_xlsx::zipped(parts);
  }
  signalbus::formats::XlsxOptions options;
  options.allow_formulas = size % 2 == 0;
  options.cells_max = 100'000;
  options.inflated_bytes_max = 4 << 20;
  const auto table = signalbus::formats::read_xlsx("f", std::move(bytes), options);
  if (table.ok()) check(table.value());
  return 0;
}
