#include "storage/journal_write.h"

#include "core/text.h"
#include "storage/journal_rows.h"

namespace signalbus::storage {

Result<ControlRecord> newest_control(Sqlite& database) {
  SB_TRY(Query query, database.query("SELECT state, reason, author, at FROM control "
                                     "ORDER BY record DESC LIMIT 1"));
  SB_TRY(const bool row, query.step());
  if (!row) return ControlRecord{};
  return trusted(database, read_control(query, 0));
}

Result<JournalWrite> JournalWrite::begin(Sqlite& database, JournalMemory& memory,
                                         std::optional<std::int64_t> epoch) {
  if (database.failed()) {
    return Error{ErrorCode::kStorage, database.path() +
                                          ": the journal failed before, so nothing more is "
                                          "written; end this process and start again"};
  }
  SB_TRY(Transaction transaction, Transaction::begin(database));
  JournalWrite write(database, memory, std::move(transaction));
  // Until the commit it may tell of what is rolled back.
  SB_TRY_OK(write.recall(std::exchange(memory.holds, false)));
  if (epoch && *epoch != memory.epoch) {
    return Error{ErrorCode::kLocked, database.path() + ": " + quoted(memory.holder) +
                                         " took the journal over, this process may not write to "
                                         "it; wait until that one ends, then run again"};
  }
  return write;
}

Status JournalWrite::recall(bool held) {
  const std::uint32_t version = database_.data_version();
  if (held && version == memory_.data_version) return Ok{};
  memory_.data_version = version;
  memory_.known = {};
  memory_.day = {};
  SB_TRY_OK(memory_.chain.reload());
  SB_TRY(memory_.control, newest_control(database_));
  SB_TRY(Query query,
         database_.query("SELECT epoch, holder FROM takeover ORDER BY record DESC LIMIT 1"));
  SB_TRY(const bool row, query.step());
  memory_.epoch = row ? query.integer(0) : 0;
  memory_.holder = row ? query.text(1) : "";
  return Ok{};
}

Status JournalWrite::commit() {
  SB_TRY_OK(transaction_.commit());
  memory_.holds = true;
  return Ok{};
}

}  // namespace signalbus::storage
