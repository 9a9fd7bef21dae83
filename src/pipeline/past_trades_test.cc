// Goal: each fill, crossing and flow counts on the day whose evening books were the first to
// contain it, and on no other.
#include "pipeline/past_trades.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbus::pipeline {
namespace {

Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }
TradeDate day(std::string_view text) { return TradeDate::parse(text).value(); }
Quantity qty(std::string_view text) { return Quantity::parse(text).value(); }

const std::vector<TradeDate> kDays = {day("2024-03-04"), day("2024-03-05"), day("2024-03-06")};

SleeveEntry fill_entry(const char* batch, const char* at, Side side, const char* quantity,
                       std::vector<StrategyShare> shares = {}) {
  Fill fill{.execution_id = std::string(at) + quantity,
            .order_id = OrderId("o"),
            .client_order_id = ClientOrderId(batch),
            .symbol = sym("KO"),
            .side = side,
            .quantity = qty(quantity),
            .price = Price::whole(60),
            .at = Instant::parse(at).value()};
  return {BatchId(batch), std::nullopt, std::move(fill), std::move(shares)};
}

/// Books of the days with so many KO each.
struct World {
  std::vector<EodBook> books;
  analytics::PerformanceFacts facts;

  explicit World(const std::vector<const char*>& held, bool has_opening = false) {
    for (std::size_t i = 0; i < held.size(); ++i) {
      const TradeDate date = has_opening ? (i == 0 ? day("2024-03-01") : kDays[i - 1]) : kDays[i];
      EodBook book{.run_date = date,
                   .positions = {},
                   .cash = Money::zero(),
                   .equity = Money::zero(),
                   .source = {}};
      book.positions.push_back({.symbol = sym("KO"),
                                .quantity = qty(held[i]),
                                .price = std::nullopt,
                                .market_value = Money::zero(),
                                .weight_percentage = 0,
                                .asset_id = AssetId(""),
                                .avg_entry_price = std::nullopt});
      books.push_back(std::move(book));
      if (has_opening && i == 0) continue;
      facts.days.push_back({.facts = {.date = date}});
    }
    opening = has_opening;
  }
  void put(std::vector<SleeveEntry> entries, std::vector<KeptFlow> flows = {},
           Mode mode = Mode::kPaper) {
    put_into_days(past_trades(entries, mode).value(), flows, books, opening, facts);
  }
  std::vector<std::size_t> fills_per_day() const {
    std::vector<std::size_t> out;
    for (const auto& one : facts.days) out.push_back(one.facts.fills.size());
    return out;
  }

  bool opening = false;
};

using ::testing::ElementsAre;

TEST(PastTradesTest, AFillCountsOnItsDay) {
  World world({"10", "7", "7"});
  world.put({fill_entry("20240304-1", "2024-03-04T15:00:00Z", Side::kBuy, "10"),
             fill_entry("20240305-1", "2024-03-05T15:00:00Z", Side::kSell, "3")});
  EXPECT_THAT(world.fills_per_day(), ElementsAre(1U, 1U, 0U));
}

TEST(PastTradesTest, AFillThatTheEveningDoesNotContainBelongsToTheNextDay) {
  World world({"10", "7", "2"});
  world.put({fill_entry("20240304-1", "2024-03-04T15:00:00Z", Side::kBuy, "10"),
             fill_entry("20240305-1", "2024-03-05T14:40:00Z", Side::kSell, "3"),
             fill_entry("20240305-1", "2024-03-05T19:00:00Z", Side::kSell, "5")});
  EXPECT_THAT(world.fills_per_day(), ElementsAre(1U, 1U, 1U));
  EXPECT_EQ(world.facts.days[2].facts.fills[0].quantity, qty("5"));
}

TEST(PastTradesTest, WhenNoChoiceOfFillsFitsAllStayAndTheBreakIsForOthersToName) {
  World world({"10", "6", "6"});
  world.put({fill_entry("20240304-1", "2024-03-04T15:00:00Z", Side::kBuy, "10"),
             fill_entry("20240305-1", "2024-03-05T14:40:00Z", Side::kSell, "3")});
  EXPECT_THAT(world.fills_per_day(), ElementsAre(1U, 1U, 0U));
}

TEST(PastTradesTest, NewYorksDayCountsAndInDryTheRunDate) {
  const auto late = fill_entry("20240304-1", "2024-03-05T02:00:00Z", Side::kBuy, "10");
  World paper({"10", "10", "10"});
  paper.put({late});
  EXPECT_THAT(paper.fills_per_day(), ElementsAre(1U, 0U, 0U));
  World dry({"10", "10", "10"});
  dry.put({fill_entry("20240304-1", "2026-01-01T02:00:00Z", Side::kBuy, "10")}, {}, Mode::kDry);
  EXPECT_THAT(dry.fills_per_day(), ElementsAre(1U, 0U, 0U));
}

TEST(PastTradesTest, OfADryDayThatRanTwiceTheLastBatchCounts) {
  World world({"4", "4", "4"});
  world.put({fill_entry("20240304-1", "2024-03-04T15:00:00Z", Side::kBuy, "10"),
             fill_entry("20240304-2", "2024-03-04T16:00:00Z", Side::kBuy, "4")},
            {}, Mode::kDry);
  ASSERT_THAT(world.fills_per_day(), ElementsAre(1U, 0U, 0U));
  EXPECT_EQ(world.facts.days[0].facts.fills[0].quantity, qty("4"));
}

TEST(PastTradesTest, EachStrategyGetsItsPartOfAFillAndBothSidesOfACrossing) {
  World world({"10", "10", "10"});
  const std::vector<StrategyShare> shares = {{StrategyId("x"), qty("4")},
                                             {StrategyId("y"), qty("6")}};
  const SleeveMove move{.from = StrategyId("y"),
                        .to = StrategyId("x"),
                        .symbol = sym("KO"),
                        .quantity = qty("2"),
                        .price = Price::whole(60),
                        .cash = Money::whole(120),
                        .reason = "crossed"};
  const SleeveEntry crossing{BatchId("20240305-1"), move, std::nullopt, {}};
  world.put({fill_entry("20240304-1", "2024-03-04T15:00:00Z", Side::kBuy, "5", shares), crossing});

  const auto& first = world.facts.days[0].trades;
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].quantity, qty("2"));
  EXPECT_EQ(first[0].cash, Money::whole(-120));
  EXPECT_EQ(first[1].quantity, qty("3"));
  const auto& second = world.facts.days[1].trades;
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second[0].quantity, qty("-2"));
  EXPECT_EQ(second[1].cash, Money::whole(-120));
}

TEST(PastTradesTest, TradesBeforeTheOpeningBooksAreWhatStrategiesHold) {
  World world({"10", "10", "10", "10"}, true);
  const std::vector<StrategyShare> shares = {{StrategyId("x"), qty("10")}};
  world.put({fill_entry("20240301-1", "2024-03-01T15:00:00Z", Side::kBuy, "10", shares)});
  EXPECT_THAT(world.fills_per_day(), ElementsAre(0U, 0U, 0U));
  ASSERT_EQ(world.facts.before.size(), 1U);
  EXPECT_EQ(world.facts.before[0].quantity, qty("10"));
}

KeptFlow flow(const char* dated, const char* seen) {
  return {{.id = dated,
           .kind = CashFlowKind::kFee,
           .word = "FEE",
           .symbol = std::nullopt,
           .cash = Money::whole(-1),
           .date = day(dated)},
          day(seen)};
}

TEST(PastTradesTest, AFlowCountsWhenTheBooksFirstHadIt) {
  World world({"0", "0", "0"});
  world.put({}, {flow("2024-03-04", "2024-03-05"), flow("2024-03-06", "2024-03-06"),
                 flow("2024-03-06", "2024-03-07")});
  EXPECT_EQ(world.facts.days[0].facts.flows.size(), 0U);
  EXPECT_EQ(world.facts.days[1].facts.flows.size(), 1U);
  EXPECT_EQ(world.facts.days[2].facts.flows.size(), 1U);  // the last one is of a later day
}

TEST(PastTradesTest, WhatTheFirstLookFindsOfTheTimeBeforeIsInItsBooks) {
  World world({"0", "0", "0"});
  world.put({}, {flow("2024-02-20", "2024-03-04"), flow("2024-03-04", "2024-03-04")});
  EXPECT_EQ(world.facts.days[0].facts.flows.size(), 1U);
}

}  // namespace
}  // namespace signalbus::pipeline
