// Goal: whatever a server does, the client keeps its deadline and its caps, sends a request at most
// once, and tells "nothing left" from "it may have been acted on".
#include "net/http_client.h"

#include <gtest/gtest.h>

#include <atomic>

#include "net/testing.h"

namespace signalbus::net {
namespace {

using std::chrono::steady_clock;

constexpr milliseconds kShort{200};
const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
const HttpRequest kPost = {.method = "POST",
                           .target = "/v2/orders?token=hush",
                           .headers = {{"APCA-API-SECRET-KEY", "hush"}},
                           .body = "{\"hush\":1}"};

void read_request(RawSocket& peer) { peer.read_to("{\"hush\":1}"); }

/// A script that reads the request and answers with these bytes, then closes.
ScriptedServer::Script says(std::string bytes) {
  return [bytes = std::move(bytes)](RawSocket& peer) {
    read_request(peer);
    peer.send(bytes);
  };
}

void expect_unknown(const Result<HttpResponse>& answer, const std::string& about) {
  ASSERT_FALSE(answer.ok()) << about;
  EXPECT_EQ(answer.error().code, ErrorCode::kUnknownOutcome) << about << answer.error().message;
  EXPECT_EQ(answer.error().message.find("hush"), std::string::npos) << answer.error().message;
}

TEST(HttpClientTest, GivesTheAnswerAndKeepsTheConnection) {
  std::atomic<int> connections = 0;
  ScriptedServer server({[&](RawSocket& peer) {
    ++connections;
    for (const char* body : {"ab", "cd"}) {
      read_request(peer);
      peer.send(kOk + body);
    }
    peer.read_to_end();
  }});
  HttpClient client(server.url());

  const auto first = client.send(kPost, milliseconds(5000));
  const auto second = client.send(kPost, milliseconds(5000));

  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first.value().body, "ab");
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(second.value().body, "cd");
  EXPECT_EQ(connections, 1);
}

TEST(HttpClientTest, SendsExactlyWhatItWasGiven) {
  std::string seen;
  {
    ScriptedServer server({[&](RawSocket& peer) {
      seen = peer.read_to("{\"hush\":1}");
      peer.send(kOk + "ok");
    }});
    ASSERT_TRUE(HttpClient(server.url()).send(kPost, milliseconds(5000)).ok());
    seen.replace(seen.find(server.url().authority()), server.url().authority().size(), "HOST");
  }
  EXPECT_EQ(seen,
            "POST /v2/orders?token=hush HTTP/1.1\r\nHost: HOST\r\nAPCA-API-SECRET-KEY: hush\r\n"
            "Content-Length: 10\r\n\r\n{\"hush\":1}");
}

TEST(HttpClientTest, DoesNotFollowARedirect) {
  ScriptedServer server(
      {says("HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")});
  const auto answer = HttpClient(server.url()).send(kPost, milliseconds(5000));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.value().status, 307);
  EXPECT_EQ(answer.value().headers.get("location"), "http://127.0.0.1:1/");
}

TEST(HttpClientTest, PassesOverInterimAnswers) {
  ScriptedServer server({says("HTTP/1.1 100 Continue\r\n\r\n" + kOk + "ok")});
  const auto answer = HttpClient(server.url()).send(kPost, milliseconds(5000));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.value().body, "ok");
}

TEST(HttpClientTest, TakesABrokenAnswerForAnUnknownOutcome) {
  const std::string cases[] = {
      "",
      "HTTP/1.1 200 OK\r\nContent-",
      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 20\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nab",
      "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nab",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
      "\x15\x03\x01\x00\x02\x02\x46",
      "<html>bad gateway</html>\r\n\r\n",
  };
  for (const std::string& bytes : cases) {
    ScriptedServer server({says(bytes)});
    expect_unknown(HttpClient(server.url()).send(kPost, milliseconds(5000)), bytes);
  }
}

TEST(HttpClientTest, KeepsItsDeadlineAgainstSilenceAndDrip) {
  std::atomic<bool> over = false;
  const auto drip = [&](const std::string& head, const std::string& piece, milliseconds pause) {
    return [&over, head, piece, pause](RawSocket& peer) {
      read_request(peer);
      peer.send(head);
      while (!over && peer.send(piece)) std::this_thread::sleep_for(pause);
    };
  };
  const std::pair<std::string, ScriptedServer::Script> cases[] = {
      {"silence", drip("", "", milliseconds(5))},
      {"a slow head", drip("HTTP/1.1 200 OK\r\nX: ", "a", milliseconds(20))},
      {"a slow body",
       drip("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", "a", milliseconds(20))},
      {"endless interim answers", drip("", "HTTP/1.1 100 Continue\r\n\r\n", milliseconds(20))},
  };
  for (const auto& [name, script] : cases) {
    over = false;
    ScriptedServer server({script});
    const auto start = steady_clock::now();
    expect_unknown(HttpClient(server.url()).send(kPost, kShort), name);
    const auto took = steady_clock::now() - start;
    EXPECT_GE(took, kShort) << name;
    EXPECT_LT(took, kShort + milliseconds(3000)) << name;
    over = true;
  }
}

TEST(HttpClientTest, KeepsItsCapsAgainstEndlessAnswers) {
  const auto endless = [](const std::string& head) {
    return [head](RawSocket& peer) {
      read_request(peer);
      peer.send(head);
      const std::string piece(4096, 'a');
      while (peer.send(piece)) {
      }
    };
  };
  const std::string heads[] = {
      "HTTP/1.1 200 OK\r\nX: ",
      "HTTP/1.1 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
  };
  for (const std::string& head : heads) {
    ScriptedServer server({endless(head)});
    HttpClient client(server.url(), {.head_bytes_max = 10'000, .body_bytes_max = 100'000});
    const auto start = steady_clock::now();
    expect_unknown(client.send(kPost, milliseconds(10'000)), head);
    EXPECT_LT(steady_clock::now() - start, milliseconds(5'000)) << "the cap, not the deadline";
  }
}

TEST(HttpClientTest, NeverReadsTheAnswerToARequestThatTimedOutAsTheNextOnes) {
  ScriptedServer server({[](RawSocket& peer) {
                           read_request(peer);
                           // While the second request already waits.
                           std::this_thread::sleep_for(kShort + milliseconds(200));
                           peer.send(kOk + "no");
                         },
                         says(kOk + "ok")});
  HttpClient client(server.url());

  expect_unknown(client.send(kPost, kShort), "late");
  const auto second = client.send(kPost, milliseconds(5000));

  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(second.value().body, "ok");
}

TEST(HttpClientTest, DropsAConnectionOnWhichMoreCameThanWasAsked) {
  // Two answers at once, and a second one while the connection idled.
  for (const bool at_once : {true, false}) {
    ScriptedServer server({[&](RawSocket& peer) {
                             read_request(peer);
                             peer.send(kOk + "ok" + (at_once ? kOk + "no" : ""));
                             if (!at_once) {
                               std::this_thread::sleep_for(milliseconds(50));
                               peer.send(kOk + "no");
                             }
                             peer.read_to_end();
                           },
                           says(kOk + "ok")});
    HttpClient client(server.url());
    ASSERT_EQ(client.send(kPost, milliseconds(5000)).value().body, "ok");
    std::this_thread::sleep_for(milliseconds(150));
    const auto second = client.send(kPost, milliseconds(5000));
    ASSERT_TRUE(second.ok()) << second.error().message;
    EXPECT_EQ(second.value().body, "ok") << at_once;
  }
}

TEST(HttpClientTest, ReplacesAConnectionThatThePeerClosedMeanwhile) {
  for (const bool announced : {true, false}) {
    const std::string answer = announced ? "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                           "Content-Length: 2\r\n\r\nok"
                                         : kOk + "ok";
    ScriptedServer server({says(answer), says(answer)});
    HttpClient client(server.url());
    ASSERT_TRUE(client.send(kPost, milliseconds(5000)).ok());
    std::this_thread::sleep_for(milliseconds(100));
    const auto second = client.send(kPost, milliseconds(5000));
    EXPECT_TRUE(second.ok()) << announced << second.error().message;
  }
}

TEST(HttpClientTest, SendsAnOrderOnceWhenAKeptConnectionDiesAfterReadingIt) {
  std::atomic<int> received = 0;
  {
    ScriptedServer server({[&](RawSocket& peer) {
                             read_request(peer);
                             ++received;
                             peer.send(kOk + "ok");
                             read_request(peer);
                             ++received;
                             peer.reset();
                           },
                           [&](RawSocket& peer) {
                             if (!peer.read_to("POST").empty()) ++received;
                           }});
    HttpClient client(server.url());
    ASSERT_TRUE(client.send(kPost, milliseconds(5000)).ok());
    expect_unknown(client.send(kPost, milliseconds(2000)), "reset");
    std::this_thread::sleep_for(milliseconds(100));
  }
  EXPECT_EQ(received, 2);
}

TEST(HttpClientTest, SaysThatNothingLeftWhenItCouldNotConnect) {
  Url closed = Url::parse("http://127.0.0.1:1").value();
  {
    // A port that was just free: nobody listens.
    ServerThread gone([](const IncomingRequest&, const Responder&) {});
    closed.port = gone.port();
  }
  Url nowhere = Url::parse("http://no-such-host.invalid").value();
  for (const Url& url : {closed, nowhere}) {
    const auto answer = HttpClient(url).send(kPost, milliseconds(3000));
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable) << answer.error().message;
    EXPECT_EQ(answer.error().message.find("hush"), std::string::npos);
  }
}

TEST(HttpClientTest, SaysThatNothingLeftWhenTheDeadlineHadPassedBefore) {
  ScriptedServer server({says(kOk + "ok")});
  const auto answer = HttpClient(server.url()).send(kPost, milliseconds(0));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable) << answer.error().message;
}

TEST(HttpClientTest, DoesNotKnowTheOutcomeOfARequestThatLeftInPart) {
  HttpRequest large = kPost;
  large.body = std::string(16 << 20, 'x');  // More than the two sockets hold.
  std::promise<void> over;
  ScriptedServer server({[&](RawSocket& peer) {
    peer.read_bytes(100);
    over.get_future().wait();
  }});
  const auto answer = HttpClient(server.url()).send(large, milliseconds(3000));
  over.set_value();
  expect_unknown(answer, "half written");
}

TEST(HttpClientTest, RefusesToWriteARequestThatMeansMoreThanItSays) {
  HttpRequest request = kPost;
  request.headers.add("X", "hush\r\nY: z");
  const auto answer = HttpClient(Url::parse("http://127.0.0.1:1").value()).send(request, kShort);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace signalbus::net
