// Goal: YAML's plain part is read with its places; its dangerous part is refused with a place.
// Method: small documents by hand; random bytes must never do worse than an error.
#include "formats/yaml.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace signalbus::formats {
namespace {

using Kind = YamlNode::Kind;

std::string refusal(std::string_view text) {
  const auto node = parse_yaml(text, "c.yaml");
  return node.ok() ? "accepted" : node.error().message;
}

TEST(YamlTest, KeepsOrderPlacesAndQuoting) {
  const auto parsed =
      parse_yaml("# comment\nb: 1\na:\n  - x\n  - 'y'\nc: {d: ~, e: \"f\"}\n", "c.yaml");

  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  const YamlNode& root = parsed.value();
  ASSERT_EQ(root.kind, Kind::kMap);
  ASSERT_EQ(root.entries.size(), 3u);
  EXPECT_EQ(root.entries[0].key, "b");
  EXPECT_EQ(root.entries[0].key_line, 2u);
  EXPECT_EQ(root.entries[0].key_column, 1u);
  EXPECT_EQ(root.entries[0].value.text, "1");
  EXPECT_EQ(root.entries[0].value.column, 4u);
  EXPECT_FALSE(root.entries[0].value.quoted);
  const YamlNode& list = root.entries[1].value;
  ASSERT_EQ(list.kind, Kind::kSequence);
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_EQ(list.items[1].text, "y");
  EXPECT_TRUE(list.items[1].quoted);
  EXPECT_EQ(list.items[1].line, 5u);
  EXPECT_EQ(list.items[1].column, 5u);
  const YamlNode& map = root.entries[2].value;
  ASSERT_EQ(map.entries.size(), 2u);
  EXPECT_EQ(map.entries[0].value.kind, Kind::kNull);
  EXPECT_TRUE(map.entries[1].value.quoted);
}

TEST(YamlTest, ReadsBlockScalarsByteOrderMarkAndCrlf) {
  const auto parsed = parse_yaml(
      "\xef\xbb\xbf"
      "a: |\r\n  x\r\n  y\r\nb: 2\r\n",
      "c.yaml");

  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_TRUE(parsed.value().entries[0].value.quoted);
  EXPECT_EQ(parsed.value().entries[1].key_line, 4u);
}

TEST(YamlTest, ReadsNothingAsNull) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n"}) {
    const auto parsed = parse_yaml(text, "c.yaml");
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    EXPECT_EQ(parsed.value().kind, Kind::kNull);
  }
}

TEST(YamlTest, RefusesWithAPlace) {
  const std::map<std::string, std::string> cases = {
      {"a: &x 1\n", "c.yaml:1:4: anchors (&name) are not supported; write the value out"},
      {"a: 1\nb: *x\n", "c.yaml:2:4: "},
      {"a: {x: 1}\nb:\n  <<: {y: 2}\n",
       "c.yaml:3:3: merge keys (<<) are not supported; write the entries out"},
      {"a: !!str 1\n", "c.yaml:1:4: tags (!name) are not supported; remove it"},
      {"a: ! 1\n", "c.yaml:1:4: tags (!name) are not supported; remove it"},
      {"a: !x [1]\n", "c.yaml:1:4: tags (!name) are not supported; remove it"},
      {"a: !!null ~\n", "c.yaml:1:4: tags (!name) are not supported; remove it"},
      {"a: 1\n---\nb: 2\n", "c.yaml:2:1: second document in the file; keep one"},
      {"a: 1\nb: 2\na: 3\n", "c.yaml:3:1: duplicate key 'a', first on line 1; keep one"},
      {"x: {a: 1, 'a': 3}\n", "c.yaml:1:11: duplicate key 'a', first on line 1; keep one"},
      {"[a]: 1\n", "c.yaml:1:1: a key must be a plain name"},
      {"~: 1\n", "c.yaml:1:1: a key must be a plain name"},
      {"a:\n\tb: 1\n", "c.yaml:2:1: tab in the indentation; indent with spaces"},
      {"a:\n  \tb: 1\n", "c.yaml:2:3: tab in the indentation; indent with spaces"},
      {std::string("a: \x04 1\n"), "c.yaml:1:4: control character '\\x04'"},
      {std::string("a\0b", 3), "c.yaml:1:2: control character '\\x00'"},
      {"a: 1\rb: 2\n", "c.yaml:1:5: control character '\\x0d'"},
      {"a: \xff\n", "c.yaml: is not UTF-8; save it as UTF-8"},
      {"a: [1, 2\n", "c.yaml:2:1: "},
      {"a: 'x\n", "c.yaml:1:4: quoted text is never closed"},
      {"a: ['x'', 2]\n\n", "c.yaml:1:5: quoted text is never closed"},
      {"a: \"x\\\"\n", "c.yaml:1:4: quoted text is never closed"},
      {"a: 'x", "c.yaml:1:6: "},
      {"a: b: c\n", "c.yaml:1:5: "},
      {"a: %x\n", "c.yaml:1:4: "},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_TRUE(refusal(text).starts_with(message)) << text << "\n" << refusal(text);
  }
}

TEST(YamlTest, RefusesNestingBeyondTheLimitWhileParsing) {
  const std::string deepest = std::string(kYamlDepthMax, '[') + std::string(kYamlDepthMax, ']');
  EXPECT_EQ(refusal(deepest), "accepted");
  EXPECT_EQ(refusal("[" + deepest + "]"), "c.yaml:1:33: nested deeper than 32 levels");
  // yaml-cpp takes an unclosed bracket for a key, which is one more level each.
  EXPECT_TRUE(refusal(std::string(500'000, '[')).ends_with(": nested deeper than 32 levels"));
  EXPECT_TRUE(refusal(std::string(500'000, '{')).ends_with(": nested deeper than 32 levels"));
}

TEST(YamlTest, RefusesMoreBytesOrKeysThanTheLimits) {
  EXPECT_EQ(refusal(std::string(kYamlBytesMax + 1, ' ')), "c.yaml: is larger than 1 MiB");
  std::string keys;
  for (std::size_t i = 0; i <= kYamlKeysMax; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(refusal(keys), "c.yaml:10001:1: map has more than 10,000 keys");
}

RC_GTEST_PROP(YamlTest, NeverDoesWorseThanAnErrorWithTheFileName, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ",", "'", "\"",
                                    "|", ">", "#", "&x ", "*x", "!t ", "? ", "---\n", "...\n",
                                    "%YAML 1.2\n", "<<", "~", "\t", "\\", "\xc3\xa9", "\xff", "@"));
  std::string text;
  for (const std::string& piece : pieces) text += piece;

  const auto parsed = parse_yaml(text, "c.yaml");

  if (!parsed.ok()) RC_ASSERT(parsed.error().message.starts_with("c.yaml:"));
}

std::optional<std::string> lookup(const std::string& name) {
  const std::map<std::string, std::string> variables = {
      {"HOME", "/home/x"}, {"E", ""}, {"A_1", "${HOME}"}};
  const auto found = variables.find(name);
  return found == variables.end() ? std::nullopt : std::optional(found->second);
}

TEST(ExpandVariablesTest, ReplacesSetNamesOnceAndReportsUnsetOnes) {
  const auto out =
      expand_variables("${HOME}/a:${E}:${A_1}:${NO}-${NO}${NO2}:$5 $${HOME} $$", lookup);

  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out.value().text, "/home/x/a::${HOME}:-:$5 ${HOME} $$");
  EXPECT_EQ(out.value().unset, (std::vector<std::string>{"NO", "NO2"}));
}

TEST(ExpandVariablesTest, RefusesAnUnfinishedVariable) {
  for (const char* text : {"${", "x${}", "${A", "${A B}", "${A-1}"}) {
    const auto out = expand_variables(text, lookup);
    ASSERT_FALSE(out.ok()) << text;
    EXPECT_EQ(out.error().message,
              "'${' is not followed by a variable name and '}'; write '$${' for the characters "
              "themselves");
  }
}

}  // namespace
}  // namespace signalbus::formats
