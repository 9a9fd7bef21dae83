// Goal: messages read well, and hostile text in any field stays text. Method: whole messages, and a
// table of attacks that is put into every field.
#include "alerts/digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "alerts/rule.h"
#include "alerts/sentences.h"
#include "analytics/metrics.h"

namespace signalbus::alerts {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

AlertChange change(const std::string& sentence, AlertLevel level = AlertLevel::kCritical) {
  return {.key = "k",
          .notice = {.rule = "drawdown",
                     .scope = "portfolio",
                     .level = level,
                     .since = TradeDate::parse("2026-01-05").value(),
                     .sentence = sentence,
                     .acknowledged = false},
          .before = AlertLevel::kOk,
          .date = TradeDate::parse("2026-01-05").value(),
          .suppressed = ""};
}

Digest digest(std::vector<AlertChange> changes) {
  return {.kind = DigestKind::kChanges,
          .mode = "paper",
          .account = "PA1",
          .run = "20260105-1",
          .date = TradeDate::parse("2026-01-05").value(),
          .outcome = "done",
          .changes = std::move(changes),
          .open = {},
          .notes = {}};
}

TEST(DigestTest, AMailSaysWhatHappenedWorstFirst) {
  const Digest mail =
      digest({change("Drawdown is -16.2 %, critical is -15 %"),
              change("Sharpe ratio of 63 days is -0.2, warning is below 0", AlertLevel::kWarn)});
  EXPECT_EQ(subject_of(mail), "[signalbus paper] 1 critical, 1 warning on 2026-01-05");
  EXPECT_EQ(text_of(mail),
            "mode paper, account PA1, 2026-01-05, run 20260105-1: done\n"
            "\nCritical\n- Drawdown is -16.2 %, critical is -15 % [drawdown]\n"
            "\nWarning\n- Sharpe ratio of 63 days is -0.2, warning is below 0 [drawdown]\n"
            "\nsignalbus alerts ack RULE --scope SCOPE --reason TEXT silences one until it gets "
            "worse.\n");
}

TEST(DigestTest, AHeartbeatSaysThatAllIsQuiet) {
  Digest quiet = digest({});
  quiet.kind = DigestKind::kHeartbeat;
  EXPECT_EQ(subject_of(quiet), "[signalbus paper] all is quiet on 2026-01-05");
}

TEST(DigestTest, HostileTextStaysText) {
  const std::string attack =
      "AAPL\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script> <!channel> "
      "=HYPERLINK(\"http://evil\") & \xe2\x80\xae gnp \xff \x1b[2J";
  Digest hostile = digest({change(attack)});
  hostile.account = attack;
  hostile.outcome = attack;
  hostile.mode = attack;
  hostile.notes = {attack};

  EXPECT_THAT(subject_of(hostile), Not(HasSubstr("\n")));
  EXPECT_THAT(subject_of(hostile), Not(HasSubstr("\r")));
  const std::string text = text_of(hostile);
  EXPECT_THAT(text, Not(HasSubstr("\nBcc:")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  EXPECT_THAT(html_of(hostile), Not(HasSubstr("<script")));
  EXPECT_THAT(html_of(hostile), HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(slack_of(hostile), Not(HasSubstr("<")));
  EXPECT_THAT(slack_of(hostile), HasSubstr("&lt;!channel&gt;"));
  EXPECT_LE(sms_of(hostile).size(), 300U);
  EXPECT_THAT(sms_of(hostile), Not(HasSubstr("\n")));
}

TEST(PlainLineTest, CutsBetweenCharacters) {
  EXPECT_EQ(plain_line("abc\xc3\xa4", 4), "abc...");
  EXPECT_EQ(plain_line("\xc0\xaf", 9), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(plain_line("a\tb\xc2\x85", 9), "a b ");
}

TEST(ValueTextTest, HasUnitsAndNoZerosAtTheEnd) {
  EXPECT_EQ(value_text(-0.162, "fraction"), "-16.2 %");
  EXPECT_EQ(value_text(0.15, "fraction"), "15 %");
  EXPECT_EQ(value_text(1, "usd"), "1 USD");
  EXPECT_EQ(value_text(15.04, "bps"), "15 bps");
  EXPECT_EQ(value_text(1, "days"), "1 day");
  EXPECT_EQ(value_text(0.42, "seconds"), "0.4 s");
  EXPECT_EQ(value_text(-1e-9, "ratio"), "0");
}

TEST(MetricsTest, AreThoseOfAnalyticsWithTheirTitlesAndUnits) {
  EXPECT_EQ(return_metrics().size(), analytics::metric_table().size());
  for (const analytics::Metric& metric : analytics::metric_table()) {
    const Metric* ours = find_metric(metric.id);
    ASSERT_NE(ours, nullptr) << metric.id << " is missing in src/alerts/return_metrics.cc";
    EXPECT_EQ(ours->title, metric.title) << metric.id;
    EXPECT_EQ(ours->unit, to_text(metric.unit)) << metric.id;
  }
}

TEST(AlertsPageTest, HoldsTheGeneratedTablesOfTheCode) {
  const std::string path = SB_SOURCE_DIR "/docs/alerts.md";
  const std::string begin = "<!-- generated: SB_UPDATE_DOCS=1 and the alerts test -->\n";
  const std::string end = "<!-- end of generated -->\n";
  std::ostringstream page;
  page << std::ifstream(path).rdbuf();
  std::string text = page.str();
  const std::size_t from = text.find(begin);
  const std::size_t to = text.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  if (std::getenv("SB_UPDATE_DOCS") != nullptr) {
    text.replace(from + begin.size(), to - from - begin.size(), rules_markdown());
    std::ofstream(path) << text;
    return;
  }
  EXPECT_EQ(text.substr(from + begin.size(), to - from - begin.size()), rules_markdown())
      << "docs/alerts.md is out of date; run SB_UPDATE_DOCS=1 on this test and commit it";
}

}  // namespace
}  // namespace signalbus::alerts
