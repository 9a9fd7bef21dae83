// Writing: columns to the bytes of a Parquet file.
#pragma once

#include "formats/plugin/surface.h"

namespace signalbus::formats::plugin {

/// Throws Failure or what Arrow throws.
void write_file(const SurfaceWrite& what);

}  // namespace signalbus::formats::plugin
