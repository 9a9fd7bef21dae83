#include "pipeline/broker_check.h"

#include <algorithm>
#include <map>
#include <span>

#include "calendar/new_york.h"
#include "core/text.h"
#include "execution/client_order_id.h"

namespace signalbus::pipeline {
namespace {

using reconcile::BrokerView;
using reconcile::JournalView;

constexpr int kDaySeconds = 24 * 3600;
constexpr int kLooksMax = 4;
constexpr std::int64_t kPauseSeconds = 2;
/// How long after an execution a broker's lists and positions may disagree.
constexpr std::int64_t kUnsettledSeconds = 30;

/// What must be asked for, so that everything after the baseline is there.
struct Window {
  Instant orders_after;
  Instant fills_after;
  TradeDate flows_from;
};

Window window_of(const std::optional<Baseline>& baseline, Instant now) {
  if (!baseline) {  // what may be told again later must be known to be counted
    return {now.plus_seconds(-kDaySeconds), now.plus_seconds(-2 * reconcile::kFillsAgainSeconds),
            calendar::new_york_date(now).plus_days(-2 * reconcile::kFlowsAgainDays)};
  }
  return {baseline->orders_after, baseline->at.plus_seconds(-reconcile::kFillsAgainSeconds),
          baseline->date.plus_days(-reconcile::kFlowsAgainDays)};
}

bool knows_all(const std::vector<Fill>& known, const std::vector<Fill>& newest) {
  return std::all_of(newest.begin(), newest.end(), [&](const Fill& fill) {
    return std::any_of(known.rbegin(), known.rend(),
                       [&](const Fill& other) { return other.execution_id == fill.execution_id; });
  });
}

/// Executions first and last, with positions and cash between: when nothing traded meanwhile, all
/// of it is of one moment.
Result<BrokerView> look_at_broker(Doors& doors, Broker& broker,
                                  const std::optional<Baseline>& baseline) {
  for (int look = 0; look < kLooksMax; ++look) {
    if (look > 0) doors.clock.sleep_until(doors.clock.now().plus_seconds(kPauseSeconds));
    const Instant now = doors.clock.now();
    const Window window = window_of(baseline, now);
    SB_TRY(std::vector<BrokerOrder> orders, broker.orders(window.orders_after));
    SB_TRY(std::vector<Fill> fills, broker.fills(window.fills_after));
    SB_TRY(std::vector<CashFlow> flows, broker.cash_flows(window.flows_from));
    SB_TRY(Holdings positions, broker.positions());
    SB_TRY(BrokerAccount account, broker.account());
    const Instant newest = fills.empty() ? window.fills_after : fills.back().at.plus_seconds(-1);
    SB_TRY(const std::vector<Fill> again, broker.fills(newest));
    if (!knows_all(fills, again)) continue;
    return BrokerView{.at = now,
                      .account = std::move(account),
                      .positions = std::move(positions),
                      .orders = std::move(orders),
                      .fills = std::move(fills),
                      .fills_after = window.fills_after,
                      .flows = std::move(flows)};
  }
  return Error{ErrorCode::kUnavailable,
               "reconciliation: the account traded in each of " + std::to_string(kLooksMax) +
                   " looks at it; run `signalbus reconcile` when its orders have ended"};
}

/// From when on batches may have orders that the broker's list shows.
Result<Instant> oldest_batch(const BrokerView& view, Journal& journal, const Baseline& baseline,
                             const std::string& id_prefix) {
  Instant oldest = baseline.orders_after.plus_seconds(-kDaySeconds);
  for (const BrokerOrder& order : view.orders) {
    const ClientOrderId& id = order.event.client_order_id;
    const std::optional<TradeDate> date = execution::run_date_of(id.get(), id_prefix);
    if (!date || Instant::start_of(date->plus_days(-1)) >= oldest) continue;
    SB_TRY(const bool known, journal.knows(id));
    if (known) oldest = Instant::start_of(date->plus_days(-1));
  }
  return oldest;
}

Status add_batch(JournalView& view, Journal& journal, const Batch& batch) {
  SB_TRY(const std::vector<Intent> intents, journal.intents(batch));
  SB_TRY(const std::vector<OrderRecord> records, journal.orders(batch));
  SB_TRY(const std::vector<Fill> fills, journal.fills(batch));
  std::map<ClientOrderId, const OrderEvent*> newest;
  for (const OrderRecord& record : records) {
    newest.emplace(record.event.client_order_id, &record.event);
  }
  for (const Intent& intent : intents) {
    const auto event = newest.find(intent.client_order_id);
    JournalView::Order order{batch.id(), intent, std::nullopt};
    if (event != newest.end()) order.event = *event->second;
    view.orders.push_back(std::move(order));
  }
  view.fills.insert(view.fills.end(), fills.begin(), fills.end());
  return Ok{};
}

Result<std::vector<Batch>> batches_in_question(const BrokerView& view, Journal& journal,
                                               const Baseline& baseline,
                                               const BrokerCheckRequest& request) {
  SB_TRY(const Instant oldest, oldest_batch(view, journal, baseline, request.id_prefix));
  SB_TRY(std::vector<Batch> batches, journal.batches_since(request.mode, request.account, oldest));
  SB_TRY(std::vector<Batch> others, journal.open_batches(request.mode, request.account));
  SB_TRY(const std::vector<Batch> legs,
         journal.batches_with_open_legs(request.mode, request.account));
  others.insert(others.end(), legs.begin(), legs.end());
  for (const Batch& batch : others) {
    const bool known = std::any_of(batches.begin(), batches.end(),
                                   [&](const Batch& b) { return b.id() == batch.id(); });
    if (!known) batches.push_back(batch);
  }
  return batches;
}

Result<JournalView> look_at_journal(Journal& journal, std::span<const Batch> batches,
                                    Baseline baseline, const BrokerCheckRequest& request) {
  JournalView view{.baseline = std::move(baseline),
                   .orders = {},
                   .fills = {},
                   .traded = {},
                   .acknowledged = {},
                   .id_prefix = request.id_prefix};
  for (const Batch& batch : batches) SB_TRY_OK(add_batch(view, journal, batch));
  SB_TRY(view.traded, journal.traded_symbols(request.mode, request.account));
  SB_TRY(view.acknowledged, journal.acknowledgements(request.mode, request.account));
  return view;
}

/// Executions that came after the end of their order belong to the books of the strategies too.
Status record_late_fills(Journal& journal, const BrokerView& broker, const JournalView& known,
                         std::span<const Batch> batches, const std::vector<Fill>& late) {
  for (const Batch& batch : batches) {
    std::vector<OrderEvent> events;
    std::vector<Fill> fills;
    for (const JournalView::Order& order : known.orders) {
      const ClientOrderId& id = order.intent.client_order_id;
      if (order.batch_id != batch.id() || !order.event || !is_final(order.event->state)) continue;
      std::copy_if(late.begin(), late.end(), std::back_inserter(fills),
                   [&](const Fill& fill) { return fill.client_order_id == id; });
      const auto listed =
          std::find_if(broker.orders.begin(), broker.orders.end(), [&](const BrokerOrder& there) {
            return there.event.client_order_id == id && is_final(there.event.state);
          });
      if (listed == broker.orders.end()) continue;
      OrderEvent event = listed->event;
      if (event.filled_qty == order.event->filled_qty) continue;
      event.price_used = order.event->price_used;
      events.push_back(std::move(event));
    }
    if (!fills.empty()) SB_TRY_OK(journal.record(batch, events, fills));
  }
  return Ok{};
}

/// Whether a moment's wait may explain what is open now.
bool may_settle(const BrokerView& view, const reconcile::BrokerRecon& recon) {
  if (recon.all_clear()) return false;
  const Instant settled = view.at.plus_seconds(-kUnsettledSeconds);
  return std::any_of(view.fills.begin(), view.fills.end(),
                     [&](const Fill& fill) { return fill.at > settled; });
}

struct Compared {
  BrokerCheck check;
  JournalView journal;
  std::vector<Batch> batches;
};

Result<Compared> compare_once(Doors& doors, const BrokerCheckDoors& ask,
                              const BrokerCheckRequest& request) {
  SB_TRY(std::optional<Baseline> baseline, ask.journal.baseline(request.mode, request.account));
  SB_TRY(BrokerView view, look_at_broker(doors, ask.broker, baseline));
  const bool first = !baseline;
  if (first) baseline = reconcile::first_baseline(view, calendar::new_york_date(view.at));
  SB_TRY(std::vector<Batch> batches, batches_in_question(view, ask.journal, *baseline, request));
  SB_TRY(JournalView journal, look_at_journal(ask.journal, batches, *std::move(baseline), request));
  SB_TRY(reconcile::BrokerRecon recon, reconcile::reconcile_broker(view, journal));
  return Compared{
      {std::move(recon), std::move(view), first, false}, std::move(journal), std::move(batches)};
}

}  // namespace

Result<BrokerCheck> check_broker(Doors& doors, const BrokerCheckDoors& ask,
                                 const BrokerCheckRequest& request) {
  SB_TRY(Compared compared, compare_once(doors, ask, request));
  for (int look = 1; look < kLooksMax && may_settle(compared.check.view, compared.check.recon);
       ++look) {
    doors.clock.sleep_until(doors.clock.now().plus_seconds(kPauseSeconds));
    SB_TRY(compared, compare_once(doors, ask, request));
  }
  BrokerCheck& check = compared.check;
  if (!request.may_write) return std::move(check);
  SB_TRY_OK(record_late_fills(ask.journal, check.view, compared.journal, compared.batches,
                              check.recon.late_fills));
  if (!check.recon.all_clear()) return std::move(check);
  const TradeDate today = calendar::new_york_date(check.view.at);
  SB_TRY_OK(
      ask.journal.set_baseline(request.mode, request.account,
                               reconcile::next_baseline(check.view, compared.journal, today)));
  check.baseline_moved = true;
  return std::move(check);
}

Status ensure_baseline(Doors& doors, const BrokerCheckDoors& ask,
                       const BrokerCheckRequest& request) {
  SB_TRY(const std::optional<Baseline> known, ask.journal.baseline(request.mode, request.account));
  if (known) return Ok{};
  SB_TRY(const BrokerView view, look_at_broker(doors, ask.broker, std::nullopt));
  return ask.journal.set_baseline(
      request.mode, request.account,
      reconcile::first_baseline(view, calendar::new_york_date(view.at)));
}

Status acknowledge_difference(Doors& doors, const BrokerCheckDoors& ask,
                              const BrokerCheckRequest& request, const Acknowledgement& seen) {
  SB_TRY(const Compared compared, compare_once(doors, ask, request));
  std::string open;
  for (const Difference& difference : compared.check.recon.differences) {
    if (!difference.is_open()) continue;
    if (difference.key == seen.key) {
      return ask.journal.acknowledge(request.mode, request.account, seen);
    }
    open += (open.empty() ? "" : ", ") + quoted(difference.key);
  }
  return Error{ErrorCode::kNotFound, "--ack " + quoted(seen.key) +
                                         ": no difference of that key is open; " +
                                         (open.empty() ? "none is" : "open: " + open)};
}

}  // namespace signalbus::pipeline
