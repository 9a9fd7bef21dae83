// Whatever Alpaca, or somebody in its place, sends: every decoder answers, none crashes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "alpaca/answers.h"
#include "alpaca/decode.h"
#include "alpaca/stream_message.h"

using namespace signalbus::alpaca;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  (void)decode_stream_message(body);
  (void)classify(Effect::kWritesFirst, 422, body);
  (void)error_of(refusal_of(403, body, "id"), "fuzz");
  const auto document = parse_body(body, "fuzz");
  if (!document.ok()) return 0;
  const signalbus::formats::JsonValue root = document.value().root();
  if (const auto order = decode_order(root); order.ok()) {
    (void)event_of(order.value(), signalbus::Price::whole(1), signalbus::Instant::from_micros(0));
  }
  (void)decode_account(root);
  (void)decode_position(root);
  (void)decode_activity(root);
  (void)decode_portfolio_history(root);
  (void)decode_asset(root);
  (void)decode_clock(root);
  (void)decode_calendar_day(root);
  (void)decode_bar(root);
  (void)decode_list(root, decode_order);
  (void)decode_by_symbol(root, decode_snapshot);
  (void)decode_corporate_actions(root);
  return 0;
}
