// Messages of Alpaca's trade_updates stream. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alpaca/orders.h"
#include "core/secret.h"

namespace signalbus::alpaca {

/// One change of one order.
struct TradeUpdate {
  std::string event;  ///< new, fill, partial_fill, canceled, ...; unknown words too.
  Order order;
  std::string execution_id;     ///< Empty without an execution.
  std::optional<Price> price;   ///< Of this execution.
  std::optional<Quantity> qty;  ///< Of this execution.
  std::optional<Instant> timestamp;
};
struct StreamMessage {
  enum class Kind { kAuthorized, kRefused, kListening, kUpdate, kOther };
  Kind kind = Kind::kOther;                          ///< kOther: well-formed, but nothing for us.
  std::vector<std::string> streams = {};             ///< Of kListening: all that are on now.
  std::optional<TradeUpdate> update = std::nullopt;  ///< Of kUpdate.
};

/// kInvalidInput for what is not JSON or a trade update without an order.
Result<StreamMessage> decode_stream_message(std::string_view text);

std::string authenticate_message(const Secret& key_id, const Secret& secret);
std::string listen_message();

}  // namespace signalbus::alpaca
