// Goal: the files and the digest of M6 say what the numbers are, in figures that people read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/figures.h"
#include "report/save_performance.h"
#include "report/view_of_performance.h"

namespace signalbus::report {
namespace {

using ::testing::HasSubstr;

TradeDate day(std::string_view text) { return TradeDate::parse(text).value(); }

/// 1000 USD on the first day, of which 0.50 were lost on the second.
analytics::Performance two_days() {
  analytics::PerformanceFacts facts;
  for (const char* date : {"2024-03-04", "2024-03-05"}) {
    analytics::PastDay one{.facts = {.date = day(date)}};
    one.facts.cash_before = Money::whole(1000);
    one.facts.cash_after = Money::whole(1000);
    one.recon = {"ok", 0, "recon_broker.csv"};
    facts.days.push_back(std::move(one));
  }
  facts.days[1].facts.cash_after = Money::parse("999.5").value();
  facts.days[1].facts.flows = {{.id = "f",
                                .kind = CashFlowKind::kFee,
                                .word = "FEE",
                                .symbol = std::nullopt,
                                .cash = Money::parse("-0.5").value(),
                                .date = day("2024-03-05")}};
  facts.focus_from = day("2024-03-05");
  return analytics::performance_of(std::move(facts)).value();
}

std::string only_file(const OutputSet& outputs) {
  EXPECT_EQ(outputs.files().size(), 1U);
  return outputs.files().front().bytes;
}

TEST(FiguresTest, MoneyHasThousandsCentsAndASignBelowADollarToo) {
  EXPECT_EQ(usd_text(Money::parse("1234567.895").value()), "1,234,567.90");
  EXPECT_EQ(usd_text(Money::parse("-0.5").value()), "-0.50");
  EXPECT_EQ(signed_usd_text(Money::parse("0.004").value()), "+0.00");
  EXPECT_EQ(percent_text(-0.01234), "-1.23 %");
  EXPECT_EQ(percent_text(analytics::kNan), "n/a");
}

TEST(SavePerformanceTest, ARowPerDayWithEveryPartOfItsProfit) {
  OutputSet outputs;
  save_pnl_daily(outputs, two_days(), "out");
  EXPECT_EQ(outputs.files().front().path, "out/pnl_daily_20240305.csv");
  EXPECT_THAT(only_file(outputs),
              HasSubstr("\n2024-03-05,1000,999.5,0,-0.5,0,0,0,0,-0.5,0,0,-0.0005"));
}

TEST(SavePerformanceTest, ASnapshotSaysLevelThresholdsAndWhyAValueIsMissing) {
  const RiskValue value{.scope = "portfolio",
                        .metric = "drawdown",
                        .value = -0.2,
                        .unit = "fraction",
                        .window = "all days",
                        .n_used = 2};
  RiskValue missing = value;
  missing.value.reset();
  missing.reason = "needs 63 observations, has 2";
  const std::vector<RiskRow> rows = {{value, -0.1, -0.15, AlertLevel::kCritical},
                                     {missing, std::nullopt, std::nullopt, AlertLevel::kOk}};
  OutputSet outputs;
  save_risk_snapshot(outputs, rows, day("2024-03-05"), "out");
  EXPECT_EQ(only_file(outputs),
            "date,scope,metric,value,unit,window,n_used,threshold_warn,threshold_critical,state,"
            "reason\n"
            "2024-03-05,portfolio,drawdown,-0.2,fraction,all days,2,-0.1,-0.15,critical,\n"
            "2024-03-05,portfolio,drawdown,,fraction,all days,2,,,ok,\"needs 63 observations, has "
            "2\"\n");
}

TEST(SummaryTextTest, TellsProfitAlertsAndTheStateOfTheBooks) {
  const analytics::Performance performance = two_days();
  const AlertNotice critical{.rule = "drawdown",
                             .scope = "portfolio",
                             .level = AlertLevel::kCritical,
                             .since = day("2024-03-05"),
                             .sentence = "Drawdown is -20 %, critical is -15 %"};
  AlertNotice unknown = critical;
  unknown.level = AlertLevel::kUnknown;
  const std::string text = summary_text({.performance = performance,
                                         .title = "signalbus Daily report, 2024-03-05",
                                         .mode = "paper",
                                         .alerts = {critical, unknown},
                                         .notes = {"a note"}});
  EXPECT_TRUE(text.starts_with("signalbus Daily report, 2024-03-05, mode paper\n"));
  EXPECT_THAT(text, HasSubstr("critical: Drawdown is -20 %, critical is -15 %\n"));
  EXPECT_THAT(text, HasSubstr("not measured yet: 1 rule, risk_snapshot_*.csv says why\n"));
  EXPECT_THAT(text, HasSubstr("profit, USD                        -0.50  -0.05 %"));
  EXPECT_THAT(text, HasSubstr("profit explains every cent of the equity on each of 2 days"));
  EXPECT_THAT(text, HasSubstr("note: a note"));
}

TEST(ViewOfPerformanceTest, TheWaterfallIsTheProfitAndEveryTableTheWhole) {
  const DashboardView view = view_of(two_days(), {});
  Money steps = Money::zero();
  for (const AmountView& step : view.today.waterfall) steps += step.usd;
  EXPECT_EQ(steps, view.today.profit);
  EXPECT_EQ(view.today.equity_after, view.today.equity_before + view.today.flow + steps);
  EXPECT_TRUE(view.header.reconciled);
  EXPECT_THAT(view.header.benchmark_reason, HasSubstr("no benchmark is configured"));
  EXPECT_EQ(view.series.dates.size(), 2U);
  EXPECT_EQ(view.series.benchmark_growth.size(), 0U);
  ASSERT_EQ(view.attribution.size(), 4U);
  for (const AttributionTable& table : view.attribution) {
    Money sum = Money::zero();
    for (const AmountView& row : table.rows) sum += row.usd;
    EXPECT_EQ(sum, table.total_usd) << table.by;
    EXPECT_EQ(sum, Money::parse("-0.5").value()) << table.by;
  }
  EXPECT_EQ(view.reconciliation.front().date, day("2024-03-05"));  // newest first
}

}  // namespace
}  // namespace signalbus::report
