// Bodies of POST and PATCH /v2/orders, read as text: no number passes through a double.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange_core/order.h"
#include "exchange_core/refusal.h"
#include "formats/json.h"

namespace signalbus::exchange {

/// A request and what its texts point into.
struct OrderBody {
  formats::JsonDocument document;
  exchange_core::OrderRequest request;
};
struct ReplaceBody {
  formats::JsonDocument document;
  exchange_core::ReplaceRequest request;
};

/// 400 / 40010000 for what is no JSON object, 422 / 40010001 `invalid qty` for a value that is no
/// number or beyond what an account can hold. Everything else is the exchange's to judge.
exchange_core::Answer<OrderBody> read_order(std::string_view body);
exchange_core::Answer<ReplaceBody> read_replace(std::string_view body);

/// The refusal of a body that is no JSON object.
exchange_core::Refusal bad_body();

}  // namespace signalbus::exchange
