// Goal: profit and flows explain every cent of the change of equity, or the break has a name.
// Method: the worked example, each source of profit alone, and days at random whose cash and
// positions are added up here without the code under test.
#include "analytics/day_pnl.h"
#include "analytics/price_cursor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "analytics/attribution.h"
#include "analytics/lots.h"
#include "analytics/testing.h"

namespace signalbus::analytics {
namespace {

using namespace testing;

const TradeDate kDay = date("2024-03-05");

Fill trade(Side side, std::string_view symbol, Quantity quantity, Price at) {
  return {.execution_id = "e",
          .order_id = OrderId("o"),
          .client_order_id = ClientOrderId("c"),
          .symbol = sym(symbol),
          .side = side,
          .quantity = quantity,
          .price = at,
          .at = Instant::start_of(kDay).plus_seconds(15 * 3600)};
}

CashFlow flow(CashFlowKind kind, std::string_view cash, std::string_view symbol = "",
              std::string_view quantity = "0") {
  CashFlow out{.id = "1",
               .kind = kind,
               .word = "WORD",
               .symbol = std::nullopt,
               .quantity = qty(quantity),
               .cash = usd(cash),
               .date = kDay};
  if (!symbol.empty()) out.symbol = sym(symbol);
  return out;
}

PriceBook prices(std::initializer_list<std::pair<const char*, const char*>> rows) {
  PriceBook out;
  for (const auto& [symbol, text] : rows) {
    out.points.push_back({sym(symbol), price(text), std::nullopt});
  }
  return out;
}

/// 100 XYZ from 50 to 51, and 2000 USD.
DayFacts one_name() {
  return {.date = kDay,
          .opening = {{sym("XYZ"), qty("100")}},
          .cash_before = usd("2000"),
          .prior_closes = prices({{"XYZ", "50"}}),
          .closes = prices({{"XYZ", "51"}})};
}

/// Case `pnl_identity` of golden.json, to the cent.
TEST(DayPnlTest, TheWorkedExampleOfTheContract) {
  DayFacts facts = one_name();
  facts.fills = {trade(Side::kBuy, "XYZ", qty("40"), price("50.60")),
                 trade(Side::kSell, "XYZ", qty("30"), price("51.20"))};
  facts.ex_dividends = {{sym("XYZ"), price("0.25")}};
  facts.flows = {flow(CashFlowKind::kDividend, "25", "XYZ"), flow(CashFlowKind::kFee, "-0.11"),
                 flow(CashFlowKind::kTransfer, "1000")};
  facts.cash_after = usd("2536.89");
  const DayPnl day = day_pnl(facts).value();
  EXPECT_EQ(day.overnight.text(), "100");
  EXPECT_EQ(day.trading.text(), "22");  // 16 of the buy, 6 of the sell
  EXPECT_EQ(day.dividends.text(), "25");
  EXPECT_EQ(day.fees.text(), "-0.11");
  EXPECT_EQ(day.profit().text(), "146.89");
  EXPECT_EQ(day.equity_before.text(), "7000");
  EXPECT_EQ(day.equity_after.text(), "8146.89");
  EXPECT_EQ(day.external.text(), "1000");
  EXPECT_TRUE(day.unexplained().is_zero());
  EXPECT_TRUE(day.holds());
  EXPECT_TRUE(day.breaks.empty());
  EXPECT_TRUE(day.receivables.empty()) << "accrued and paid on the same day";
}

TEST(DayPnlTest, ADividendCountsAtTheExDateAndItsPaymentIsNoProfit) {
  DayFacts facts = one_name();
  facts.ex_dividends = {{sym("XYZ"), price("0.25")}};
  const DayPnl ex = day_pnl(facts).value();
  EXPECT_EQ(ex.dividends.text(), "25");
  ASSERT_EQ(ex.receivables.size(), 1U);
  facts = one_name();
  facts.receivables = ex.receivables;
  facts.flows = {flow(CashFlowKind::kDividend, "25.004", "XYZ")};
  const DayPnl paid = day_pnl(facts).value();
  EXPECT_EQ(paid.dividends.text(), "0.004");
  EXPECT_TRUE(paid.receivables.empty());
  EXPECT_TRUE(paid.holds());
}

TEST(DayPnlTest, AShortOwesTheDividend) {
  DayFacts facts = one_name();
  facts.opening = {{sym("XYZ"), qty("-100")}};
  facts.ex_dividends = {{sym("XYZ"), price("0.25")}};
  facts.flows = {flow(CashFlowKind::kDividend, "-25", "XYZ")};
  const DayPnl day = day_pnl(facts).value();
  EXPECT_EQ(day.dividends.text(), "-25");
  EXPECT_EQ(day.overnight.text(), "-100");
  EXPECT_TRUE(day.receivables.empty());
  EXPECT_TRUE(day.holds());
}

TEST(DayPnlTest, APartOfAPaymentLeavesTheRestOwed) {
  DayFacts facts = one_name();
  facts.receivables = {{sym("XYZ"), kDay.plus_days(-9), usd("25")}};
  facts.flows = {flow(CashFlowKind::kDividend, "10", "XYZ")};
  const DayPnl day = day_pnl(facts).value();
  EXPECT_TRUE(day.dividends.is_zero());
  ASSERT_EQ(day.receivables.size(), 1U);
  EXPECT_EQ(day.receivables[0].amount.text(), "15");
}

TEST(DayPnlTest, ASplitIsNoProfitAndCashForFractionsIsOfTheName) {
  DayFacts facts = one_name();
  facts.closes = prices({{"XYZ", "25"}});
  facts.flows = {flow(CashFlowKind::kSplit, "0", "XYZ", "100")};
  EXPECT_TRUE(day_pnl(facts).value().profit().is_zero());
  facts.flows = {flow(CashFlowKind::kSplit, "12.5", "XYZ", "99.5")};
  const DayPnl day = day_pnl(facts).value();
  EXPECT_EQ(day.corporate.text(), "12.5");
  EXPECT_EQ(day.overnight.text(), "-12.5");
  EXPECT_TRUE(day.holds());
}

TEST(DayPnlTest, SharesMovedInAreAFlowAtTheirClose) {
  DayFacts facts = one_name();
  facts.flows = {flow(CashFlowKind::kTransfer, "0", "XYZ", "10")};
  const DayPnl day = day_pnl(facts).value();
  EXPECT_EQ(day.external.text(), "510");
  EXPECT_EQ(day.profit().text(), "100");
  EXPECT_TRUE(day.holds());
}

TEST(BreakTest, MissingCashIsNamedWithItsAmount) {
  DayFacts facts = one_name();
  facts.cash_after = usd("1998.50");
  const DayPnl day = day_pnl(facts).value();
  ASSERT_EQ(day.breaks.size(), 1U);
  EXPECT_EQ(to_text(day.breaks[0].kind), "cash");
  EXPECT_EQ(day.breaks[0].amount.text(), "-1.5");
  EXPECT_EQ(day.breaks[0].sentence, "cash is 1998.5, 2000 expected of fills and flows");
  EXPECT_EQ(day.unexplained().text(), "-1.5");
  EXPECT_FALSE(day.holds());
  facts.cash_after = usd("2000.01");  // a cent is rounding
  EXPECT_TRUE(day_pnl(facts).value().holds());
  facts.cash_after = usd("2000.010001");
  EXPECT_FALSE(day_pnl(facts).value().holds());
}

TEST(BreakTest, AnUnexpectedPositionIsNamedWithItsValue) {
  DayFacts facts = one_name();
  facts.closing = std::vector<HeldQuantity>{{sym("XYZ"), qty("98")}, {sym("ZZZ"), qty("1")}};
  facts.closes = prices({{"XYZ", "51"}, {"ZZZ", "7"}});
  const DayPnl day = day_pnl(facts).value();
  ASSERT_EQ(day.breaks.size(), 2U);
  EXPECT_EQ(day.breaks[0].sentence, "XYZ: 98 held, 100 expected of fills and flows");
  EXPECT_EQ(day.breaks[0].amount.text(), "-102");
  EXPECT_EQ(day.breaks[1].amount.text(), "7");
  EXPECT_EQ(day.unexplained().text(), "-95");
  facts.closing = std::vector<HeldQuantity>{};
  EXPECT_EQ(day_pnl(facts).value().unexplained().text(), "-5100") << "gone without a trade";
}

TEST(BreakTest, AnUnknownKindOfFlowIsNeverSilent) {
  DayFacts facts = one_name();
  facts.flows = {flow(CashFlowKind::kOther, "5")};
  const DayPnl day = day_pnl(facts).value();
  ASSERT_EQ(day.breaks.size(), 1U);
  EXPECT_EQ(day.breaks[0].kind, BreakKind::kUnclassified);
  EXPECT_EQ(day.unexplained().text(), "5");
  EXPECT_FALSE(day.holds());
}

TEST(BreakTest, MissingPricesAreNamed) {
  DayFacts facts = one_name();
  facts.closes = {};
  const DayPnl without = day_pnl(facts).value();
  EXPECT_EQ(without.breaks.at(0).kind, BreakKind::kNoClose);
  EXPECT_TRUE(without.profit().is_zero());
  EXPECT_FALSE(without.holds());
  facts = one_name();
  facts.prior_closes = {};
  EXPECT_EQ(day_pnl(facts).value().breaks.at(0).kind, BreakKind::kNoPriorClose);
  // What was sold in full needs no close.
  facts = one_name();
  facts.closes = {};
  facts.fills = {trade(Side::kSell, "XYZ", qty("100"), price("52"))};
  const DayPnl sold = day_pnl(facts).value();
  EXPECT_EQ(sold.profit().text(), "200");
  EXPECT_TRUE(sold.holds());
}

Quantity any_quantity() {
  return Quantity::from_raw(*rc::gen::inRange<std::int64_t>(1, 5'000'000'000'000));
}
Price any_price() {
  return Price::from_raw(*rc::gen::inRange<std::int64_t>(1'000'000, 900'000'000'000));
}
Money any_cash(std::int64_t least = -9'000'000'000) {
  return Money::from_raw(*rc::gen::inRange<std::int64_t>(least, 9'000'000'000));
}

const std::array kNames = {"AAA", "BBB", "CCC"};

PriceBook any_prices() {
  PriceBook out;
  for (const char* name : kNames) out.points.push_back({sym(name), any_price(), std::nullopt});
  return out;
}

/// A day at random, without what has no meaning of its own (kOther) and without observations.
DayFacts any_day(const std::vector<HeldQuantity>& opening, const PriceBook& prior) {
  DayFacts facts{.date = kDay, .opening = opening, .cash_before = any_cash()};
  facts.prior_closes = prior;
  facts.closes = any_prices();
  const int fills = *rc::gen::inRange(0, 8);
  for (int i = 0; i < fills; ++i) {
    facts.fills.push_back(trade(*rc::gen::element(Side::kBuy, Side::kSell),
                                kNames[*rc::gen::inRange<std::size_t>(0, 3)], any_quantity(),
                                any_price()));
  }
  const int flows = *rc::gen::inRange(0, 6);
  for (int i = 0; i < flows; ++i) {
    CashFlow one =
        flow(*rc::gen::element(CashFlowKind::kDividend, CashFlowKind::kInterest, CashFlowKind::kFee,
                               CashFlowKind::kTransfer, CashFlowKind::kSplit),
             "0");
    one.cash = any_cash();
    if (*rc::gen::inRange(0, 2) == 1)
      one.symbol = sym(kNames[*rc::gen::inRange<std::size_t>(0, 3)]);
    const bool moves = one.kind == CashFlowKind::kTransfer || one.kind == CashFlowKind::kSplit;
    if (moves && one.symbol) one.quantity = any_quantity();
    facts.flows.push_back(one);
  }
  if (*rc::gen::inRange(0, 2) == 1) {
    facts.ex_dividends = {{sym("AAA"), any_price()}};
    facts.receivables = {{sym("BBB"), kDay.plus_days(-3), any_cash()}};
  }
  return facts;
}

std::vector<HeldQuantity> any_opening() {
  std::vector<HeldQuantity> out;
  for (const char* name : kNames) {
    const Quantity q = any_quantity();
    out.push_back({sym(name), *rc::gen::inRange(0, 3) == 0 ? -q : q});
  }
  return out;
}

RC_GTEST_PROP(PriceCursorPropertyTest, FindsWhatTheBookFindsInAnyOrder, ()) {
  PriceBook book;
  for (int i = 0; i < 20; ++i) {
    if (!*rc::gen::arbitrary<bool>()) continue;
    book.points.push_back({sym("N" + std::to_string(10 + i)), price("1"), std::nullopt});
  }
  PriceCursor cursor(book);
  int asked = 10;
  for (int step = 0; step < 30; ++step) {
    asked = *rc::gen::arbitrary<bool>() ? asked + 1 : *rc::gen::inRange(10, 30);
    const Symbol symbol = sym("N" + std::to_string(asked));
    RC_ASSERT(cursor.find(symbol) == book.find(symbol));
  }
}

RC_GTEST_PROP(DayPnlPropertyTest, ProfitAndFlowsAreTheChangeOfEquityToTheUnit, ()) {
  DayFacts facts = any_day(any_opening(), any_prices());
  // The same account, added up here: its cash and its positions at the close.
  Int128 cash = facts.cash_before.raw();
  std::map<Symbol, Quantity> held;
  for (const HeldQuantity& h : facts.opening) held.emplace(h.symbol, h.quantity);
  for (const Fill& fill : facts.fills) {
    const bool buys = fill.side == Side::kBuy;
    const Int128 product = static_cast<Int128>(fill.quantity.raw()) * fill.price.raw();
    const Int128 paid = divide(product, pow10(12), Rounding::kHalfEven);
    cash += buys ? -paid : paid;
    held.at(fill.symbol) += buys ? fill.quantity : -fill.quantity;
  }
  for (const CashFlow& one : facts.flows) {
    cash += one.cash.raw();
    if (one.symbol) held.at(*one.symbol) += one.quantity;
  }
  facts.cash_after = Money::narrow(cash).value();
  facts.closing.emplace();
  for (const auto& [symbol, quantity] : held) facts.closing->push_back({symbol, quantity});
  const DayPnl day = day_pnl(facts).value();
  RC_ASSERT(day.breaks.empty());
  RC_ASSERT(day.unexplained().is_zero());
  RC_ASSERT(day.holds());
}

RC_GTEST_PROP(DayPnlPropertyTest, EveryBreakIsExplainedByItsParts, ()) {
  DayFacts facts = any_day(any_opening(), any_prices());
  facts.cash_after = any_cash();
  facts.closing = any_opening();
  facts.flows.push_back(flow(CashFlowKind::kOther, "3.25", "AAA", "2"));
  const DayPnl day = day_pnl(facts).value();
  Money named = Money::zero();
  for (const PnlBreak& one : day.breaks) named += one.amount;
  RC_ASSERT(day.unexplained() == named);
}

RC_GTEST_PROP(DayPnlPropertyTest, RealisedAndUnrealisedAreOvernightAndTrading, ()) {
  LotBook book;
  const PriceBook prior = any_prices();
  const std::vector<HeldQuantity> opening = any_opening();
  for (const HeldQuantity& h : opening) {
    book.add(h.symbol,
             {kDay.plus_days(-5), h.quantity, notional_half_even(h.quantity, any_price()).value()});
  }
  const Money before = book.unrealised(prior).value();
  DayFacts facts = any_day(opening, prior);
  facts.flows.clear();
  facts.ex_dividends.clear();
  facts.receivables.clear();
  std::map<Symbol, Quantity> now;
  for (const HeldQuantity& h : opening) now.emplace(h.symbol, h.quantity);
  if (*rc::gen::inRange(0, 2) == 1) {  // two for one: before the fills
    CashFlow split = flow(CashFlowKind::kSplit, "0", "AAA");
    split.quantity = opening[0].quantity;
    facts.flows = {split};
    (void)book.split(sym("AAA"), split.quantity, kDay).value();
    now.at(sym("AAA")) += split.quantity;
  }
  for (const Fill& fill : facts.fills) {
    (void)book.apply(fill, kDay).value();
    now.at(fill.symbol) += fill.side == Side::kBuy ? fill.quantity : -fill.quantity;
  }
  const DayPnl day = day_pnl(facts).value();
  const Money gained = book.realised() + book.unrealised(facts.closes).value() - before;
  RC_ASSERT(gained == day.overnight + day.trading);
  for (const auto& [symbol, quantity] : now) RC_ASSERT(book.quantity(symbol) == quantity);
}

Money total(const std::vector<PnlPart>& parts) {
  Money sum = Money::zero();
  for (const PnlPart& part : parts) sum += part.pnl;
  return sum;
}

RC_GTEST_PROP(GroupingPropertyTest, EveryGroupingAddsUpToTheDaysProfit, ()) {
  const DayPnl day = day_pnl(any_day(any_opening(), any_prices())).value();
  RC_ASSERT(total(pnl_by_symbol(day)) == day.profit());
  RC_ASSERT(total(pnl_by_side(day)) == day.profit());
  const auto sector = [](const Symbol& symbol) {
    return symbol == sym("CCC") ? std::string() : std::string("tech");
  };
  const auto parts = pnl_by_sector(day, sector);
  RC_ASSERT(total(parts) == day.profit());
  // Names of a sector add up to it.
  Money tech = Money::zero();
  for (const NamePnl& name : day.names) {
    if (name.symbol != sym("CCC")) tech += name.pnl();
  }
  for (const PnlPart& part : parts) {
    if (part.label == "tech") RC_ASSERT(part.pnl == tech);
  }
}

RC_GTEST_PROP(GroupingPropertyTest, StrategiesWithSharedFillsAddUpWithinRounding, ()) {
  DayFacts account = any_day({}, any_prices());
  account.flows.clear();
  account.ex_dividends.clear();
  account.receivables.clear();
  const std::vector<StrategyShare> asked = {{StrategyId("a"), any_quantity()},
                                            {StrategyId("b"), any_quantity()}};
  DayFacts a = account;
  DayFacts b = account;
  account.opening = any_opening();
  a.opening = any_opening();  // b holds the rest of the account, long or short
  b.opening.clear();
  for (std::size_t i = 0; i < 3; ++i) {
    b.opening.push_back({a.opening[i].symbol, account.opening[i].quantity - a.opening[i].quantity});
  }
  for (std::size_t i = 0; i < account.fills.size(); ++i) {
    const auto parts = share_fill(account.fills[i].quantity, asked);
    RC_ASSERT(parts[0].quantity + parts[1].quantity == account.fills[i].quantity);
    a.fills[i].quantity = parts[0].quantity;
    b.fills[i].quantity = parts[1].quantity;
  }
  const DayPnl whole = day_pnl(account).value();
  const std::vector<std::pair<StrategyId, DayPnl>> strategies = {
      {StrategyId("a"), day_pnl(a).value()}, {StrategyId("b"), day_pnl(b).value()}};
  const auto parts = pnl_by_strategy(whole, strategies);
  RC_ASSERT(total(parts) == whole.profit());
  for (const PnlPart& part : parts) {
    if (part.label == kAccountLabel) RC_ASSERT(part.pnl.abs() < usd("0.0001"));
  }
}

TEST(DayPnlTest, NothingAtAllIsADayToo) {
  const DayPnl day = day_pnl({.date = kDay}).value();
  EXPECT_TRUE(day.holds());
  EXPECT_TRUE(day.profit().is_zero());
}

}  // namespace
}  // namespace signalbus::analytics
