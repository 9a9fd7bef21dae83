// OrderTable: the orders of one batch in memory, and what of them the journal does not have yet.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "book/orders.h"
#include "core/result.h"
#include "execution/order_machine.h"
#include "ports/broker.h"
#include "ports/journal.h"

namespace signalbus::executor {

/// One order: what was wanted, how far it is, and its executions.
struct Tracked {
  Intent intent;
  execution::OrderProgress progress;
  std::vector<Fill> fills;
  Price price_used;
  std::optional<Instant> submitted_at;
  std::optional<Instant> asked_at;  ///< Last time the broker was asked about this order by its id.
  bool changed = false;             ///< Differs from what the journal has.
};

class OrderTable {
 public:
  /// The orders of the batch as the journal has them; what was being sent when the process before
  /// ended is kSubmitting still.
  static Result<OrderTable> load(Journal& journal, const Batch& batch);

  const Batch& batch() const { return batch_; }
  std::vector<Tracked>& orders() { return orders_; }
  const std::vector<Tracked>& orders() const { return orders_; }
  Tracked* find(const ClientOrderId& id);
  Tracked* find(const OrderId& id);

  /// Whether the legs of that bracket are known.
  bool has_legs(const ClientOrderId& bracket) const;
  /// Takes the legs of a bracket in and makes them durable: they are followed like orders of ours.
  Status adopt_legs(Journal& journal, const ClientOrderId& bracket,
                    const std::vector<BrokerOrder>& legs);

  /// Lets the input happen to the order; notes what has to be saved and logs nothing.
  execution::Rule apply(Tracked& order, const execution::OrderInput& input, Instant now,
                        const execution::Patience& patience);
  /// Takes in an execution, once per execution id and not beyond what the broker says was filled.
  void add_fill(Tracked& order, const Fill& fill, Instant now, const execution::Patience& patience);

  /// Makes every change durable in one transaction; nothing to write: nothing is.
  Status save(Journal& journal, Instant now);

 private:
  explicit OrderTable(Batch batch) : batch_(std::move(batch)) {}
  Status take_fills(std::vector<Fill> fills);
  void index();

  Batch batch_;
  std::vector<Tracked> orders_;
  std::map<ClientOrderId, std::size_t> by_client_id_;
  std::map<OrderId, std::size_t> by_order_id_;
  std::set<std::string> executions_;  ///< Ids of every fill that was taken in.
  std::vector<Fill> unsaved_fills_;
};

}  // namespace signalbus::executor
