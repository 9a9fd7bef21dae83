// WebSocket frames: the server gives exactly the messages that a plain reading of RFC 6455 gives,
// and ends. The first byte of the input is the size of the pieces; the key of a frame is the
// client's.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/check.h"
#include "net/http_server.h"

namespace {

using namespace signalbus;
using namespace signalbus::net;

constexpr std::size_t kMessageMax = 512;

struct Message {
  bool text;
  std::string data;
  bool operator==(const Message&) const = default;
};

bool is_utf8(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char first = at(i);
    const std::size_t more = first < 0x80   ? 0
                             : first < 0xc2 ? 9
                             : first < 0xe0 ? 1
                             : first < 0xf0 ? 2
                             : first < 0xf5 ? 3
                                            : 9;
    if (more == 9 || i + more >= text.size()) return false;
    unsigned long value = more == 0 ? first : first & (0x3fu >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      if ((at(i + k) & 0xc0) != 0x80) return false;
      value = (value << 6) | (at(i + k) & 0x3f);
    }
    if (more == 2 && (value < 0x800 || (value >= 0xd800 && value < 0xe000))) return false;
    if (more == 3 && (value < 0x10000 || value > 0x10ffff)) return false;
    i += more + 1;
  }
  return true;
}

struct Frame {
  bool final;
  unsigned code;
  std::string payload;
};

/// The next frame, or nothing when it is broken, too large or not all there.
std::optional<Frame> take_frame(std::string_view& bytes, std::size_t size_max) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() < 2 || (at(0) & 0x70) != 0 || (at(1) & 0x80) == 0) return std::nullopt;
  Frame frame{.final = (at(0) & 0x80) != 0, .code = at(0) & 0x0fu, .payload = ""};
  const std::size_t short_size = at(1) & 0x7f;
  const std::size_t extra = short_size < 126 ? 0 : short_size == 126 ? 2 : 8;
  const std::size_t head = 2 + extra + 4;
  if (bytes.size() < head) return std::nullopt;
  std::uint64_t size = extra == 0 ? short_size : 0;
  for (std::size_t i = 0; i < extra; ++i) size = (size << 8) | at(2 + i);
  if ((extra == 2 && size < 126) || (extra == 8 && size < 65536)) return std::nullopt;
  if (frame.code >= 8 && (!frame.final || size > 125)) return std::nullopt;
  if (frame.code < 8 && size > size_max) return std::nullopt;
  if (bytes.size() - head < size) return std::nullopt;
  for (std::size_t i = 0; i < size; ++i) {
    frame.payload += static_cast<char>(at(head + i) ^ at(2 + extra + i % 4));
  }
  bytes.remove_prefix(head + static_cast<std::size_t>(size));
  return frame;
}

std::vector<Message> plain_reading(std::string_view bytes) {
  std::vector<Message> out;
  std::optional<Message> open;
  while (true) {
    const std::size_t room = kMessageMax - (open ? open->data.size() : 0);
    const std::optional<Frame> frame = take_frame(bytes, room);
    if (!frame || frame->code > 10 || frame->code == 8) return out;
    if (frame->code >= 9) continue;  // ping, pong
    if (frame->code > 2 || (frame->code == 0) != open.has_value()) return out;
    if (!open) open = Message{frame->code == 1, ""};
    open->data += frame->payload;
    if (!frame->final) continue;
    if (open->text && !is_utf8(open->data)) return out;
    out.push_back(*std::exchange(open, std::nullopt));
  }
}

struct Exchange {
  Loop loop;
  std::vector<Message> messages;
  int ends = 0;
  Result<HttpServer> server;

  Exchange()
      : server(HttpServer::listen(loop, {}, [this](const IncomingRequest&, Responder to) {
          WebSocketOptions options;
          options.message_bytes_max = kMessageMax;
          to.accept_websocket(
              {.on_text = [this](std::string data) { messages.push_back({true, std::move(data)}); },
               .on_binary =
                   [this](std::string data) { messages.push_back({false, std::move(data)}); },
               .on_close = [this](const WebSocketEnd&) { ++ends; }},
              options);
        })) {
    SB_CHECK(server.ok());
  }

  void send(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // It closed: nothing more is read.
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    loop.run_until([] { return false; }, std::chrono::milliseconds(0));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static Exchange exchange;
  if (size == 0) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::vector<Message> expected = plain_reading(bytes);
  int fds[2];
  SB_CHECK(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  exchange.messages.clear();
  exchange.ends = 0;
  exchange.server.value().adopt(fds[1]);
  exchange.send(fds[0],
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  // At most 32 pieces: a run of the loop for each byte of a long input would be most of the time.
  const std::size_t piece = std::max<std::size_t>(1 + data[0] % 64u, bytes.size() / 32);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    exchange.send(fds[0], bytes.substr(0, piece));
  }
  ::shutdown(fds[0], SHUT_WR);
  exchange.loop.run_until([&] { return exchange.server.value().connections() == 0; },
                          std::chrono::seconds(5));
  SB_CHECK(exchange.server.value().connections() == 0);
  SB_CHECK(exchange.ends == 1);
  SB_CHECK(exchange.messages == expected);
  ::close(fds[0]);
  return 0;
}
