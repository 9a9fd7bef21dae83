// Sectors: which sector each symbol belongs to, from a file that a person keeps.
#pragma once

#include <map>
#include <string>

#include "book/market.h"
#include "core/result.h"
#include "ports/files.h"

namespace signalbus::inputs {

using SectorMap = std::map<Symbol, std::string>;

/// Reads symbol,sector. kInvalidInput for an empty sector and for a symbol that stands twice.
Result<SectorMap> load_sectors(Files& files, const std::string& path);

}  // namespace signalbus::inputs
