// The part of SqliteJournal that is about alerts and their outbox.
#include "core/text.h"
#include "storage/journal_reading.h"
#include "storage/journal_rows.h"
#include "storage/sqlite_journal.h"

namespace signalbus::storage {
namespace {

constexpr std::int64_t kFirstAttempt = 1;

Result<std::optional<TradeDate>> optional_date(const Query& row, int column) {
  if (row.is_null(column)) return std::optional<TradeDate>();
  SB_TRY(const TradeDate date, TradeDate::parse(row.text(column)));
  return std::optional(date);
}

void add_date(Link& link, const std::optional<TradeDate>& date) {
  if (date) {
    link.add(*date);
  } else {
    link.add(std::nullopt);
  }
}

std::size_t index_of(AlertLevel level) { return static_cast<std::size_t>(level); }

constexpr const char* kStateColumns =
    "SELECT s.rule, s.scope, s.level, s.held, s.since, s.judged, s.warn_streak, "
    "s.critical_streak, s.warn_before, s.critical_before, s.changes, s.told, s.started, "
    "s.told_warn, s.told_critical, s.told_unknown, s.sentence, s.acknowledged_by, s.reason "
    "FROM alert_state s WHERE s.record IN (SELECT max(record) FROM alert_state WHERE mode = ? AND "
    "account = ? GROUP BY rule, scope) ORDER BY s.rule, s.scope";

Result<AlertState> read_state(const Query& row, int /*first*/) {
  SB_TRY(const AlertLevel level, parse_alert_level(row.text(2)));
  SB_TRY(const AlertLevel held, parse_alert_level(row.text(3)));
  SB_TRY(const TradeDate since, TradeDate::parse(row.text(4)));
  SB_TRY(const TradeDate judged, TradeDate::parse(row.text(5)));
  AlertState state{.rule = std::string(row.text(0)),
                   .scope = std::string(row.text(1)),
                   .level = level,
                   .held = held,
                   .since = since,
                   .judged = judged,
                   .warn_streak = static_cast<int>(row.integer(6)),
                   .critical_streak = static_cast<int>(row.integer(7)),
                   .warn_before = static_cast<int>(row.integer(8)),
                   .critical_before = static_cast<int>(row.integer(9)),
                   .changes = static_cast<int>(row.integer(10)),
                   .told = row.integer(11) != 0,
                   .started = row.integer(12) != 0,
                   .sentence = std::string(row.text(16)),
                   .acknowledged_by = std::string(row.text(17)),
                   .reason = std::string(row.text(18))};
  SB_TRY(state.told_on.at(index_of(AlertLevel::kWarn)), optional_date(row, 13));
  SB_TRY(state.told_on.at(index_of(AlertLevel::kCritical)), optional_date(row, 14));
  SB_TRY(state.told_on.at(index_of(AlertLevel::kUnknown)), optional_date(row, 15));
  return state;
}

Status append_state(JournalWrite& write, Mode mode, const AccountId& account,
                    const AlertState& state, Instant at) {
  SB_TRY(Link link, write.link(kAlertStateTable));
  link.add(to_text(mode))
      .add(account.get())
      .add(state.rule)
      .add(state.scope)
      .add(to_text(state.level))
      .add(to_text(state.held))
      .add(state.since)
      .add(state.judged);
  for (const int number : {state.warn_streak, state.critical_streak, state.warn_before,
                           state.critical_before, state.changes}) {
    link.add(std::int64_t{number});
  }
  link.add(std::int64_t{state.told}).add(std::int64_t{state.started});
  for (const AlertLevel level : {AlertLevel::kWarn, AlertLevel::kCritical, AlertLevel::kUnknown}) {
    add_date(link, state.told_on.at(index_of(level)));
  }
  link.add(state.sentence).add(state.acknowledged_by).add(state.reason).add(at);
  return link.append();
}

Status append_change(JournalWrite& write, Mode mode, const AccountId& account,
                     const AlertChange& change, Instant at) {
  SB_TRY(Link link, write.link(kAlertChangeTable));
  link.add(to_text(mode))
      .add(account.get())
      .add(change.key)
      .add(change.notice.rule)
      .add(change.notice.scope)
      .add(to_text(change.notice.level))
      .add(to_text(change.before))
      .add(change.notice.since)
      .add(change.date)
      .add(change.notice.sentence)
      .add(std::int64_t{change.notice.acknowledged})
      .add(change.suppressed)
      .add(at);
  SB_TRY([[maybe_unused]] const bool is_new, link.append_unless_known());
  return Ok{};
}

Status append_message(JournalWrite& write, const OutboxMessage& message) {
  std::int64_t record = 0;
  {
    SB_TRY(Link link, write.link(kOutboxTable));
    record = link.record();
    link.add(message.key)
        .add(message.channel)
        .add(message.date)
        .add(to_text(message.level))
        .add(message.subject)
        .add(message.text)
        .add(message.html)
        .add(message.created)
        .add(message.expires);
    SB_TRY(const bool is_new, link.append_unless_known());
    if (!is_new) return Ok{};
  }
  SB_TRY(Query insert, write.database().query("INSERT INTO outbox_waiting (message) VALUES (?)"));
  return insert.bind(record).run();
}

Result<AlertChange> read_change(const Query& row, int /*first*/) {
  SB_TRY(const AlertLevel level, parse_alert_level(row.text(3)));
  SB_TRY(const AlertLevel before, parse_alert_level(row.text(4)));
  SB_TRY(const TradeDate since, TradeDate::parse(row.text(5)));
  SB_TRY(const TradeDate date, TradeDate::parse(row.text(6)));
  return AlertChange{.key = std::string(row.text(0)),
                     .notice = {.rule = std::string(row.text(1)),
                                .scope = std::string(row.text(2)),
                                .level = level,
                                .since = since,
                                .sentence = std::string(row.text(7)),
                                .acknowledged = row.integer(8) != 0},
                     .before = before,
                     .date = date,
                     .suppressed = std::string(row.text(9))};
}

// The columns of read_message: of `outbox o`, and of its newest delivery `d`, NULL before the
// first.
#define SB_MESSAGE_COLUMNS                                                                     \
  "SELECT o.record, o.key, o.channel, o.date, o.level, o.subject, o.text, o.html, o.created, " \
  "o.expires, d.state, d.attempt, d.next, d.answer FROM outbox o LEFT JOIN delivery d ON "     \
  "d.record = (SELECT max(record) FROM delivery WHERE message = o.record) "
#define SB_WAITING "o.record IN (SELECT message FROM outbox_waiting) "

Result<OutboxRow> read_message(const Query& row, int /*first*/) {
  SB_TRY(const TradeDate date, TradeDate::parse(row.text(3)));
  SB_TRY(const AlertLevel level, parse_alert_level(row.text(4)));
  SB_TRY(const Instant created, Instant::parse(row.text(8)));
  SB_TRY(const Instant expires, Instant::parse(row.text(9)));
  OutboxRow out{.id = row.integer(0),
                .message = {.key = std::string(row.text(1)),
                            .channel = std::string(row.text(2)),
                            .date = date,
                            .level = level,
                            .subject = std::string(row.text(5)),
                            .text = std::string(row.text(6)),
                            .html = std::string(row.text(7)),
                            .created = created,
                            .expires = expires},
                .next = created,
                .answer = ""};
  if (row.is_null(10)) return out;
  SB_TRY(out.state, parse_delivery_state(row.text(10)));
  out.attempts = static_cast<int>(row.integer(11));
  SB_TRY(out.next, Instant::parse(row.text(12)));
  out.answer = std::string(row.text(13));
  return out;
}

Result<OutboxRow> find_message(Sqlite& database, std::int64_t id) {
  SB_TRY(Query query, database.query(SB_MESSAGE_COLUMNS "WHERE o.record = ?"));
  SB_TRY(const bool row, query.bind(id).step());
  if (!row) {
    return Error{ErrorCode::kNotFound, "outbox has no message " + std::to_string(id)};
  }
  return trusted(database, read_message(query, 0));
}

Status append_delivery(JournalWrite& write, std::int64_t id, std::int64_t attempt,
                       DeliveryState state, Instant next, const std::string& answer, Instant at) {
  SB_TRY(Link link, write.link(kDeliveryTable));
  link.add(id).add(attempt).add(to_text(state)).add(next).add(answer).add(at);
  return link.append();
}

}  // namespace

Result<std::vector<AccountId>> SqliteJournal::alert_accounts(Mode mode) {
  SB_TRY(Query query, database_->query("SELECT DISTINCT account FROM alert_state WHERE mode = ? "
                                       "ORDER BY account"));
  query.bind(to_text(mode));
  std::vector<AccountId> out;
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return out;
    out.emplace_back(std::string(query.text(0)));
  }
}

Result<std::vector<AlertState>> SqliteJournal::alert_states(Mode mode, const AccountId& account) {
  SB_TRY(Query query, database_->query(kStateColumns));
  query.bind(to_text(mode)).bind(account.get());
  return read_all<AlertState>(*database_, query, read_state);
}

Status SqliteJournal::record_alerts(Mode mode, const AccountId& account,
                                    const AlertChanges& changes) {
  if (changes.states.empty() && changes.changes.empty() && changes.messages.empty()) return Ok{};
  SB_TRY(JournalWrite write, begin_unfenced());
  for (const AlertState& state : changes.states) {
    SB_TRY_OK(append_state(write, mode, account, state, changes.at));
  }
  for (const AlertChange& change : changes.changes) {
    SB_TRY_OK(append_change(write, mode, account, change, changes.at));
  }
  for (const OutboxMessage& message : changes.messages) {
    SB_TRY_OK(append_message(write, message));
  }
  return write.commit();
}

Result<std::vector<AlertChange>> SqliteJournal::alert_changes(Mode mode, const AccountId& account,
                                                              std::size_t limit) {
  SB_TRY(Query query,
         database_->query("SELECT key, rule, scope, level, before, since, date, sentence, "
                          "acknowledged, suppressed FROM alert_change WHERE mode = ? AND "
                          "account = ? ORDER BY record DESC LIMIT ?"));
  query.bind(to_text(mode)).bind(account.get()).bind(static_cast<std::int64_t>(limit));
  return read_all<AlertChange>(*database_, query, read_change);
}

Result<std::vector<OutboxRow>> SqliteJournal::due_messages(Instant at, std::size_t limit) {
  std::vector<OutboxRow> due;
  SB_TRY(Query query, database_->query(SB_MESSAGE_COLUMNS "WHERE " SB_WAITING "ORDER BY o.record"));
  while (due.size() < limit) {
    SB_TRY(const bool row, query.step());
    if (!row) break;
    SB_TRY(OutboxRow message, trusted(*database_, read_message(query, 0)));
    if (message.next <= at) due.push_back(std::move(message));
  }
  return due;
}

Result<bool> SqliteJournal::claim_message(std::int64_t id, Instant at, Instant next) {
  SB_TRY(JournalWrite write, begin_unfenced());
  SB_TRY(const OutboxRow row, find_message(*database_, id));
  if (row.state != DeliveryState::kWaiting || row.next > at) return false;
  SB_TRY_OK(append_delivery(write, id, row.attempts + kFirstAttempt, DeliveryState::kWaiting, next,
                            row.answer.empty() ? "no answer yet" : row.answer, at));
  SB_TRY_OK(write.commit());
  return true;
}

Status SqliteJournal::mark_message(std::int64_t id, DeliveryState state, const std::string& answer,
                                   Instant at) {
  SB_TRY(JournalWrite write, begin_unfenced());
  SB_TRY(const OutboxRow row, find_message(*database_, id));
  if (row.state != DeliveryState::kWaiting) return Ok{};  // another process was first
  const std::int64_t attempt = std::max<std::int64_t>(row.attempts, kFirstAttempt);
  SB_TRY_OK(append_delivery(write, id, attempt, state, row.next, answer, at));
  if (state != DeliveryState::kWaiting) {
    SB_TRY(Query remove, database_->query("DELETE FROM outbox_waiting WHERE message = ?"));
    SB_TRY_OK(remove.bind(id).run());
  }
  return write.commit();
}

Result<std::vector<OutboxRow>> SqliteJournal::messages(bool only_waiting, std::size_t limit) {
  if (only_waiting) {
    SB_TRY(Query query, database_->query(SB_MESSAGE_COLUMNS "WHERE " SB_WAITING
                                                            "ORDER BY o.record DESC LIMIT ?"));
    query.bind(static_cast<std::int64_t>(limit));
    return read_all<OutboxRow>(*database_, query, read_message);
  }
  SB_TRY(Query query, database_->query(SB_MESSAGE_COLUMNS "ORDER BY o.record DESC LIMIT ?"));
  query.bind(static_cast<std::int64_t>(limit));
  return read_all<OutboxRow>(*database_, query, read_message);
}

Result<std::size_t> SqliteJournal::messages_of(const std::string& channel, TradeDate date) {
  SB_TRY(Query query,
         database_->query("SELECT count(*) FROM outbox WHERE channel = ? AND date = ?"));
  SB_TRY(const bool row, query.bind(channel).bind_copy(date.iso()).step());
  SB_CHECK(row);
  return static_cast<std::size_t>(query.integer(0));
}

Result<std::vector<OutboxRow>> SqliteJournal::given_up_since(Instant at) {
  SB_TRY(Query query,
         database_->query(SB_MESSAGE_COLUMNS "WHERE d.state = 'given up' AND d.at >= ? "
                                             "ORDER BY o.record"));
  query.bind_copy(at.rfc3339());
  return read_all<OutboxRow>(*database_, query, read_message);
}

}  // namespace signalbus::storage
