// Goal: a client talks only to a server that proves to be the one it asked for, and says so when
// not; nothing of a request leaves before that.
#include "net/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "net/channel.h"
#include "net/connect.h"
#include "net/http_client.h"
#include "net/testing.h"
#include "net/tls_testing.h"
#include "net/websocket_client.h"

namespace signalbus::net {
namespace {

constexpr milliseconds kLong{20'000};
const HttpRequest kPost = {
    .method = "POST", .target = "/v2/orders", .headers = {{"Key", "hush"}}, .body = "body"};

HttpServerOptions with_tls(TlsIdentity identity) {
  HttpServerOptions options;
  options.tls = std::move(identity);
  return options;
}

void echo(const IncomingRequest& request, const Responder& responder) {
  if (request.wants_websocket) {
    const WebSocket socket = responder.accept_websocket({});
    socket.send_text(std::string(200'000, 'w'));
    return;
  }
  responder.send({.status = 200, .headers = {}, .body = request.http.body});
}

/// An environment variable for the length of a test; nullptr: not set.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    set(value);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { set(before_ ? before_->c_str() : nullptr); }

 private:
  void set(const char* value) { value == nullptr ? ::unsetenv(name_) : ::setenv(name_, value, 1); }
  const char* name_;
  std::optional<std::string> before_;
};

class TlsTest : public testing::Test {
 protected:
  // A bundle that the machine names would be read for each client: slow, and nothing of ours.
  Variable no_bundle{"SSL_CERT_FILE", nullptr};
  TestAuthority authority{"Signalbus test authority"};
};

TEST_F(TlsTest, CarriesRequestsOverAKeptConnection) {
  std::atomic<int> ports = 0;
  std::string last_peer;
  ServerThread server(
      [&](const IncomingRequest& request, const Responder& responder) {
        if (request.peer != last_peer) ++ports;
        last_peer = request.peer;
        echo(request, responder);
      },
      with_tls(authority.identity({.names = "DNS:localhost"})));
  HttpClient client(server.url("localhost", true), {.trust = authority.trust()});
  for (const std::size_t size : {1, 0, 300, 900'000}) {
    HttpRequest request = kPost;
    request.body = std::string(size, 'x');
    const auto answer = client.send(request, kLong);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(answer.value().body, request.body);
  }
  EXPECT_EQ(ports, 1) << "session tickets are no reason to connect anew";
}

TEST_F(TlsTest, AcceptsAnAddressThatTheCertificateNames) {
  ServerThread server(echo, with_tls(authority.identity({.names = "IP:127.0.0.1"})));
  const auto answer =
      HttpClient(server.url("127.0.0.1", true), {.trust = authority.trust()}).send(kPost, kLong);
  EXPECT_TRUE(answer.ok()) << answer.error().message;
}

TEST_F(TlsTest, BelievesTheAuthoritiesOfTheSystem) {
  ServerThread server(echo, with_tls(authority.identity({.names = "DNS:localhost"})));
  const Url url = server.url("localhost", true);
  const std::string folder = authority.ca_folder();
  const std::string file = authority.ca_file();
  struct Row {
    const char* folder;
    const char* file;
    bool believed;
  };
  const Row rows[] = {{folder.c_str(), nullptr, true},
                      {"/nowhere", file.c_str(), true},
                      {"/nowhere", nullptr, false}};
  for (const Row& row : rows) {
    const Variable dir("SSL_CERT_DIR", row.folder);
    const Variable bundle("SSL_CERT_FILE", row.file);
    const auto answer = HttpClient(url).send(kPost, kLong);
    EXPECT_EQ(answer.ok(), row.believed) << row.folder;
  }
}

TEST_F(TlsTest, RefusesACertificateThatProvesNothing) {
  TestAuthority stranger("Signalbus test authority");
  struct Row {
    const char* about;
    TlsIdentity identity;
    TlsTrust trust;
    const char* host;
  };
  const TlsIdentity good = authority.identity({.names = "DNS:localhost,DNS:*.example.com"});
  const Row rows[] = {
      {"another host", authority.identity({.names = "DNS:api.example.com"}), authority.trust(),
       "localhost"},
      {"a name for an address", good, authority.trust(), "127.0.0.1"},
      {"a partial wildcard", authority.identity({.names = "DNS:local*"}), authority.trust(),
       "localhost"},
      {"expired",
       authority.identity(
           {.names = "DNS:localhost", .starts_in_seconds = -7200, .ends_in_seconds = -3600}),
       authority.trust(), "localhost"},
      {"not valid yet",
       authority.identity(
           {.names = "DNS:localhost", .starts_in_seconds = 3600, .ends_in_seconds = 7200}),
       authority.trust(), "localhost"},
      {"nobody's authority", good, {}, "localhost"},
      {"another authority of the same name", good, stranger.trust(), "localhost"},
  };
  for (const Row& row : rows) {
    std::atomic<int> requests = 0;
    ServerThread server(
        [&](const IncomingRequest&, const Responder& responder) {
          ++requests;
          responder.send({});
        },
        with_tls(row.identity));
    const auto answer =
        HttpClient(server.url(row.host, true), {.trust = row.trust}).send(kPost, kLong);
    ASSERT_FALSE(answer.ok()) << row.about;
    EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable) << row.about;
    EXPECT_NE(answer.error().message.find("certificate"), std::string::npos)
        << row.about << ": " << answer.error().message;
    const auto socket =
        WebSocketClient::connect(server.url(row.host, true), {}, kLong, {.trust = row.trust});
    EXPECT_FALSE(socket.ok()) << row.about;
    EXPECT_EQ(requests, 0) << row.about;
  }
}

TEST_F(TlsTest, CarriesAWebSocket) {
  ServerThread server(echo, with_tls(authority.identity({.names = "DNS:localhost"})));
  auto client = WebSocketClient::connect(server.url("localhost", true), {}, kLong,
                                         {.trust = authority.trust()});
  ASSERT_TRUE(client.ok()) << client.error().message;
  const auto message = client.value().receive(kLong);
  ASSERT_TRUE(message.ok() && message.value());
  EXPECT_EQ(message.value()->data, std::string(200'000, 'w'));
}

TEST_F(TlsTest, SendsNothingToAServerWithoutTls) {
  std::string seen;
  {
    ScriptedServer server({[&](RawSocket& peer) {
      seen = peer.read_bytes(5);
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }});
    Url url = server.url();
    url.tls = true;
    url.host = "localhost";
    const auto answer = HttpClient(url, {.trust = authority.trust()}).send(kPost, kLong);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable) << answer.error().message;
  }
  EXPECT_EQ(seen.find("hush"), std::string::npos);
}

TEST_F(TlsTest, KeepsItsDeadlineWhileHandsAreShaken) {
  std::promise<void> over;
  ScriptedServer server({[&](RawSocket&) { over.get_future().wait(); }});
  Url url = server.url();
  url.tls = true;
  const auto answer = HttpClient(url, {.trust = authority.trust()}).send(kPost, milliseconds(200));
  over.set_value();
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable) << answer.error().message;
}

/// A TLS server that reads something, writes these bytes and leaves, with or without a goodbye.
ScriptedServer::Script says_over_tls(const TlsContext& context, std::string bytes, bool goodbye) {
  return [&context, bytes = std::move(bytes), goodbye](RawSocket& peer) {
    Channel channel = Channel::tls_server(peer.release(), context);
    const TimePoint deadline = deadline_in(kLong);
    char buffer[4096];
    for (IoResult got{Io::kWantsRead}; got.io != Io::kDone;) {
      got = channel.read_some(buffer);
      if (got.io != Io::kDone && !wait_until_ready(channel, got.io, deadline)) return;
    }
    channel.write_some(bytes);
    if (goodbye) channel.shut_down_writing();
  };
}

TEST_F(TlsTest, TakesABodyThatEndsWithoutAGoodbyeForCutOff) {
  // Without a length the end of the connection is the end of the body, and anybody can fake that.
  const auto context = TlsContext::server(authority.identity({.names = "DNS:localhost"}));
  for (const bool goodbye : {true, false}) {
    ScriptedServer server({says_over_tls(context.value(), "HTTP/1.1 200 OK\r\n\r\npart", goodbye)});
    Url url = server.url();
    url.tls = true;
    url.host = "localhost";
    const auto answer = HttpClient(url, {.trust = authority.trust()}).send(kPost, kLong);
    ASSERT_EQ(answer.ok(), goodbye) << answer.error().message;
    if (!goodbye) {
      EXPECT_EQ(answer.error().code, ErrorCode::kUnknownOutcome) << answer.error().message;
    }
  }
}

TEST_F(TlsTest, DoesNotSpeakVersionsBefore12) {
  ServerThread server(echo, with_tls(authority.identity({.names = "DNS:localhost"})));
  for (const int version : {TLS1_1_VERSION, TLS1_2_VERSION}) {
    const auto context = TlsContext::client(authority.trust());
    ::SSL_CTX_set_min_proto_version(context.value().get(), TLS1_VERSION);
    ::SSL_CTX_set_max_proto_version(context.value().get(), version);
    ::SSL_CTX_set_cipher_list(context.value().get(), "DEFAULT@SECLEVEL=0");
    const auto channel =
        connect_to(server.url("localhost", true), &context.value(), deadline_in(kLong));
    EXPECT_EQ(channel.ok(), version == TLS1_2_VERSION) << version;
  }
}

TEST_F(TlsTest, DropsAPeerThatDoesNotSpeakTls) {
  HttpServerOptions options = with_tls(authority.identity({.names = "DNS:localhost"}));
  options.head_time_max = milliseconds(200);
  ServerThread server(echo, options);
  RawSocket plain = RawSocket::connect(server.port());
  plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  plain.read_to_end();
  EXPECT_TRUE(plain.ended());
  const RawSocket silent = RawSocket::connect(server.port());
  EXPECT_EQ(server.connections_reaching(0), 0u);
}

TEST_F(TlsTest, OutlivesAClientThatVanishesBeforeItsAnswer) {
  Loop* loop = nullptr;
  ServerThread server(
      [&](const IncomingRequest& request, const Responder& responder) {
        const milliseconds delay(request.http.body == "late" ? 800 : 0);
        loop->call_after(delay, [responder] {
          responder.send({.status = 200, .headers = {}, .body = std::string(8 << 20, 'x')});
        });
      },
      with_tls(authority.identity({.names = "DNS:localhost"})));
  loop = &server.loop();
  HttpClient client(server.url("localhost", true), {.trust = authority.trust()});
  HttpRequest late = kPost;
  late.body = "late";
  ASSERT_TRUE(client.send(kPost, kLong).ok());
  EXPECT_EQ(client.send(late, milliseconds(400)).error().code, ErrorCode::kUnknownOutcome);
  std::this_thread::sleep_for(milliseconds(600));
  const auto answer = client.send(kPost, kLong);
  EXPECT_TRUE(answer.ok()) << "SIGPIPE would have ended us: " << answer.error().message;
}

TEST_F(TlsTest, RefusesFilesThatAreNone) {
  const TlsIdentity one = authority.identity({.names = "DNS:a"});
  const TlsIdentity two = authority.identity({.names = "DNS:b"});
  EXPECT_TRUE(TlsContext::server(one).ok());
  const TlsIdentity cases[] = {
      {.certificate_file = one.certificate_file, .key_file = two.key_file},
      {.certificate_file = "/nowhere.pem", .key_file = one.key_file},
      {.certificate_file = one.key_file, .key_file = one.key_file},
      {.certificate_file = one.certificate_file, .key_file = one.certificate_file},
  };
  for (const TlsIdentity& identity : cases) {
    const auto context = TlsContext::server(identity);
    ASSERT_FALSE(context.ok()) << identity.certificate_file << " " << identity.key_file;
    EXPECT_EQ(context.error().code, ErrorCode::kInvalidInput) << context.error().message;
  }
  EXPECT_FALSE(TlsContext::client({.ca_file = "/nowhere.pem"}).ok());
  EXPECT_FALSE(TlsContext::client({.ca_file = one.key_file}).ok());
  const auto answer =
      HttpClient(Url::parse("https://localhost:1").value(), {.trust = {.ca_file = "/nowhere.pem"}})
          .send(kPost, kLong);
  EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace signalbus::net
