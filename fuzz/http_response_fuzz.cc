// HTTP answers: the pieces they come in change nothing, and caps hold. The first byte of the input
// is the size of the pieces and, when odd, says that a HEAD was asked.
#include "http_pieces.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace signalbus;
  using namespace signalbus::net;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool to_head = data[0] % 2 == 1;
  ResponseReader whole(kFuzzLimits, to_head);
  ResponseReader pieces(kFuzzLimits, to_head);
  const auto is_whole = [](ResponseReader& reader) {
    return reader.awaits() == Awaits::kNothing || reader.finish().ok();
  };
  const bool accepted = feed_all(whole, bytes, 0) && is_whole(whole);
  const bool again = feed_all(pieces, bytes, 1 + data[0]) && is_whole(pieces);
  SB_CHECK(accepted == again);
  if (!accepted) return 0;

  SB_CHECK(whole.keeps_connection() == pieces.keeps_connection());
  const HttpResponse answer = whole.take();
  const HttpResponse other = pieces.take();
  SB_CHECK(answer.status == other.status && answer.body == other.body);
  SB_CHECK(same(answer.headers, other.headers));
  SB_CHECK(answer.status >= 200 && answer.body.size() <= kFuzzLimits.body_bytes_max);
  SB_CHECK(!to_head || answer.body.empty());
  return 0;
}
