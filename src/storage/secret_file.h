// A secret that lies in a file of its own: read only when nobody else can.
#pragma once

#include <string>

#include "core/result.h"
#include "core/secret.h"

namespace signalbus::storage {

/// The secret itself: as it is, or the content of its file without the line break at its end.
/// kUsage, naming the file and the remedy, when the file is missing, empty, larger than 4 KiB, no
/// regular file, or open to other users (any of mode 077).
Result<Secret> resolve_secret(const Secret& secret);

}  // namespace signalbus::storage
