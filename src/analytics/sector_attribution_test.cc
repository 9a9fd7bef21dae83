// Goal: every difference to the benchmark is in exactly one effect, and a benchmark that cannot be
// counted says why.
// Method: days with hand-counted effects; a property over random days.
#include "analytics/sector_attribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>

#include "analytics/testing.h"

namespace signalbus::analytics {
namespace {

using namespace testing;
using ::testing::HasSubstr;

const TradeDate kEvening = date("2024-03-01");

/// One name's part of a day: what it was worth the evening before, and what became of it.
NamePnl name_day(std::string_view symbol, std::string_view before, std::string_view overnight) {
  const Money value = usd(before) + usd(overnight);
  return {.symbol = sym(symbol),
          .opening = qty("1"),
          .closing = qty("1"),
          .overnight = usd(overnight),
          .trading = Money::zero(),
          .dividends = Money::zero(),
          .corporate = Money::zero(),
          .bought = Money::zero(),
          .sold = Money::zero(),
          .market_value = value};
}

/// A day that begins with 10,000 USD; its return is what its parts and `other` make.
AccountDay day_of(TradeDate day, std::vector<NamePnl> names, Money interest = Money::zero(),
                  Money fees = Money::zero(), Money other = Money::zero()) {
  AccountDay out{.pnl = {.date = day,
                         .names = std::move(names),
                         .interest = interest,
                         .fees = fees,
                         .receivables = {},
                         .breaks = {}},
                 .equity = {.date = day, .before = usd("10000"), .after = usd("10000")},
                 .ret = {.date = day, .value = 0, .defined = true, .large_flow = false},
                 .exposure = {},
                 .turnover = {0, 0, 0},
                 .recon = {}};
  Money sum = interest + fees + other;
  for (const NamePnl& name : out.pnl.names) sum += name.pnl();
  out.ret.value = sum.to_double() / 10000;
  return out;
}

NameClose close_of(std::string_view symbol, TradeDate day, std::string_view at) {
  return {sym(symbol), day, price(at)};
}

/// Half AAA (Energy), half BBB (Technology): +10 % and -2 % on the first day.
PerformanceFacts half_and_half() {
  PerformanceFacts facts;
  facts.sectors = {{sym("AAA"), "Energy"}, {sym("BBB"), "Technology"}, {sym("CCC"), "Energy"}};
  facts.benchmark_parts = {
      .file = "weights.csv",
      .weights = {{kEvening, sym("AAA"), 0.5, ""}, {kEvening, sym("BBB"), 0.5, ""}},
      .closes = {close_of("AAA", kEvening, "100"), close_of("AAA", kEvening.plus_days(3), "110"),
                 close_of("BBB", kEvening, "50"), close_of("BBB", kEvening.plus_days(3), "49")}};
  return facts;
}

const SectorEffects& row_of(const SectorAttribution& made, std::string_view sector) {
  for (const SectorEffects& row : made.rows) {
    if (row.sector == sector) return row;
  }
  ADD_FAILURE() << "no row " << sector;
  return made.rows.front();
}

double sum_of(const SectorAttribution& made) {
  double sum = 0;
  for (const SectorEffects& row : made.rows) sum += row.effects.total();
  return sum;
}

TEST(SectorAttributionTest, ADayAsAPencilCountsIt) {
  // 60 % in CCC (Energy), which gains 20 %; the rest is cash. The benchmark makes 4 %.
  const auto made = attribute_to_benchmark(
      {day_of(kEvening.plus_days(3), {name_day("CCC", "6000", "1200")})}, half_and_half());

  ASSERT_EQ(made.reason, "");
  EXPECT_NEAR(made.ret, 0.12, 1e-15);
  EXPECT_NEAR(made.benchmark_ret, 0.04, 1e-15);
  const SectorEffects& energy = row_of(made, "Energy");
  EXPECT_NEAR(energy.weight, 0.6, 1e-15);
  EXPECT_NEAR(energy.benchmark_weight, 0.5, 1e-15);
  EXPECT_NEAR(energy.effects.allocation, 0.1 * 0.06, 1e-15);
  EXPECT_NEAR(energy.effects.selection, 0.5 * 0.1, 1e-15);
  EXPECT_NEAR(energy.effects.interaction, 0.1 * 0.1, 1e-15);
  EXPECT_NEAR(row_of(made, "Technology").effects.allocation, -0.5 * -0.06, 1e-15);
  EXPECT_NEAR(row_of(made, "_cash").effects.allocation, 0.4 * -0.04, 1e-15);
  EXPECT_EQ(made.rows.size(), 3U);
  EXPECT_NEAR(sum_of(made), 0.08, 1e-15);
}

TEST(SectorAttributionTest, MoneyThatADayInvestsWorksInItsSectorAndCostsAreRows) {
  NamePnl bought = name_day("AAA", "0", "0");
  bought.opening = Quantity::zero();
  bought.bought = usd("5000");
  bought.trading = usd("100");
  bought.market_value = usd("5100");
  NamePnl round_trip = name_day("BBB", "0", "0");  // no weight, yet a gain
  round_trip.opening = round_trip.closing = Quantity::zero();
  round_trip.bought = usd("300");
  round_trip.sold = usd("320");
  round_trip.trading = usd("20");

  const auto made = attribute_to_benchmark(
      {day_of(kEvening.plus_days(3), {bought, round_trip}, usd("1"), usd("-3"), usd("7"))},
      half_and_half());

  ASSERT_EQ(made.reason, "");
  EXPECT_NEAR(row_of(made, "Energy").weight, 0.5, 1e-15);
  EXPECT_NEAR(row_of(made, "Energy").effects.selection, 0.5 * (0.02 - 0.1), 1e-15);
  EXPECT_NEAR(row_of(made, "_trading").effects.selection, 0.002, 1e-15);
  EXPECT_NEAR(row_of(made, "_fees").effects.selection, -0.0003, 1e-15);
  EXPECT_NEAR(row_of(made, "_other").effects.selection, 0.0007, 1e-15);
  EXPECT_NEAR(sum_of(made), made.ret - made.benchmark_ret, 1e-15);
}

TEST(SectorAttributionTest, AFundStandsForTheSectorThatItsRowNames) {
  PerformanceFacts facts = half_and_half();
  facts.benchmark_parts.weights[1].sector = "Energy";  // BBB is a fund of energy shares here
  const auto made = attribute_to_benchmark(
      {day_of(kEvening.plus_days(3), {name_day("CCC", "10000", "400")})}, facts);
  EXPECT_NEAR(row_of(made, "Energy").benchmark_weight, 1, 1e-15);
  EXPECT_NEAR(sum_of(made), 0, 1e-15);
}

TEST(SectorAttributionTest, WithoutACloseThereIsNothingAndTheReasonNamesIt) {
  PerformanceFacts facts = half_and_half();
  facts.benchmark_parts.closes.pop_back();
  const std::vector<AccountDay> days = {day_of(kEvening.plus_days(3), {})};
  const auto made = attribute_to_benchmark(days, facts);
  EXPECT_TRUE(made.rows.empty());
  EXPECT_EQ(made.reason,
            "data/market has no close of BBB on 2024-03-04, which weights.csv has; add it with "
            "`signalbus prices --start 2024-03-04`");

  facts.benchmark_parts.closes.push_back(close_of("BBB", kEvening.plus_days(3), "25"));
  EXPECT_THAT(attribute_to_benchmark(days, facts).reason, HasSubstr("may be a split"));
  facts.benchmark_parts.weights.clear();
  EXPECT_THAT(attribute_to_benchmark(days, facts).reason, HasSubstr("no weights before"));
  facts.benchmark_parts.file.clear();
  EXPECT_THAT(attribute_to_benchmark(days, facts).reason, HasSubstr("analytics.benchmark_weights"));
}

TEST(SectorAttributionTest, DaysBeforeTheFirstWeightsAreLeftOut) {
  PerformanceFacts facts = half_and_half();
  const auto made = attribute_to_benchmark(
      {day_of(kEvening.plus_days(-1), {}), day_of(kEvening, {name_day("AAA", "1000", "500")}),
       day_of(kEvening.plus_days(3), {})},
      facts);
  EXPECT_EQ(made.first, kEvening.plus_days(3));
  EXPECT_EQ(made.days, 1U);
  EXPECT_EQ(made.ret, 0);
}

/// A number of -120..120 made of a byte.
int small(std::uint8_t byte) { return static_cast<int>(byte) % 241 - 120; }

RC_GTEST_PROP(SectorAttributionTest, TheEffectsAreTheWholeDifference,
              (const std::vector<std::array<std::uint8_t, 8>>& raw)) {
  RC_PRE(!raw.empty());
  PerformanceFacts facts = half_and_half();
  facts.benchmark_parts.weights = {{kEvening, sym("AAA"), 0.4, ""},
                                   {kEvening, sym("BBB"), 0.5, ""},
                                   {kEvening, std::nullopt, 0.1, ""}};
  facts.benchmark_parts.closes = {close_of("AAA", kEvening, "50"), close_of("BBB", kEvening, "50")};
  std::vector<AccountDay> days;
  std::array<double, 2> level = {50, 50};
  double growth = 1;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const auto& bytes = raw[i];
    const TradeDate day = kEvening.plus_days(static_cast<int>(i) + 1);
    for (std::size_t s = 0; s < 2; ++s) {
      // 38 to 62: never so far apart that it would look like a split.
      const std::int64_t cents = 5000 + 10 * small(bytes[s]);
      level[s] = static_cast<double>(cents) / 100;
      facts.benchmark_parts.closes.push_back(
          {sym(s == 0 ? "AAA" : "BBB"), day, Price::from_raw(cents * 10'000'000)});
    }
    NamePnl energy = name_day("CCC", std::to_string(40 * small(bytes[2])), "0");
    energy.overnight = Money::whole(small(bytes[3]));
    energy.bought = Money::whole(20 * bytes[4]);
    energy.sold = Money::whole(10 * bytes[5]);
    energy.trading = Money::whole(small(bytes[6]));
    if (bytes[7] % 2 == 0) energy.closing = qty("2");
    energy.market_value += energy.overnight + energy.trading + energy.bought - energy.sold;
    days.push_back(day_of(day, {energy}, Money::whole(bytes[7] % 5), Money::whole(-(bytes[7] % 3)),
                          Money::whole(bytes[7] % 2)));
    growth *= 1 + days.back().ret.value;
  }
  std::sort(facts.benchmark_parts.closes.begin(), facts.benchmark_parts.closes.end(),
            [](const NameClose& a, const NameClose& b) {
              return std::pair(a.symbol, a.date) < std::pair(b.symbol, b.date);
            });

  const SectorAttribution made = attribute_to_benchmark(days, facts);

  RC_ASSERT(made.reason == "");
  // Bought and held from the first evening on.
  const double held = 0.4 * level[0] / 50 + 0.5 * level[1] / 50 + 0.1;
  RC_ASSERT(std::abs(made.ret - (growth - 1)) <= 1e-12 * (1 + growth));
  RC_ASSERT(std::abs(made.benchmark_ret - (held - 1)) <= 1e-11);
  RC_ASSERT(std::abs(sum_of(made) - (made.ret - made.benchmark_ret)) <= 1e-11);
}

}  // namespace
}  // namespace signalbus::analytics
