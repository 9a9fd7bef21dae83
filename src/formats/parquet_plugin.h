// The Parquet plug-in as the host sees it: found beside the executable and loaded on first use.
#pragma once

#include "core/result.h"
#include "formats/plugin/surface.h"

namespace signalbus::formats {

/// The functions of the plug-in; loads it when nobody has yet, waits when a ParquetPreload is at
/// it. kStorage when it is missing or does not fit this program.
Result<const plugin::Surface*> parquet_plugin();

}  // namespace signalbus::formats
