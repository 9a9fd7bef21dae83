// The parts of a workbook: which ZIP entry is what, by relationships and not by habit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "formats/xml_reader.h"
#include "formats/zip_archive.h"

namespace signalbus::formats {

/// Which parts a sheet needs; paths are names of ZIP entries.
struct XlsxParts {
  std::string sheet_name;
  std::string sheet;
  std::optional<std::string> styles;
  std::optional<std::string> shared_strings;
  bool date_1904 = false;
};

/// Inflates one part into the handler. kInvalidInput when the archive has no such part.
Status parse_part(ZipArchive& archive, const std::string& name, const std::string& part,
                  XmlHandler& handler);

/// Finds the sheet called `sheet`, the first one when empty.
Result<XlsxParts> find_parts(ZipArchive& archive, const std::string& name,
                             const std::string& sheet);

/// The entry that `target` means in a relationship of a part in `folder`: `/xl/a.xml`, `a.xml`,
/// `../a%20b.xml`. kInvalidInput when it leaves the package or holds a broken escape.
Result<std::string> resolve_target(std::string_view folder, std::string_view target);

}  // namespace signalbus::formats
