// The journal's tables and their versions; opening a database file brings it to the newest.
#pragma once

#include <memory>
#include <string>

#include "storage/sqlite.h"

namespace signalbus::storage {

/// The schema this program writes (`PRAGMA user_version`).
inline constexpr int kJournalSchema = 1;

/// Opens or creates the journal database: folder 0700, files 0600, WAL, synchronous=FULL, older
/// schemas migrated. kStorage when the file is damaged, not a journal, or of a newer schema.
Result<std::unique_ptr<Sqlite>> open_journal_database(const std::string& path);

/// The same in memory: nothing is durable.
Result<std::unique_ptr<Sqlite>> open_journal_in_memory();

}  // namespace signalbus::storage
