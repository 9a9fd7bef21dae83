// The journal's tables and their versions; opening a database file brings it to the newest.
#pragma once

#include <memory>
#include <string>

#include "storage/sqlite.h"

namespace signalbus::storage {

/// The schema this program writes (`PRAGMA user_version`).
inline constexpr int kJournalSchema = 3;

/// Opens or creates the journal database: folder 0700, files 0600, WAL, synchronous=FULL, older
/// schemas migrated. kStorage when the file is damaged, not a journal, or of a newer schema.
Result<std::unique_ptr<Sqlite>> open_journal_database(const std::string& path);

/// The same on a file system layer that was registered with SQLite under that name: tests lose
/// power with it. Folders and file modes are the layer's.
Result<std::unique_ptr<Sqlite>> open_journal_on(const char* vfs, const std::string& path);

/// The same in memory: nothing is durable.
Result<std::unique_ptr<Sqlite>> open_journal_in_memory();

}  // namespace signalbus::storage
