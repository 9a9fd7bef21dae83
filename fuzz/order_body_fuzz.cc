// Any bytes as the body of an order, as a message on a stream and as a recorded command: taken or
// refused, never more.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exchange/data_stream.h"
#include "exchange/order_body.h"
#include "exchange/recorded_exchange.h"
#include "exchange/trade_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbus::exchange;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)read_order(text);
  (void)read_replace(text);
  const KeyRing keys;
  TradeSession trades(keys);
  (void)trades.receive(text);
  DataSession quotes(keys, 30, [](const std::string&) { return true; });
  (void)quotes.receive(text);
  CommandFields fields = CommandFields::of(text);
  while (!fields.at_end()) (void)fields.text();
  return 0;
}
