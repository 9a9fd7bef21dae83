#include "storage/journal_recording.h"

#include "core/text.h"
#include "storage/journal_rows.h"

namespace signalbus::storage {
namespace {

bool is_repetition(const OrderEvent& a, const OrderEvent& b) {
  return a.state == b.state && a.order_id == b.order_id && a.filled_qty == b.filled_qty &&
         a.filled_avg_price == b.filled_avg_price && a.price_used == b.price_used &&
         a.submitted_at == b.submitted_at && a.reject_code == b.reject_code && a.error == b.error;
}

bool is_same(const BatchKey& a, const BatchKey& b) {
  return a.mode == b.mode && a.account == b.account && a.run_date == b.run_date;
}

bool is_same(const Batch& a, const Batch& b) {
  return is_same(a.key, b.key) && a.number == b.number && a.plan_hash == b.plan_hash;
}

/// The order as it is with its POST about to leave.
OrderEvent submitting(const WriteAhead& ahead, const std::optional<OrderEvent>& newest) {
  OrderEvent event{.client_order_id = ahead.client_order_id,
                   .state = OrderState::kSubmitting,
                   .order_id = OrderId(""),
                   .filled_qty = Quantity::zero(),
                   .filled_avg_price = std::nullopt,
                   .price_used = ahead.price_used,
                   .submitted_at = ahead.at,
                   .updated_at = ahead.at,
                   .reject_code = "",
                   .error = ""};
  if (!newest) return event;
  // What is known of an order only grows.
  event.order_id = newest->order_id;
  event.filled_qty = newest->filled_qty;
  event.filled_avg_price = newest->filled_avg_price;
  if (newest->submitted_at) event.submitted_at = newest->submitted_at;
  return event;
}

void count(DayUse& day, Side side, Money notional) {
  (side == Side::kBuy ? day.buys : day.sells) += notional;
  ++day.orders;
}

}  // namespace

std::string name_of(const Batch& batch) {
  return "batch " + batch.id().get() + " (" + std::string(to_text(batch.key.mode)) + ", account " +
         quoted(batch.key.account.get()) + ")";
}

Result<BatchRow> find_batch(Sqlite& database, const Batch& batch) {
  SB_TRY(Query query,
         database.query("SELECT b.record, b.plan_hash, coalesce((SELECT state FROM closing WHERE "
                        "batch = b.record ORDER BY record DESC LIMIT 1), 'open') FROM batch b "
                        "WHERE mode = ? AND account = ? AND run_date = ? AND number = ?"));
  query.bind(to_text(batch.key.mode))
      .bind(batch.key.account.get())
      .bind_copy(batch.key.run_date.iso())
      .bind(std::int64_t{batch.number});
  SB_TRY(const bool row, query.step());
  if (!row) {
    return Error{ErrorCode::kNotFound, name_of(batch) + " is not in " + database.path()};
  }
  // Whoever has another plan must not add to the batch's records.
  if (query.text(1) != batch.plan_hash) {
    return Error{ErrorCode::kInvalidInput, name_of(batch) + " executes the plan " +
                                               quoted(query.text(1)) + ", not " +
                                               quoted(batch.plan_hash)};
  }
  return BatchRow{query.integer(0), query.text(2) == to_text(BatchState::kOpen)};
}

Result<DayUse> sum_day_use(Sqlite& database, Mode mode, const AccountId& account, TradeDate date) {
  SB_TRY(Query query,
         database.query("SELECT i.side, sum(p.notional), count(*) FROM batch b "
                        "JOIN intent i ON i.batch = b.record "
                        "JOIN posting p ON p.intent = i.record AND p.post = 1 "
                        "WHERE b.mode = ? AND b.account = ? AND b.run_date = ? GROUP BY i.side"));
  query.bind(to_text(mode)).bind(account.get()).bind_copy(date.iso());
  DayUse day;
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return day;
    SB_TRY(const Side side, trusted(database, parse_side(query.text(0))));
    (side == Side::kBuy ? day.buys : day.sells) += Money::from_raw(query.integer(1));
    day.orders += query.integer(2);
  }
}

Result<Recording> Recording::start(JournalWrite& write, const Batch& batch) {
  KnownOrders& known = write.memory().known;
  if (!known.batch || !is_same(*known.batch, batch)) {
    SB_TRY(const BatchRow row, find_batch(write.database(), batch));
    known = {.batch = batch, .batch_record = row.record, .open = row.open};
  }
  return Recording(write, batch);
}

/// The order's row and newest event, from the database at its first mention.
Result<Recording::Order*> Recording::order(const ClientOrderId& id) {
  KnownOrders& known = memory_.known;
  const auto at = known.orders.find(id);
  if (at != known.orders.end()) return &at->second;
  Sqlite& database = write_.database();
  SB_TRY(Query query,
         database.query("SELECT i.record, i.symbol, i.side, "
                        "coalesce((SELECT max(post) FROM posting WHERE intent = i.record), 0), "
                        "(SELECT body_sha256 FROM posting WHERE intent = i.record AND post = 1), "
                        "i.client_order_id, e.state, e.order_id, e.filled_qty, e.filled_avg_price, "
                        "e.price_used, e.submitted_at, e.updated_at, e.reject_code, e.error "
                        "FROM intent i LEFT JOIN " SB_NEWEST_EVENT "WHERE i.batch = ? AND "
                        "i.client_order_id = ?"));
  query.bind(known.batch_record).bind(id.get());
  SB_TRY(const bool row, query.step());
  if (!row) {
    return Error{ErrorCode::kInvalidInput,
                 "order " + quoted(id.get()) + " is not of " + name_of(batch_)};
  }
  SB_TRY(const Symbol symbol, trusted(database, Symbol::parse(query.text(1))));
  SB_TRY(const Side side, trusted(database, parse_side(query.text(2))));
  Order found{query.integer(0),           symbol,      side, query.integer(3),
              std::string(query.text(4)), std::nullopt};
  if (!query.is_null(6)) {
    SB_TRY(OrderEvent newest, trusted(database, read_event(query, 5)));
    found.newest = std::move(newest);
  }
  return &known.orders.emplace(id, std::move(found)).first->second;
}

Result<bool> Recording::is_new(const ClientOrderId& id) {
  const Result<Order*> known = order(id);
  if (known.ok()) return false;
  if (known.error().code == ErrorCode::kInvalidInput) return true;
  return known.error();
}

Status Recording::append(const OrderEvent& event) {
  SB_TRY(Order * order, this->order(event.client_order_id));
  if (order->newest && is_repetition(event, *order->newest)) return Ok{};
  return append_event(*order, event);
}

Status Recording::append_event(Order& order, const OrderEvent& event) {
  SB_TRY(Link link, write_.link(kEventTable));
  link.add(order.record);
  add_event(link, event);
  SB_TRY_OK(link.append());
  order.newest = event;
  return event.filled_qty.is_zero() ? Status(Ok{}) : note_traded(order.symbol);
}

Status Recording::append(const Fill& fill) {
  SB_TRY(const Order* order, this->order(fill.client_order_id));
  SB_TRY(Link link, write_.link(kFillTable));
  link.add(memory_.known.batch_record).add(order->record);
  add_fill(link, fill);
  SB_TRY(const bool added, link.append_unless_known());
  return added ? note_traded(fill.symbol) : Status(Ok{});
}

Status Recording::note_traded(const Symbol& symbol) {
  if (!memory_.known.traded.insert(symbol).second) return Ok{};
  SB_TRY(Query insert,
         write_.database().query("INSERT OR IGNORE INTO traded_symbol VALUES (?,?,?)"));
  insert.bind(to_text(batch_.key.mode)).bind(batch_.key.account.get()).bind(symbol.view());
  return insert.run();
}

Status Recording::check_may_post(const Order& order, const WriteAhead& ahead,
                                 const std::string& sha256) {
  const std::string name = "order " + quoted(ahead.client_order_id.get());
  if (order.posts > 0 && order.body_sha256 != sha256) {
    return Error{ErrorCode::kInvalidInput,
                 name + " was sent before with other bytes; send the stored ones"};
  }
  if (order.newest && is_final(order.newest->state)) {
    return Error{
        ErrorCode::kInvalidInput,
        name + " is " + std::string(to_text(order.newest->state)) + ", it is never sent again"};
  }
  return Ok{};
}

Result<Status> Recording::post(const WriteAhead& ahead, const ExitGate& gate) {
  if (!memory_.known.open) {
    return Error{ErrorCode::kInvalidInput, name_of(batch_) + " is closed, nothing of it is sent"};
  }
  SB_TRY(Order * order, this->order(ahead.client_order_id));
  if (!memory_.day || !is_same(memory_.day->first, batch_.key)) {
    const BatchKey& key = batch_.key;
    SB_TRY(const DayUse day, sum_day_use(write_.database(), key.mode, key.account, key.run_date));
    memory_.day = {key, day};
  }
  DayUse& day = memory_.day->second;
  Status answer = gate({memory_.control, day}, ahead);
  if (!answer.ok()) return answer;
  std::string sha256 = sha256_hex(ahead.body);
  SB_TRY_OK(check_may_post(*order, ahead, sha256));
  if (order->posts == 0) count(day, order->side, ahead.notional);
  SB_TRY_OK(append_posting(*order, ahead, std::move(sha256)));
  SB_TRY_OK(append_event(*order, submitting(ahead, order->newest)));
  return Status(Ok{});
}

Status Recording::append_posting(Order& order, const WriteAhead& ahead, std::string sha256) {
  SB_TRY(Link link, write_.link(kPostingTable));
  link.add(order.record).add(order.posts + 1);
  if (order.posts == 0) {
    link.add(ahead.body);
  } else {
    link.add(std::nullopt);
  }
  link.add(sha256)
      .add(ahead.quantity.raw())
      .add(ahead.price_used.raw())
      .add(ahead.notional.raw())
      .add(ahead.at);
  SB_TRY_OK(link.append());
  ++order.posts;
  order.body_sha256 = std::move(sha256);
  return Ok{};
}

}  // namespace signalbus::storage
