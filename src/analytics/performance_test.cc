// Goal: days in a row add up. Each begins where the one before ended, profit explains every cent,
// and the parts of every grouping are the whole.
// Method: small accounts worked out by hand, and accounts at random whose cash and positions are
// kept here, by other code than the code under test.
#include "analytics/performance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

#include "analytics/testing.h"
#include "analytics/watch_values.h"

namespace signalbus::analytics {
namespace {

using namespace testing;

const std::vector<std::string> kNames = {"AAA", "BBB", "CCC"};

Fill fill_of(Side side, std::string_view symbol, Quantity quantity, Price at, TradeDate day) {
  return {.execution_id = "e",
          .order_id = OrderId("o"),
          .client_order_id = ClientOrderId("c"),
          .symbol = sym(symbol),
          .side = side,
          .quantity = quantity,
          .price = at,
          .at = Instant::start_of(day).plus_seconds(15 * 3600)};
}

CashFlow flow_of(CashFlowKind kind, Money cash, TradeDate day, const std::string& symbol = "",
                 Quantity quantity = Quantity::zero()) {
  CashFlow out{.id = "f",
               .kind = kind,
               .word = "WORD",
               .symbol = std::nullopt,
               .quantity = quantity,
               .cash = cash,
               .date = day};
  if (!symbol.empty()) out.symbol = sym(symbol);
  return out;
}

/// An account that is kept beside the code under test.
struct Ledger {
  Money cash = Money::zero();
  std::map<std::string, Quantity> held;
  std::map<std::string, Price> prices;

  Money equity() const {
    Money sum = cash;
    for (const auto& [name, quantity] : held) {
      sum += notional_half_even(quantity, prices.at(name)).value();
    }
    return sum;
  }
  PastDay day(TradeDate date) const {
    PastDay out{.facts = {.date = date}};
    out.facts.cash_after = cash;
    out.facts.closing.emplace();
    for (const auto& [name, quantity] : held) {
      if (!quantity.is_zero()) out.facts.closing->push_back({sym(name), quantity});
    }
    for (const auto& [name, price] : prices) {
      out.facts.closes.points.push_back({sym(name), price, std::nullopt});
    }
    return out;
  }
};

/// Everything that may happen, at random; strategies x and y share each fill by thirds.
PerformanceFacts random_facts(std::size_t count) {
  PerformanceFacts facts;
  Ledger ledger;
  ledger.cash = Money::whole(100'000);
  for (const std::string& name : kNames) {
    ledger.held.emplace(name, Quantity::zero());
    ledger.prices.emplace(name, Price::whole(*rc::gen::inRange(20, 200)));
  }
  const Money begin = ledger.cash;
  const TradeDate first = date("2024-01-01");
  for (std::size_t i = 0; i < count; ++i) {
    const TradeDate today = first.plus_days(static_cast<int>(i));
    std::vector<Fill> fills;
    std::vector<CashFlow> flows;
    std::vector<StrategyTrade> trades;
    for (const std::string& name : kNames) {
      Quantity& held = ledger.held.at(name);
      Price& price = ledger.prices.at(name);
      if (*rc::gen::inRange(0, 12) == 0 && !held.is_zero()) {  // two for one
        flows.push_back(flow_of(CashFlowKind::kSplit, Money::zero(), today, name, held));
        held += held;
        price = Price::from_raw(price.raw() / 2);
      }
      if (*rc::gen::inRange(0, 6) == 0 && held.is_positive()) {
        const Money paid = Money::from_raw(*rc::gen::inRange(1, 50'000) * 10'000);
        flows.push_back(flow_of(CashFlowKind::kDividend, paid, today, name));
        ledger.cash += paid;
      }
      price = Price::from_raw(price.raw() / 1000 * *rc::gen::inRange(970, 1031));
      const int shares = *rc::gen::inRange(-40, 60);
      const bool sells = shares < 0;
      Quantity quantity = Quantity::from_raw(std::abs(shares) * 300'000'003LL);
      if (sells) quantity = std::min(quantity, held);
      if (!quantity.is_positive()) continue;
      const Price at = Price::from_raw(price.raw() / 1000 * *rc::gen::inRange(995, 1006));
      const Fill fill = fill_of(sells ? Side::kSell : Side::kBuy, name, quantity, at, today);
      const Money amount = booked_amount(fill, CashBooking::kToTheCent).value();
      ledger.cash += sells ? amount : -amount;
      held += sells ? -quantity : quantity;
      fills.push_back(fill);
      const Quantity third = Quantity::from_raw(quantity.raw() / 3);
      const Money part = Money::from_raw(amount.raw() / 3);
      trades.push_back({StrategyId("x"), sym(name), sells ? -third : third, sells ? part : -part});
      const Quantity rest = quantity - third;
      trades.push_back({StrategyId("y"), sym(name), sells ? -rest : rest,
                        sells ? amount - part : part - amount});
    }
    if (*rc::gen::inRange(0, 8) == 0) {
      const Money moved = Money::whole(*rc::gen::inRange(-500, 5'000));
      flows.push_back(flow_of(CashFlowKind::kTransfer, moved, today));
      ledger.cash += moved;
    }
    if (*rc::gen::inRange(0, 5) == 0) {
      const Money fee = Money::from_raw(-10'000LL * *rc::gen::inRange(1, 300));
      flows.push_back(flow_of(CashFlowKind::kFee, fee, today));
      ledger.cash += fee;
    }
    PastDay day = ledger.day(today);
    day.facts.fills = fills;
    day.facts.flows = flows;
    day.trades = trades;
    if (i == 0) day.facts.cash_before = begin;
    facts.days.push_back(std::move(day));
  }
  facts.sectors = {{sym("AAA"), "Energy"}, {sym("BBB"), "Energy"}};
  return facts;
}

Money sum_of(const Attribution& attribution) {
  Money sum = Money::zero();
  for (const AttributionRow& row : attribution.rows) sum += row.pnl;
  return sum;
}

double linked_sum(const Attribution& attribution) {
  double sum = 0;
  for (const AttributionRow& row : attribution.rows) sum += row.contribution;
  return sum;
}

TEST(PerformanceTest, ProfitExplainsEveryCentAndEveryGroupingIsTheWhole) {
  rc::check([] {
    PerformanceFacts facts = random_facts(*rc::gen::inRange<std::size_t>(1, 25));
    const Performance made = performance_of(facts).value();

    Money profit = Money::zero();
    Money flows = Money::zero();
    for (const AccountDay& day : made.days) {
      RC_ASSERT(day.pnl.breaks.empty());
      RC_ASSERT(day.pnl.unexplained().is_zero());
      profit += day.pnl.profit();
      flows += day.pnl.external;
    }
    RC_ASSERT(made.totals.end == Money::whole(100'000) + profit + flows);
    RC_ASSERT(made.totals.days_broken == 0U);
    for (const Attribution* one : {&made.attribution.strategy, &made.attribution.sector,
                                   &made.attribution.symbol, &made.attribution.side}) {
      RC_ASSERT(sum_of(*one) == profit);
      RC_ASSERT(std::abs(linked_sum(*one) - made.totals.twr) < 1e-12);
    }
  });
}

TEST(PerformanceTest, RealisedAndUnrealisedGainsAreThePricePartOfProfit) {
  rc::check([] {
    const Performance made = performance_of(random_facts(12)).value();
    std::map<Symbol, Money> moved;
    for (const AccountDay& day : made.days) {
      for (const NamePnl& name : day.pnl.names) {
        moved.try_emplace(name.symbol, Money::zero()).first->second +=
            name.overnight + name.trading;
      }
    }
    for (const NameTotal& name : made.names) {
      RC_ASSERT(name.realised + name.unrealised == moved.at(name.symbol));
    }
  });
}

TEST(PerformanceTest, ABenchmarkChangesNothingOfOurColumn) {
  rc::check([] {
    PerformanceFacts facts = random_facts(15);
    const Performance alone = performance_of(facts).value();
    facts.benchmark = "SPY";
    for (const PastDay& day : facts.days) {
      if (*rc::gen::inRange(0, 5) == 0) continue;  // days that the benchmark lacks
      facts.benchmark_closes.push_back({day.facts.date, Price::whole(*rc::gen::inRange(90, 110))});
    }
    const Performance compared = performance_of(facts).value();
    RC_ASSERT(alone.metrics.size() == compared.metrics.size());
    for (std::size_t i = 0; i < alone.metrics.size(); ++i) {
      const MetricValue& a = alone.metrics[i].own;
      const MetricValue& b = compared.metrics[i].own;
      if (a.metric->needs_benchmark()) continue;
      RC_ASSERT(a.value == b.value || (std::isnan(a.value) && std::isnan(b.value)));
      RC_ASSERT(a.n_used == b.n_used);
    }
  });
}

/// 10,000 USD, 100 AAA bought at 50 on the first day; closes 50, 51, 49.98.
PerformanceFacts three_days() {
  Ledger ledger;
  ledger.cash = usd("5000");
  ledger.held.emplace("AAA", qty("100"));
  PerformanceFacts facts;
  const std::vector<std::string> closes = {"50", "51", "49.98"};
  for (std::size_t i = 0; i < closes.size(); ++i) {
    ledger.prices.insert_or_assign("AAA", price(closes[i]));
    facts.days.push_back(ledger.day(date("2024-03-04").plus_days(static_cast<int>(i))));
  }
  facts.days[0].facts.cash_before = usd("10000");
  facts.days[0].facts.fills = {
      fill_of(Side::kBuy, "AAA", qty("100"), price("50"), date("2024-03-04"))};
  return facts;
}

TEST(PerformanceTest, CountsThreeDaysAsAPencilDoes) {
  const Performance made = performance_of(three_days()).value();

  ASSERT_EQ(made.days.size(), 3U);
  EXPECT_EQ(made.days[0].pnl.profit(), usd("0"));
  EXPECT_EQ(made.days[1].pnl.overnight, usd("100"));
  EXPECT_EQ(made.days[2].pnl.overnight, usd("-102"));
  EXPECT_NEAR(made.days[1].ret.value, 0.01, 1e-15);
  EXPECT_NEAR(made.days[2].ret.value, -102.0 / 10100, 1e-15);
  EXPECT_NEAR(made.cumulative[2], -2.0 / 10000, 1e-15);
  EXPECT_NEAR(made.drawdown[2], -102.0 / 10100, 1e-15);
  EXPECT_DOUBLE_EQ(made.days[0].exposure.gross, 0.5);
  EXPECT_EQ(made.names.at(0).unrealised, usd("-2"));
  EXPECT_EQ(made.names.at(0).realised, usd("0"));
}

TEST(PerformanceTest, TheFocusAddsUpItsDaysOnly) {
  PerformanceFacts facts = three_days();
  facts.focus_from = date("2024-03-05");

  const Focus focus = performance_of(facts).value().focus;

  EXPECT_EQ(focus.days, 2U);
  EXPECT_EQ(focus.equity_before, usd("10000"));
  EXPECT_EQ(focus.equity_after, usd("9998"));
  EXPECT_EQ(focus.overnight, usd("-2"));
  EXPECT_NEAR(focus.ret, -0.0002, 1e-15);
  EXPECT_EQ(focus.by_symbol.rows.at(0).label, "AAA");
  EXPECT_NEAR(focus.by_symbol.rows.at(0).contribution, -0.0002, 1e-15);
}

TEST(PerformanceTest, TheFirstMoneyOfAnAccountIsNoReturn) {
  PerformanceFacts facts = three_days();
  facts.days[0].facts.cash_before = Money::zero();
  facts.days[0].facts.flows = {flow_of(CashFlowKind::kTransfer, usd("10000"), date("2024-03-04"))};

  const Performance made = performance_of(facts).value();

  EXPECT_TRUE(made.days[0].ret.defined);
  EXPECT_NEAR(made.days[0].ret.value, 0, 1e-15);
  EXPECT_NEAR(made.totals.twr, -0.0002, 1e-15);
  EXPECT_NEAR(made.totals.mwr, -0.0002, 1e-9);
}

TEST(PerformanceTest, MoneyThatComesDuringTheDaysEarnsNothing) {
  PerformanceFacts facts = three_days();
  for (std::size_t i = 1; i < 3; ++i) *facts.days[i].facts.cash_after += usd("2000");
  facts.days[1].facts.flows = {flow_of(CashFlowKind::kTransfer, usd("2000"), date("2024-03-05"))};

  const Performance made = performance_of(facts).value();

  EXPECT_NEAR(made.days[1].ret.value, 0.01, 1e-15);
  EXPECT_NEAR(made.days[2].ret.value, -102.0 / 12100, 1e-15);
  EXPECT_EQ(made.totals.profit, usd("-2"));
  EXPECT_EQ(made.totals.flows, usd("2000"));
}

TEST(PerformanceTest, CashThatNobodyExplainsIsNamedAndIsAPartOfTheReturn) {
  PerformanceFacts facts = three_days();
  *facts.days[1].facts.cash_after += usd("7.5");
  *facts.days[2].facts.cash_after += usd("7.5");

  const Performance made = performance_of(facts).value();

  EXPECT_EQ(made.totals.days_broken, 1U);
  EXPECT_EQ(made.totals.worst_break, usd("7.5"));
  ASSERT_EQ(made.days[1].pnl.breaks.size(), 1U);
  EXPECT_THAT(made.days[1].pnl.breaks[0].sentence, ::testing::HasSubstr("cash is 5007.5"));
  EXPECT_NEAR(linked_sum(made.attribution.symbol), made.totals.twr, 1e-15);
  EXPECT_EQ(made.attribution.symbol.rows.size(), 2U);  // AAA and what is not explained
}

TEST(PerformanceTest, ANameWithoutACloseKeepsItsOldOneUntilItHasOneAgain) {
  PerformanceFacts facts = three_days();
  facts.days[1].facts.closes.points.clear();

  const Performance made = performance_of(facts).value();

  EXPECT_EQ(made.days[1].pnl.profit(), usd("0"));
  EXPECT_FALSE(made.days[1].pnl.holds());
  EXPECT_EQ(made.days[2].pnl.overnight, usd("-2"));  // from 50, not from nothing
  EXPECT_TRUE(made.days[2].pnl.breaks.empty());
}

TEST(PerformanceTest, EachStrategyHasTheProfitOfItsOwnShares) {
  PerformanceFacts facts = three_days();
  facts.days[0].trades = {{StrategyId("x"), sym("AAA"), qty("25"), usd("-1250")},
                          {StrategyId("y"), sym("AAA"), qty("75"), usd("-3750")}};
  // y gives x 50 shares at 50.50 on the second day, inside the account.
  facts.days[1].trades = {{StrategyId("y"), sym("AAA"), qty("-50"), usd("2525")},
                          {StrategyId("x"), sym("AAA"), qty("50"), usd("-2525")}};

  const Attribution by = performance_of(facts).value().attribution.strategy;

  std::map<std::string, Money> pnl;
  for (const AttributionRow& row : by.rows) pnl.emplace(row.label, row.pnl);
  ASSERT_EQ(pnl.size(), 2U);
  EXPECT_EQ(pnl.at("x"), usd("-26.5"));  // 25 + 25 on day two, 75 x -1.02 on day three
  EXPECT_EQ(pnl.at("y"), usd("24.5"));   // 75 - 25, then 25 x -1.02
}

TEST(PerformanceTest, ChoosesTheBookingOfCashThatFits) {
  DayFacts facts{.date = date("2024-03-04"), .cash_before = usd("1000")};
  facts.fills = {fill_of(Side::kBuy, "AAA", qty("0.333"), price("10.01"), facts.date)};
  facts.cash_after = usd("996.67");  // 3.33333 became 3.33
  EXPECT_EQ(booking_of(facts).value(), CashBooking::kToTheCent);
  facts.cash_after = usd("996.66667");
  EXPECT_EQ(booking_of(facts).value(), CashBooking::kExact);
}

TEST(PerformanceTest, RefusesToReportOnNothing) {
  EXPECT_EQ(performance_of({}).error().code, ErrorCode::kInvalidInput);
}

TEST(PerformanceTest, TheBenchmarkIsMeasuredBetweenOurDays) {
  PerformanceFacts facts = three_days();
  facts.benchmark = "SPY";
  facts.benchmark_closes = {{date("2024-03-01"), price("400")},
                            {date("2024-03-04"), price("404")},
                            {date("2024-03-06"), price("202")}};

  const BenchmarkReturns benchmark = performance_of(facts).value().benchmark;

  EXPECT_NEAR(benchmark.days[0], 0.01, 1e-15);  // from the Friday before
  EXPECT_TRUE(std::isnan(benchmark.days[1]));
  EXPECT_TRUE(std::isnan(benchmark.days[2]));  // its base is missing
  EXPECT_EQ(benchmark.returns.size(), 1U);
  EXPECT_EQ(benchmark.reason, "");
}

TEST(PerformanceTest, ABenchmarkWithoutClosesIsAReasonAndNeverZero) {
  PerformanceFacts facts = three_days();
  facts.benchmark = "SPY";

  const Performance made = performance_of(facts).value();

  EXPECT_THAT(made.benchmark.reason, ::testing::HasSubstr("no closes of SPY"));
  for (const MetricColumns& row : made.metrics) {
    EXPECT_TRUE(std::isnan(row.benchmark)) << row.own.metric->id;
    if (row.own.metric->needs_benchmark()) {
      EXPECT_EQ(row.own.reason, made.benchmark.reason);
    }
  }
}

TEST(PerformanceTest, TheHistogramHasEveryReturnOnce) {
  rc::check([](std::vector<std::int8_t> raw) {
    std::vector<double> values;
    for (const std::int8_t one : raw) values.push_back(one / 1000.0);
    const Histogram made = histogram_of(returns_of(values));
    std::size_t sum = 0;
    for (const std::size_t count : made.counts) sum += count;
    RC_ASSERT(sum == values.size());
    RC_ASSERT(made.edges.size() == (values.empty() ? 0 : made.counts.size() + 1));
  });
}

const RiskValue* find_value(const std::vector<RiskValue>& values, const std::string& scope,
                            const std::string& metric) {
  for (const RiskValue& value : values) {
    if (value.scope == scope && value.metric == metric) return &value;
  }
  return nullptr;
}

TEST(WatchValuesTest, MeasureTheLastDayAndSayWhyOneIsMissing) {
  PerformanceFacts facts = three_days();
  facts.sectors = {{sym("AAA"), "Energy"}};
  facts.days[2].facts.flows = {flow_of(CashFlowKind::kOther, Money::zero(), date("2024-03-06"))};

  const auto values = watch_values(performance_of(facts).value(), {3});

  EXPECT_NEAR(*find_value(values, "portfolio", "day_return")->value, -102.0 / 10100, 1e-15);
  EXPECT_NEAR(*find_value(values, "portfolio", "drawdown")->value, -102.0 / 10100, 1e-15);
  EXPECT_NEAR(*find_value(values, "symbol:AAA", "weight")->value, 4998.0 / 9998, 1e-15);
  EXPECT_NEAR(*find_value(values, "sector:Energy", "sector_weight")->value, 4998.0 / 9998, 1e-15);
  EXPECT_EQ(find_value(values, "portfolio", "effective_n")->value, 1);
  EXPECT_EQ(find_value(values, "portfolio", "stale_sessions")->value, 3);
  EXPECT_EQ(find_value(values, "portfolio", "unknown_activities")->value, 1);
  EXPECT_EQ(find_value(values, "portfolio", "identity_break_usd")->value, 0);
  EXPECT_EQ(find_value(values, "portfolio", "fill_rate")->reason, "no order was sent");
  EXPECT_EQ(find_value(values, "portfolio", "rolling_sharpe_63d")->reason,
            "needs 63 observations, has 3");
  for (const Metric& metric : metric_table()) {
    EXPECT_NE(find_value(values, "portfolio", std::string(metric.id)), nullptr) << metric.id;
  }
  for (const RiskValue& value : values) {
    EXPECT_EQ(value.value.has_value(), value.reason.empty()) << value.scope << value.metric;
  }
}

}  // namespace
}  // namespace signalbus::analytics
