// Goal: every mistake in the two files is refused with its place, its key and what to do.
// Method: tables of bad files in testdata/settings, one behaviour each.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "settings/settings.h"

namespace signalbus::settings {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::vector<std::string> expected;  // one per line of the message
};

std::vector<Case> cases_of(const std::string& file) {
  std::ifstream in(std::string(SB_TESTDATA "/settings/") + file, std::ios::binary);
  std::vector<Case> out;
  bool in_expected = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("=== ")) {
      out.push_back({.name = line.substr(4), .text = "", .expected = {}});
      in_expected = false;
    } else if (line == "---") {
      in_expected = true;
    } else if (!out.empty() && !in_expected) {
      out.back().text += line + "\n";
    } else if (!out.empty() && !line.empty()) {
      out.back().expected.push_back(line);
    }
  }
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

/// The first part starts the line, the others follow in order.
bool matches(const std::string& line, std::string expected) {
  std::size_t from = 0;
  for (bool first = true; !expected.empty(); first = false) {
    const std::size_t gap = expected.find(" ... ");
    const std::string part = expected.substr(0, gap);
    const std::size_t at = line.find(part, from);
    if (at == std::string::npos || (first && at != 0)) return false;
    from = at + part.size();
    expected = gap == std::string::npos ? "" : expected.substr(gap + 5);
  }
  return true;
}

void expect_refusal(const Case& given, const Error* error) {
  ASSERT_NE(error, nullptr) << given.name << ": was accepted";
  EXPECT_EQ(error->code, ErrorCode::kUsage) << given.name;
  const std::vector<std::string> lines = lines_of(error->message);
  ASSERT_EQ(lines.size(), given.expected.size()) << given.name << "\n" << error->message;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_TRUE(matches(lines[i], given.expected[i]))
        << given.name << "\n  expected " << given.expected[i] << "\n  was      " << lines[i];
  }
}

TEST(ParseSettingsTest, RefusesEveryBadConfigWithItsPlaceAndRemedy) {
  const std::vector<Case> cases = cases_of("bad_config.txt");
  EXPECT_GE(cases.size(), 80u);
  for (const Case& given : cases) {
    const Result<Settings> result =
        parse_settings(given.text, "config.yaml", [](const std::string&) { return std::nullopt; });
    expect_refusal(given, result.ok() ? nullptr : &result.error());
  }
}

TEST(LoadManifestTest, RefusesEveryBadManifestWithItsPlaceAndRemedy) {
  const std::vector<Case> cases = cases_of("bad_manifest.txt");
  EXPECT_GE(cases.size(), 15u);
  for (const Case& given : cases) {
    const auto result = load_manifest(given.text, "strategy_manifest.yaml");
    expect_refusal(given, result.ok() ? nullptr : &result.error());
  }
}

}  // namespace
}  // namespace signalbus::settings
