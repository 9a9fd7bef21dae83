// Any bytes: what is MessagePack becomes JSON that our own reader takes; all else is an error.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "exchange/msgpack.h"
#include "formats/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbus;
  const auto json = exchange::msgpack_to_json({reinterpret_cast<const char*>(data), size});
  if (!json.ok()) return 0;
  const auto document = formats::parse_json(json.value(), "fuzz", 8 << 20);
  // Keys may come twice in MessagePack, which our JSON does not take.
  if (document.ok()) (void)exchange::json_to_msgpack(json.value());
  return 0;
}
