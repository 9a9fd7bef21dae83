// Goal: bytes as the MessagePack specification has them, both ways, and nothing hostile gets in.
// Method: examples written by hand from the specification's format table.
#include "exchange/msgpack.h"

#include <gtest/gtest.h>

namespace signalbus::exchange {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

std::string decoded(const std::string& packed) {
  const auto json = msgpack_to_json(packed);
  return json.ok() ? json.value() : "error: " + json.error().message;
}

template <class Write>
std::string written(Write write) {
  std::string out;
  MsgpackWriter writer(out);
  write(writer);
  return out;
}

TEST(MsgpackTest, WritesIntegersInTheirShortestForm) {
  const auto integer = [](std::int64_t value) {
    return written([&](MsgpackWriter& writer) { writer.integer(value); });
  };
  EXPECT_EQ(integer(0), bytes({0x00}));
  EXPECT_EQ(integer(127), bytes({0x7f}));
  EXPECT_EQ(integer(128), bytes({0xcc, 0x80}));
  EXPECT_EQ(integer(256), bytes({0xcd, 0x01, 0x00}));
  EXPECT_EQ(integer(65'536), bytes({0xce, 0x00, 0x01, 0x00, 0x00}));
  EXPECT_EQ(integer(4'294'967'296), bytes({0xd3, 0, 0, 0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(integer(-1), bytes({0xff}));
  EXPECT_EQ(integer(-32), bytes({0xe0}));
  EXPECT_EQ(integer(-33), bytes({0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xdf}));
}

TEST(MsgpackTest, WritesTextsRealsAndContainers) {
  EXPECT_EQ(written([](MsgpackWriter& w) { w.text("a"); }), bytes({0xa1, 'a'}));
  EXPECT_EQ(written([](MsgpackWriter& w) { w.text(std::string(40, 'x')); }).substr(0, 2),
            bytes({0xd9, 40}));
  EXPECT_EQ(written([](MsgpackWriter& w) { w.text(std::string(300, 'x')); }).substr(0, 3),
            bytes({0xda, 0x01, 0x2c}));
  EXPECT_EQ(written([](MsgpackWriter& w) { w.real(1.5); }),
            bytes({0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(written([](MsgpackWriter& w) { w.array(3); }), bytes({0x93}));
  EXPECT_EQ(written([](MsgpackWriter& w) { w.array(16); }), bytes({0xdc, 0x00, 0x10}));
  EXPECT_EQ(written([](MsgpackWriter& w) { w.map(1).text("k").null(); }),
            bytes({0x81, 0xa1, 'k', 0xc0}));
  EXPECT_EQ(written([](MsgpackWriter& w) { w.boolean(true).boolean(false); }), bytes({0xc3, 0xc2}));
}

TEST(MsgpackTest, WritesTimesAsExtensionMinusOne) {
  // 1 s and 500,000,000 ns: the upper 30 bits are the nanoseconds.
  const std::string packed =
      written([](MsgpackWriter& w) { w.time(Instant::from_micros(1'500'000)); });
  EXPECT_EQ(packed, bytes({0xd7, 0xff, 0x77, 0x35, 0x94, 0x00, 0, 0, 0, 1}));
  EXPECT_EQ(decoded(packed), "\"1970-01-01T00:00:01.5Z\"");
}

TEST(MsgpackTest, ReadsEveryFormatOfTheSpecification) {
  EXPECT_EQ(decoded(bytes({0xc0})), "null");
  EXPECT_EQ(decoded(bytes({0xcc, 0xff})), "255");
  EXPECT_EQ(decoded(bytes({0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})),
            "18446744073709551615");
  EXPECT_EQ(decoded(bytes({0xd0, 0x80})), "-128");
  EXPECT_EQ(decoded(bytes({0xd1, 0xff, 0xfe})), "-2");
  EXPECT_EQ(decoded(bytes({0xd2, 0x80, 0, 0, 0})), "-2147483648");
  EXPECT_EQ(decoded(bytes({0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})), "-1");
  EXPECT_EQ(decoded(bytes({0xca, 0x3f, 0xc0, 0, 0})), "1.5");
  EXPECT_EQ(decoded(bytes({0xc4, 2, 'h', 'i'})), "\"hi\"");
  EXPECT_EQ(decoded(bytes({0xdb, 0, 0, 0, 1, 'x'})), "\"x\"");
  EXPECT_EQ(decoded(bytes({0x82, 0xa1, 'a', 0x91, 0x01, 0xa1, 'b', 0xc2})),
            R"({"a":[1],"b":false})");
  EXPECT_EQ(decoded(bytes({0xdf, 0, 0, 0, 1, 0xa1, 'a', 0x01})), R"({"a":1})");
  EXPECT_EQ(decoded(bytes({0xd6, 0xff, 0, 0, 0, 1})), "\"1970-01-01T00:00:01Z\"");
  EXPECT_EQ(decoded(bytes({0xc7, 12, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})),
            "\"1970-01-01T00:00:01Z\"");
}

TEST(MsgpackTest, RefusesWhatIsBroken) {
  EXPECT_EQ(decoded(""), "error: msgpack: cut off");
  EXPECT_EQ(decoded(bytes({0xc1})), "error: msgpack: a byte that begins nothing");
  EXPECT_EQ(decoded(bytes({0x01, 0x01})), "error: msgpack: bytes after the value");
  EXPECT_EQ(decoded(bytes({0xa5, 'a'})), "error: msgpack: cut off");
  EXPECT_EQ(decoded(bytes({0xdd, 0xff, 0xff, 0xff, 0xff})), "error: msgpack: cut off");
  EXPECT_EQ(decoded(bytes({0x81, 0x01, 0x01})), "error: msgpack: a key that is no text");
  EXPECT_EQ(decoded(std::string(20, static_cast<char>(0x91)) + '\0'), "error: msgpack: too deep");
  EXPECT_EQ(decoded(bytes({0xc7, 12, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0})),
            "error: msgpack: a time out of range");
}

TEST(MsgpackTest, TurnsAMessageIntoWhatClientsDecode) {
  // {"T":"t","p":100,"t":"1970-01-01T00:00:01Z"}: the price stays real, the time is an extension.
  EXPECT_EQ(
      json_to_msgpack(R"([{"T":"t","p":100,"s":5,"t":"1970-01-01T00:00:01Z"}])"),
      bytes({0x91, 0x84, 0xa1, 'T',  0xa1, 't', 0xa1, 'p',  0xcb, 0x40, 0x59, 0, 0, 0, 0, 0,
             0,    0xa1, 's',  0x05, 0xa1, 't', 0xd7, 0xff, 0,    0,    0,    0, 0, 0, 0, 1}));
}

}  // namespace
}  // namespace signalbus::exchange
