#include "storage/journal_recording.h"

#include "core/text.h"

namespace signalbus::storage {
namespace {

bool is_repetition(const OrderEvent& a, const OrderEvent& b) {
  return a.state == b.state && a.order_id == b.order_id && a.filled_qty == b.filled_qty &&
         a.filled_avg_price == b.filled_avg_price && a.price_used == b.price_used &&
         a.submitted_at == b.submitted_at && a.reject_code == b.reject_code && a.error == b.error;
}

Result<ChainEnd> read_end(Sqlite& database, const char* sql) {
  SB_TRY(Query query, database.query(sql));
  SB_TRY(const bool row, query.step());
  if (!row) return ChainEnd{0, ""};
  return ChainEnd{query.integer(0), std::string(query.text(1))};
}

}  // namespace

std::string name_of(const Batch& batch) {
  return "batch " + batch.id().get() + " (" + std::string(to_text(batch.key.mode)) + ", account " +
         quoted(batch.key.account.get()) + ")";
}

Result<Recording> Recording::start(Sqlite& database, const Batch& batch, std::int64_t batch_key,
                                   KnownOrders& known) {
  if (known.batch_key != batch_key) known = {batch_key, {}};
  Recording recording(database, batch, batch_key, known);
  SB_TRY(recording.events_,
         read_end(database, "SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1"));
  SB_TRY(recording.fills_,
         read_end(database, "SELECT sequence, hash FROM fill ORDER BY sequence DESC LIMIT 1"));
  return recording;
}

/// The order's key and newest event, from the database at its first mention.
Result<Recording::Order*> Recording::order(const ClientOrderId& id) {
  const auto known = known_.orders.find(id);
  if (known != known_.orders.end()) return &known->second;
  SB_TRY(Query query,
         database_.query("SELECT i.intent_key, i.symbol, i.client_order_id, e.state, e.order_id, "
                         "e.filled_qty, e.filled_avg_price, e.price_used, e.submitted_at, "
                         "e.updated_at, e.reject_code, e.error "
                         "FROM intent i LEFT JOIN " SB_NEWEST_EVENT
                         "WHERE i.batch_key = ? AND i.client_order_id = ?"));
  query.bind(batch_key_).bind(id.get());
  SB_TRY(const bool row, query.step());
  if (!row) {
    return Error{ErrorCode::kInvalidInput,
                 "order " + quoted(id.get()) + " is not of " + name_of(batch_)};
  }
  SB_TRY(const Symbol symbol, trusted(database_, Symbol::parse(query.text(1))));
  Order found{query.integer(0), symbol, std::nullopt};
  if (!query.is_null(3)) {
    SB_TRY(OrderEvent newest, trusted(database_, read_event(query, 2)));
    found.newest = std::move(newest);
  }
  return &known_.orders.emplace(id, std::move(found)).first->second;
}

Status Recording::append(const OrderEvent& event) {
  SB_TRY(Order * order, this->order(event.client_order_id));
  if (order->newest && is_repetition(event, *order->newest)) return Ok{};
  const std::string hash = sha256_hex(chain_text(events_.hash, place_, event));
  SB_TRY(Query insert,
         database_.query("INSERT INTO event (sequence, intent_key, state, order_id, filled_qty, "
                         "filled_avg_price, price_used, submitted_at, updated_at, reject_code, "
                         "error, prev_hash, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  insert.bind(events_.sequence + 1).bind(order->intent_key);
  bind_event(insert, event);
  SB_TRY_OK(insert.bind(events_.hash).bind(hash).run());
  events_ = {events_.sequence + 1, hash};
  order->newest = event;
  if (!event.filled_qty.is_zero()) traded_.insert(order->symbol);
  return Ok{};
}

Status Recording::append(const Fill& fill) {
  SB_TRY(const Order* order, this->order(fill.client_order_id));
  const std::string hash = sha256_hex(chain_text(fills_.hash, place_, fill));
  SB_TRY(Query insert,
         database_.query("INSERT INTO fill (sequence, batch_key, intent_key, execution_id, "
                         "order_id, symbol, side, quantity, price, at, prev_hash, hash) "
                         "VALUES (?,?,?,?,?,?,?,?,?,?,?,?) "
                         "ON CONFLICT (batch_key, execution_id) DO NOTHING"));
  insert.bind(fills_.sequence + 1).bind(batch_key_).bind(order->intent_key);
  bind_fill(insert, fill);
  SB_TRY_OK(insert.bind(fills_.hash).bind(hash).run());
  if (sqlite3_changes(database_.handle()) == 0) return Ok{};
  fills_ = {fills_.sequence + 1, hash};
  traded_.insert(fill.symbol);
  return Ok{};
}

Status Recording::finish() {
  for (const Symbol& symbol : traded_) {
    SB_TRY(Query insert, database_.query("INSERT OR IGNORE INTO traded_symbol VALUES (?,?,?)"));
    insert.bind(to_text(batch_.key.mode)).bind(batch_.key.account.get()).bind(symbol.view());
    SB_TRY_OK(insert.run());
  }
  return Ok{};
}

}  // namespace signalbus::storage
