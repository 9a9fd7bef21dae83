// Goal: config show and docs/configuration.md know exactly the keys that the parser knows.
// Method: an unknown key makes the parser list what it knows, block by block.
#include "settings/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace signalbus::settings {
namespace {

using testing::HasSubstr;
using testing::Not;

const Lookup kNoEnvironment = [](const std::string&) { return std::nullopt; };

/// The keys the parser knows in the block at `path` ("" for the root).
std::vector<std::string> known_keys(const std::string& path) {
  std::string yaml;
  std::string indent;
  std::istringstream parts(path);
  for (std::string part; std::getline(parts, part, '.'); indent += "  ") {
    yaml += indent + part + ":\n";
  }
  yaml += indent + "zzzzzzzzzzzz: 1\n";
  const Result<Settings> result = parse_settings(yaml, "c.yaml", kNoEnvironment);
  if (result.ok()) return {};
  const std::string& message = result.error().message;
  const std::string marker = "known keys are ";
  const std::size_t at = message.find(marker);
  if (at == std::string::npos) return {};
  std::istringstream list(message.substr(at + marker.size()));
  std::vector<std::string> out;
  std::string line;
  std::getline(list, line);
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    if (word.back() == ',') word.pop_back();
    out.push_back(word);
  }
  return out;
}

bool is_block(const std::string& path) {
  for (const KeyRow& row : key_table()) {
    if (row.key.starts_with(path + ".")) return true;
  }
  return false;
}

/// Every key below `path`, depth first.
void walk(const std::string& path, std::set<std::string>& out) {
  // A map of free names knows no key of its own; a blend is one value.
  if (path == "analytics.risk_thresholds" || path == "analytics.alerts.rules") {
    out.insert(path + ".*");
    return;
  }
  for (const std::string& key : known_keys(path)) {
    const std::string child = path.empty() ? key : path + "." + key;
    if (is_block(child)) {
      walk(child, out);
    } else {
      out.insert(child);
    }
  }
}

TEST(KeyTableTest, HasExactlyTheKeysThatTheParserKnows) {
  std::set<std::string> parser;
  walk("", parser);
  std::set<std::string> table;
  for (const KeyRow& row : key_table()) table.insert(std::string(row.key));

  EXPECT_GT(parser.size(), 90u);
  EXPECT_EQ(table, parser);
}

TEST(KeyTableTest, EveryRowHasAUnitAndAMeaningThatIsASentence) {
  for (const KeyRow& row : key_table()) {
    EXPECT_FALSE(row.unit.empty()) << row.key;
    EXPECT_TRUE(row.meaning.ends_with('.')) << row.key;
    EXPECT_FALSE(row.value(Settings{}).empty()) << row.key;
  }
}

std::string shown(const Settings& settings, std::string_view key) {
  for (const DescribedKey& row : describe(settings)) {
    if (row.key == key) return row.value + " @ " + row.origin;
  }
  return "absent";
}

TEST(DescribeTest, ShowsValueAndPlaceAndSaysWhatIsNotLimited) {
  const Result<Settings> s = parse_settings(
      "risk:\n  min_cash_buffer_pct: 0.05\n  price_tolerance_pct: 1.0\n", "c.yaml", kNoEnvironment);

  ASSERT_TRUE(s.ok()) << s.error().message;
  EXPECT_EQ(shown(s.value(), "risk.min_cash_buffer_pct"), "5% @ c.yaml:2");
  EXPECT_EQ(shown(s.value(), "risk.price_tolerance_pct"), "1% @ c.yaml:3");
  EXPECT_EQ(shown(s.value(), "risk.max_total_notional"), "not limited @ default");
  EXPECT_EQ(shown(s.value(), "scheduler.time"), "09:00 @ default");
}

TEST(DescribeTest, NeverShowsASecret) {
  const Lookup lookup = [](const std::string&) { return std::optional<std::string>("HUSH"); };
  const Result<Settings> s = parse_settings(
      "alpaca: {key_id: '${A}', secret: '${B}', trading_endpoint: "
      "'https://paper-api.alpaca.markets'"
      "}\n"
      "notify: {slack: {webhook: '${C}'}, smtp: {password: '${D}'}}\n",
      "c.yaml",
      [&](const std::string& name) { return name.ends_with("URL") ? std::nullopt : lookup(name); });

  ASSERT_TRUE(s.ok()) << s.error().message;
  EXPECT_EQ(s.value().alpaca.secret.reveal(), "HUSH");
  for (const DescribedKey& row : describe(s.value())) {
    EXPECT_THAT(row.value, Not(HasSubstr("HUSH"))) << row.key;
  }
  EXPECT_EQ(shown(s.value(), "notify.slack.webhook"), "*** @ c.yaml:2");
}

TEST(ConfigReferenceTest, TheCommittedPageIsTheGeneratedOne) {
  const std::string path = SB_SOURCE_DIR "/docs/configuration.md";
  if (std::getenv("SB_UPDATE_DOCS") != nullptr) {
    std::ofstream(path, std::ios::binary) << config_reference_markdown();
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream committed;
  committed << in.rdbuf();

  EXPECT_EQ(committed.str(), config_reference_markdown())
      << "docs/configuration.md is out of date; run SB_UPDATE_DOCS=1 on this test and commit it";
}

}  // namespace
}  // namespace signalbus::settings
