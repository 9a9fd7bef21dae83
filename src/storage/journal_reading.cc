#include "storage/journal_reading.h"

#include "core/text.h"
#include "storage/journal_recording.h"
#include "storage/journal_rows.h"

namespace signalbus::storage {
namespace {

using SharesByIntent = std::map<std::int64_t, std::vector<StrategyShare>>;

/// Rows of `intent, strategy, quantity`, in the order of recording.
Result<SharesByIntent> read_shares(Query& query) {
  SharesByIntent shares;
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return shares;
    shares[query.integer(0)].push_back(
        {StrategyId(std::string(query.text(1))), Quantity::from_raw(query.integer(2))});
  }
}

Result<SharesByIntent> read_shares_of(Sqlite& database, std::int64_t batch_record) {
  SB_TRY(Query query,
         database.query("SELECT s.intent, s.strategy, s.quantity FROM intent i JOIN share s ON "
                        "s.intent = i.record WHERE i.batch = ? ORDER BY s.record"));
  return read_shares(query.bind(batch_record));
}

/// Rows of the intent's columns from 0, the event's, record, body, body_sha256, posts, the quantity
/// that was asked for and the time of the last post.
Result<StoredOrder> read_order(const Sqlite& database, const Query& row, SharesByIntent& shares) {
  constexpr int kRest = kIntentColumns + kEventColumns;
  SB_TRY(Intent intent, trusted(database, read_intent(row, 0)));
  StoredOrder order{std::move(intent), std::nullopt};
  if (!row.is_null(kIntentColumns + 1)) {
    SB_TRY(OrderEvent event, trusted(database, read_event(row, kIntentColumns)));
    order.newest = std::move(event);
  }
  order.intent.body = row.text(kRest + 1);
  order.intent.posts = static_cast<int>(row.integer(kRest + 3));
  // These bytes may be sent again: a flipped bit would be another order.
  if (order.intent.posts > 0 && sha256_hex(order.intent.body) != row.text(kRest + 2)) {
    return database.damaged("the body of order " + quoted(order.intent.client_order_id.get()) +
                            " is not what was sent");
  }
  if (order.intent.posts > 0) {
    const Quantity asked = Quantity::from_raw(row.integer(kRest + 4));
    if (asked != order.intent.order.quantity) order.intent.reduced_to = asked;
    SB_TRY(order.intent.posted_at, trusted(database, Instant::parse(row.text(kRest + 5))));
  }
  order.intent.parent = ClientOrderId(std::string(row.text(kRest + 6)));
  const auto at = shares.find(row.integer(kRest));
  if (at != shares.end()) order.intent.shares = std::move(at->second);
  return order;
}

}  // namespace

Result<std::vector<StoredOrder>> read_orders(Sqlite& database, const Batch& batch) {
  SB_TRY(const BatchRow batch_row, find_batch(database, batch));
  SB_TRY(SharesByIntent shares, read_shares_of(database, batch_row.record));
  SB_TRY(
      Query query,
      database.query(
          "SELECT i.client_order_id, i.sequence, i.attempt, coalesce(e.state, i.state), "
          "i.asset_id, i.symbol, i.side, i.quantity, i.type, i.take_profit, i.stop_loss, "
          "i.limit_price, i.ref_price, i.notional, i.time_in_force, i.purpose, "
          "i.client_order_id, e.state, e.order_id, e.filled_qty, e.filled_avg_price, "
          "e.price_used, e.submitted_at, e.updated_at, e.reject_code, e.error, "
          "i.record, p.body, p.body_sha256, "
          "(SELECT max(post) FROM posting WHERE intent = i.record), p.quantity, "
          "(SELECT at FROM posting WHERE intent = i.record ORDER BY post DESC LIMIT 1), i.parent "
          "FROM intent i LEFT JOIN " SB_NEWEST_EVENT
          "LEFT JOIN posting p ON p.intent = i.record AND p.post = 1 "
          "WHERE i.batch = ? ORDER BY i.sequence"));
  query.bind(batch_row.record);
  std::vector<StoredOrder> found;
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return found;
    SB_TRY(StoredOrder order, read_order(database, query, shares));
    found.push_back(std::move(order));
  }
}

Status read_sleeve_entries(Sqlite& database, SleeveMemory& known) {
  SB_TRY(Query shares_query,
         database.query("SELECT s.intent, s.strategy, s.quantity FROM share s WHERE s.intent IN "
                        "(SELECT f.intent FROM fill f CROSS JOIN batch b ON b.record = f.batch "
                        "WHERE f.record > ? AND b.mode = ? AND b.account = ?) ORDER BY s.record"));
  shares_query.bind(known.last_record).bind(to_text(known.mode)).bind(known.account.get());
  SB_TRY(const SharesByIntent shares, read_shares(shares_query));
  // Fills and moves are numbered together: their order is the one in which things happened here.
  // CROSS JOIN keeps SQLite in it: by batch it would read pages all over the file, and sort.
  SB_TRY(
      Query query,
      database.query("SELECT f.record, b.run_date, b.number, f.intent, f.execution_id, f.order_id, "
                     "i.client_order_id, f.symbol, f.side, f.quantity, f.price, f.at "
                     "FROM fill f CROSS JOIN intent i ON i.record = f.intent "
                     "CROSS JOIN batch b ON b.record = f.batch "
                     "WHERE b.mode = ?1 AND b.account = ?2 AND f.record > ?3 UNION ALL "
                     "SELECT m.record, b.run_date, b.number, NULL, m.from_strategy, m.to_strategy, "
                     "m.symbol, m.quantity, m.price, m.cash, m.reason, NULL "
                     "FROM move m CROSS JOIN batch b ON b.record = m.batch "
                     "WHERE b.mode = ?1 AND b.account = ?2 AND m.record > ?3 ORDER BY 1"));
  query.bind(to_text(known.mode)).bind(known.account.get()).bind(known.last_record);
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return Ok{};
    SB_TRY(const TradeDate date, trusted(database, TradeDate::parse(query.text(1))));
    SleeveEntry entry{
        BatchId(date.compact() + "-" + std::string(query.text(2))), std::nullopt, std::nullopt, {}};
    if (query.is_null(3)) {
      SB_TRY(entry.move, trusted(database, read_move(query, 4)));
    } else {
      SB_TRY(entry.fill, trusted(database, read_fill(query, 4)));
      const auto at = shares.find(query.integer(3));
      if (at != shares.end()) entry.shares = at->second;
    }
    known.entries.push_back(std::move(entry));
    known.last_record = query.integer(0);
  }
}

Status append_intent(JournalWrite& write, KnownOrders& known, const Intent& intent) {
  SB_TRY(Link link, write.link(kIntentTable));
  const std::int64_t record = link.add(known.batch_record).record();
  add_intent(link, intent);
  SB_TRY_OK(link.append());
  for (const StrategyShare& share : intent.shares) {
    SB_TRY(Link part, write.link(kShareTable));
    part.add(record).add(share.strategy_id.get()).add(share.quantity.raw());
    SB_TRY_OK(part.append());
  }
  known.orders.emplace(
      intent.client_order_id,
      KnownOrders::Order{record, intent.order.symbol, intent.order.side, 0, "", std::nullopt});
  return Ok{};
}

Status append_move(JournalWrite& write, std::int64_t batch_record, const SleeveMove& move) {
  SB_TRY(Link link, write.link(kMoveTable));
  link.add(batch_record).add(move.from.get()).add(move.to.get());
  if (move.symbol) {
    link.add(move.symbol->view());
  } else {
    link.add(std::nullopt);
  }
  link.add(move.quantity.raw()).add(move.price.raw()).add(move.cash.raw()).add(move.reason);
  return link.append();
}

}  // namespace signalbus::storage
