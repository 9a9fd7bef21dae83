// Goal: per-strategy books say what each strategy owns, and always add up to the account.
// Method: short histories by hand, then any history against the account's own arithmetic.
#include "sleeves/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "sleeves/testing.h"

namespace signalbus::sleeves {
namespace {

using namespace testing;
using ::testing::ElementsAre;

const std::vector<StrategyShare> kThreeToOne = {share("momentum", "1"), share("value", "3")};

CashFlow flow(CashFlowKind kind, std::string_view day, std::string_view symbol,
              std::string_view quantity, std::string_view cash) {
  return {.id = std::string(day),
          .kind = kind,
          .word = "",
          .symbol = symbol.empty() ? std::nullopt : std::optional(sym(symbol)),
          .quantity = qty(quantity),
          .cash = usd(cash),
          .date = date(day)};
}

SleeveBook fold(const std::vector<SleeveEntry>& entries, const std::vector<CashFlow>& flows = {}) {
  return fold_sleeves(entries, flows, std::nullopt).value();
}

TEST(FoldSleevesTest, SharesAFillProRata) {
  const SleeveBook book = fold({entry(capital("_account", "value", "1000")),
                                entry(capital("_account", "momentum", "500")),
                                entry(fill("o", Side::kBuy, "AAPL", "4", "200"), kThreeToOne)});
  EXPECT_EQ(shown(book, "value"), "AAPL 3 at 600; cash 400");
  EXPECT_EQ(shown(book, "momentum"), "AAPL 1 at 200; cash 300");
  EXPECT_EQ(shown(book, "_account"), "cash -1500");
}

TEST(FoldSleevesTest, EveryoneHasTheAveragePriceOfTheOrder) {
  // 1 at 100, 3 at 104: 412 in all, 103 a share.
  const SleeveBook book = fold({entry(fill("o", Side::kBuy, "AAPL", "1", "100"), kThreeToOne),
                                entry(fill("o", Side::kBuy, "AAPL", "3", "104"), kThreeToOne)});
  EXPECT_EQ(shown(book, "value"), "AAPL 3 at 309; cash -309");
  EXPECT_EQ(shown(book, "momentum"), "AAPL 1 at 103; cash -103");
}

TEST(FoldSleevesTest, WhatAnOrderDidNotFillIsMissingProRata) {
  const SleeveBook book =
      fold({entry(fill("o", Side::kBuy, "AAPL", "0.000000002", "100"), kThreeToOne)});
  // A quarter of two units is half a unit, which rounds up.
  EXPECT_EQ(book.find(StrategyId("momentum"))->quantity(sym("AAPL")), qty("0.000000001"));
  EXPECT_EQ(book.find(StrategyId("value"))->quantity(sym("AAPL")), qty("0.000000001"));
}

TEST(FoldSleevesTest, AFillThatNobodyAskedForIsTheAccounts) {
  const SleeveBook book = fold({entry(fill("o", Side::kSell, "AAPL", "2", "50"))});
  EXPECT_EQ(shown(book, "_account"), "AAPL -2 at -100; cash 100");
}

TEST(FoldSleevesTest, ACrossingMovesSharesAndCashAtOnePrice) {
  const SleeveBook book = fold({entry(fill("o", Side::kBuy, "AAPL", "4", "200"), kThreeToOne),
                                entry(crossed("value", "momentum", "AAPL", "2", "210"))});
  EXPECT_EQ(shown(book, "value"), "AAPL 1 at 200; cash -180");
  EXPECT_EQ(shown(book, "momentum"), "AAPL 3 at 620; cash -620");
  EXPECT_EQ(book.find(StrategyId("value"))->realised, usd("20"));
  EXPECT_EQ(book.seen.find(sym("AAPL"))->price, price("210"));
}

TEST(FoldSleevesTest, RealisesGainsAtAverageCostOnBothSidesOfZero) {
  const std::vector<StrategyShare> value = {share("value", "1")};
  const SleeveBook book = fold({entry(fill("a", Side::kBuy, "AAPL", "1", "100"), value),
                                entry(fill("b", Side::kBuy, "AAPL", "1", "110"), value),
                                entry(fill("c", Side::kSell, "AAPL", "3", "120"), value),
                                entry(fill("d", Side::kBuy, "AAPL", "0.5", "90"), value)});
  // Sold 2 of cost 210 for 240: 30. Short 1 at 120, half of it covered at 90: 15.
  EXPECT_EQ(book.find(StrategyId("value"))->realised, usd("45"));
  EXPECT_EQ(shown(book, "value"), "AAPL -0.5 at -60; cash 105");
}

TEST(FoldSleevesTest, CapitalAndItsPeakAreRemembered) {
  const SleeveBook book =
      fold({entry(capital("_account", "value", "1000")), entry(capital("value", "_account", "300")),
            entry(capital("_account", "value", "100"))});
  const Sleeve& value = *book.find(StrategyId("value"));
  EXPECT_EQ(value.capital, usd("800"));
  EXPECT_EQ(value.capital_peak, usd("1000"));
  EXPECT_EQ(book.find(account_sleeve())->capital, usd("-800"));
}

// ---- What the history does not explain ----

TEST(FoldSleevesTest, WhatHistoryDoesNotExplainIsTheAccounts) {
  const Holdings holdings{{holding("AAPL", "5"), holding("MINE", "7")}, std::nullopt};
  const std::vector<SleeveEntry> entries = {
      entry(fill("o", Side::kBuy, "AAPL", "4", "200"), kThreeToOne)};
  const SleeveBook book = fold_sleeves(entries, {}, AccountNow{holdings, usd("1000")}).value();
  EXPECT_EQ(shown(book, "value"), "AAPL 3 at 600; cash -600");
  // There were 1800 before the order of 800.
  EXPECT_EQ(shown(book, "_account"), "AAPL 1 at 0, MINE 7 at 0; cash 1800");
}

TEST(FoldSleevesTest, WhatWasSoldByHandIsMissingInTheAccountsSleeve) {
  const Holdings holdings{{holding("AAPL", "1")}, std::nullopt};
  const std::vector<SleeveEntry> entries = {
      entry(fill("o", Side::kBuy, "AAPL", "4", "200"), kThreeToOne)};
  const SleeveBook book = fold_sleeves(entries, {}, AccountNow{holdings, usd("0")}).value();
  EXPECT_EQ(book.find(StrategyId("value"))->quantity(sym("AAPL")), qty("3"));
  EXPECT_EQ(book.find(account_sleeve())->quantity(sym("AAPL")), qty("-3"));
}

// ---- Cash flows ----

TEST(FoldSleevesTest, ADividendGoesToWhoHeldTheSymbolThatMorning) {
  const std::vector<SleeveEntry> entries = {
      entry(fill("o", Side::kBuy, "AAPL", "4", "200", "2025-07-28"), kThreeToOne),
      entry(fill("p", Side::kSell, "AAPL", "3", "200", "2025-07-29"), {share("value", "3")})};
  const std::vector<CashFlow> flows = {
      flow(CashFlowKind::kDividend, "2025-07-29", "AAPL", "0", "10")};
  const SleeveBook book = fold(entries, flows);
  EXPECT_EQ(book.find(StrategyId("value"))->income, usd("7.5"));
  EXPECT_EQ(book.find(StrategyId("momentum"))->income, usd("2.5"));
  EXPECT_EQ(shown(book, "value"), "cash 7.5");
}

TEST(FoldSleevesTest, AForeignHolderGetsItsPartOfADividend) {
  // 4 of the 10 shares were never bought by us.
  const Holdings holdings{{holding("AAPL", "10")}, std::nullopt};
  const std::vector<SleeveEntry> entries = {
      entry(fill("o", Side::kBuy, "AAPL", "6", "200"), {share("value", "6")})};
  const std::vector<CashFlow> flows = {
      flow(CashFlowKind::kDividend, "2025-07-30", "AAPL", "0", "20")};
  const SleeveBook book = fold_sleeves(entries, flows, AccountNow{holdings, usd("0")}).value();
  EXPECT_EQ(book.find(StrategyId("value"))->income, usd("12"));
  EXPECT_EQ(book.find(account_sleeve())->income, usd("8"));
}

TEST(FoldSleevesTest, AShortPaysTheDividendThatALongReceives) {
  const std::vector<SleeveEntry> entries = {
      entry(fill("o", Side::kBuy, "AAPL", "10", "200"), {share("long", "10")}),
      entry(fill("p", Side::kSell, "AAPL", "4", "200"), {share("short", "4")})};
  const std::vector<CashFlow> flows = {
      flow(CashFlowKind::kDividend, "2025-07-30", "AAPL", "0", "6")};
  const SleeveBook book = fold(entries, flows);
  EXPECT_EQ(book.find(StrategyId("long"))->income, usd("10"));
  EXPECT_EQ(book.find(StrategyId("short"))->income, usd("-4"));
}

TEST(FoldSleevesTest, ASplitChangesEveryPositionAndNoCost) {
  const std::vector<SleeveEntry> entries = {
      entry(fill("o", Side::kBuy, "AAPL", "4", "200"), kThreeToOne)};
  const std::vector<CashFlow> flows = {
      flow(CashFlowKind::kSplit, "2025-07-29", "AAPL", "36", "0")};  // ten for one
  const SleeveBook book = fold(entries, flows);
  EXPECT_EQ(shown(book, "value"), "AAPL 30 at 600; cash -600");
  EXPECT_EQ(shown(book, "momentum"), "AAPL 10 at 200; cash -200");
}

TEST(FoldSleevesTest, FlowsWithoutAnOwnerAreTheAccounts) {
  const SleeveBook book = fold({entry(capital("_account", "value", "10"))},
                               {flow(CashFlowKind::kTransfer, "2025-07-01", "", "0", "5000"),
                                flow(CashFlowKind::kFee, "2025-07-02", "", "0", "-0.07"),
                                flow(CashFlowKind::kDividend, "2025-07-03", "GONE", "0", "1"),
                                flow(CashFlowKind::kOther, "2025-07-04", "SPIN", "2", "0")});
  EXPECT_EQ(shown(book, "_account"), "SPIN 2 at 0; cash 4990.93");
  EXPECT_EQ(book.find(account_sleeve())->income, usd("0.93"));
  EXPECT_EQ(shown(book, "value"), "cash 10");
}

TEST(FoldSleevesTest, RefusesABatchWithoutADate) {
  SleeveEntry bad = entry(capital("_account", "value", "10"));
  bad.batch_id = BatchId("yesterday");
  const auto book = fold_sleeves(std::vector{bad}, {}, std::nullopt);
  ASSERT_FALSE(book.ok());
  EXPECT_EQ(book.error().code, ErrorCode::kInvalidInput);
}

TEST(KeepLastBatchTest, ADayThatWasRunAgainCountsOnce) {
  const auto of_batch = [](const char* id) {
    SleeveEntry out = entry(capital("_account", id, "1"));
    out.batch_id = BatchId(id);
    return out;
  };
  const std::vector<SleeveEntry> kept = keep_last_batch_of_each_day(
      std::vector{of_batch("20250728-1"), of_batch("20250729-9"), of_batch("20250728-2"),
                  of_batch("20250729-10"), of_batch("20250729-10")});
  std::vector<std::string> ids;
  for (const SleeveEntry& one : kept) ids.push_back(one.batch_id.get());
  EXPECT_THAT(ids, ElementsAre("20250728-2", "20250729-10", "20250729-10"));
}

// ---- Whose each execution is ----

Intent intent(const char* id, std::vector<StrategyShare> shares) {
  Intent out{.client_order_id = ClientOrderId(id),
             .sequence = 0,
             .attempt = 1,
             .order = {.asset_id = AssetId("AAPL"),
                       .symbol = sym("AAPL"),
                       .side = Side::kBuy,
                       .quantity = qty("4"),
                       .type = OrderType::kMarket,
                       .take_profit = std::nullopt,
                       .stop_loss = std::nullopt,
                       .limit_price = std::nullopt,
                       .ref_price = price("1"),
                       .notional = usd("4"),
                       .time_in_force = TimeInForce::kDay,
                       .purpose = Purpose::kOpen},
             .state = OrderState::kFilled};
  out.shares = std::move(shares);
  return out;
}

TEST(ShareFillsTest, PartsOfEachExecutionAddUpToIt) {
  const std::vector<Intent> intents = {intent("o", kThreeToOne), intent("p", {})};
  const std::vector<Fill> fills = {
      fill("o", Side::kBuy, "AAPL", "1", "200"), fill("p", Side::kBuy, "AAPL", "1", "200"),
      fill("o", Side::kBuy, "AAPL", "3", "200"), fill("x", Side::kBuy, "AAPL", "3", "200")};
  const auto shares = share_fills(fills, intents);
  ASSERT_EQ(shares.size(), 4u);
  EXPECT_EQ(shown(shares[0]), "momentum 0.25, value 0.75");
  EXPECT_EQ(shown(shares[1]), "");
  EXPECT_EQ(shown(shares[2]), "momentum 0.75, value 2.25");
  EXPECT_EQ(shown(shares[3]), "");
}

TEST(ShareFillsTest, WhoGetsNothingIsLeftOut) {
  const std::vector<Intent> intents = {intent("o", kThreeToOne)};
  const std::vector<Fill> fills = {fill("o", Side::kBuy, "AAPL", "0.000000001", "200")};
  EXPECT_EQ(shown(share_fills(fills, intents)[0]), "value 0.000000001");
}

}  // namespace
}  // namespace signalbus::sleeves
