// A write-ahead log that a process left behind, made durable before anything rests on it.
#pragma once

#include "core/result.h"
#include "storage/sqlite.h"

namespace signalbus::storage {

/// Writes the log's frames anew and syncs them. kStorage when it cannot. After a sync that failed
/// the kernel counts pages as clean that no disk holds, and the next sync succeeds: what the dead
/// process wrote last may be readable now and gone after a power loss, when half of it was copied
/// into the database file. Nobody else writes meanwhile.
Status secure_leftover_log(Sqlite& database);

}  // namespace signalbus::storage
