// Secrets that stand in a file of their own.
#pragma once

#include "core/result.h"
#include "core/secret.h"

namespace signalbus::storage {

/// The secret with its value: one that names a file (`file:PATH`) is read from it, without line
/// breaks at the end; any other comes back as it is. kUsage when the file cannot be opened, is no
/// regular file of at most 4 KiB, is empty, belongs to somebody else than us or root, or may be
/// read by others (mode 0600 or 0400 is wanted). No message holds the value.
Result<Secret> resolved_secret(const Secret& secret);

}  // namespace signalbus::storage
