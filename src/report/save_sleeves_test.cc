// Goal: the files of the sleeves say what docs/files.md promises and read back as they were.
// Method: whole files by hand; round trips through inputs/; damaged files.
#include "report/save_sleeves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inputs/load_sleeves.h"
#include "ports/testing/memory_files.h"
#include "report/save_execution.h"
#include "report/save_targets.h"

namespace signalbus::report {
namespace {

using signalbus::testing::MemoryFiles;
using ::testing::HasSubstr;

const TradeDate kDate = TradeDate::parse("2025-08-29").value();

Symbol sym(const char* text) { return Symbol::parse(text).value(); }
Price price(const char* text) { return Price::parse(text).value(); }
Quantity qty(const char* text) { return Quantity::parse(text).value(); }
Money usd(const char* text) { return Money::parse(text).value(); }
StrategyShare share(const char* strategy, const char* quantity) {
  return {StrategyId(strategy), qty(quantity)};
}

PlannedOrder order(const char* symbol, Side side, const char* quantity,
                   Purpose purpose = Purpose::kIncrease) {
  return {.asset_id = AssetId(symbol),
          .symbol = sym(symbol),
          .side = side,
          .quantity = qty(quantity),
          .type = OrderType::kMarket,
          .take_profit = std::nullopt,
          .stop_loss = std::nullopt,
          .limit_price = std::nullopt,
          .ref_price = price("1"),
          .notional = usd("1"),
          .time_in_force = TimeInForce::kDay,
          .purpose = purpose};
}

std::string bytes_of(const OutputSet& outputs, std::size_t i = 0) {
  return outputs.files().at(i).bytes;
}

// ---- planned_shares.csv ----

const std::vector<PlannedOrder> kOrders = {order("AAPL", Side::kSell, "2", Purpose::kCloseToFlip),
                                           order("AAPL", Side::kSell, "1", Purpose::kOpenFlipped),
                                           order("MSFT", Side::kBuy, "3.5")};
const std::vector<std::vector<StrategyShare>> kShares = {
    {share("momentum", "0.000051219"), share("value", "1.999948781")},
    {share("_account", "1")},
    {}};

TEST(PlannedSharesTest, HasARowForEachOwnerOfAnOrder) {
  OutputSet outputs;
  save_planned_shares(outputs, kOrders, kShares, "s.csv");
  EXPECT_EQ(bytes_of(outputs),
            "symbol,side,leg,strategy_id,qty\n"
            "AAPL,SELL,1,momentum,0.000051219\n"
            "AAPL,SELL,1,value,1.999948781\n"
            "AAPL,SELL,2,_account,1\n");
}

TEST(PlannedSharesTest, ReadsBackInTheOrderOfTheOrders) {
  MemoryFiles files;
  OutputSet outputs;
  save_planned_shares(outputs, kOrders, kShares, "s.csv");
  ASSERT_TRUE(outputs.commit(files).ok());
  const auto read = inputs::read_planned_shares(files, "s.csv", kOrders);
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read.value().size(), 3u);
  EXPECT_EQ(split_text(read.value()[0]), "momentum:0.000051219;value:1.999948781");
  EXPECT_EQ(split_text(read.value()[1]), "_account:1");
  EXPECT_EQ(split_text(read.value()[2]), "");
}

TEST(PlannedSharesTest, RefusesWhatBelongsToNoOrderAndWhatIsNoShare) {
  const std::string header = "symbol,side,leg,strategy_id,qty\n";
  const std::pair<const char*, const char*> cases[] = {
      {"TSLA,BUY,1,value,1\n", "s.csv:2: symbol: no order of the plan is for TSLA; plan again"},
      {"AAPL,BUY,1,value,1\n", "s.csv:2: symbol: no order of the plan is for AAPL"},
      {"MSFT,BUY,2,value,1\n", "s.csv:2: symbol: no order of the plan is for MSFT"},
      {"AAPL,SELL,3,value,1\n", "s.csv:2: leg: '3' is no leg; it is 1 or 2"},
      {"AAPL,SELL,1,value,0\n", "s.csv:2: qty: quantity is 0, it must be above 0"},
      {"AAPL,SELL,1,my strategy,1\n", "s.csv:2: strategy_id: strategy id 'my strategy'"}};
  for (const auto& [row, message] : cases) {
    MemoryFiles files;
    files.contents["s.csv"] = header + row;
    const auto read = inputs::read_planned_shares(files, "s.csv", kOrders);
    ASSERT_FALSE(read.ok()) << row;
    EXPECT_THAT(read.error().message, HasSubstr(message));
  }
}

// ---- planned_moves.csv ----

const std::vector<SleeveMove> kMoves = {{.from = StrategyId("_account"),
                                         .to = StrategyId("value"),
                                         .symbol = std::nullopt,
                                         .cash = usd("57000"),
                                         .reason = "opening"},
                                        {.from = StrategyId("value"),
                                         .to = StrategyId("momentum"),
                                         .symbol = sym("MSFT"),
                                         .quantity = qty("70.097951219"),
                                         .price = price("410"),
                                         .cash = usd("28740.16"),
                                         .reason = "crossed"}};

TEST(PlannedMovesTest, ReadBackAsTheyWere) {
  MemoryFiles files;
  OutputSet outputs;
  save_planned_moves(outputs, kMoves, "m.csv");
  EXPECT_EQ(bytes_of(outputs),
            "reason,from,to,symbol,qty,price,cash\n"
            "opening,_account,value,,,,57000\n"
            "crossed,value,momentum,MSFT,70.097951219,410,28740.16\n");
  ASSERT_TRUE(outputs.commit(files).ok());
  const auto read = inputs::read_planned_moves(files, "m.csv");
  ASSERT_TRUE(read.ok()) << read.error().message;
  OutputSet again;
  save_planned_moves(again, read.value(), "m.csv");
  EXPECT_EQ(bytes_of(again), bytes_of(outputs));
  EXPECT_TRUE(read.value()[0].quantity.is_zero());
}

TEST(PlannedMovesTest, SharesWithoutAPriceAreNoMove) {
  MemoryFiles files;
  files.contents["m.csv"] = "reason,from,to,symbol,qty,price,cash\ncrossed,a,b,MSFT,1,,5\n";
  const auto read = inputs::read_planned_moves(files, "m.csv");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message,
            "m.csv:2: symbol: symbol, qty and price stand together or not at all");
}

// ---- target_contributions ----

TEST(ContributionsFileTest, ReadsBackWithItsQuarantine) {
  const Contributions written{kDate,
                              {{AssetId("2"), StrategyId("value"), kDate, 0.25, 0.6, 0.15},
                               {AssetId("10"), StrategyId("momentum"), kDate, 1, 0.4, 0.4},
                               {AssetId("10"), StrategyId("value"), kDate, 0.75, 0.6, 0.45}},
                              {{StrategyId("drl"), "strategy drl (drl.csv): \"old\", by 8 days"}}};
  MemoryFiles files;
  OutputSet outputs;
  save_contributions(outputs, written, "data/targets.csv");
  ASSERT_EQ(outputs.paths()[0], "data/target_contributions_20250829.csv");
  ASSERT_TRUE(outputs.commit(files).ok());
  const auto read =
      inputs::load_contributions(files, contributions_path("data/targets.csv", kDate));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().trade_date, kDate);
  ASSERT_EQ(read.value().held.size(), 1u);
  EXPECT_EQ(read.value().held[0].reason, written.held[0].reason);
  OutputSet again;
  save_contributions(again, read.value(), "data/targets.csv");
  EXPECT_EQ(bytes_of(again), bytes_of(outputs));
  EXPECT_THAT(
      bytes_of(outputs),
      HasSubstr("\n2025-08-29,*,drl,,,,,\"strategy drl (drl.csv): \"\"old\"\", by 8 days\""));
}

TEST(ContributionsFileTest, ReadsAFileOfBeforeTheQuarantine) {
  MemoryFiles files;
  files.contents["c.csv"] =
      "trade_date,asset_id,strategy_id,signal_date,strategy_weight,blend_weight,contribution\n"
      "2025-08-29,10,value,2025-08-28,0.5,1,0.5\n2025-08-29,2,value,2025-08-28,0.5,1,0.5\n";
  const auto read = inputs::load_contributions(files, "c.csv");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().rows[0].asset_id.get(), "2");  // sorted as assets are
  EXPECT_TRUE(read.value().held.empty());
}

TEST(ContributionsFileTest, RefusesWhatIsNotOneDaysContributions) {
  const std::string header =
      "trade_date,asset_id,strategy_id,signal_date,strategy_weight,blend_weight,contribution\n";
  const std::string row = "2025-08-29,10,value,2025-08-28,0.5,1,0.5\n";
  const std::pair<std::string, const char*> cases[] = {
      {"", "c.csv: has no row; run signals again"},
      {row + row, "c.csv: asset '10' of strategy value stands twice; run signals again"},
      {row + "2025-08-30,11,value,2025-08-28,0.5,1,0.5\n",
       "c.csv:3: trade_date: 2025-08-30 differs from 2025-08-29 above"},
      {"2025-08-29,10,value,2025-08-28,0.5,1,nan\n", "c.csv:2: contribution"}};
  for (const auto& [rows, message] : cases) {
    MemoryFiles files;
    files.contents["c.csv"] = header + rows;
    const auto read = inputs::load_contributions(files, "c.csv");
    ASSERT_FALSE(read.ok()) << rows;
    EXPECT_THAT(read.error().message, HasSubstr(message));
  }
}

// ---- The sleeves at the end of a day ----

TEST(SleevesFileTest, HasARowForEachSleeveAndForEachOfItsPositions) {
  const SleevePosition aapl{sym("AAPL"), qty("142.5"), usd("28500")};
  const SleevePosition mine{sym("MINE"), qty("-3"), usd("0")};
  const std::vector<SleeveResult> results = {{.strategy_id = account_sleeve(),
                                              .cash = usd("5000"),
                                              .market_value = usd("-30"),
                                              .equity = usd("4970"),
                                              .capital_moved = usd("-57000"),
                                              .profit = usd("61970"),
                                              .profit_pct = std::nullopt,
                                              .realised = usd("0"),
                                              .income = usd("-0.07"),
                                              .positions = {{mine, price("10"), usd("-30")}}},
                                             {.strategy_id = StrategyId("value"),
                                              .cash = usd("16.5"),
                                              .market_value = usd("28500"),
                                              .equity = usd("28516.5"),
                                              .capital_moved = usd("28000"),
                                              .profit = usd("516.5"),
                                              .profit_pct = 1.5,
                                              .realised = usd("500"),
                                              .income = usd("16.5"),
                                              .positions = {{aapl, std::nullopt, usd("28500")}}}};
  OutputSet outputs;
  save_sleeves(outputs, results, kDate, "out");
  EXPECT_EQ(outputs.paths(), (std::vector<std::string>{"out/sleeves_20250829.csv",
                                                       "out/sleeve_positions_20250829.csv"}));
  EXPECT_EQ(bytes_of(outputs, 0),
            "strategy_id,cash,market_value,equity,capital_moved,profit,profit_pct,realised,income\n"
            "_account,5000,-30,4970,-57000,,,,-0.07\n"
            "value,16.5,28500,28516.5,28000,516.5,1.5,500,16.5\n");
  EXPECT_EQ(bytes_of(outputs, 1),
            "strategy_id,symbol,qty,price,market_value,cost\n"
            "_account,MINE,-3,10,-30,\n"
            "value,AAPL,142.5,,28500,28500\n");
}

TEST(FilledOrdersTest, SaysWhoseTheSharesOfAnExecutionAre) {
  const Fill fill{.execution_id = "e1",
                  .order_id = OrderId("o1"),
                  .client_order_id = ClientOrderId("c1"),
                  .symbol = sym("MSFT"),
                  .side = Side::kBuy,
                  .quantity = qty("3"),
                  .price = price("400"),
                  .at = Instant::start_of(kDate)};
  const std::vector<Fill> fills = {fill, fill};
  const std::vector<std::vector<StrategyShare>> shares = {
      {share("momentum", "1.2"), share("value", "1.8")}, {}};
  OutputSet outputs;
  save_filled_orders(outputs, fills, "f.csv", shares);
  EXPECT_THAT(bytes_of(outputs),
              HasSubstr("\ne1,o1,c1,MSFT,BUY,3,400,2025-08-29T00:00:00Z,momentum:1.2;value:1.8\n"
                        "e1,o1,c1,MSFT,BUY,3,400,2025-08-29T00:00:00Z,\n"));
}

}  // namespace
}  // namespace signalbus::report
