// Goal: the worked example of docs/sleeves.md is what the program does, to the unit.
// Method: the example's two days through planner, division and fold; the expected numbers were
// computed apart, in exact fractions:
//   from fractions import Fraction as F
//   cut = lambda x, d: F(int(x * 10**d), 10**d)               # positive x only
//   I1 = F(100000) * F(95, 100)                               # 95000
//   paid = 40 * F(400) + 55 * F('399.6')                      # 37978; 3/4 are value's
//   cash = {'value': I1*F(6,10) - F('142.5')*200 - paid*F(3,4),       # 16.5
//           'momentum': I1*F(4,10) - 228*125 - paid*F(1,4)}           # 5.5
//   E2 = 5000 + sum(cash.values()) + F('142.5')*210 + 95*410 + 228*120   # 101257
//   I2 = E2 * F(95, 100)                                      # 96194.15
//   I2*F(6,10) - (cash['value'] + F('142.5')*210 + F('71.25')*410)       # -1437.51
//   I2*F(4,10) - (cash['momentum'] + F('23.75')*410 + 228*120)           # 1374.66
//   cut(I2*F(4,10)/410, 9) - F('23.75')                       # 70.097951219 wished of MSFT
//   95 - cut(I2*F(4,10)/410, 4)                               # 1.1521 sold
//   F('71.25') - F('70.097951219')                            # 1.152048781 of it value's wish
//   cut(I2*F(36,100)/120, 4) - 228                            # 60.5824 of NVDA bought
//   F('142.5') - cut(I2*F(24,100)/210, 4)                     # 32.5639 of AAPL sold
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "planning/testing.h"
#include "sleeves/divide_plan.h"
#include "sleeves/entries.h"
#include "sleeves/fold.h"
#include "sleeves/results.h"
#include "sleeves/testing.h"

namespace signalbus::sleeves {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The example's account, day after day.
struct Example {
  std::vector<SleeveEntry> entries;
  Holdings holdings;
  Money cash = usd("100000");
  PriceBook prices;
  std::optional<RebalancePlan> plan;
  SleevePlan divided;

  SleeveBook book() const { return fold_sleeves(entries, {}, AccountNow{holdings, cash}).value(); }
  void set_prices(const char* aapl, const char* msft, const char* nvda) {
    prices.points = {{sym("AAPL"), price(aapl), std::nullopt},
                     {sym("MSFT"), price(msft), std::nullopt},
                     {sym("NVDA"), price(nvda), std::nullopt}};
  }
  static Contribution row(const char* symbol, const char* strategy, double blend, double weight) {
    return {AssetId(symbol), StrategyId(strategy), date("2025-07-28"), weight,
            blend,           weight * blend};
  }
  void decide(std::vector<Contribution> rows, const char* day) {
    const Contributions contributions{date(day), std::move(rows), {}};
    planning::testing::Scene scene;
    scene.policy.cash_buffer = planning::testing::ratio("0.05");
    scene.prices = prices;
    scene.holdings = holdings;
    scene.equity = cash;
    for (const Holding& held : holdings.holdings) {
      scene.equity += notional_half_even(held.quantity, prices.find(held.symbol)->price).value();
    }
    std::map<std::string, double> targets;
    for (const Contribution& one : contributions.rows) {
      targets[one.asset_id.get()] += one.contribution;
    }
    for (const auto& [symbol, weight] : targets) scene.target(symbol, weight);
    plan = scene.plan().value();
    divided = divide_plan({*plan, contributions, book(), prices, {}}).value();
    for (const SleeveMove& move : divided.moves) entries.push_back(entry(move, day));
  }
  /// An execution of the order of that symbol.
  void filled(const char* symbol, const char* quantity, const char* at_price, const char* day) {
    for (std::size_t i = 0; i < plan->orders.size(); ++i) {
      const PlannedOrder& order = plan->orders[i];
      if (order.symbol != sym(symbol)) continue;
      const Fill one = fill(std::string(day) + symbol, order.side, symbol, quantity, at_price, day);
      entries.push_back(entry(one, divided.shares[i]));
      const Money paid = notional_half_even(one.quantity, one.price).value();
      const bool buys = order.side == Side::kBuy;
      cash += buys ? -paid : paid;
      std::vector<Holding>& held = holdings.holdings;
      const auto at = std::find_if(held.begin(), held.end(),
                                   [&](const Holding& h) { return h.symbol == one.symbol; });
      if (at == held.end()) {
        held.push_back(holding(symbol, quantity));
      } else {
        at->quantity += buys ? one.quantity : -one.quantity;
      }
    }
  }
  /// "BUY 95 MSFT: momentum 23.75, value 71.25"
  std::vector<std::string> orders() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < plan->orders.size(); ++i) {
      const PlannedOrder& order = plan->orders[i];
      out.push_back(std::string(to_text(order.side)) + " " + order.quantity.text() + " " +
                    order.symbol.text() + ": " + shown(divided.shares[i]));
    }
    return out;
  }
};

/// The example as the page shows it: each line must stand in docs/sleeves.md.
class WorkedExampleTest : public ::testing::Test {
 protected:
  void expect(const std::vector<std::string>& lines, const std::vector<std::string>& expected) {
    EXPECT_EQ(lines, expected);
    for (const std::string& line : expected) EXPECT_THAT(page_, HasSubstr(line + "\n"));
  }
  void expect_sleeves(const Example& example, const std::vector<std::string>& expected) {
    const SleeveBook book = example.book();
    std::vector<std::string> lines;
    const std::vector<SleeveResult> results = sleeve_results(book, example.prices).value();
    for (const SleeveResult& result : results) {
      std::string line = result.strategy_id.get() + ":";
      for (const SleevePositionResult& held : result.positions) {
        line += " " + held.position.quantity.text() + " " + held.position.symbol.text() + ",";
      }
      lines.push_back(line + " cash " + result.cash.text() + ", equity " + result.equity.text());
    }
    expect(lines, expected);
  }

 private:
  static std::string read_page() {
    std::ifstream file(std::string(SB_SOURCE_DIR) + "/docs/sleeves.md");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::string page_ = read_page();
};

TEST_F(WorkedExampleTest, IsWhatThePageSays) {
  Example example;
  example.set_prices("200", "400", "125");
  example.decide(
      {Example::row("AAPL", "value", 0.6, 0.5), Example::row("MSFT", "momentum", 0.4, 0.25),
       Example::row("MSFT", "value", 0.6, 0.5), Example::row("NVDA", "momentum", 0.4, 0.75)},
      "2025-07-28");
  expect(shown(example.divided.moves),
         {"opening _account>momentum 38000", "opening _account>value 57000"});
  expect(example.orders(), {"BUY 95 MSFT: momentum 23.75, value 71.25",
                            "BUY 142.5 AAPL: value 142.5", "BUY 228 NVDA: momentum 228"});
  example.filled("AAPL", "142.5", "200", "2025-07-28");
  example.filled("MSFT", "40", "400", "2025-07-28");
  example.filled("MSFT", "55", "399.6", "2025-07-28");
  example.filled("NVDA", "228", "125", "2025-07-28");
  example.set_prices("210", "410", "120");
  expect_sleeves(example, {"_account: cash 5000, equity 5000",
                           "momentum: 23.75 MSFT, 228 NVDA, cash 5.5, equity 37103",
                           "value: 142.5 AAPL, 71.25 MSFT, cash 16.5, equity 59154"});

  example.decide({Example::row("AAPL", "value", 0.6, 0.4), Example::row("MSFT", "momentum", 0.4, 1),
                  Example::row("NVDA", "value", 0.6, 0.6)},
                 "2025-07-29");
  expect(shown(example.divided.moves),
         {"capital _account>momentum 1374.66", "capital value>_account 1437.51",
          "crossed value>momentum 70.097951219 MSFT at 410 for 28740.16",
          "crossed momentum>value 228 NVDA at 120 for 27360"});
  expect(example.orders(), {"SELL 32.5639 AAPL: value 32.5639",
                            "SELL 1.1521 MSFT: momentum 0.000051219, value 1.152048781",
                            "BUY 60.5824 NVDA: value 60.5824"});
  example.filled("AAPL", "32.5639", "210", "2025-07-29");
  example.filled("MSFT", "1.1521", "410", "2025-07-29");
  example.filled("NVDA", "60.5824", "120", "2025-07-29");
  expect_sleeves(example, {"_account: cash 5062.85, equity 5062.85",
                           "momentum: 93.8479 MSFT, cash 0.021, equity 38477.66",
                           "value: 109.9361 AAPL, 288.5824 NVDA, cash 0.021, equity 57716.49"});
}

}  // namespace
}  // namespace signalbus::sleeves
