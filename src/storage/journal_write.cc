#include "storage/journal_write.h"

#include "core/text.h"
#include "storage/journal_rows.h"

namespace signalbus::storage {
namespace {

/// Batches and runs end with a checkpoint, between orders nobody waits for one. A batch whose log
/// grows beyond 64 MB pays for one all the same.
constexpr int kLogPagesMax = 16'384;

}  // namespace

Result<ControlRecord> newest_control(Sqlite& database) {
  SB_TRY(Query query, database.query("SELECT state, reason, author, at FROM control "
                                     "ORDER BY record DESC LIMIT 1"));
  SB_TRY(const bool row, query.step());
  if (!row) return ControlRecord{};
  return trusted(database, read_control(query, 0));
}

Result<JournalWrite> JournalWrite::begin(Sqlite& database, JournalMemory& memory,
                                         const Fence* fence) {
  if (database.failed()) {
    return Error{ErrorCode::kStorage, database.path() +
                                          ": the journal failed before, so nothing more is "
                                          "written; end this process and start again"};
  }
  SB_TRY(Transaction transaction, Transaction::begin(database));
  JournalWrite write(database, memory, std::move(transaction));
  // Until the commit it may tell of what is rolled back.
  SB_TRY_OK(write.recall(std::exchange(memory.holds, false)));
  if (fence != nullptr) SB_TRY_OK(write.check(*fence));
  return write;
}

Status JournalWrite::check(const Fence& fence) const {
  const auto& takeovers = memory_.takeovers;
  auto newest = takeovers.begin();
  if (fence.mode) newest = takeovers.find(*fence.mode);
  if (newest == takeovers.end() || (fence.mode && newest->second.epoch == fence.epoch)) return Ok{};
  return Error{ErrorCode::kLocked, database_.path() + ": " + quoted(newest->second.holder) +
                                       " took the journal over, this process may not write to "
                                       "it; wait until that one ends, then run again"};
}

Status JournalWrite::recall(bool held) {
  if (held && database_.data_version() == memory_.data_version) return Ok{};
  memory_.known = {};
  memory_.day = {};
  SB_TRY_OK(memory_.chain.reload());
  SB_TRY(memory_.control, newest_control(database_));
  return recall_takeovers();
}

Status JournalWrite::recall_takeovers() {
  memory_.takeovers.clear();
  // Per mode: with a lone max() SQLite takes the other columns from the row that has it.
  SB_TRY(Query query,
         database_.query("SELECT mode, max(epoch), holder FROM takeover GROUP BY mode"));
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return Ok{};
    SB_TRY(const Mode mode, trusted(database_, parse_mode(query.text(0))));
    memory_.takeovers.insert_or_assign(mode,
                                       Takeover{query.integer(1), std::string(query.text(2))});
  }
}

Status JournalWrite::commit() {
  SB_TRY_OK(transaction_.commit());
  memory_.data_version = database_.data_version();  // a commit of one's own moves it too
  memory_.holds = true;
  return database_.log_pages() < kLogPagesMax ? Status(Ok{}) : database_.checkpoint();
}

}  // namespace signalbus::storage
