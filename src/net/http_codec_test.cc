// Goal: a message is read one way only, however its bytes arrive; what others might read in another
// way is refused. The smuggling rows follow RFC 9112 §6.3 and §7.1.
#include "net/http_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace signalbus::net {
namespace {

constexpr MessageLimits kLimits{.head_bytes_max = 1024, .body_bytes_max = 4096};
const std::string kHost = "Host: h\r\n";

/// Feeds pieces of the given sizes in turn; the status of the refusal, or 0.
template <class Reader>
bool feed_in_pieces(Reader& reader, std::string_view bytes, const std::vector<std::size_t>& sizes) {
  std::string waiting;
  for (std::size_t i = 0; !bytes.empty() && reader.awaits() != Awaits::kNothing; ++i) {
    const std::size_t size = std::min(bytes.size(), sizes[i % sizes.size()]);
    waiting.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
    const Result<std::size_t> taken = reader.feed(waiting);
    if (!taken.ok()) return false;
    waiting.erase(0, taken.value());
  }
  return true;
}

int refusal_of(const std::string& bytes) {
  RequestReader reader(kLimits);
  return feed_in_pieces(reader, bytes, {bytes.size()}) ? 0 : reader.refusal();
}

TEST(RequestReaderTest, ReadsARequestWithALength) {
  RequestReader reader(kLimits);
  const std::string bytes =
      "POST /v2/orders?a=b HTTP/1.1\r\n" + kHost + "Content-Length: 5\r\nX-A:  b \r\n\r\nhelloGET";

  const Result<std::size_t> taken = reader.feed(bytes);

  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken.value(), bytes.size() - 3) << "what follows belongs to the next request";
  ASSERT_EQ(reader.awaits(), Awaits::kNothing);
  EXPECT_TRUE(reader.keeps_connection());
  const HttpRequest request = reader.take();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v2/orders?a=b");
  EXPECT_EQ(request.headers.get("x-a"), "b");
  EXPECT_EQ(request.body, "hello");
}

TEST(RequestReaderTest, PutsChunksTogetherAndDropsTrailers) {
  RequestReader reader(kLimits);
  ASSERT_TRUE(feed_in_pieces(reader,
                             "POST / HTTP/1.1\r\n" + kHost +
                                 "Transfer-Encoding: chunked\r\n\r\n"
                                 "3;ext=\"v\"\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 9\r\n\r\n",
                             {7}));
  ASSERT_EQ(reader.awaits(), Awaits::kNothing);
  const HttpRequest request = reader.take();
  EXPECT_EQ(request.body, "abcde");
  EXPECT_EQ(request.headers.find("x-sum"), nullptr);
}

TEST(RequestReaderTest, RefusesWhatCouldBeReadInTwoWays) {
  const std::string post = "POST / HTTP/1.1\r\n" + kHost;
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const std::pair<std::string, int> cases[] = {
      {post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400},
      {post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400},
      {post + "Content-Length: 5, 5\r\n\r\nhello", 400},
      {post + "Content-Length: +5\r\n\r\nhello", 400},
      {post + "Content-Length: -1\r\n\r\n", 400},
      {post + "Content-Length: 0x5\r\n\r\nhello", 400},
      {post + "Content-Length: \r\n\r\n", 400},
      {post + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {post + "Content-Length : 5\r\n\r\nhello", 400},
      {post + "Transfer-Encoding: identity\r\n\r\n", 501},
      {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
      {post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 501},
      {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.0\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {chunked + "x\r\nabc\r\n", 400},
      {chunked + "-1\r\nabc\r\n", 400},
      {chunked + "0x3\r\nabc\r\n0\r\n\r\n", 400},
      {chunked + " 3\r\nabc\r\n0\r\n\r\n", 400},
      {chunked + "3\nabc\r\n0\r\n\r\n", 400},
      {chunked + "3\r\nabcd\r\n0\r\n\r\n", 400},
      {chunked + "ffffffffffffffffff\r\nabc\r\n", 400},
      {chunked + "0\r\nContent-Length: 9\r\n\r\n", 400},
      {post + "X: a\r\n b\r\n\r\n", 400},
      {post + "X: a\r\n\tb\r\n\r\n", 400},
      {post + "X: a\nContent-Length: 5\r\n\r\n", 400},
      {post + "X: a\rb\r\n\r\n", 400},
      {post + std::string("X: a\0b\r\n\r\n", 10), 400},
      {post + ": a\r\n\r\n", 400},
      {post + "X y: a\r\n\r\n", 400},
      {post + "no colon\r\n\r\n", 400},
      {post + kHost + "\r\n", 400},
      {"POST / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\n" + kHost + "\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\n\n\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"GET / HTTP/1.1 x\r\n" + kHost + "\r\n", 400},
      {"GET / HTTP/2.0\r\n" + kHost + "\r\n", 400},
      {"GET / HTTP/1.2\r\n" + kHost + "\r\n", 400},
      {"GET /\r\n" + kHost + "\r\n", 400},
      {"G@T / HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"\x16\x03\x01 / HTTP/1.1\r\n" + kHost + "\r\n", 400},
  };
  for (const auto& [bytes, status] : cases) EXPECT_EQ(refusal_of(bytes), status) << bytes;
}

TEST(RequestReaderTest, RefusesWhatIsTooLargeBeforeItIsRead) {
  const std::string post = "POST / HTTP/1.1\r\n" + kHost;
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(refusal_of(post + "X: " + std::string(2000, 'a')), 431);
  EXPECT_EQ(refusal_of("GET /" + std::string(2000, 'a')), 431);
  EXPECT_EQ(refusal_of(post + "Content-Length: 4097\r\n\r\n"), 413);
  EXPECT_EQ(refusal_of(chunked + "1001\r\n"), 413);
  EXPECT_EQ(refusal_of(chunked + "ffff\r\n" + std::string(0xffff, 'x')), 413);
  EXPECT_EQ(refusal_of(chunked + "1;" + std::string(2000, 'a')), 400) << "a chunk's head";
  EXPECT_EQ(refusal_of(chunked + "0\r\nX: " + std::string(2000, 'a')), 400) << "trailers";
  EXPECT_EQ(refusal_of(post + "Content-Length: 4096\r\n\r\n" + std::string(4096, 'x')), 0);
}

TEST(RequestReaderTest, KnowsWhetherTheConnectionLastsAndWhatIsExpected) {
  const std::pair<std::string, bool> cases[] = {
      {"GET / HTTP/1.1\r\n" + kHost + "\r\n", true},
      {"GET / HTTP/1.1\r\n" + kHost + "Connection: close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
  };
  for (const auto& [bytes, keeps] : cases) {
    RequestReader reader(kLimits);
    ASSERT_TRUE(feed_in_pieces(reader, bytes, {3})) << bytes;
    EXPECT_EQ(reader.keeps_connection(), keeps) << bytes;
    EXPECT_FALSE(reader.expects_continue());
  }
  RequestReader reader(kLimits);
  ASSERT_TRUE(feed_in_pieces(
      reader, "PUT / HTTP/1.1\r\n" + kHost + "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n",
      {9}));
  EXPECT_TRUE(reader.expects_continue());
  EXPECT_EQ(reader.awaits(), Awaits::kBody);
}

TEST(RequestReaderTest, DoesNotTakeTheBodyForAFoldedLine) {
  for (const std::size_t piece : {std::size_t{16}, std::size_t{17}, std::size_t{1000}}) {
    ResponseReader reader(kLimits, false);
    ASSERT_TRUE(feed_in_pieces(reader, "HTTP/1.1 200 OK\r\n\r\n\tbody\r\n more", {piece})) << piece;
    ASSERT_TRUE(reader.finish().ok());
    EXPECT_EQ(reader.take().body, "\tbody\r\n more");
  }
}

struct Answer {
  bool ok;
  int status;
  std::string body;
};

Answer answer_of(const std::string& bytes, bool to_head = false) {
  ResponseReader reader(kLimits, to_head);
  if (!feed_in_pieces(reader, bytes, {bytes.size()})) return {false, 0, ""};
  if (reader.awaits() != Awaits::kNothing && !reader.finish().ok()) return {false, 0, ""};
  HttpResponse response = reader.take();
  return {true, response.status, response.body};
}

TEST(ResponseReaderTest, FindsTheEndOfAnAnswerAsTheStandardSays) {
  EXPECT_EQ(answer_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").body, "hi");
  EXPECT_EQ(answer_of("HTTP/1.1 204 No Content\r\n\r\n").status, 204);
  EXPECT_EQ(answer_of("HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n").status, 304);
  EXPECT_EQ(answer_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true).status, 200);
  EXPECT_EQ(answer_of("HTTP/1.1 200 OK\r\n\r\nto the end").body, "to the end");
  EXPECT_EQ(
      answer_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n").body,
      "hi");
  EXPECT_EQ(answer_of("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\n"
                      "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
                .status,
            201);
}

TEST(ResponseReaderTest, RefusesWhatIsCutOffAmbiguousOrNoHttp) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  std::string endless;
  for (int i = 0; i < 100; ++i) endless += "HTTP/1.1 100 Continue\r\n\r\n";
  const std::string cases[] = {
      "",
      "HTTP/1.1 200 OK\r\nContent-Le",
      ok + "Content-Length: 3\r\n\r\nhi",
      ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
      ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhi",
      ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
      ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      ok + "Content-Length: 5000\r\n\r\n",
      ok + "X: " + std::string(2000, 'a'),
      "<html>502</html>\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 99 x\r\n\r\n",
      "HTTP/3.1 200 OK\r\n\r\n",
      "ICY 200 OK\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      endless,
  };
  for (const std::string& bytes : cases) EXPECT_FALSE(answer_of(bytes).ok) << bytes;
}

RC_GTEST_PROP(ReaderTest, ItDoesNotMatterInWhichPiecesAMessageComes, ()) {
  const auto sizes = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 40)));
  const auto body = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const bool chunked = *rc::gen::arbitrary<bool>();
  std::string bytes = "POST /x HTTP/1.1\r\n" + kHost;
  if (chunked) {
    bytes += "Transfer-Encoding: chunked\r\n\r\n";
    for (const char c : body) bytes += std::string("1\r\n") + c + "\r\n";
    bytes += "0\r\n\r\n";
  } else {
    bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  RequestReader reader(kLimits);
  RC_ASSERT(feed_in_pieces(reader, bytes, sizes));
  RC_ASSERT(reader.awaits() == Awaits::kNothing);
  RC_ASSERT(reader.take().body == body);
}

TEST(WriterTest, WritesWhatItReads) {
  const auto bytes = request_bytes(
      {.method = "PATCH", .target = "/a?b=c", .headers = {{"X", "y"}}, .body = "body"}, "h:1");
  ASSERT_TRUE(bytes.ok());
  RequestReader reader(kLimits);
  ASSERT_EQ(reader.feed(bytes.value()).value(), bytes.value().size());
  const HttpRequest request = reader.take();
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.headers.get("host"), "h:1");
  EXPECT_EQ(request.headers.get("x"), "y");
  EXPECT_EQ(request.body, "body");

  const auto answer = response_bytes({.status = 422, .headers = {{"A", "b"}}, .body = "{}"}, {});
  EXPECT_EQ(answer.value(),
            "HTTP/1.1 422 Unprocessable Entity\r\nA: b\r\nContent-Length: 2\r\n\r\n{}");
  const auto head = response_bytes({.status = 200, .headers = {}, .body = "abc"},
                                   {.head_only = true, .closes = true});
  EXPECT_EQ(head.value(), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
}

TEST(WriterTest, RefusesWhatWouldBreakOutOfTheMessageWithoutRepeatingIt) {
  const HttpRequest cases[] = {
      {.method = "GET /", .target = "/", .headers = {}, .body = ""},
      {.method = "", .target = "/", .headers = {}, .body = ""},
      {.method = "GET", .target = "secret", .headers = {}, .body = ""},
      {.method = "GET", .target = "/a b", .headers = {}, .body = ""},
      {.method = "GET", .target = "/\r\nsecret", .headers = {}, .body = ""},
      {.method = "GET", .target = "/", .headers = {{"Key", "secret\r\nX: y"}}, .body = ""},
      {.method = "GET", .target = "/", .headers = {{"Key", "secret\n"}}, .body = ""},
      {.method = "GET", .target = "/", .headers = {{"Ke\ny", "secret"}}, .body = ""},
      {.method = "GET", .target = "/", .headers = {{"", "secret"}}, .body = ""},
      {.method = "GET", .target = "/", .headers = {{"Content-Length", "7"}}, .body = ""},
      {.method = "GET", .target = "/", .headers = {{"transfer-encoding", "chunked"}}, .body = ""},
      {.method = "GET", .target = "/", .headers = {{"HOST", "evil"}}, .body = ""},
  };
  for (const HttpRequest& request : cases) {
    const auto bytes = request_bytes(request, "h");
    ASSERT_FALSE(bytes.ok()) << request.method << " " << request.target;
    EXPECT_EQ(bytes.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(bytes.error().message.find("secret"), std::string::npos) << bytes.error().message;
  }
}

}  // namespace
}  // namespace signalbus::net
