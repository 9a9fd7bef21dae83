#include "execution/batch.h"

#include <algorithm>

#include "execution/client_order_id.h"

namespace signalbus::execution {

int phase_of(const PlannedOrder& order) {
  if (order.leg() == 2) return 2;
  return order.side == Side::kSell ? 0 : 1;
}

BatchDecision decide_batch(const std::optional<Batch>& latest, bool again) {
  using Kind = BatchDecision::Kind;
  if (!latest) return {Kind::kOpenNew, 1};
  switch (latest->state) {
    case BatchState::kOpen:
      return {Kind::kResume, latest->number};
    case BatchState::kFinished:
      return again ? BatchDecision{Kind::kOpenNew, latest->number + 1}
                   : BatchDecision{Kind::kAlreadyDone, latest->number};
    case BatchState::kEnded:
      break;
  }
  return {Kind::kOpenNew, latest->number + 1};
}

std::vector<Intent> make_intents(std::span<const PlannedOrder> orders, const Batch& batch,
                                 const std::string& id_prefix) {
  std::vector<PlannedOrder> sorted(orders.begin(), orders.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const PlannedOrder& a, const PlannedOrder& b) {
    return phase_of(a) < phase_of(b);
  });
  std::vector<Intent> intents;
  intents.reserve(sorted.size());
  for (PlannedOrder& order : sorted) {
    const OrderIdentity identity{.prefix = id_prefix,
                                 .account = batch.key.account,
                                 .mode = batch.key.mode,
                                 .run_date = batch.key.run_date,
                                 .batch_number = batch.number,
                                 .leg = order.leg(),
                                 .attempt = 1};
    const int sequence = static_cast<int>(intents.size());
    ClientOrderId id = make_client_order_id(identity, order.symbol, order.side);
    intents.push_back({std::move(id), sequence, 1, std::move(order), OrderState::kPlanned});
  }
  return intents;
}

}  // namespace signalbus::execution
