// Texts of others on their way into messages: one line of printable ASCII in a header, always; and
// no address of this machine or a private network is taken for a public one.
#include <algorithm>

#include "alerts/sentences.h"
#include "notify/address.h"
#include "notify/channel.h"
#include "one_file.h"

namespace {

bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x7f; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace signalbus;
  const std::string text = fuzz_text(data, size);
  const std::string header = notify::header_text(text);
  SB_CHECK(std::all_of(header.begin(), header.end(), is_plain));
  if (header.starts_with("=?utf-8?B?")) SB_CHECK(header.ends_with("?="));
  const std::string line = alerts::plain_line(text);
  SB_CHECK(line.find_first_of("\r\n\x1b") == std::string::npos);
  const std::vector<std::string> allowed = {text};
  (void)notify::is_named(allowed, text, 443);
  SB_CHECK(!notify::is_named({}, text, 443));
  const std::size_t length = size >= 16 ? 16 : size >= 4 ? 4 : 0;
  const std::span<const std::uint8_t> address(data, length);
  const bool is_v4 = length == 4;
  if (is_v4 && (data[0] == 0 || data[0] == 10 || data[0] == 127 || data[0] >= 224)) {
    SB_CHECK(!notify::is_public_address(address));
  }
  return 0;
}
