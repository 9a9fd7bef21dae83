// Goal: days to liquidate and capacity are what a pencil makes of them, and a volume that nobody
// knows is never a zero.
// Method: books of one or two names with hand-counted volumes; the capacity is put back into its
// definition.
#include "analytics/liquidity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "analytics/testing.h"

namespace signalbus::analytics {
namespace {

using namespace testing;
using ::testing::HasSubstr;

const TradeDate kDay = date("2024-03-15");

/// Held in the evening, at its value.
NamePnl held(std::string_view symbol, std::string_view value) {
  return {.symbol = sym(symbol),
          .opening = qty("1"),
          .closing = qty("1"),
          .overnight = Money::zero(),
          .trading = Money::zero(),
          .dividends = Money::zero(),
          .corporate = Money::zero(),
          .bought = Money::zero(),
          .sold = Money::zero(),
          .market_value = usd(value)};
}

AccountDay day_with(std::vector<NamePnl> names) {
  return {.pnl = {.date = kDay, .names = std::move(names), .receivables = {}, .breaks = {}},
          .equity = {.date = kDay, .before = Money::zero(), .after = Money::zero()},
          .ret = {.date = kDay, .value = 0, .defined = true, .large_flow = false},
          .exposure = {},
          .turnover = {0, 0, 0},
          .recon = {}};
}

/// Of consecutive days up to and with `last`, newest last.
std::vector<SessionVolume> volumes(std::string_view symbol, TradeDate last,
                                   const std::vector<std::string>& shares) {
  std::vector<SessionVolume> out;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const int before = static_cast<int>(shares.size() - 1 - i);
    out.push_back({sym(symbol), last.plus_days(-before), qty(shares[i]), price("10")});
  }
  return out;
}

TEST(LiquidityTest, TheFiveSessionsBeforeTheDayCountAndTheSlowestNameDecides) {
  // 100,000 USD and a fifth of a mean of 50,000 USD a day: 10 days. The sixth session back and the
  // day itself are enormous and must not count.
  auto market =
      volumes("AAA", kDay, {"9000000", "4000", "5000", "6000", "3000", "7000", "9000000"});
  const auto other = volumes("BBB", kDay.plus_days(-1), {"100", "100", "100", "100", "100"});
  market.insert(market.end(), other.begin(), other.end());

  const auto book =
      liquidity_of(day_with({held("AAA", "100000"), held("BBB", "-600")}), market).value();

  ASSERT_EQ(book.names.size(), 2U);
  EXPECT_DOUBLE_EQ(book.names[0].days, 10);
  EXPECT_DOUBLE_EQ(book.names[1].days, 3);  // 600 / (0.2 x 1000), a short position as well
  EXPECT_DOUBLE_EQ(book.days, 10);
  EXPECT_EQ(book.slowest, "AAA");
  EXPECT_EQ(book.reason, "");
}

TEST(LiquidityTest, ANameOfUnknownVolumeMakesTheBookUnknown) {
  const auto market = volumes("AAA", kDay.plus_days(-1), {"100", "100", "100", "100", "100"});

  const auto book =
      liquidity_of(day_with({held("AAA", "600"), held("BBB", "600")}), market).value();

  EXPECT_DOUBLE_EQ(book.names[0].days, 3);
  EXPECT_TRUE(std::isnan(book.names[1].days));
  EXPECT_TRUE(std::isnan(book.days));
  EXPECT_EQ(book.reason,
            "BBB has the volume of 0 sessions shortly before 2024-03-15, needs 5; add them with "
            "`signalbus prices`");
}

TEST(LiquidityTest, OldVolumesAreNone) {
  const auto old = volumes("AAA", kDay.plus_days(-11), {"100", "100", "100", "100", "100"});
  const auto book = liquidity_of(day_with({held("AAA", "600")}), old).value();
  EXPECT_TRUE(std::isnan(book.days));
  EXPECT_THAT(book.reason, HasSubstr("AAA has the volume of 4 sessions"));
}

TEST(LiquidityTest, AnEmptyBookSaysSo) {
  EXPECT_EQ(liquidity_of(day_with({}), {}).value().reason, "nothing is held");
}

TEST(CapacityTest, ThePenaltyIsTheSquareOfTheShareOfVolume) {
  // 0.1^2 x 0.1 x 10,000 = 10 and 0.02^2 x 0.1 x 50,000 = 2, of 200,000.
  const std::vector<TradedShare> trades = {{0.1, usd("10000")}, {0.02, usd("50000")}};
  EXPECT_DOUBLE_EQ(impact_penalty(trades, usd("200000")), 12.0 / 200'000);
  EXPECT_EQ(impact_penalty({}, Money::zero()), 0);
}

TEST(CapacityTest, AConstantPenaltyHalvesTheRatioWhenItTakesHalfTheMean) {
  // Mean 0.002, penalty 0.00025 each day: the deviation stays, so k^2 x 0.00025 = 0.001, k = 2.
  const std::vector<double> returns = {0.012, -0.008, 0.004, 0.0};
  const std::vector<double> penalties(4, 0.00025);
  EXPECT_NEAR(half_sharpe_scale(returns, penalties), 2, 1e-12);
}

TEST(CapacityTest, WithoutARatioToHalveOrACostThereIsNone) {
  const std::vector<double> gains = {0.01, 0.03};
  const std::vector<double> losses = {-0.01, 0.005};
  const std::vector<double> costs = {0.001, 0.002};
  EXPECT_TRUE(std::isnan(half_sharpe_scale(losses, costs)));
  EXPECT_TRUE(std::isnan(half_sharpe_scale(gains, std::vector<double>(2, 0.0))));
  EXPECT_TRUE(
      std::isnan(half_sharpe_scale(std::vector<double>(3, 0.01), std::vector<double>(3, 0.001))));
  EXPECT_TRUE(std::isnan(half_sharpe_scale({}, {})));
}

RC_GTEST_PROP(CapacityTest, AtTheScaleTheRatioIsHalf, (const std::vector<std::uint8_t>& raw)) {
  std::vector<double> returns;
  std::vector<double> penalties;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    returns.push_back((raw[i] - 100.0) / 5000);
    penalties.push_back(static_cast<double>(raw[i] % 7) * 1e-5);
  }
  const double scale = half_sharpe_scale(returns, penalties);
  if (!std::isfinite(scale)) {
    const Moments moments = moments_of(returns);
    const Moments costs = moments_of(penalties);
    RC_ASSERT(raw.size() < 2 || moments.mean <= 0 || costs.mean <= 0 || moments.constant());
    return;
  }
  std::vector<double> reduced;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    reduced.push_back(returns[i] - scale * scale * penalties[i]);
  }
  const double half = sharpe(moments_of(returns), 0) / 2;
  RC_ASSERT(std::abs(sharpe(moments_of(reduced), 0) - half) <= 1e-9 * (1 + half));
}

}  // namespace
}  // namespace signalbus::analytics
