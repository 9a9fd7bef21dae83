// What every held or traded name is worth before and after a batch. Internal to risk/, but for
// exposure_without(), which fills ExitFacts.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/plan.h"
#include "core/decimal.h"
#include "core/result.h"
#include "risk/facts.h"

namespace signalbus::risk {

/// Values of one name in 1e-6 USD, signed, each away from zero. "high": every open buy fills and no
/// open sale; "low": the other way round. The batch's orders all fill.
struct NameValue {
  Symbol symbol;
  Int128 high_without;  ///< Without the batch.
  Int128 low_without;
  Int128 high;
  Int128 low;
};

/// All names that are held, open or in the batch, sorted by symbol. kNotFound, with the words, when
/// holdings or open orders are not known or a name cannot be valued.
Result<std::vector<NameValue>> name_values(std::span<const PlannedOrder> orders,
                                           const PriceBook& prices, const PlanFacts& facts);

/// The account's exposure as it stands, for ExitFacts::exposure of an order of `symbol`. kNotFound
/// as above. `sector` is absent unless the sector of every name is known.
Result<Exposure> exposure_without(const PriceBook& prices, const PlanFacts& facts,
                                  const Symbol& symbol);

}  // namespace signalbus::risk
