// The part of SqliteJournal that reconciliation counts from.
#include "core/text.h"
#include "storage/journal_reading.h"
#include "storage/journal_rows.h"
#include "storage/sqlite_journal.h"

namespace signalbus::storage {
namespace {

std::string positions_text(const Baseline& baseline) {
  std::string out;
  for (const BaselinePosition& position : baseline.positions) {
    out += position.symbol.text() + " " + position.quantity.text() + "\n";
  }
  return out;
}

std::string counted_text(const Baseline& baseline) {
  std::string out;
  for (const std::string& id : baseline.counted) out += id + "\n";
  return out;
}

/// Each line without its end; every line has one.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

Result<BaselinePosition> read_position(std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) {
    return Error{ErrorCode::kInvalidInput, "position " + quoted(line) + " has no quantity"};
  }
  SB_TRY(const Symbol symbol, Symbol::parse(line.substr(0, blank)));
  SB_TRY(const Quantity quantity, Quantity::parse(line.substr(blank + 1)));
  return BaselinePosition{symbol, quantity};
}

Result<Baseline> read_baseline(const Query& row) {
  SB_TRY(const Instant at, Instant::parse(row.text(0)));
  SB_TRY(const TradeDate date, TradeDate::parse(row.text(1)));
  SB_TRY(const Instant orders_after, Instant::parse(row.text(4)));
  Baseline out{at, date, Money::from_raw(row.integer(2)), {}, orders_after, {}};
  for (const std::string_view line : lines_of(row.text(3))) {
    SB_TRY(const BaselinePosition position, read_position(line));
    out.positions.push_back(position);
  }
  for (const std::string_view line : lines_of(row.text(5))) out.counted.emplace(line);
  return out;
}

}  // namespace

Result<bool> SqliteJournal::knows(const ClientOrderId& id) {
  SB_TRY(Query query, database_->query("SELECT 1 FROM intent WHERE client_order_id = ? LIMIT 1"));
  return query.bind(id.get()).step();
}

Result<std::optional<Baseline>> SqliteJournal::baseline(Mode mode, const AccountId& account) {
  SB_TRY(Query query,
         database_->query("SELECT at, date, cash, positions, orders_after, counted FROM baseline "
                          "WHERE mode = ? AND account = ? ORDER BY record DESC LIMIT 1"));
  SB_TRY(const bool row, query.bind(to_text(mode)).bind(account.get()).step());
  if (!row) return std::optional<Baseline>();
  SB_TRY(Baseline found, trusted(*database_, read_baseline(query)));
  return std::optional<Baseline>(std::move(found));
}

Status SqliteJournal::set_baseline(Mode mode, const AccountId& account, const Baseline& baseline) {
  const std::string positions = positions_text(baseline);
  const std::string counted = counted_text(baseline);
  SB_TRY(JournalWrite write, begin());
  SB_TRY(Link link, write.link(kBaselineTable));
  link.add(to_text(mode)).add(account.get()).add(baseline.at).add(baseline.date);
  link.add(baseline.cash.raw()).add(positions).add(baseline.orders_after).add(counted);
  SB_TRY_OK(link.append());
  return write.commit();
}

Result<std::vector<Batch>> SqliteJournal::batches_since(Mode mode, const AccountId& account,
                                                        Instant opened) {
  SB_TRY(Query query,
         database_->query("SELECT " SB_BATCH_COLUMNS " FROM batch b WHERE mode = ? AND account = ? "
                          "AND substr(opened_at, 1, 19) >= substr(?, 1, 19) ORDER BY record"));
  query.bind(to_text(mode)).bind(account.get()).bind_copy(opened.rfc3339());
  SB_TRY(std::vector<Batch> found, read_all<Batch>(*database_, query, read_batch));
  // Texts of instants sort as instants do down to the second only: fractions differ in length.
  std::erase_if(found, [&](const Batch& batch) { return batch.opened_at < opened; });
  return found;
}

}  // namespace signalbus::storage
