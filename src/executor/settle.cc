// What is left of earlier batches, and the sweep after a halt.
#include <algorithm>

#include "core/text.h"
#include "executor/runner.h"

namespace signalbus::executor {
namespace {

bool is_settled(const Tracked& order) {
  return is_final(order.progress.state) || order.progress.state == OrderState::kQuarantined;
}

/// Legs protect a position and live on: they keep no batch open.
bool all_settled(Runner& runner) {
  const auto& orders = runner.table().orders();
  return std::all_of(orders.begin(), orders.end(), [](const Tracked& order) {
    return order.intent.is_leg() || is_settled(order);
  });
}

std::size_t count_unresolved(Runner& runner) {
  const auto& orders = runner.table().orders();
  return static_cast<std::size_t>(
      std::count_if(orders.begin(), orders.end(), [](const Tracked& order) {
        return !order.intent.is_leg() && !is_final(order.progress.state);
      }));
}

/// Ends one batch without sending anything: drops, cancels, asks, until all is settled or `wait`
/// seconds are over.
Status end_batch(Runner& runner, const std::string& why, std::int64_t wait) {
  SB_TRY_OK(runner.drop([](const Tracked&) { return true; }, why));
  const Instant deadline = runner.now().plus_seconds(wait);
  while (!all_settled(runner)) {
    SB_TRY_OK(runner.look());
    SB_TRY_OK(runner.ask_unknown());
    SB_TRY_OK(runner.cancel([](const Tracked& order) { return !order.intent.is_leg(); }));
    if (all_settled(runner)) break;
    if (runner.now() >= deadline && !runner.proof_under_way()) break;
    SB_TRY_OK(runner.wait());
  }
  return Ok{};
}

std::string still_open_words(Runner& runner) {
  std::string out;
  for (const Tracked& order : runner.table().orders()) {
    if (order.intent.is_leg() || is_final(order.progress.state)) continue;
    out += (out.empty() ? "" : ", ") + order.intent.client_order_id.get() + " (" +
           std::string(to_text(order.progress.state)) + ")";
  }
  return out;
}

struct Account {
  Mode mode;
  const AccountId& id;
};

/// Ends every open batch of the account, each for at most `wait` seconds.
Result<Outcome> end_batches(const Doors& doors, const Account& account, const std::string& prefix,
                            const std::optional<BatchId>& except, const Policy& policy,
                            const std::string& why) {
  Outcome out;
  out.state = BatchState::kEnded;
  SB_TRY(const std::vector<Batch> batches, doors.journal.open_batches(account.mode, account.id));
  for (const Batch& batch : batches) {
    if (except && batch.id() == *except) continue;
    SB_TRY(OrderTable table, OrderTable::load(doors.journal, batch));
    Runner runner(doors, policy, prefix, std::move(table));
    SB_TRY_OK(end_batch(runner, why, policy.end_wait));
    const std::size_t open = count_unresolved(runner);
    out.unresolved += open;
    out.notes.insert(out.notes.end(), runner.notes().begin(), runner.notes().end());
    if (open == 0) {
      SB_TRY_OK(doors.journal.close_batch(batch, BatchState::kEnded, doors.clock.now()));
      continue;
    }
    out.state = BatchState::kOpen;
    out.notes.push_back("batch " + batch.id().get() + ": " + counted(open, "order") +
                        " may still be live: " + still_open_words(runner));
  }
  return out;
}

}  // namespace

Result<Outcome> settle_earlier(const Doors& doors, Mode mode, const AccountId& account,
                               const std::string& id_prefix, const std::optional<BatchId>& except,
                               const Policy& policy) {
  return end_batches(doors, {mode, account}, id_prefix, except, policy,
                     "its day is over; targets are planned anew");
}

namespace {

bool is_open_leg(const Tracked& order) { return order.intent.is_leg() && !is_settled(order); }

bool is_held(const Tracked& order, const std::set<Symbol>& release) {
  return is_open_leg(order) && release.contains(order.intent.order.symbol);
}

/// Cancels the legs in `release` and waits until they have ended; looks at the others twice, which
/// is what an end of long ago needs to be believed.
Status follow_legs_of(Runner& runner, const std::set<Symbol>& release) {
  const auto& orders = runner.table().orders();
  const auto wanted = [&](const Tracked& order) { return is_held(order, release); };
  SB_TRY_OK(runner.look());
  SB_TRY_OK(runner.look());
  const Instant deadline = runner.now().plus_seconds(runner.policy().end_wait);
  while (std::any_of(orders.begin(), orders.end(), wanted) && runner.now() < deadline) {
    SB_TRY_OK(runner.cancel(wanted));
    SB_TRY_OK(runner.look());
    if (!std::any_of(orders.begin(), orders.end(), wanted)) break;
    SB_TRY_OK(runner.wait());
  }
  return Ok{};
}

}  // namespace

Result<Outcome> follow_legs(const Doors& doors, Mode mode, const AccountId& account,
                            const std::string& id_prefix, const std::set<Symbol>& release,
                            const Policy& policy, const std::optional<BatchId>& except) {
  Outcome out;
  out.state = BatchState::kFinished;
  SB_TRY(const std::vector<Batch> batches, doors.journal.batches_with_open_legs(mode, account));
  for (const Batch& batch : batches) {
    if (except && batch.id() == *except) continue;
    SB_TRY(OrderTable table, OrderTable::load(doors.journal, batch));
    Runner runner(doors, policy, id_prefix, std::move(table));
    SB_TRY_OK(follow_legs_of(runner, release));
    for (const Tracked& order : runner.table().orders()) {
      if (!is_held(order, release)) continue;
      out.notes.push_back(order.intent.order.symbol.text() + ": the bracket order " +
                          order.progress.order_id.get() + " could not be canceled in time");
    }
    out.notes.insert(out.notes.end(), runner.notes().begin(), runner.notes().end());
  }
  return out;
}

Result<Outcome> sweep(const Doors& doors, Mode mode, const AccountId& account,
                      const std::string& id_prefix, const Policy& policy, std::int64_t pause) {
  Outcome out;
  for (int clean = 0; clean < 2;) {
    SB_TRY(Outcome once,
           end_batches(doors, {mode, account}, id_prefix, std::nullopt, policy, "halted"));
    const bool none = once.unresolved == 0;
    clean = none ? clean + 1 : 0;
    out.unresolved = once.unresolved;
    out.notes = std::move(once.notes);
    if (!none) break;  // its patience is used up: say what may be live, the next sweep goes on
    if (clean < 2) doors.clock.sleep_until(doors.clock.now().plus_seconds(pause));
  }
  out.state = out.unresolved == 0 ? BatchState::kEnded : BatchState::kOpen;
  return out;
}

}  // namespace signalbus::executor
