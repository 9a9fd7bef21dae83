// The checker's long looks: at a journal that a new life finds, and at the end of the story.
#include "exchange_core/state.h"
#include "sim/checker.h"

namespace signalbus::sim {

void Checker::compare(storage::SqliteJournal& journal) {
  // Walking the chain costs as much as a small batch: after every death, and at the end.
  if (model_.in_doubt || look_closely_) {
    const auto audit = journal.audit();
    require(audit.ok(), "I12", "the journal is damaged", audit.ok() ? "" : audit.error().message);
  }
  const auto batches = journal.open_batches(Mode::kPaper, AccountId(world_.account_id()));
  require(batches.ok(), "I12", "the journal cannot be read",
          batches.ok() ? "" : batches.error().message);
  for (const Batch& batch : batches.value()) {
    if (model_.batches.contains(batch.id().get())) continue;
    require(model_.in_doubt.has_value(), "I3", "a batch that nobody opened", batch.id().get());
    auto intents = journal.intents(batch);
    require(intents.ok(), "I12", "the journal cannot be read");
    on_batch_opened(model_.owner, batch, intents.value());
  }
  for (auto& [id, batch] : model_.batches) {
    // What was closed and seen so changes only where a life died while it wrote about a leg, which
    // outlives its batch, and where a disk lost something.
    const bool closed = batch.batch.state != BatchState::kOpen;
    if (closed && batch.compared && !model_.in_doubt && !look_closely_) continue;
    compare_batch(journal, batch);
    batch.compared = closed;
  }
  const auto control = journal.control();
  require(control.ok(), "I12", "the journal cannot be read");
  const bool same = control.value().state == model_.control.state;
  require(same || model_.in_doubt, "I5", "the trading state was lost");
  model_.control = control.value();
  model_.in_doubt.reset();
  model_.failed.clear();
  look_closely_ = false;
}

/// The journal has what it acknowledged; what a life died in the middle of, it has or has not.
void Checker::compare_batch(Journal& journal, KnownBatch& batch) {
  const auto intents = journal.intents(batch.batch);
  if (!intents.ok()) {
    // Only a batch whose opening was in doubt may be missing.
    violated("I3", "batch " + batch.batch.id().get() + " was lost: " + intents.error().message);
  }
  const bool doubt = model_.in_doubt.has_value();
  for (const Intent& intent : intents.value()) {
    if (intent.is_leg() && model_.find(intent.client_order_id.get()) == nullptr) {
      require(doubt, "I3", "a leg that nobody added", intent.client_order_id.get());
      add_leg(batch.batch, intent);
    }
    KnownOrder& order = known(intent.client_order_id.get(), "I3");
    const std::string& id = intent.client_order_id.get();
    require(intent.is_leg() || intent.posts == order.write_aheads ||
                (doubt && intent.posts == order.write_aheads + 1),
            "I3", "a write-ahead was lost or invented", id);
    if (intent.posts > order.write_aheads && order.write_aheads == 0) order.body = intent.body;
    require(order.write_aheads == 0 || intent.body == order.body, "I14", "the stored bytes changed",
            id);
    if (!intent.is_leg()) order.write_aheads = intent.posts;
    if (intent.state == order.state) continue;
    require(doubt, "I3", "an event was lost or invented", id);
    move_to(order, intent.state);
    order.has_reason = model_.in_doubt->has_reason;
  }
  const auto fills = journal.fills(batch.batch);
  require(fills.ok(), "I12", "the journal cannot be read");
  std::size_t known_fills = 0;
  for (const std::string& id : batch.ids) known_fills += model_.orders.at(id).executions.size();
  require(fills.value().size() >= known_fills, "I3", "an execution was lost",
          batch.batch.id().get());
  for (const Fill& fill : fills.value()) {
    const KnownOrder& order = known(fill.client_order_id.get(), "I2");
    const bool is_known = order.executions.contains(fill.execution_id);
    require(is_known || doubt, "I3", "an execution was invented", fill.execution_id);
    book(fill);
  }
}

/// What the journal says was filled is what the exchange says, execution by execution.
void Checker::check_fills(const KnownOrder& order) const {
  const std::string& id = order.intent.client_order_id.get();
  const auto number = at_broker(id);
  if (!number) {
    return require(order.executions.empty(), "I7", "executions of an order that never was", id);
  }
  const core::Order& real = world_.exchange().order(*number);
  require(real.state.filled_qty.raw() == order.executed, "I7",
          "journal and exchange disagree about what was filled", id);
}

void Checker::check_end(storage::SqliteJournal& journal) {
  look_closely_ = true;
  compare(journal);
  for (const auto& [id, order] : model_.orders) {
    const std::string state(to_text(order.state));
    if (order.state == OrderState::kQuarantined) {
      require(world_.is_tainted(id) || order.has_reason, "L1", "given to a person without a reason",
              id);
      continue;  // its executions are that person's, too
    }
    require(is_final(order.state), "L1", "never came to an end, it is " + state, id);
    if (!world_.is_tainted(id)) check_fills(order);
  }
  const auto& exchange = world_.exchange();
  for (std::uint32_t n = 1; n <= exchange.order_count(); ++n) {
    const core::Order& order = exchange.order(core::OrderNumber(n));
    if (!world_.is_ours(order.number) || order.is_leg()) continue;
    const KnownOrder& wanted = known(order.client_order_id, "I3");
    require(!never_was(wanted.state) || world_.is_tainted(order.client_order_id), "I9",
            "at the broker, and the journal gave it up", order.client_order_id);
  }
}

}  // namespace signalbus::sim
