#include "sim/model.h"

#include <algorithm>
#include <initializer_list>

namespace signalbus::sim {
namespace {

using enum OrderState;

bool is_one_of(OrderState state, std::initializer_list<OrderState> states) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

}  // namespace

bool may_become(const KnownOrder& order, OrderState next) {
  if (order.state == next) return true;
  // A leg may be seen for the first time when it has long ended.
  if (order.intent.is_leg() && order.state == kLive && is_final(next)) return true;
  switch (order.state) {
    case kPlanned:
      return is_one_of(next, {kSubmitting, kAbandoned, kQuarantined});
    case kSubmitting:
      // A no ends only the one POST that there ever was.
      if (next == kRejected) return order.write_aheads == 1;
      // The halt came between its record and its POST, which then stays.
      if (next == kAbandoned) return order.write_aheads == 1 && order.sent == 0;
      return is_one_of(
          next, {kUnknown, kLive, kCancelling, kResolving, kFilled, kNeverAccepted, kQuarantined});
    case kUnknown:
      return is_one_of(next, {kSubmitting, kLive, kCancelling, kResolving, kFilled, kNeverAccepted,
                              kQuarantined});
    case kLive:
      return is_one_of(
          next, {kCancelling, kResolving, kFilled, kPartial, kCanceled, kExpired, kQuarantined});
    case kCancelling:
      return is_one_of(next, {kResolving, kFilled, kPartial, kCanceled, kExpired, kQuarantined});
    case kResolving:
      return is_one_of(next, {kFilled, kPartial, kCanceled, kExpired, kRejected, kQuarantined});
    default:
      return false;  // final, or a person's
  }
}

}  // namespace signalbus::sim
