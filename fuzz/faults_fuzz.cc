// Any text: a fault script or an error, and rules that a plan can hold.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exchange/faults.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbus::exchange;
  auto rules = parse_faults({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!rules.ok()) return 0;
  FaultPlan plan(1);
  plan.add(std::move(rules).value());
  for (const auto kind : {Occasion::Kind::kRequest, Occasion::Kind::kOrder, Occasion::Kind::kFill,
                          Occasion::Kind::kMessage}) {
    (void)plan.fire({.kind = kind, .method = "POST", .path = "/v2/orders", .key_id = "K"});
  }
  return 0;
}
