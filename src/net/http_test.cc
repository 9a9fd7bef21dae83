// Goal: HTTP's values are read as the standards say, and what we write we read back.
#include "net/http.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace signalbus::net {
namespace {

TEST(HeadersTest, FindsAFieldWhateverItsCase) {
  Headers headers{{"Content-Type", "application/json"}};
  headers.add("X-Request-ID", "1");
  headers.add("x-request-id", "2");

  EXPECT_EQ(headers.get("content-TYPE"), "application/json");
  EXPECT_EQ(headers.get("X-REQUEST-ID"), "1");
  EXPECT_EQ(headers.find("Accept"), nullptr);
  EXPECT_EQ(headers.get("Accept"), "");
}

TEST(HeadersTest, FindsATokenInAnyFieldOfThatName) {
  const Headers headers{{"Connection", "keep-alive"}, {"connection", " foo ,Upgrade"}};

  EXPECT_TRUE(headers.has_token("Connection", "upgrade"));
  EXPECT_TRUE(headers.has_token("Connection", "keep-alive"));
  EXPECT_FALSE(headers.has_token("Connection", "up"));
  EXPECT_FALSE(headers.has_token("Connection", "close"));
}

struct GoodUrl {
  const char* text;
  bool tls;
  const char* host;
  int port;
  const char* path;
  const char* authority;
};

TEST(UrlTest, ReadsWhatServicesAreCalled) {
  const GoodUrl cases[] = {
      {"https://api.alpaca.markets", true, "api.alpaca.markets", 443, "", "api.alpaca.markets"},
      {"HTTPS://API.Alpaca.markets/", true, "api.alpaca.markets", 443, "", "api.alpaca.markets"},
      {"http://127.0.0.1:8080/v2/", false, "127.0.0.1", 8080, "/v2", "127.0.0.1:8080"},
      {"http://[::1]:9", false, "::1", 9, "", "[::1]:9"},
      {"wss://stream.data.alpaca.markets/v2/iex", true, "stream.data.alpaca.markets", 443,
       "/v2/iex", "stream.data.alpaca.markets"},
      {"ws://localhost:80/stream", false, "localhost", 80, "/stream", "localhost"},
      {"https://host:80", true, "host", 80, "", "host:80"},
  };
  for (const GoodUrl& row : cases) {
    const Result<Url> url = Url::parse(row.text);
    ASSERT_TRUE(url.ok()) << row.text << ": " << url.error().message;
    EXPECT_EQ(url.value().tls, row.tls) << row.text;
    EXPECT_EQ(url.value().host, row.host);
    EXPECT_EQ(url.value().port, row.port) << row.text;
    EXPECT_EQ(url.value().path, row.path) << row.text;
    EXPECT_EQ(url.value().authority(), row.authority);
  }
}

TEST(UrlTest, RefusesWhatIsNoneAndDoesNotRepeatIt) {
  const char* cases[] = {
      "",
      "api.alpaca.markets",
      "ftp://host",
      "http://",
      "http://:80",
      "http://host:",
      "http://host:0",
      "http://host:65536",
      "http://host:+80",
      "http://host:8x",
      "http://ho st/",
      "http://host/a b",
      "http://host/\r\nX: y",
      "http://key:secret@host/",
      "http://host/?key=secret",
      "http://host/#secret",
      "http://[::1",
      "http://[host]",
      "http://[]",
      "http://::1/",
      "http://h%6Fst/",
      "http://host\\@evil",
  };
  for (const char* text : cases) {
    const Result<Url> url = Url::parse(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_EQ(url.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(url.error().message.find("secret"), std::string::npos) << url.error().message;
  }
}

TEST(UrlTest, KnowsThisMachineByTheTextAlone) {
  for (const char* text :
       {"http://localhost", "http://127.0.0.1:1", "http://127.9.9.9", "ws://[::1]"}) {
    EXPECT_TRUE(Url::parse(text).value().is_loopback()) << text;
  }
  for (const char* text : {"http://127.evil.example", "http://128.0.0.1", "http://0.0.0.0",
                           "http://localhost.evil.example", "http://127.0.0.1.evil.example"}) {
    EXPECT_FALSE(Url::parse(text).value().is_loopback()) << text;
  }
}

TEST(QueryTest, ReadsBothSpacesAndRefusesABrokenPercent) {
  const auto fields = parse_query("symbols=AAPL%2CMSFT&after=2025-01-01T00:00:00+00%3A00&flag&&x=");
  ASSERT_TRUE(fields.ok());
  ASSERT_EQ(fields.value().size(), 4u);
  EXPECT_EQ(fields.value()[0].value, "AAPL,MSFT");
  EXPECT_EQ(fields.value()[1].value, "2025-01-01T00:00:00 00:00");
  EXPECT_EQ(fields.value()[2].name, "flag");
  EXPECT_EQ(fields.value()[2].value, "");
  EXPECT_EQ(fields.value()[3].name, "x");

  EXPECT_EQ(path_decoded("/a+b%20c").value(), "/a+b c");
  for (const char* broken : {"%", "a=%2", "%zz", "a=%-1"}) {
    EXPECT_FALSE(parse_query(broken).ok()) << broken;
  }
}

TEST(QueryTest, CutsATargetAtItsFirstQuestionMark) {
  EXPECT_EQ(split_target("/v2/orders?a=1?b").path, "/v2/orders");
  EXPECT_EQ(split_target("/v2/orders?a=1?b").query, "a=1?b");
  EXPECT_EQ(split_target("/v2").query, "");
}

RC_GTEST_PROP(QueryTest, AnyBytesSurviveBeingWrittenAndRead,
              (const std::string& name, const std::string& value)) {
  RC_PRE(!name.empty());
  const std::string query = query_of({{name, value}, {"next", value}});
  const auto fields = parse_query(std::string_view(query).substr(1));
  RC_ASSERT(fields.ok());
  RC_ASSERT(fields.value().size() == 2u);
  RC_ASSERT(fields.value()[0].name == name);
  RC_ASSERT(fields.value()[0].value == value);
  RC_ASSERT(fields.value()[1].value == value);
  RC_ASSERT(path_decoded(percent_encoded(value)).value() == value);
}

TEST(ReasonTest, NamesAStatusOrSaysSo) {
  EXPECT_EQ(reason_of(200), "OK");
  EXPECT_EQ(reason_of(422), "Unprocessable Entity");
  EXPECT_EQ(reason_of(799), "Status");
  EXPECT_EQ(reason_of(-1), "Status");
}

}  // namespace
}  // namespace signalbus::net
