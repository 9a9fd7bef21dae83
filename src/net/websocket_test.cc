// Goal: both ends keep RFC 6455 with Alpaca's clients in mind, and a peer that breaks it is closed.
#include "net/websocket.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "net/testing.h"
#include "net/websocket_client.h"

namespace signalbus::net {
namespace {

using std::chrono::steady_clock;

constexpr milliseconds kLong{5000};

/// Echoes what comes; refuses /no with 401. Remembers how its last connection ended.
class EchoServer {
 public:
  explicit EchoServer(WebSocketOptions options = {})
      : server_([this, options](const IncomingRequest& request, const Responder& responder) {
          handle(request, responder, options);
        }) {}

  Url url(std::string path = "/stream") const {
    Url url = server_.url();
    url.path = std::move(path);
    return url;
  }
  ServerThread& server() { return server_; }
  WebSocketEnd end() {
    for (int i = 0; i < 500; ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (end_) return *end_;
      }
      std::this_thread::sleep_for(milliseconds(10));
    }
    ADD_FAILURE() << "the connection did not end";
    return {};
  }
  std::atomic<int> opened = 0;
  std::atomic<int> ended = 0;

 private:
  void handle(const IncomingRequest& request, const Responder& responder,
              WebSocketOptions options) {
    if (!request.wants_websocket || request.http.target == "/no") {
      return responder.send({.status = 401, .headers = {}, .body = "{}"});
    }
    const auto socket = std::make_shared<WebSocket>(nullptr);
    WebSocketEvents events;
    events.on_open = [this] { ++opened; };
    events.on_text = [socket](std::string text) {
      if (text == "close") return socket->close(4001, "as asked");
      if (text == "drop") return socket->drop();
      socket->send_text(std::move(text));
    };
    events.on_binary = [socket](std::string bytes) { socket->send_binary(std::move(bytes)); };
    events.on_close = [this](const WebSocketEnd& end) {
      const std::lock_guard lock(mutex_);
      end_ = end;
      ++ended;
    };
    *socket = responder.accept_websocket(std::move(events), options);
    if (request.http.target == "/greet") socket->send_text("hello");
  }

  std::mutex mutex_;
  std::optional<WebSocketEnd> end_;
  ServerThread server_;
};

WebSocketClient connected(const Url& url, const WebSocketClientOptions& options = {}) {
  auto client = WebSocketClient::connect(url, {}, kLong, options);
  EXPECT_TRUE(client.ok()) << client.error().message;
  return std::move(client).value();
}

std::string received(WebSocketClient& client) {
  const auto message = client.receive(kLong);
  if (!message.ok()) return "error: " + message.error().message;
  return message.value() ? message.value()->data : "nothing";
}

/// A frame as a client sends it; the key 0 leaves the payload readable.
std::string frame(unsigned char first_byte, const std::string& payload, bool masked = true) {
  std::string out(1, static_cast<char>(first_byte));
  const auto mask = static_cast<unsigned char>(masked ? 0x80 : 0);
  if (payload.size() < 126) {
    out += static_cast<char>(mask | payload.size());
  } else {
    out += static_cast<char>(mask | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xff);
  }
  if (masked) out += std::string(4, '\0');
  return out + payload;
}

const std::string kUpgrade =
    "GET /stream HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

RawSocket upgraded(const EchoServer& server) {
  RawSocket client = RawSocket::connect(server.url().port);
  client.send(kUpgrade);
  const std::string head = client.read_to("\r\n\r\n");
  // The key and its answer are RFC 6455 §1.3's.
  EXPECT_NE(head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos) << head;
  EXPECT_EQ(head.find("permessage-deflate"), std::string::npos) << head;
  return client;
}

TEST(WebSocketTest, EchoesTextAndBinaryOfAnySize) {
  EchoServer server;
  WebSocketClient client = connected(server.url());
  for (const std::size_t size : {0, 1, 125, 126, 65535, 65536, 1'000'000}) {
    const std::string data(size, 'x');
    ASSERT_TRUE(client.send_text(data, kLong).ok());
    auto text = client.receive(kLong);
    ASSERT_TRUE(text.ok() && text.value()) << size;
    EXPECT_TRUE(text.value()->text && text.value()->data == data) << size;
    ASSERT_TRUE(client.send_binary(data, kLong).ok());
    auto binary = client.receive(kLong);
    ASSERT_TRUE(binary.ok() && binary.value()) << size;
    EXPECT_TRUE(!binary.value()->text && binary.value()->data == data) << size;
  }
}

TEST(WebSocketTest, SaysNothingYetAsAValueAndGoesOn) {
  EchoServer server;
  WebSocketClient client = connected(server.url());
  for (int i = 0; i < 3; ++i) {
    const auto nothing = client.receive(milliseconds(10));
    ASSERT_TRUE(nothing.ok());
    EXPECT_FALSE(nothing.value().has_value());
  }
  ASSERT_TRUE(client.send_text("late", kLong).ok());
  EXPECT_EQ(received(client), "late");
}

TEST(WebSocketTest, SendsWhatWasQueuedBeforeTheHandshakeWasDone) {
  EchoServer server;
  WebSocketClient client = connected(server.url("/greet"));
  EXPECT_EQ(received(client), "hello");
}

TEST(WebSocketTest, AnswersPingsAndHearsPongs) {
  EchoServer server;
  WebSocketClient client = connected(server.url());
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_GE(client.quiet_for(), milliseconds(500));
  client.ping();
  ASSERT_TRUE(client.receive(milliseconds(200)).ok());
  EXPECT_LT(client.quiet_for(), milliseconds(500)) << "the pong was heard";
}

TEST(WebSocketTest, RefusesWithAnHttpStatus) {
  EchoServer server;
  const auto refused = WebSocketClient::connect(server.url("/no"), {{"Key", "hush"}}, kLong);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kBrokerRefused) << refused.error().message;
  EXPECT_NE(refused.error().message.find("401"), std::string::npos) << refused.error().message;
  EXPECT_EQ(refused.error().message.find("hush"), std::string::npos);
  EXPECT_EQ(server.opened, 0);
}

TEST(WebSocketTest, TellsThePeersCloseCode) {
  EchoServer server;
  WebSocketClient client = connected(server.url());
  EXPECT_EQ(client.close_code(), 0);
  ASSERT_TRUE(client.send_text("close", kLong).ok());
  const auto end = client.receive(kLong);
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(client.close_code(), 4001);
  EXPECT_NE(end.error().message.find("as asked"), std::string::npos) << end.error().message;
  EXPECT_FALSE(client.send_text("more", milliseconds(50)).ok()) << "it is dead";
}

TEST(WebSocketTest, TellsTheServerOfAGoodbyeAndOfALoss) {
  {
    EchoServer server;
    WebSocketClient client = connected(server.url());
    client.close(kLong);
    EXPECT_EQ(server.end().code, 1000);
    EXPECT_EQ(server.server().connections_reaching(0), 0u);
    EXPECT_EQ(server.ended, 1);
  }
  {
    EchoServer server;
    {
      const WebSocketClient client = connected(server.url());
    }
    EXPECT_EQ(server.end().code, 1006);
    EXPECT_EQ(server.server().connections_reaching(0), 0u);
  }
}

TEST(WebSocketTest, NoticesADroppedConnection) {
  EchoServer server;
  WebSocketClient client = connected(server.url());
  ASSERT_TRUE(client.send_text("drop", kLong).ok());
  EXPECT_FALSE(client.receive(kLong).ok());
  EXPECT_EQ(client.close_code(), 1006);
  EXPECT_EQ(server.end().code, 1006);
}

TEST(WebSocketTest, TakesAFragmentedMessageWhoseLastFrameIsEmpty) {
  EchoServer server;
  RawSocket client = upgraded(server);
  client.send(frame(0x02, "{\"action\":") + frame(0x00, "1}") + frame(0x80, ""));
  EXPECT_EQ(client.read_bytes(14), frame(0x82, "{\"action\":1}", false));
  // alpaca-py's form: one frame with all of it, then the empty end; a ping in between.
  client.send(frame(0x01, "all"));
  client.send(frame(0x89, "p"));
  EXPECT_EQ(client.read_bytes(3), frame(0x8a, "p", false));
  client.send(frame(0x80, ""));
  EXPECT_EQ(client.read_bytes(5), frame(0x81, "all", false));
  // Nothing but empty frames.
  client.send(frame(0x01, "") + frame(0x80, ""));
  EXPECT_EQ(client.read_bytes(2), frame(0x81, "", false));
}

TEST(WebSocketTest, TakesFramesThatCameRightBehindTheUpgrade) {
  EchoServer server;
  RawSocket client = RawSocket::connect(server.url().port);
  client.send(kUpgrade + frame(0x81, "early"));
  EXPECT_TRUE(client.read_to("early").ends_with("\r\n\r\n" + frame(0x81, "early", false)));
}

TEST(WebSocketTest, ClosesAPeerThatBreaksTheProtocol) {
  WebSocketOptions options;
  options.message_bytes_max = 100;
  const std::string bad_utf8 = "\xc3\x28";
  const std::pair<std::string, int> cases[] = {
      {frame(0x81, "unmasked", false), 1002},
      {frame(0xc1, "reserved bit"), 1002},
      {frame(0x91, "reserved bit"), 1002},
      {frame(0x83, "unknown code"), 1002},
      {frame(0x8b, "unknown control"), 1002},
      {frame(0x09, "ping in pieces"), 1002},
      {frame(0x89, std::string(126, 'x')), 1002},
      {frame(0x80, "continues nothing"), 1002},
      {frame(0x01, "a") + frame(0x81, "b"), 1002},
      {frame(0x81, bad_utf8), 1007},
      {frame(0x01, "\xc3") + frame(0x80, "("), 1007},
      {frame(0x81, "\xed\xa0\x80"), 1007},  // a surrogate
      {frame(0x88, std::string(1, '\x03')), 1002},
      {frame(0x88, std::string("\x03\xed", 2)), 1002},  // 1005 is not for the wire
      {frame(0x81, std::string(101, 'x')), 1009},
      {frame(0x01, std::string(60, 'x')) + frame(0x80, std::string(60, 'x')), 1009},
      {std::string("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14), 1009},
  };
  for (const auto& [bytes, code] : cases) {
    EchoServer server(options);
    RawSocket client = upgraded(server);
    client.send(bytes);
    const std::string out = client.read_to_end();
    const std::string shown = testing::PrintToString(bytes) + " -> " + testing::PrintToString(out);
    EXPECT_TRUE(client.ended()) << shown;
    ASSERT_GE(out.size(), 4u) << shown;
    EXPECT_EQ(out[0], '\x88') << shown;
    EXPECT_EQ((static_cast<unsigned char>(out[2]) << 8) + static_cast<unsigned char>(out[3]), code)
        << shown;
    client.close();
    EXPECT_NE(server.end().reason, "");
    EXPECT_EQ(server.server().connections_reaching(0), 0u);
  }
}

TEST(WebSocketTest, DropsTextThatEndsWithinACharacterBeforeAnEmptyLastFrame) {
  EchoServer server;
  RawSocket client = upgraded(server);
  client.send(frame(0x01, "\xe2\x82") + frame(0x80, "") + frame(0x81, "not any more"));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(server.end().reason, "text is not UTF-8");
  EXPECT_EQ(server.server().connections_reaching(0), 0u);
}

TEST(WebSocketTest, EndsThoughThePeerBreaksTheProtocolWhileItCloses) {
  WebSocketOptions options;
  options.handshake_time_max = milliseconds(200);
  for (const std::string& last :
       {frame(0x83, "unknown code"), frame(0x81, "\xff"), std::string()}) {
    EchoServer server(options);
    RawSocket client = upgraded(server);
    client.send(frame(0x81, "close") + last);
    EXPECT_EQ(client.read_to_end().substr(0, 4), std::string("\x88\x0a\x0f\xa1", 4));
    EXPECT_EQ(server.end().code, 1006);
    EXPECT_EQ(server.server().connections_reaching(0), 0u);
  }
}

TEST(WebSocketTest, AnswersAnImproperUpgradeWith400) {
  EchoServer server;
  for (const char* version : {"12", ""}) {
    RawSocket client = RawSocket::connect(server.url().port);
    client.send(
        std::string("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    "Sec-WebSocket-Version: ") +
        version + "\r\n\r\n");
    const std::string out = client.read_to_end();
    EXPECT_TRUE(out.starts_with("HTTP/1.1 4")) << out;
  }
  EXPECT_EQ(server.opened, 0);
  EXPECT_EQ(server.server().connections_reaching(0), 0u);
}

TEST(WebSocketTest, PingsASilentPeerAndGivesItUp) {
  WebSocketOptions options;
  options.ping_after = milliseconds(100);
  EchoServer server(options);
  RawSocket client = upgraded(server);
  EXPECT_EQ(client.read_bytes(2), frame(0x89, "", false));
  const auto start = steady_clock::now();
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_LT(steady_clock::now() - start, milliseconds(2000));
  EXPECT_EQ(server.end().code, 1006);
}

TEST(WebSocketTest, DropsAReaderThatDoesNotReadBeforeItCostsMuch) {
  WebSocketOptions options;
  options.message_bytes_max = 1 << 20;
  options.queue_bytes_max = 1 << 20;
  EchoServer server(options);
  RawSocket client = upgraded(server);
  const std::string message = frame(0x82, std::string(60'000, 'x'));
  for (int i = 0; i < 2000 && server.ended == 0; ++i) {
    if (!client.send(message)) break;
  }
  EXPECT_EQ(server.end().reason, "the peer reads too slowly");
}

TEST(WebSocketClientTest, RefusesAMessageThatIsTooLarge) {
  EchoServer server;
  WebSocketClientOptions options;
  options.message_bytes_max = 100;
  WebSocketClient client = connected(server.url(), options);
  ASSERT_TRUE(client.send_text(std::string(101, 'x'), kLong).ok());
  EXPECT_FALSE(client.receive(kLong).ok());
}

TEST(WebSocketClientTest, KeepsItsDeadlineWithAServerThatSaysNothing) {
  std::promise<void> over;
  ScriptedServer server({[&](RawSocket&) { over.get_future().wait(); }});
  const auto start = steady_clock::now();
  const auto client = WebSocketClient::connect(server.url(), {}, milliseconds(200));
  const auto took = steady_clock::now() - start;
  over.set_value();
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().code, ErrorCode::kUnavailable) << client.error().message;
  EXPECT_GE(took, milliseconds(200));
  EXPECT_LT(took, milliseconds(3000));
}

}  // namespace
}  // namespace signalbus::net
