#include "inputs/load_sectors.h"

#include "inputs/rows.h"

namespace signalbus::inputs {

Result<SectorMap> load_sectors(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  SB_TRY(const std::size_t symbols, rows.column("symbol"));
  SB_TRY(const std::size_t sectors, rows.column("sector"));
  SectorMap out;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(const Symbol symbol, rows.parse(i, symbols, Symbol::parse));
    std::string sector = rows.text(i, sectors);
    if (sector.empty()) {
      return rows.at(i, sectors, "is empty; name a sector, or remove the row");
    }
    if (!out.emplace(symbol, std::move(sector)).second) {
      return rows.at(i, symbols, symbol.text() + " stands twice");
    }
  }
  return out;
}

}  // namespace signalbus::inputs
