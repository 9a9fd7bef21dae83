// Goal: the alert rules of a file are what it says, and a mistake in them is named with its cure.
// Method: small files; a table of mistakes with the words that must be in the message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "settings/settings.h"

namespace signalbus::settings {
namespace {

using ::testing::HasSubstr;

std::optional<std::string> nothing(const std::string& /*name*/) { return std::nullopt; }

const alerts::Rule* find(const Settings& settings, const std::string& name) {
  const auto& rules = settings.analytics.alert_rules;
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const alerts::Rule& rule) { return rule.name == name; });
  return found == rules.end() ? nullptr : &*found;
}

TEST(AlertRulesTest, TheStartSetHoldsWithoutAWordAboutIt) {
  const auto settings = parse_settings("", "c.yaml", nothing);
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  EXPECT_EQ(settings.value().analytics.alert_rules.size(), alerts::default_rules().size());
  EXPECT_EQ(Settings{}.analytics.alert_rules.size(), alerts::default_rules().size());
}

TEST(AlertRulesTest, RulesAreChangedTakenAwayAndAdded) {
  const auto settings = parse_settings(
      "analytics:\n"
      "  risk_thresholds: {max_drawdown: -0.20, sharpe: 0.5}\n"
      "  alerts:\n"
      "    rules:\n"
      "      drawdown: {warn: -8%, critical: off}\n"
      "      turnover: off\n"
      "      my_beta: {metric: beta, op: '>', critical: 1.5, for_days: 3, cool_down_days: 10}\n"
      "      my_name: {metric: weight, scope: 'symbol:TSLA', warn: 0.05}\n",
      "c.yaml", nothing);
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  const Settings& s = settings.value();
  ASSERT_NE(find(s, "drawdown"), nullptr);
  EXPECT_EQ(find(s, "drawdown")->warn, -0.08);
  EXPECT_FALSE(find(s, "drawdown")->critical);
  EXPECT_EQ(find(s, "drawdown")->metric, "drawdown");
  EXPECT_EQ(find(s, "turnover"), nullptr);
  EXPECT_EQ(find(s, "my_beta")->op, alerts::Op::kAbove);
  EXPECT_EQ(find(s, "my_beta")->scope, "portfolio");
  EXPECT_EQ(find(s, "my_beta")->for_days, 3);
  EXPECT_EQ(find(s, "my_name")->scope, "symbol:TSLA");
  EXPECT_EQ(find(s, "my_name")->op, alerts::Op::kAtLeast);
  EXPECT_EQ(find(s, "threshold_max_drawdown")->metric, "max_drawdown_from_start");
  EXPECT_DOUBLE_EQ(*find(s, "threshold_sharpe")->warn, 0.625);
}

TEST(AlertRulesTest, AMistakeIsNamedWithItsCure) {
  const std::pair<std::string, std::string> cases[] = {
      {"my: {metric: beat, warn: 1}", "unknown metric, did you mean 'beta'?"},
      {"drawdwon: {warn: -0.1}", "did you mean 'drawdown'?"},
      {"nothing_here: off", "is off, but there is no such rule"},
      {"my: {metric: beta}", "needs warn or critical"},
      {"drawdown: {warn: -0.2, critical: -0.1}", "warn must be met before critical"},
      {"my: {metric: beta, op: '=', warn: 1}", "op"},
      {"my: {metric: beta, warn: 1, for_days: 0}", "for_days"},
      {"my: {metric: beta, warn: 1, hysteresis: -1}", "hysteresis"},
      {"my: {metric: beta, warn: 1, scope: 'symbol:A'}", "is measured for portfolio"},
      {"My-Rule: {metric: beta, warn: 1}", "is no name of a rule"},
      {"my: {metric: beta, warn: 1, colour: red}", "colour"},
  };
  for (const auto& [rule, words] : cases) {
    const auto settings = parse_settings("analytics:\n  alerts:\n    rules:\n      " + rule + "\n",
                                         "c.yaml", nothing);
    ASSERT_FALSE(settings.ok()) << rule;
    EXPECT_THAT(settings.error().message, HasSubstr(words)) << rule;
    EXPECT_THAT(settings.error().message, HasSubstr("c.yaml:4")) << rule;
  }
}

TEST(AlertRulesTest, AnAddressThatWouldEndALineIsRefused) {
  for (const std::string address : {"a@b.c\\r\\nBcc: x@y.z", "a@b.c, x@y.z", "<a@b.c>", "nobody"}) {
    const auto settings =
        parse_settings("notify:\n  smtp: {host: h, from: f@example.com, to: \"" + address + "\"}\n",
                       "c.yaml", nothing);
    ASSERT_FALSE(settings.ok()) << address;
    EXPECT_THAT(settings.error().message, HasSubstr("write one address")) << address;
  }
}

TEST(AlertRulesTest, TheRecipientOfTheSpecificationsSampleGetsTheMail) {
  const auto settings = parse_settings(
      "analytics:\n  alerts: {email: trader@example.com}\n"
      "notify:\n  smtp: {host: mail.example.com, from: bus@example.com}\n",
      "c.yaml", nothing);
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  EXPECT_EQ(settings.value().notify.smtp.to, "trader@example.com");
}

}  // namespace
}  // namespace signalbus::settings
