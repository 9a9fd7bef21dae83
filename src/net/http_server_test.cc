// Goal: the server answers each request once and in order, misbehaves only when told to, and a
// hostile client costs neither time nor memory.
#include "net/http_server.h"

#include <gtest/gtest.h>

#include <fstream>
#include <mutex>

#include "net/http_client.h"
#include "net/testing.h"

namespace signalbus::net {
namespace {

using std::chrono::steady_clock;

const std::string kGet = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

void echo(const IncomingRequest& request, const Responder& responder) {
  responder.send({.status = 200,
                  .headers = {{"X-Method", request.http.method}},
                  .body = request.http.target + "|" + request.http.body});
}

HttpServerOptions quick() {
  HttpServerOptions options;
  options.head_time_max = milliseconds(150);
  options.body_time_max = milliseconds(250);
  options.idle_time_max = milliseconds(350);
  return options;
}

/// What a client sees that sends these bytes and then only reads, to the end.
std::string reply_to(std::uint16_t port, std::string_view bytes) {
  RawSocket client = RawSocket::connect(port);
  client.send(bytes);
  return client.read_to_end();
}

TEST(HttpServerTest, AnswersAClient) {
  std::string peer;
  ServerThread server([&](const IncomingRequest& request, const Responder& responder) {
    peer = request.peer;
    EXPECT_TRUE(request.loopback);
    EXPECT_FALSE(request.wants_websocket);
    echo(request, responder);
  });
  HttpClient client(server.url());

  const auto answer = client.send(
      {.method = "POST", .target = "/v2/orders", .headers = {}, .body = "b"}, milliseconds(5000));

  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer.value().body, "/v2/orders|b");
  EXPECT_TRUE(peer.starts_with("127.0.0.1:")) << peer;
}

TEST(HttpServerTest, AnswersPipelinedRequestsInOrderThoughTheFirstIsLate) {
  Loop* loop = nullptr;
  ServerThread server([&](const IncomingRequest& request, const Responder& responder) {
    const auto delay = milliseconds(request.http.target == "/1" ? 80 : 0);
    loop->call_after(delay, [request, responder] { echo(request, responder); });
  });
  loop = &server.loop();

  const std::string out = reply_to(
      server.port(),
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET /4 HTTP/1.1\r\nHost: h\r\n\r\n");

  EXPECT_LT(out.find("/1|"), out.find("/2|"));
  EXPECT_LT(out.find("/2|"), out.find("/3|"));
  EXPECT_NE(out.find("/3|"), std::string::npos);
  EXPECT_EQ(out.find("/4|"), std::string::npos) << "after close nothing is answered";
}

TEST(HttpServerTest, AnswersAThousandPipelinedRequestsWithoutDeepRecursion) {
  ServerThread server(echo);
  std::string bytes;
  for (int i = 0; i < 999; ++i) bytes += kGet;
  const std::string out =
      reply_to(server.port(), bytes + "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  std::size_t count = 0;
  for (std::size_t at = out.find("HTTP/1.1 200"); at != std::string::npos; ++count) {
    at = out.find("HTTP/1.1 200", at + 1);
  }
  EXPECT_EQ(count, 1000u);
}

TEST(HttpServerTest, AnswersAClientThatHasClosedItsHalf) {
  ServerThread server(echo);
  RawSocket client = RawSocket::connect(server.port());
  client.send(kGet);
  client.shut_down_writing();
  EXPECT_NE(client.read_to_end().find("/x|"), std::string::npos);
  EXPECT_EQ(server.connections_reaching(0), 0u);
}

TEST(HttpServerTest, GivesHeadNoBodyAndOldClientsAClosedConnection) {
  ServerThread server(echo);
  const std::string head =
      reply_to(server.port(), "HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 3\r\n"), std::string::npos) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
  EXPECT_TRUE(reply_to(server.port(), "GET /x HTTP/1.0\r\n\r\n").ends_with("/x|"));
}

TEST(HttpServerTest, InvitesABodyThatIsAnnounced) {
  ServerThread server(echo);
  RawSocket client = RawSocket::connect(server.port());
  client.send("PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_NE(client.read_to("/x|body").find("HTTP/1.1 200"), std::string::npos);
  // One that is too large is not invited.
  client.send(
      "PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n");
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 413"));
}

TEST(HttpServerTest, RefusesHostileRequestsAndCloses) {
  ServerThread server(echo);
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::pair<std::string, const char*> cases[] = {
      {post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + kGet, "400"},
      {post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!" + kGet, "400"},
      {post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + kGet, "400"},
      {post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" + kGet, "400"},
      {post + "Content-Length: 1048577\r\n\r\n" + std::string(1 << 20, 'x'), "413"},
      {post + "X: " + std::string(20'000, 'x'), "431"},
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400"},
      {"BAD METHOD / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
  };
  for (const auto& [bytes, status] : cases) {
    const std::string out = reply_to(server.port(), bytes);
    EXPECT_TRUE(out.starts_with(std::string("HTTP/1.1 ") + status)) << bytes.substr(0, 200) << out;
    EXPECT_EQ(out.find("HTTP/1.1", 1), std::string::npos)
        << "nothing behind it is answered: " << out;
    EXPECT_NE(out.find("Connection: close"), std::string::npos);
  }
  EXPECT_EQ(server.connections_reaching(0), 0u);
}

TEST(HttpServerTest, EndsWhatIsTooSlow) {
  ServerThread server(echo, quick());
  struct Row {
    const char* bytes;
    const char* reply;
    int least;
  };
  const Row rows[] = {
      {"", "", 150},
      {"GET / HTTP/1.1\r\nHos", "HTTP/1.1 408", 150},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab", "HTTP/1.1 408", 250},
  };
  for (const Row& row : rows) {
    const auto start = steady_clock::now();
    const std::string out = reply_to(server.port(), row.bytes);
    const auto took = steady_clock::now() - start;
    EXPECT_EQ(out.substr(0, 12), row.reply) << row.bytes;
    EXPECT_GE(took, milliseconds(row.least)) << row.bytes;
    EXPECT_LT(took, milliseconds(row.least + 3000)) << row.bytes;
  }
  // Idle after an answer.
  RawSocket client = RawSocket::connect(server.port());
  client.send(kGet);
  client.read_to("/x|");
  const auto start = steady_clock::now();
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_GE(steady_clock::now() - start, milliseconds(100));
  EXPECT_TRUE(client.ended());
}

TEST(HttpServerTest, HoldsADripToTheTimeOfTheHead) {
  ServerThread server(echo, quick());
  RawSocket client = RawSocket::connect(server.port());
  const auto start = steady_clock::now();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nX: ");
  while (client.send("a") && steady_clock::now() - start < milliseconds(2000)) {
    std::this_thread::sleep_for(milliseconds(10));
    if (server.connections_reaching(0) == 0) break;
  }
  EXPECT_LT(steady_clock::now() - start, milliseconds(3500));
  EXPECT_EQ(server.connections_reaching(0), 0u);
}

TEST(HttpServerTest, DropsAClientThatDoesNotReadItsAnswer) {
  HttpServerOptions options = quick();
  ServerThread server(
      [](const IncomingRequest&, const Responder& responder) {
        responder.send({.status = 200, .headers = {}, .body = std::string(32 << 20, 'x')});
      },
      options);
  RawSocket client = RawSocket::connect(server.port());
  client.send(kGet);
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(server.connections_reaching(0), 0u);
}

TEST(HttpServerTest, MisbehavesAsToldAndNoFurther) {
  ServerThread server([](const IncomingRequest& request, const Responder& responder) {
    const HttpResponse answer{.status = 200, .headers = {}, .body = "whole"};
    const std::string& how = request.http.target;
    if (how == "/close") responder.close();
    if (how == "/cut") responder.send_cut(answer, 20);
    if (how == "/raw") responder.send_raw("\x01garbled");
    if (how == "/twice") {
      responder.send(answer);
      responder.send({.status = 500, .headers = {}, .body = ""});
    }
    // "/forget" keeps no copy of the responder.
  });
  const auto ask = [&](const std::string& how) {
    return reply_to(server.port(),
                    "GET " + how + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  };
  EXPECT_EQ(ask("/close"), "");
  EXPECT_EQ(ask("/forget"), "");
  EXPECT_EQ(ask("/cut"), "HTTP/1.1 200 OK\r\nCon");
  EXPECT_EQ(ask("/raw"), "\x01garbled");
  const std::string twice = ask("/twice");
  EXPECT_NE(twice.find("whole"), std::string::npos);
  EXPECT_EQ(twice.find("500"), std::string::npos);
  EXPECT_EQ(server.connections_reaching(0), 0u);
}

TEST(HttpServerTest, TurnsAnAnswerThatCannotBeWrittenInto500) {
  ServerThread server([](const IncomingRequest&, const Responder& responder) {
    responder.send({.status = 200, .headers = {{"X", "a\r\nSet-Cookie: b"}}, .body = "hush"});
  });
  const auto answer = HttpClient(server.url()).send({}, milliseconds(5000));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.value().status, 500);
  EXPECT_EQ(answer.value().body, "");
}

TEST(HttpServerTest, OutlivesClientsThatVanish) {
  Loop* loop = nullptr;
  ServerThread server([&](const IncomingRequest& request, const Responder& responder) {
    loop->call_after(milliseconds(30), [request, responder] {
      responder.send({.status = 200, .headers = {}, .body = std::string(1 << 20, 'x')});
    });
  });
  loop = &server.loop();
  for (int i = 0; i < 5; ++i) {
    RawSocket client = RawSocket::connect(server.port());
    client.send(kGet);
    client.reset();
  }
  EXPECT_EQ(server.connections_reaching(0), 0u);
}

TEST(HttpServerTest, TakesNoMoreConnectionsThanItMay) {
  HttpServerOptions options;
  options.connections_max = 2;
  ServerThread server(echo, options);
  const RawSocket first = RawSocket::connect(server.port());
  const RawSocket second = RawSocket::connect(server.port());
  EXPECT_EQ(server.connections_reaching(2), 2u);
  EXPECT_EQ(reply_to(server.port(), kGet).find("200"), std::string::npos);
}

TEST(HttpServerTest, SaysWhyItCannotListen) {
  Loop loop;
  HttpServerOptions options;
  const auto first = HttpServer::listen(loop, options, echo);
  ASSERT_TRUE(first.ok());
  options.port = first.value().port();
  const auto second = HttpServer::listen(loop, options, echo);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable) << second.error().message;
  options.address = "localhost";
  EXPECT_EQ(HttpServer::listen(loop, options, echo).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace signalbus::net
