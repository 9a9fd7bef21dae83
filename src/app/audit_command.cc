// audit verify: whether the journal is what was recorded.
#include "app/commands.h"
#include "app/session.h"
#include "core/text.h"
#include "formats/json_writer.h"
#include "storage/sqlite_journal.h"

namespace signalbus::app {
namespace {

std::string audit_text(const std::string& path, const storage::JournalAudit& audit) {
  std::string out = path + ": ok, " + with_thousands(audit.records) +
                    (audit.records == 1 ? " record\n" : " records\n");
  for (const auto& [table, count] : audit.counts) {
    if (count != 0) out += "  " + with_thousands(count) + " " + table + "\n";
  }
  // Of two journals with the same head neither lacks a record that the other has.
  return out + "  head " + (audit.head.empty() ? "none" : audit.head) + "\n";
}

std::string audit_json(const std::string& path, const storage::JournalAudit& audit) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("audit verify").key("journal").string(path);
  json.key("records").integer(audit.records).key("head").string(audit.head);
  json.key("tables").begin_object();
  for (const auto& [table, count] : audit.counts) json.key(table).integer(count);
  json.end_object().end_object();
  return json.take() + "\n";
}

}  // namespace

Result<int> audit_verify_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  const std::string path = session->workspace().journal();
  if (!session->doors().files.exists(path)) {
    return Error{ErrorCode::kNotFound,
                 path + ": there is no journal yet; `signalbus run` makes it with the first batch"};
  }
  SB_TRY(const std::unique_ptr<storage::SqliteJournal> journal, storage::SqliteJournal::open(path));
  SB_TRY(const storage::JournalAudit audit, journal->audit());
  print_result(options, audit_text(path, audit), audit_json(path, audit));
  return 0;
}

}  // namespace signalbus::app
