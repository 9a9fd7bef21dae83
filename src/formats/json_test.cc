// Goal: JSON is read strictly with paths in every message, and written so that it reads back.
// Method: documents by hand after RFC 8259; random values through the writer and back.
#include "formats/json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "formats/json_writer.h"

namespace signalbus::formats {
namespace {

JsonDocument parsed(std::string_view text) {
  auto document = parse_json(text, "plan.json", 1 << 20);
  EXPECT_TRUE(document.ok()) << text << ": " << document.error().message;
  return std::move(document).value();
}

std::string refusal(std::string_view text) {
  const auto document = parse_json(text, "plan.json", 1 << 20);
  return document.ok() ? "accepted" : document.error().message;
}

TEST(JsonTest, ReadsEveryKindInFileOrder) {
  const JsonDocument document =
      parsed(R"( {"z": [1, -2.50e+3, "a\u00e9\n"], "a": {"t": true, "n": null}, "": false} )");

  const auto members = document.root().members().value();
  ASSERT_EQ(members.size(), 3u);
  EXPECT_EQ(members[0].first, "z");
  const auto items = members[0].second.items().value();
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].integer().value(), 1);
  EXPECT_EQ(items[1].number().value(), "-2.50e+3");
  EXPECT_EQ(items[2].string().value(), "a\xc3\xa9\n");
  EXPECT_TRUE(members[1].second.member("t").value().boolean().value());
  EXPECT_TRUE(members[1].second.member("n").value().is_null());
  EXPECT_FALSE(members[2].second.boolean().value());
}

TEST(JsonTest, KeepsNumbersAsTheyAreWritten) {
  const JsonDocument document = parsed(
      "[0.1000000000000000055511151231257827, 1e400, 123456789012345678901234567890, \"7.50\"]");
  const auto items = document.root().items().value();

  EXPECT_EQ(items[0].number().value(), "0.1000000000000000055511151231257827");
  EXPECT_EQ(items[1].number().value(), "1e400");
  EXPECT_EQ(items[2].decimal().value(), "123456789012345678901234567890");
  EXPECT_EQ(items[3].decimal().value(), "7.50");
}

TEST(JsonTest, ReadsAnyKindAtTheRoot) {
  EXPECT_EQ(parsed(" 12 ").root().integer().value(), 12);
  EXPECT_EQ(parsed("\"x\"").root().string().value(), "x");
  EXPECT_TRUE(parsed("null").root().is_null());
  EXPECT_TRUE(parsed("[]").root().items().value().empty());
  EXPECT_TRUE(parsed("{}").root().members().value().empty());
}

TEST(JsonTest, SurvivesBeingMoved) {
  JsonDocument first = parsed(R"({"a": "text"})");
  const JsonValue value = first.root().member("a").value();

  const JsonDocument second = std::move(first);

  EXPECT_EQ(value.string().value(), "text");
  EXPECT_EQ(second.root().member("a").value().string().value(), "text");
}

TEST(JsonTest, NamesThePathOfAWrongKind) {
  const JsonDocument document =
      parsed(R"({"orders": [{}, {"qty": 5, "x y\u0000": [true]}], "n": null})");
  const JsonValue order = document.root().member("orders").value().items().value()[1];

  EXPECT_EQ(order.member("qty").value().string().error().message,
            "plan.json: orders[1].qty: must be a string, was a number");
  EXPECT_EQ(order.member("price").error().message, "plan.json: orders[1]: key 'price' is missing");
  EXPECT_EQ(order.members().value()[1].second.items().value()[0].integer().error().message,
            "plan.json: orders[1].'x y\\x00'[0]: must be a number, was a boolean");
  EXPECT_EQ(document.root().items().error().message,
            "plan.json: $: must be an array, was an object");
  EXPECT_EQ(order.member("qty").value().find("x").error().message,
            "plan.json: orders[1].qty: must be an object, was a number");
  EXPECT_EQ(document.root().member("n").value().boolean().error().message,
            "plan.json: n: must be a boolean, was null");
}

TEST(JsonTest, RefusesNumbersThatDoNotFitTheirUse) {
  const JsonDocument document =
      parsed(R"([9223372036854775807, 9223372036854775808, 1.0, "1,5", "0x1"])");
  const auto items = document.root().items().value();

  EXPECT_EQ(items[0].integer().value(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(items[1].integer().error().message,
            "plan.json: [1]: must be an integer of 64 bits, was '9223372036854775808'");
  EXPECT_FALSE(items[2].integer().ok());
  EXPECT_EQ(items[3].decimal().error().message,
            "plan.json: [3]: must be a decimal number, was '1,5'");
  EXPECT_FALSE(items[4].decimal().ok());
}

TEST(JsonTest, FindsNothingWhereAKeyIsAbsentOrNull) {
  const JsonDocument document = parsed(R"({"a": null, "b": 1})");

  EXPECT_FALSE(document.root().find("a").value().has_value());
  EXPECT_FALSE(document.root().find("c").value().has_value());
  EXPECT_TRUE(document.root().find("b").value().has_value());
}

TEST(JsonTest, RefusesWhatIsNotJson) {
  using std::string_literals::operator""s;
  const std::vector<std::string> texts = {"",
                                          " ",
                                          "{",
                                          "[",
                                          "]",
                                          "}",
                                          "[1",
                                          "[1,",
                                          "[1,]",
                                          "[,1]",
                                          "{\"a\"}",
                                          "{\"a\":}",
                                          "{\"a\":1,}",
                                          "{a:1}",
                                          "{1:1}",
                                          "{\"a\" 1}",
                                          "[1 2]",
                                          "1 2",
                                          "1,2",
                                          "[1],[2]",
                                          "[1][2]",
                                          "1],[2",
                                          "{} x",
                                          "[]]",
                                          "01",
                                          "-",
                                          "+1",
                                          ".5",
                                          "1.",
                                          "1e",
                                          "1e+",
                                          "0x10",
                                          "NaN",
                                          "Infinity",
                                          "nul",
                                          "nulll",
                                          "tru",
                                          "truee",
                                          "falsee",
                                          "True",
                                          "'a'",
                                          "\"a",
                                          "\"a\"b",
                                          "\"\\x\"",
                                          "\"\\u12\"",
                                          "\"\\ud800\"",
                                          "\"\x01\"",
                                          "\"\t\"",
                                          "\"\xff\"",
                                          "\xef\xbb\xbf{}",
                                          "[1]//x",
                                          "/*x*/1",
                                          "1\0"s,
                                          "[\"a\"\"b\"]",
                                          "[1\"a\"]",
                                          "[true\"a\"]",
                                          "{\"a\":1 \"b\":2}",
                                          "{\"a\"::1}",
                                          "[[]",
                                          "[}",
                                          "{]",
                                          ":",
                                          ","};
  for (const std::string& text : texts) {
    const std::string message = refusal(text);
    EXPECT_TRUE(message.starts_with("plan.json:")) << text << "\n" << message;
  }
}

TEST(JsonTest, NamesThePlaceOfWhatItRefuses) {
  EXPECT_EQ(refusal("{\n  \"a\": 01\n}"), "plan.json:2:8: '01' is not a number of JSON");
  EXPECT_EQ(refusal("{\"a\": nul}"), "plan.json:1:7: expected a value, found 'nul'");
  EXPECT_EQ(refusal("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2}}"),
            "plan.json:2:7: object has the key 'c' twice");
  EXPECT_EQ(refusal("{} {}"), "plan.json:1:4: text after the end of the document");
  EXPECT_EQ(refusal(""), "plan.json: is empty");
}

TEST(JsonTest, RefusesNestingBeyondTheLimit) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(refusal(nested(kJsonDepthMax)), "accepted");
  EXPECT_EQ(refusal(nested(kJsonDepthMax + 1)), "plan.json:1:65: nested deeper than 64 levels");
  EXPECT_NE(refusal(nested(100'000)), "accepted");
}

TEST(JsonTest, RefusesMoreBytesThanTheCallerAllows) {
  const auto document = parse_json("[1234567]", "plan.json", 8);

  ASSERT_FALSE(document.ok());
  EXPECT_EQ(document.error().message, "plan.json: has 9 bytes, at most 8 are read");
}

TEST(JsonWriterTest, WritesPrettyAndCompact) {
  const auto write = [](JsonStyle style) {
    JsonWriter writer(style);
    writer.begin_object().key("b").integer(-1).key("a").begin_array();
    writer.fixed(Money::from_raw(1'250'000)).real(0.5).boolean(true).null().end_array();
    writer.key("e").begin_object().end_object().key("f").begin_array().end_array().end_object();
    return writer.take();
  };
  EXPECT_EQ(write(JsonStyle::kCompact), R"({"b":-1,"a":[1.25,0.5,true,null],"e":{},"f":[]})");
  EXPECT_EQ(write(JsonStyle::kPretty),
            "{\n  \"b\": -1,\n  \"a\": [\n    1.25,\n    0.5,\n    true,\n    null\n  ],\n"
            "  \"e\": {},\n  \"f\": []\n}\n");
}

TEST(JsonWriterTest, EscapesForJsonAndForHtml) {
  JsonWriter writer(JsonStyle::kCompact);
  writer.string("\"\\/\n\t\x01</script>\x7f\xc3\xa9\xff\xe2\x82!");

  EXPECT_EQ(writer.take(),
            "\"\\\"\\\\/\\n\\u0009\\u0001\\u003c/"
            "script>\\u007f\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd!\"");
}

TEST(JsonWriterTest, WritesNullForWhatIsNoNumber) {
  JsonWriter writer(JsonStyle::kCompact);
  writer.begin_array().real(std::numeric_limits<double>::quiet_NaN());
  writer.real(-std::numeric_limits<double>::infinity()).end_array();

  EXPECT_EQ(writer.take(), "[null,null]");
}

TEST(JsonWriterDeathTest, EndsTheProcessOnAWrongOrderOfCalls) {
  EXPECT_DEATH(JsonWriter(JsonStyle::kCompact).begin_object().integer(1), "key_pending_");
  EXPECT_DEATH(JsonWriter(JsonStyle::kCompact).begin_array().key("a"), "is_object");
  EXPECT_DEATH(JsonWriter(JsonStyle::kCompact).begin_array().end_object(), "is_object");
  EXPECT_DEATH(JsonWriter(JsonStyle::kCompact).begin_array().take(), "levels_");
  EXPECT_DEATH(JsonWriter(JsonStyle::kCompact).null().null(), "has_root_");
  EXPECT_DEATH(JsonWriter(JsonStyle::kCompact).number("01"), "is_json_number");
}

RC_GTEST_PROP(JsonWriterTest, WhatIsWrittenReadsBack, (const std::vector<std::int64_t>& numbers)) {
  const auto texts = *rc::gen::container<std::vector<std::string>>(rc::gen::container<std::string>(
      rc::gen::element('a', '"', '\\', '\n', '\0', '\x1f', '<', '/', '\x7f', ' ')));
  for (const JsonStyle style : {JsonStyle::kCompact, JsonStyle::kPretty}) {
    JsonWriter writer(style);
    writer.begin_array();
    for (const std::string& text : texts) writer.begin_object().key(text).string(text).end_object();
    for (const std::int64_t number : numbers) writer.integer(number);
    writer.end_array();

    const auto document = parse_json(writer.take(), "x", 1 << 20);

    RC_ASSERT(document.ok());
    const auto items = document.value().root().items().value();
    RC_ASSERT(items.size() == texts.size() + numbers.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto member = items[i].members().value()[0];
      RC_ASSERT(member.first == texts[i]);
      RC_ASSERT(member.second.string().value() == texts[i]);
    }
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      RC_ASSERT(items[texts.size() + i].integer().value() == numbers[i]);
    }
  }
}

}  // namespace
}  // namespace signalbus::formats
