// HTTP requests: the pieces they come in change nothing, caps hold, and what is accepted can be
// written and read again. The first byte of the input is the size of the pieces.
#include "http_pieces.h"

namespace {

using namespace signalbus;
using namespace signalbus::net;

/// Without the fields that the writer sets itself.
HttpRequest writable(HttpRequest request) {
  Headers kept;
  for (const Field& field : request.headers) {
    const Headers one{field};
    if (one.find("host") == nullptr && one.find("content-length") == nullptr &&
        one.find("transfer-encoding") == nullptr && one.find("connection") == nullptr) {
      kept.add(field.name, field.value);
    }
  }
  request.headers = kept;
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  RequestReader whole(kFuzzLimits);
  RequestReader pieces(kFuzzLimits);
  const bool accepted = feed_all(whole, bytes, 0) && whole.awaits() == Awaits::kNothing;
  const bool again = feed_all(pieces, bytes, 1 + data[0]) && pieces.awaits() == Awaits::kNothing;
  SB_CHECK(accepted == again);
  if (!accepted) return 0;

  SB_CHECK(whole.keeps_connection() == pieces.keeps_connection());
  const HttpRequest request = whole.take();
  const HttpRequest other = pieces.take();
  SB_CHECK(request.method == other.method && request.target == other.target);
  SB_CHECK(request.body == other.body && same(request.headers, other.headers));
  SB_CHECK(request.body.size() <= kFuzzLimits.body_bytes_max);

  const HttpRequest sent = writable(request);
  const Result<std::string> written = request_bytes(sent, "host");
  if (!written.ok()) return 0;  // A target such as `*`, which a client never sends.
  RequestReader reader({.head_bytes_max = 4096, .body_bytes_max = kFuzzLimits.body_bytes_max});
  SB_CHECK(feed_all(reader, written.value(), 0) && reader.awaits() == Awaits::kNothing);
  const HttpRequest read = writable(reader.take());
  SB_CHECK(read.method == sent.method && read.target == sent.target && read.body == sent.body);
  SB_CHECK(same(read.headers, sent.headers));
  return 0;
}
