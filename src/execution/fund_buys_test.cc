// Goal: buys never cost more than there is, all shrink alike, and money that suffices changes
// nothing. Method: cases by hand; the bound as a property with its own arithmetic.
#include "execution/fund_buys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace signalbus::execution {
namespace {

using ::testing::ElementsAre;

Buy limit_buy(std::int64_t shares, std::int64_t price, int decimals = 0) {
  return {Quantity::whole(shares), Price::whole(price), false, decimals};
}

Funds cash(std::int64_t usd) {
  return {Money::whole(usd), std::nullopt, Money::zero(), Money::zero()};
}

TEST(FitBuysTest, WhatIsPaidForStaysAsPlanned) {
  const std::vector<Buy> buys{limit_buy(10, 10), limit_buy(5, 20)};
  EXPECT_THAT(fit_buys(buys, cash(200), Money::whole(1)),
              ElementsAre(Quantity::whole(10), Quantity::whole(5)));
}

TEST(FitBuysTest, AllShrinkByOneFactorToTheirLots) {
  const std::vector<Buy> buys{limit_buy(10, 10), limit_buy(5, 20), limit_buy(5, 20, 2)};
  // 150 of 300 USD: half of each; 2.5 shares become 2 whole ones, or stay 2.5 in hundredths.
  EXPECT_THAT(fit_buys(buys, cash(150), Money::whole(1)),
              ElementsAre(Quantity::whole(5), Quantity::whole(2), Quantity::parse("2.5").value()));
}

TEST(FitBuysTest, FloorAndOpenBuysComeOffTheCash) {
  const std::vector<Buy> buys{limit_buy(10, 10)};
  const Funds funds{Money::whole(200), std::nullopt, Money::whole(60), Money::whole(90)};
  EXPECT_THAT(fit_buys(buys, funds, Money::whole(1)), ElementsAre(Quantity::whole(5)));
}

TEST(FitBuysTest, MarketBuysNeedTheBrokersCollarOfBuyingPower) {
  const std::vector<Buy> buys{{Quantity::whole(100), Price::whole(10), true, 0}};
  Funds funds = cash(1'000);
  funds.buying_power = Money::whole(1'040);
  EXPECT_THAT(fit_buys(buys, funds, Money::whole(1)), ElementsAre(Quantity::whole(100)));
  funds.buying_power = Money::parse("1039.99").value();
  EXPECT_THAT(fit_buys(buys, funds, Money::whole(1)), ElementsAre(Quantity::whole(99)));
}

TEST(FitBuysTest, WhatShrinksBelowTheMinimumIsNotBought) {
  const std::vector<Buy> buys{limit_buy(100, 10), limit_buy(1, 1, 4)};
  EXPECT_THAT(fit_buys(buys, cash(500), Money::whole(1)),
              ElementsAre(Quantity::whole(49), Quantity::zero()));
  EXPECT_THAT(fit_buys(buys, cash(-5), Money::whole(1)),
              ElementsAre(Quantity::zero(), Quantity::zero()));
}

TEST(FitBuysTest, TheMinimumCountsAtThePriceOfNow) {
  // Planned at 1.00 USD; the market is at 0.99 now, and the broker wants a dollar.
  Buy buy{Quantity::whole(1), Price::parse("0.99").value(), true, 4};
  EXPECT_THAT(fit_buys(std::vector{buy}, cash(500), Money::whole(1)),
              ElementsAre(Quantity::zero()));
  buy.covers = true;  // taking a short back has no minimum
  EXPECT_THAT(fit_buys(std::vector{buy}, cash(500), Money::whole(1)),
              ElementsAre(Quantity::whole(1)));
}

RC_GTEST_PROP(FitBuysTest, NeverCostMoreThanTheFundsNorGrow, ()) {
  std::vector<Buy> buys;
  for (int i = *rc::gen::inRange(0, 20); i > 0; --i) {
    buys.push_back({Quantity::from_raw(*rc::gen::inRange<std::int64_t>(1, 5'000'000'000'000)),
                    Price::from_raw(*rc::gen::inRange<std::int64_t>(1, 900'000'000'000)),
                    *rc::gen::arbitrary<bool>(), *rc::gen::inRange(0, 10)});
  }
  Funds funds = cash(*rc::gen::inRange<std::int64_t>(0, 1'000'000));
  funds.floor = Money::whole(*rc::gen::inRange<std::int64_t>(0, 1'000));
  const std::vector<Quantity> fitted = fit_buys(buys, funds, Money::whole(1));
  RC_ASSERT(fitted.size() == buys.size());
  long double cost = 0;
  bool changed = false;
  for (std::size_t i = 0; i < buys.size(); ++i) {
    RC_ASSERT(!fitted[i].is_negative() && fitted[i] <= buys[i].quantity);
    const bool crumb =
        fitted[i].is_zero() && buys[i].quantity.raw() * 1.0L * buys[i].price.raw() < 1e18L;
    changed = changed || (fitted[i] != buys[i].quantity && !crumb);
    cost += static_cast<long double>(fitted[i].raw()) * buys[i].price.raw() / 1e18L;
  }
  const long double free = (funds.cash.raw() - funds.floor.raw()) / 1e6L;
  if (changed) RC_ASSERT(cost <= std::max(free, 0.0L) + 1e-6L);
}

}  // namespace
}  // namespace signalbus::execution
