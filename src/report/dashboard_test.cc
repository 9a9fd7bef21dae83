// Goal: the page holds its numbers exactly and no text of a view can get out of its place.
// Method: small views, read back with our own JSON reader; a large one for size. What a browser
// makes of it is tested in tests/dashboard.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "formats/json.h"
#include "report/dashboard_page.h"
#include "report/dashboard_view.h"

namespace signalbus::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const TradeDate kDate = TradeDate::parse("2025-08-29").value();

DashboardView small_view() {
  DashboardView view;
  view.header.title = "Daily report";
  view.today.equity_after = Money::parse("9007199254.740993").value();
  view.names.resize(1);
  view.names[0].symbol = "AAPL";
  view.names[0].weight = 0.1;
  view.names[0].contribution = kNan;
  return view;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

/// The text between the tags of the element that holds the view.
std::string embedded(const std::string& html) {
  constexpr std::string_view kOpen = "<script type=\"application/json\" id=\"view\">";
  const std::size_t begin = html.find(kOpen) + kOpen.size();
  return html.substr(begin, html.find("</script>", begin) - begin);
}

TEST(DashboardJsonTest, WritesWhatIsMissingAsNullAndMoneyWithEveryDigit) {
  const std::string json = dashboard_json(small_view());

  const auto document = formats::parse_json(json, "view", json.size());
  ASSERT_TRUE(document.ok()) << document.error().message;
  const formats::JsonValue root = document.value().root();
  const auto names = root.member("names").value().items().value();
  EXPECT_TRUE(names[0].member("contribution").value().is_null());
  EXPECT_EQ(names[0].member("weight").value().number().value(), "0.1");
  EXPECT_TRUE(root.member("brinson").value().member("active").value().is_null());
  const auto today = root.member("today").value();
  EXPECT_EQ(today.member("equity_after").value().string().value(), "9007199254.740993");
}

TEST(DashboardJsonTest, TheSameViewGivesTheSameBytes) {
  EXPECT_EQ(dashboard_json(small_view()), dashboard_json(small_view()));
  EXPECT_EQ(dashboard_html(small_view()), dashboard_html(small_view()));
}

TEST(DashboardHtmlTest, ThePageHasOnePlaceForTheView) {
  EXPECT_EQ(count_of(dashboard_page(), kViewMark), 1u);
  EXPECT_EQ(embedded(dashboard_html(small_view())), dashboard_json(small_view()));
}

TEST(DashboardHtmlTest, NoTextEndsTheElementOrTheDocument) {
  const std::string hostile =
      "</script><script>alert(1)</script><!--<script>\xe2\x80\xa8\xe2\x80\xa9\"\\\x01\x7f\xff]]>";
  DashboardView view = small_view();
  const std::size_t scripts = count_of(dashboard_html(view), "<script");
  const std::size_t comments = count_of(dashboard_html(view), "<!--");
  view.header.account = hostile;
  view.names[0].symbol = hostile;
  view.alerts = {{hostile, hostile, AlertLevel::kWarn, kDate, hostile}};

  const std::string html = dashboard_html(view);

  EXPECT_EQ(count_of(html, "<script"), scripts);
  EXPECT_EQ(count_of(html, "<!--"), comments);
  EXPECT_THAT(embedded(html), Not(HasSubstr("\x01")));
  const std::string json = embedded(html);
  const auto document = formats::parse_json(json, "view", json.size());
  ASSERT_TRUE(document.ok()) << document.error().message;
  const auto header = document.value().root().member("header").value();
  EXPECT_EQ(header.member("account").value().string().value(),
            hostile.substr(0, hostile.find('\xff')) + "\xef\xbf\xbd]]>");
}

TEST(DashboardHtmlTest, TextThatLooksLikeTheMarkStaysText) {
  DashboardView view = small_view();
  view.header.account = "\"signalbus:view\"";

  EXPECT_EQ(embedded(dashboard_html(view)), dashboard_json(view));
}

TEST(DashboardHtmlTest, TenYearsOfFiveHundredNamesStayBelowTwoMegabytes) {
  DashboardView view = small_view();
  // Values whose shortest text is as long as it gets.
  const std::vector<double> column(2520, -0.12345678901234567);
  view.series = {.dates = std::vector<TradeDate>(2520, kDate),
                 .equity = std::vector<double>(2520, 1234567.8912345678),
                 .growth = column,
                 .benchmark_growth = column,
                 .returns = column,
                 .benchmark_returns = column,
                 .drawdown = column,
                 .benchmark_drawdown = column,
                 .gross = column,
                 .net = column,
                 .turnover = column};
  view.rolling = {.window = 126, .sharpe = column, .volatility = column, .beta = column};
  const Money amount = Money::parse("-1234567.891234").value();
  const std::vector<AmountView> parts(500, {"BRK.B", amount, column[0]});
  view.names.assign(500, {"BRK.B", "Consumer Discretionary", column[0], "1234.123456789",
                          "1234.123456789", amount, amount, amount, amount, amount, column[0]});
  view.attribution = {{.by = "symbol", .rows = parts}};
  view.drift.assign(500, {"BRK.B", column[0], column[0], column[0], "price_move"});
  view.orders.assign(500, {.id = "sb_20250829_BRK.B_BUY_abcdefghij",
                           .symbol = "BRK.B",
                           .side = "BUY",
                           .quantity = "1234.1234",
                           .filled = "1234.1234",
                           .status = "FILLED",
                           .avg_price = "1234.123456789",
                           .slippage_bps = column[0],
                           .shortfall = amount,
                           .reason = ""});
  view.costs_by_symbol.assign(500,
                              {"BRK.B", 2520, 0.98765432101234567, amount, amount, -1.23, -1.2});

  EXPECT_LT(dashboard_html(view).size(), 2'000'000u);
}

}  // namespace
}  // namespace signalbus::report
