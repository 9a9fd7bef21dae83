// The one sentence for a batch that risk limits refused, at planning and at the gate.
#pragma once

#include <vector>

#include "core/result.h"
#include "risk/check_orders.h"

namespace signalbus::pipeline {

/// kLimitExceeded with the words of the breaches (the first five); Ok when there are none.
Status refuse_batch_if(const std::vector<risk::Breach>& breaches);

}  // namespace signalbus::pipeline
