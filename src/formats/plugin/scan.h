// Scans: chosen rows of chosen columns, row group after row group, in batches.
#pragma once

#include "formats/plugin/open_file.h"
#include "formats/plugin/surface.h"

namespace signalbus::formats::plugin {

/// kDone or kStopped; throws Failure or what Arrow throws.
SurfaceCode scan(OpenFile& file, const SurfaceScan& wanted);

}  // namespace signalbus::formats::plugin
