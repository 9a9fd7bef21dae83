// Whether a journal is what this program recorded.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "storage/sqlite.h"

namespace signalbus::storage {

/// What a sound journal holds.
struct JournalAudit {
  std::vector<std::pair<std::string, std::int64_t>> counts;  ///< Rows by table.
  std::int64_t records = 0;                                  ///< In sum.
  /// The chain's newest hash, "" of an empty journal. Whoever noted it sees a journal that was cut
  /// off or written anew.
  std::string head;
};

/// Asks SQLite whether the file is sound, then walks the chain. kStorage naming the first row that
/// was changed, inserted or removed.
Result<JournalAudit> audit_journal(Sqlite& database);

}  // namespace signalbus::storage
