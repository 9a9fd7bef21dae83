// Goal: settings come typed and with their origin; every mistake in a file is named at once.
// Method: one small file per behaviour.
#include "formats/yaml_reader.h"

#include <gtest/gtest.h>

#include <functional>

namespace signalbus::formats {
namespace {

/// Reads `text` by `read` and returns what finish() says: "" for no problem.
std::string problems(std::string_view text, const std::function<void(YamlReader&)>& read) {
  const auto node = parse_yaml(text, "c.yaml");
  if (!node.ok()) return "not parsed: " + node.error().message;
  YamlReader root = YamlReader::of(node.value(), "c.yaml", ErrorCode::kUsage);
  read(root);
  const Status status = root.finish();
  if (status.ok()) return "";
  EXPECT_EQ(status.error().code, ErrorCode::kUsage);
  return status.error().message;
}

TEST(YamlReaderTest, ReadsTypedValuesWithTheirOrigin) {
  const std::string found = problems(
      "name: alpha\nlive: true\ncount: -3\ncap: 5%\nshare: 0.125\nprice: 12.340\nlist: [a, \"b\"]\n"
      "weights:\n  x: 0.5\n  y: 1e-3\n",
      [](YamlReader& root) {
        EXPECT_EQ(root.text("name").value, "alpha");
        EXPECT_EQ(root.text("name").origin, "c.yaml:1");
        EXPECT_TRUE(root.boolean("live").value);
        EXPECT_EQ(root.integer("count", {.low = -5, .high = 5}).value, -3);
        EXPECT_EQ(root.fraction("cap").value, Ratio::parse("0.05").value());
        EXPECT_EQ(root.fraction("cap").origin, "c.yaml:4");
        EXPECT_EQ(root.fraction("share").value, Ratio::parse("0.125").value());
        EXPECT_EQ(root.decimal("price").value, "12.340");
        const auto list = root.texts("list");
        ASSERT_EQ(list.size(), 2u);
        EXPECT_EQ(list[1].value, "b");
        EXPECT_EQ(list[1].origin, "c.yaml:7");
        const auto weights = root.decimals("weights");
        ASSERT_EQ(weights.size(), 2u);
        EXPECT_EQ(weights[1].first, "y");
        EXPECT_EQ(weights[1].second.value, "1e-3");
        EXPECT_EQ(weights[1].second.origin, "c.yaml:10");
      });
  EXPECT_EQ(found, "");
}

TEST(YamlReaderTest, FallsBackWhereAKeyIsAbsentOrNull) {
  const std::string found = problems("b: ~\n", [](YamlReader& root) {
    EXPECT_EQ(root.text("a", "x").value, "x");
    EXPECT_EQ(root.text("a", "x").origin, "default");
    EXPECT_TRUE(root.boolean("b", true).value);
    EXPECT_EQ(root.integer("c", {.low = 1, .high = 9}, 4).value, 4);
    EXPECT_EQ(root.decimal("d", "1.5").value, "1.5");
    EXPECT_EQ(root.fraction("e", Ratio::from_raw(7)).value, Ratio::from_raw(7));
    EXPECT_TRUE(root.texts("f").empty());
    EXPECT_TRUE(root.decimals("g").empty());
    EXPECT_TRUE(root.maps("h").empty());
    EXPECT_FALSE(root.has("b"));
    EXPECT_EQ(root.map("i").text("j", "z").value, "z");
  });
  EXPECT_EQ(found, "");
}

TEST(YamlReaderTest, NamesWrongValuesWithLineKeyAndRemedy) {
  struct Case {
    const char* text;
    std::function<void(YamlReader&)> read;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"a: yes\n", [](YamlReader& r) { r.boolean("a"); },
       "c.yaml:1: a: was 'yes'; write true or false"},
      {"a: 'true'\n", [](YamlReader& r) { r.boolean("a"); },
       "c.yaml:1: a: was 'true'; write true or false without quotes"},
      {"a: [x]\n", [](YamlReader& r) { r.text("a"); }, "c.yaml:1: a: must be a text, was a list"},
      {"a: 10\n", [](YamlReader& r) { r.integer("a", {.low = 1, .high = 9}); },
       "c.yaml:1: a: was 10; write an integer between 1 and 9"},
      {"a: 1.5\n", [](YamlReader& r) { r.integer("a", {.low = 1, .high = 9}); },
       "c.yaml:1: a: was '1.5'; write an integer between 1 and 9"},
      {"a: '5'\n", [](YamlReader& r) { r.integer("a", {.low = 1, .high = 9}); },
       "c.yaml:1: a: was '5'; write an integer between 1 and 9, without quotes"},
      {"a: 99999999999999999999\n", [](YamlReader& r) { r.integer("a", {.low = 1, .high = 9}); },
       "c.yaml:1: a: was '99999999999999999999'; write an integer between 1 and 9"},
      {"a: 5 %\n", [](YamlReader& r) { r.fraction("a"); },
       "c.yaml:1: a: was '5 %'; write a fraction as 0.05 or 5%, with at most 9 decimals"},
      {"a: 0.1234567891\n", [](YamlReader& r) { r.fraction("a"); },
       "c.yaml:1: a: was '0.1234567891'; write a fraction as 0.05 or 5%, with at most 9 decimals"},
      {"a: 1,5\n", [](YamlReader& r) { r.decimal("a"); },
       "c.yaml:1: a: '1,5' is not a decimal number"},
      {"a: x\n", [](YamlReader& r) { r.texts("a"); },
       "c.yaml:1: a: must be a list, was a single value; write it as [a, b] or one '- ' line each"},
      {"a:\n- x\n- [y]\n", [](YamlReader& r) { r.texts("a"); },
       "c.yaml:3: a: items must be texts, one was a list"},
      {"a: 1\n", [](YamlReader& r) { r.map("a"); },
       "c.yaml:1: a: must be a map, was a single value"},
      {"a: {b: 1}\n", [](YamlReader& r) { r.maps("a"); },
       "c.yaml:1: a: must be a list of maps, was a map"},
      {"a:\n- 1\n", [](YamlReader& r) { r.maps("a"); },
       "c.yaml:2: a[0]: must be a map, was a single value"},
      {"- 1\n", [](YamlReader&) {}, "c.yaml:1: must be a map, was a list"},
  };
  for (const Case& c : cases) EXPECT_EQ(problems(c.text, c.read), c.message);
}

TEST(YamlReaderTest, NamesTheMapOfAMissingKey) {
  EXPECT_EQ(problems("risk:\n  cap: 1%\n",
                     [](YamlReader& root) {
                       root.text("account");
                       YamlReader risk = root.map("risk");
                       risk.fraction("cap");
                       risk.fraction("turnover");
                     }),
            "c.yaml:1: account: required key is missing\n"
            "c.yaml:2: risk.turnover: required key is missing");
  EXPECT_EQ(problems("", [](YamlReader& root) { root.map("risk").text("x"); }),
            "c.yaml: risk.x: required key is missing");
}

TEST(YamlReaderTest, RefusesUnknownKeysAtEveryLevelWithASuggestion) {
  EXPECT_EQ(problems("momentom: 1\nrisk:\n  cpa: 2\n  zzz: 3\n",
                     [](YamlReader& root) {
                       root.text("momentum", "");
                       YamlReader risk = root.map("risk");
                       risk.text("cap", "");
                       risk.allow("floor");
                     }),
            "c.yaml:1: momentom: unknown key, did you mean 'momentum'?\n"
            "c.yaml:3: risk.cpa: unknown key, did you mean 'cap'?\n"
            "c.yaml:4: risk.zzz: unknown key; known keys are cap, floor");
}

TEST(YamlReaderTest, ShowsHostileKeysSafely) {
  EXPECT_EQ(problems("\"a\\e[31m\": 1\n", [](YamlReader& root) { root.text("b", ""); }),
            "c.yaml:1: 'a\\x1b[31m': unknown key; known keys are b");
}

TEST(YamlReaderTest, ReadsListsOfMapsAndNamedMapsInFileOrder) {
  EXPECT_EQ(problems("list:\n- id: x\n- id: y\nnamed:\n  b: {id: 1}\n  a: {id: 2}\n",
                     [](YamlReader& root) {
                       auto list = root.maps("list");
                       ASSERT_EQ(list.size(), 2u);
                       EXPECT_EQ(list[1].text("id").value, "y");
                       EXPECT_EQ(list[1].origin(), "c.yaml:3");
                       list[0].text("id");
                       auto named = root.named_maps("named");
                       ASSERT_EQ(named.size(), 2u);
                       EXPECT_EQ(named[0].first, "b");
                       EXPECT_EQ(named[1].second.text("id").value, "2");
                       named[0].second.text("id");
                     }),
            "");
}

TEST(YamlReaderTest, AddsTheProblemsOfItsCallerInFileOrder) {
  EXPECT_EQ(problems("low: 5\nhigh: 1\nx: 1\n",
                     [](YamlReader& root) {
                       root.allow("low");
                       root.allow("high");
                       root.refuse("high", "is below low (" + root.origin("low") + ")");
                     }),
            "c.yaml:2: high: is below low (c.yaml:1)\n"
            "c.yaml:3: x: unknown key; known keys are low, high");
}

TEST(YamlReaderTest, ListsAtMostTwentyProblems) {
  std::string text;
  for (int i = 0; i < 25; ++i) text += "k" + std::to_string(i) + ": 1\n";

  const std::string found = problems(text, [](YamlReader&) {});

  EXPECT_TRUE(found.ends_with("\nand 5 more problems")) << found;
}

}  // namespace
}  // namespace signalbus::formats
