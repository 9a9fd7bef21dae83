// The part of SqliteJournal that is not about single orders: who may write and trade, limits of the
// day, sleeves, differences that were looked at.
#include "core/text.h"
#include "storage/journal_reading.h"
#include "storage/journal_recording.h"
#include "storage/journal_rows.h"
#include "storage/sqlite_journal.h"

namespace signalbus::storage {

Status SqliteJournal::take_over(Mode mode, const std::string& holder, Instant at) {
  SB_TRY(JournalWrite write, begin_unfenced());
  const auto before = memory_.takeovers.find(mode);
  const std::int64_t epoch = before == memory_.takeovers.end() ? 1 : before->second.epoch + 1;
  SB_TRY(Link link, write.link(kTakeoverTable));
  SB_TRY_OK(link.add(to_text(mode)).add(epoch).add(holder).add(at).append());
  memory_.takeovers.insert_or_assign(mode, Takeover{epoch, holder});
  SB_TRY_OK(write.commit());
  fence_ = {mode, epoch};
  return Ok{};
}

Status SqliteJournal::join_holder(Mode mode) {
  SB_TRY(Query query, database_->query("SELECT max(epoch) FROM takeover WHERE mode = ?"));
  SB_TRY(const bool row, query.bind(to_text(mode)).step());
  SB_CHECK(row);
  fence_ = {mode, query.is_null(0) ? 0 : query.integer(0)};
  return Ok{};
}

Result<ControlRecord> SqliteJournal::control() { return newest_control(*database_); }

Status SqliteJournal::set_control(const ControlRecord& record) {
  SB_TRY(JournalWrite write, begin_unfenced());
  SB_TRY(Link link, write.link(kControlTable));
  link.add(to_text(record.state)).add(record.reason).add(record.by).add(record.at);
  SB_TRY_OK(link.append());
  memory_.control = record;
  return write.commit();
}

Result<DayUse> SqliteJournal::day_use(Mode mode, const AccountId& account, TradeDate date) {
  return sum_day_use(*database_, mode, account, date);
}

Result<EquityMarks> SqliteJournal::mark_equity(Mode mode, const AccountId& account, TradeDate date,
                                               Money equity) {
  SB_TRY(JournalWrite write, begin());
  {
    SB_TRY(Link link, write.link(kEquityMarkTable));
    link.add(to_text(mode)).add(account.get()).add(date).add(equity.raw());
    SB_TRY([[maybe_unused]] const bool first, link.append_unless_known());
  }
  EquityMarks marks;
  {
    SB_TRY(Query query, database_->query("SELECT max(equity), max(equity) FILTER (WHERE date = ?3) "
                                         "FROM equity_mark WHERE mode = ?1 AND account = ?2"));
    query.bind(to_text(mode)).bind(account.get()).bind_copy(date.iso());
    SB_TRY(const bool row, query.step());
    SB_CHECK(row);
    marks = {Money::from_raw(query.integer(1)), Money::from_raw(query.integer(0))};
  }
  SB_TRY_OK(write.commit());
  return marks;
}

Status SqliteJournal::add_override(const Override& permission) {
  SB_TRY(JournalWrite write, begin_unfenced());
  SB_TRY(Link link, write.link(kPermissionTable));
  link.add(permission.rule)
      .add(permission.reason)
      .add(permission.by)
      .add(permission.at)
      .add(permission.expires_at);
  SB_TRY_OK(link.append());
  return write.commit();
}

Result<std::optional<TradeDate>> SqliteJournal::first_equity_mark(Mode mode,
                                                                  const AccountId& account) {
  SB_TRY(Query query,
         database_->query("SELECT date FROM equity_mark WHERE mode = ? AND account = ? "
                          "ORDER BY date LIMIT 1"));
  query.bind(to_text(mode)).bind(account.get());
  SB_TRY(const bool row, query.step());
  if (!row) return std::optional<TradeDate>();
  SB_TRY(const TradeDate date, trusted(*database_, TradeDate::parse(query.text(0))));
  return std::optional(date);
}

Result<std::vector<Override>> SqliteJournal::unused_overrides(Instant at) {
  SB_TRY(Query query,
         database_->query("SELECT rule, reason, author, at, expires_at FROM permission p "
                          "WHERE NOT EXISTS (SELECT 1 FROM permission_use WHERE "
                          "permission = p.record) ORDER BY record"));
  std::vector<Override> out;
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return out;
    SB_TRY(Override found, trusted(*database_, read_override(query, 0)));
    if (found.expires_at > at) out.push_back(std::move(found));
  }
}

Result<std::optional<Override>> SqliteJournal::use_override(const std::string& rule, Instant at) {
  SB_TRY(JournalWrite write, begin());
  SB_TRY(Query query,
         database_->query("SELECT record, rule, reason, author, at, expires_at FROM permission p "
                          "WHERE rule = ? AND NOT EXISTS (SELECT 1 FROM permission_use WHERE "
                          "permission = p.record) ORDER BY record"));
  query.bind(rule);
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return std::optional<Override>();
    SB_TRY(Override found, trusted(*database_, read_override(query, 1)));
    if (found.expires_at <= at) continue;
    SB_TRY(Link link, write.link(kPermissionUseTable));
    SB_TRY_OK(link.add(query.integer(0)).add(at).append());
    SB_TRY_OK(write.commit());
    return std::optional<Override>(std::move(found));
  }
}

Result<std::span<const SleeveEntry>> SqliteJournal::sleeve_entries(Mode mode,
                                                                   const AccountId& account) {
  if (!sleeves_ || sleeves_->mode != mode || sleeves_->account != account) {
    sleeves_ = SleeveMemory{mode, account};
  }
  SB_TRY_OK(read_sleeve_entries(*database_, *sleeves_));
  return std::span<const SleeveEntry>(sleeves_->entries);
}

Status SqliteJournal::acknowledge(Mode mode, const AccountId& account,
                                  const Acknowledgement& seen) {
  SB_TRY(JournalWrite write, begin_unfenced());
  SB_TRY(Link link, write.link(kAcknowledgementTable));
  link.add(to_text(mode))
      .add(account.get())
      .add(seen.key)
      .add(seen.reason)
      .add(seen.by)
      .add(seen.at);
  SB_TRY_OK(link.append());
  return write.commit();
}

Result<std::vector<Acknowledgement>> SqliteJournal::acknowledgements(Mode mode,
                                                                     const AccountId& account) {
  SB_TRY(Query query, database_->query("SELECT difference, reason, author, at FROM acknowledgement "
                                       "WHERE mode = ? AND account = ? ORDER BY record"));
  query.bind(to_text(mode)).bind(account.get());
  return read_all<Acknowledgement>(*database_, query, read_acknowledgement);
}

}  // namespace signalbus::storage
