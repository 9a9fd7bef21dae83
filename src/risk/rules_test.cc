// Goal: the table of rules is whole, and docs/risk-controls.md is what it says.
#include "risk/rules.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace signalbus::risk {
namespace {

TEST(RuleTableTest, EveryRuleHasANameOfItsOwnASentenceASourceAndACheck) {
  std::set<std::string_view> names;
  for (const Rule& rule : rule_table()) {
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
    EXPECT_TRUE(rule.meaning.ends_with('.')) << rule.name;
    EXPECT_FALSE(rule.source.empty()) << rule.name;
    const Checks& checks = rule.checks;
    EXPECT_TRUE(checks.at_plan() || checks.at_gate() || checks.at_start() ||
                checks.tally != nullptr)
        << rule.name;
    EXPECT_EQ(find_rule(rule.name), &rule);
  }
  EXPECT_EQ(find_rule("wobble"), nullptr);
}

TEST(RuleTableTest, ARuleWithAKeyHasItsUnitAndItsValue) {
  for (const Rule& rule : rule_table()) {
    EXPECT_EQ(rule.key.empty(), rule.value == nullptr) << rule.name;
    EXPECT_EQ(rule.key.empty(), rule.unit.empty()) << rule.name;
    if (rule.key.empty()) {
      EXPECT_FALSE(rule.may_be_overridden()) << rule.name << " is built in";
      EXPECT_EQ(rule.in_live, InLive::kNotAsked) << rule.name;
    } else {
      EXPECT_TRUE(rule.key.ends_with("." + std::string(rule.name))) << rule.key;
    }
  }
}

TEST(RuleTableTest, WhatHaltsIsAskedAtTheStartOrWhileABatchIsSent) {
  for (const Rule& rule : rule_table()) {
    if (rule.on_breach != OnBreach::kHalt) continue;
    EXPECT_TRUE(rule.checks.start != nullptr || rule.checks.tally != nullptr) << rule.name;
    EXPECT_FALSE(rule.checks.at_plan() || rule.checks.at_gate()) << rule.name;
  }
}

TEST(RiskControlsPageTest, TheCommittedPageIsTheGeneratedOne) {
  const std::string path = SB_SOURCE_DIR "/docs/risk-controls.md";
  if (std::getenv("SB_UPDATE_DOCS") != nullptr) {
    std::ofstream(path, std::ios::binary) << risk_controls_markdown();
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream committed;
  committed << in.rdbuf();
  EXPECT_EQ(committed.str(), risk_controls_markdown())
      << "docs/risk-controls.md is out of date; run SB_UPDATE_DOCS=1 on this test and commit it";
}

}  // namespace
}  // namespace signalbus::risk
