// Goal: every difference between broker and journal is found once, with the cause that the data
// proves and no other; what is not proven keeps its name from being traded until acknowledged.
// Method: cases as text with amounts worked out by hand; properties over a broker and a journal
// that keep books of their own.
#include "reconcile/broker_recon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "reconcile/two_books.h"

namespace signalbus::reconcile {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Knows;
using testing::TwoBooks;

// -- Cases ---------------------------------------------------------------------------------------

using Words = std::vector<std::string>;

struct Expected {
  std::string line;  ///< SUBJECT SYMBOL EXPECTED ACTUAL CAUSE KEY
  std::vector<std::string> says;
};

struct Case {
  std::string name;
  std::vector<Words> steps;
  std::vector<Expected> expected;
};

std::vector<Case> read_cases() {
  std::ifstream file(SB_TESTDATA "/recon/broker_cases.txt");
  SB_CHECK(file.good());
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::string word;
    if (!(in >> word) || word[0] == '#') continue;
    const std::string rest = line.substr(line.find(word) + word.size());
    const std::string text = rest.empty() ? "" : rest.substr(1);
    if (word == "case") {
      cases.push_back({text, {}, {}});
    } else if (word == "expect") {
      cases.back().expected.push_back({text, {}});
    } else if (word == "says") {
      cases.back().expected.back().says.push_back(text);
    } else {
      Words step = {word};
      while (in >> word) step.push_back(word);
      cases.back().steps.push_back(std::move(step));
    }
  }
  return cases;
}

Side side_of(const std::string& word) { return parse_side(word).value(); }
OrderState state_of(const std::string& word) { return parse_order_state(word).value(); }

Knows knows_of(const Words& words, std::size_t at) {
  if (words.size() <= at || words[at] == "both") return Knows::kBoth;
  return words[at] == "journal" ? Knows::kJournal : Knows::kBroker;
}

Fill& fill_at_broker(TwoBooks& books, const std::string& execution) {
  return *std::find_if(books.broker.fills.begin(), books.broker.fills.end(),
                       [&](const Fill& fill) { return fill.execution_id == execution; });
}

/// Gives the fill at the broker another size, and the broker's books with it.
void resize(TwoBooks& books, const std::string& execution, Quantity quantity) {
  Fill& fill = fill_at_broker(books, execution);
  const Quantity more = quantity - fill.quantity;
  fill.quantity = quantity;
  books.move_shares(fill.symbol, more);
  books.move_cash(-notional_half_even(more, fill.price).value());
}

void stand_in(TwoBooks& books, const std::string& id, Quantity quantity, Price price) {
  JournalView::Order& order = books.journal_order(id);
  order.event->filled_qty += quantity;
  books.journal.fills.push_back({"missing:" + id + ":5", order.event->order_id,
                                 order.intent.client_order_id, order.intent.order.symbol,
                                 order.intent.order.side, quantity, price, books.broker.at});
}

using Step = std::function<void(TwoBooks&, const Words&)>;

const std::map<std::string, Step>& steps() {
  using testing::price;
  using testing::qty;
  using testing::sym;
  using testing::usd;
  static const std::map<std::string, Step> kSteps = {
      {"order", [](TwoBooks& b,
                   const Words& w) { b.order(w[1], side_of(w[2]), w[3], w[4], state_of(w[5])); }},
      {"fill", [](TwoBooks& b, const Words& w) { b.fill(w[1], w[2], w[3], w[4], knows_of(w, 5)); }},
      {"foreign",
       [](TwoBooks& b, const Words& w) { b.foreign(w[1], side_of(w[2]), w[3], w[4], w[5]); }},
      {"flow",
       [](TwoBooks& b, const Words& w) {
         b.flow(parse_cash_flow_kind(w[1]).value(), w[2], w[3], w[4], w[5], w[6]);
       }},
      {"moved", [](TwoBooks& b, const Words& w) { b.move_shares(sym(w[1]), qty(w[2])); }},
      {"cash", [](TwoBooks& b, const Words& w) { b.move_cash(usd(w[1])); }},
      {"unlisted",
       [](TwoBooks& b, const Words& w) {
         std::erase_if(b.broker.orders,
                       [&](const auto& o) { return o.event.client_order_id.get() == w[1]; });
       }},
      {"forgotten",
       [](TwoBooks& b, const Words& w) {
         std::erase_if(b.journal.orders,
                       [&](const auto& o) { return o.intent.client_order_id.get() == w[1]; });
       }},
      {"at-broker",
       [](TwoBooks& b, const Words& w) {
         b.broker_order(w[1]).event.state = state_of(w[2]);
         b.broker_order(w[1]).status = w[3];
       }},
      {"hidden",
       [](TwoBooks& b, const Words& w) {
         std::erase_if(b.broker.fills, [&](const Fill& f) { return f.execution_id == w[1]; });
       }},
      {"resized", [](TwoBooks& b, const Words& w) { resize(b, w[1], qty(w[2])); }},
      {"stands-in", [](TwoBooks& b, const Words& w) { stand_in(b, w[1], qty(w[2]), price(w[3])); }},
      {"counted", [](TwoBooks& b, const Words& w) { b.journal.baseline.counted.insert(w[1]); }}};
  return kSteps;
}

TwoBooks play(const Case& tested) {
  const Words& start = tested.steps.at(0);
  SB_CHECK(start[0] == "start");
  TwoBooks books(start[1]);
  for (std::size_t i = 2; i < start.size(); i += 2) books.hold(start[i], start[i + 1]);
  for (std::size_t i = 1; i < tested.steps.size(); ++i) {
    const auto step = steps().find(tested.steps[i][0]);
    SB_CHECK(step != steps().end());
    step->second(books, tested.steps[i]);
  }
  return books;
}

std::string line_of(const Difference& d) {
  return std::string(to_text(d.subject)) + " " + (d.symbol.empty() ? "-" : d.symbol) + " " +
         amount_text(d.expected) + " " + amount_text(d.actual) + " " +
         std::string(to_text(d.cause)) + " " + d.key;
}

TEST(BrokerReconTest, FindsWhatTheCasesSay) {
  const std::vector<Case> cases = read_cases();
  ASSERT_GE(cases.size(), 30U);
  for (const Case& tested : cases) {
    SCOPED_TRACE(tested.name);
    const BrokerRecon found = play(tested).reconcile();
    std::vector<std::string> lines;
    std::vector<std::string> wanted;
    for (const Difference& difference : found.differences) lines.push_back(line_of(difference));
    for (const Expected& expected : tested.expected) wanted.push_back(expected.line);
    EXPECT_EQ(lines, wanted);
    for (std::size_t i = 0; i < std::min(lines.size(), wanted.size()); ++i) {
      for (const std::string& words : tested.expected[i].says) {
        EXPECT_THAT(found.differences[i].sentence, HasSubstr(words));
      }
    }
  }
}

// -- What follows from differences ---------------------------------------------------------------

TEST(BrokerReconTest, CountsWhatAgrees) {
  TwoBooks books("1000");
  books.hold("KO", "4");
  books.order("o1", Side::kBuy, "5", "AAPL", OrderState::kFilled);
  books.fill("e1", "o1", "2", "10");
  books.fill("e2", "o1", "3", "10");
  const BrokerRecon found = books.reconcile();
  EXPECT_TRUE(found.all_clear());
  EXPECT_EQ(found.orders_agree, 1U);
  EXPECT_EQ(found.fills_agree, 2U);
  EXPECT_EQ(found.positions_agree, 2U);
  EXPECT_EQ(found.cash, Money::whole(950));
}

TEST(BrokerReconTest, UnknownDifferencesBlockTheirNameUntilAcknowledged) {
  TwoBooks books("1000");
  books.hold("AAPL", "10");
  books.move_shares(testing::sym("AAPL"), testing::qty("3"));
  books.move_cash(testing::usd("-7"));
  const BrokerRecon found = books.reconcile();
  EXPECT_FALSE(found.all_clear());
  ASSERT_EQ(found.blocked.size(), 1U);
  EXPECT_THAT(found.blocked.at(testing::sym("AAPL")),
              HasSubstr("reconcile --ack 'position:AAPL:20260102:+3' --reason TEXT"));
  ASSERT_TRUE(found.cash_blocked.has_value());
  EXPECT_THAT(*found.cash_blocked, HasSubstr("'cash:20260102:-7'"));

  books.journal.acknowledged = {{"position:AAPL:20260102:+3", "a gift", "me", books.broker.at}};
  const BrokerRecon seen = books.reconcile();
  EXPECT_THAT(seen.blocked, IsEmpty());
  EXPECT_EQ(seen.open_count(), 1U);  // cash
  books.journal.acknowledged.push_back({"cash:20260102:-7", "a toll", "me", books.broker.at});
  EXPECT_TRUE(books.reconcile().all_clear());
  EXPECT_EQ(books.reconcile().unexpected(), 0U);

  // Another share is another difference: what was acknowledged does not cover it.
  books.move_shares(testing::sym("AAPL"), testing::qty("1"));
  EXPECT_EQ(books.reconcile().blocked.size(), 1U);
}

TEST(BrokerReconTest, BookkeepingIsExpectedAndTradesOfOthersAreNot) {
  TwoBooks books("1000");
  books.flow(CashFlowKind::kFee, "FEE", "f", "-", "0", "-1");
  books.flow(CashFlowKind::kDividend, "DIV", "d", "AAPL", "0", "2");
  EXPECT_EQ(books.reconcile().unexpected(), 0U);
  books.foreign("h", Side::kBuy, "1", "AAPL", "10");
  const BrokerRecon found = books.reconcile();
  EXPECT_TRUE(found.all_clear());
  EXPECT_EQ(found.unexpected(), 2U);  // shares and cash
}

TEST(BrokerReconTest, ListsOrdersAndPositionsOfOthersInOneLineEach) {
  TwoBooks books("1000");
  books.hold("KO", "4");
  books.order("o1", Side::kBuy, "5", "AAPL", OrderState::kFilled);
  books.fill("e1", "o1", "5", "10");
  books.foreign("h1", Side::kSell, "1", "KO", "10");
  books.close_books();
  books.broker.positions.unnamed = {"BTCUSD (crypto)"};
  const BrokerRecon found = reconcile_broker(books.broker, books.journal).value();
  ASSERT_EQ(found.foreign_orders.size(), 1U);
  EXPECT_EQ(found.foreign_orders[0].line, "sell 1 KO, 'filled' with 1 filled (order at-broker-h1)");
  ASSERT_EQ(found.foreign_positions.size(), 2U);
  EXPECT_EQ(found.foreign_positions[0].line, "3 KO, not traded by signalbus");
  EXPECT_EQ(found.foreign_positions[1].line, "BTCUSD (crypto), which signalbus cannot trade");
}

TEST(BrokerReconTest, HandsOutLateFillsUnderTheirClientOrderId) {
  TwoBooks books("1000");
  books.order("o1", Side::kBuy, "5", "AAPL", OrderState::kCanceled);
  books.broker_order("o1").event.state = OrderState::kPartial;
  books.fill("e1", "o1", "2", "10", Knows::kBroker);
  const BrokerRecon found = books.reconcile();
  ASSERT_EQ(found.late_fills.size(), 1U);
  EXPECT_EQ(found.late_fills[0].client_order_id.get(), "o1");
}

TEST(BrokerReconTest, OrdersOnTheirWayAreNoDifference) {
  TwoBooks books("1000");
  books.order("o1", Side::kBuy, "5", "AAPL", OrderState::kLive);
  books.fill("e1", "o1", "2", "10");
  const BrokerRecon found = books.reconcile();
  EXPECT_THAT(found.differences, IsEmpty());
  EXPECT_THAT(found.pending, ElementsAre(HasSubstr("order o1 (buy 5 AAPL) is LIVE")));
}

TEST(BrokerReconTest, AmountsBeyondMoneyAreRefusedNotWrapped) {
  TwoBooks books("9000000000000");
  books.move_cash(testing::usd("1"));
  for (int i = 0; i < 2; ++i) {
    books.broker.flows.push_back({.id = std::to_string(i),
                                  .kind = CashFlowKind::kFee,
                                  .word = "FEE",
                                  .symbol = std::nullopt,
                                  .cash = testing::usd("9000000000000"),
                                  .date = books.journal.baseline.date});
  }
  books.close_books();
  const auto found = reconcile_broker(books.broker, books.journal);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kInvalidInput);
}

// -- The baseline --------------------------------------------------------------------------------

TEST(BaselineTest, ContainsWhatTheBrokerSaysAndIsNotCountedAgain) {
  TwoBooks books("1000");
  books.hold("AAPL", "10");
  books.order("o1", Side::kBuy, "5", "AAPL", OrderState::kFilled);
  books.fill("e1", "o1", "5", "10");
  books.flow(CashFlowKind::kDividend, "DIV", "d1", "AAPL", "0", "2");
  books.foreign("h1", Side::kBuy, "1", "KO", "10");
  ASSERT_TRUE(books.reconcile().all_clear());
  const TradeDate next = books.journal.baseline.date.plus_days(1);
  books.journal.baseline = next_baseline(books.broker, books.journal, next);
  EXPECT_EQ(books.journal.baseline.cash, Money::whole(942));
  ASSERT_EQ(books.journal.baseline.positions.size(), 2U);
  EXPECT_EQ(books.journal.baseline.positions[0].quantity, Quantity::whole(15));
  EXPECT_EQ(books.journal.baseline.date, next);
  // The same answers again, and one more execution of the same order by hand.
  EXPECT_THAT(books.reconcile().differences, IsEmpty());
  books.foreign("h2", Side::kSell, "1", "KO", "10");
  EXPECT_EQ(books.reconcile().differences.size(), 2U);
}

TEST(BaselineTest, GoesBackToTheOldestOpenOrder) {
  TwoBooks books("1000");
  books.order("o1", Side::kBuy, "5", "AAPL", OrderState::kFilled);
  books.order("o2", Side::kBuy, "5", "MSFT", OrderState::kLive);
  books.order("o3", Side::kBuy, "5", "KO", OrderState::kLive);
  books.close_books();
  const Baseline made = first_baseline(books.broker, books.journal.baseline.date);
  EXPECT_EQ(made.orders_after, TwoBooks::kStart.plus_seconds(1));  // o2 came a second later
  EXPECT_EQ(made.at, books.broker.at);
}

// -- Properties ----------------------------------------------------------------------------------

constexpr const char* kNames[] = {"AAPL", "BRK.B", "KO", "MSFT"};

/// A day on which everybody agrees: orders of ours with executions, trades by hand that the
/// baseline already has.
TwoBooks agreeing_day() {
  TwoBooks books("100000");
  for (const char* name : kNames) {
    const int held = *rc::gen::inRange(-50, 50);
    if (held != 0) books.hold(name, std::to_string(held));
  }
  const int orders = *rc::gen::inRange(0, 6);
  for (int i = 0; i < orders; ++i) {
    const std::string id = "o" + std::to_string(i);
    const int fills = *rc::gen::inRange(0, 4);
    const Side side = *rc::gen::element(Side::kBuy, Side::kSell);
    books.order(id, side, "10", kNames[*rc::gen::inRange(0, 4)],
                fills == 0 ? OrderState::kCanceled : OrderState::kPartial);
    for (int k = 0; k < fills; ++k) {
      const Quantity size = Quantity::from_raw(*rc::gen::inRange(1, 2'000'000'000));
      const Price at = Price::from_raw(*rc::gen::inRange(1, 2'000'000'000));
      books.fill("e" + std::to_string(i) + "-" + std::to_string(k), id, size.text(), at.text());
    }
  }
  return books;
}

std::vector<std::string> causes_of(const BrokerRecon& found) {
  std::vector<std::string> out;
  for (const Difference& d : found.differences) {
    out.push_back(std::string(to_text(d.subject)) + " " + d.symbol + " " +
                  std::string(to_text(d.cause)));
  }
  return out;
}

RC_GTEST_PROP(BrokerReconProperty, BooksThatAgreeHaveNoDifference, ()) {
  TwoBooks books = agreeing_day();
  const BrokerRecon found = books.reconcile();
  RC_ASSERT(found.differences.empty());
  RC_ASSERT(found.all_clear() && found.blocked.empty() && !found.cash_blocked);
  RC_ASSERT(found.orders_agree == books.journal.orders.size());
  RC_ASSERT(found.fills_agree == books.journal.fills.size());
}

struct Injection {
  const char* name;
  std::function<void(TwoBooks&)> happens;
  Words differences;
};

const std::vector<Injection>& injections() {
  using testing::qty;
  using testing::sym;
  using testing::usd;
  static const std::vector<Injection> kInjections = {
      {"shares appear",
       [](TwoBooks& b) { b.move_shares(sym("KO"), qty("0.000000001")); },
       {"position KO unknown"}},
      {"cash appears", [](TwoBooks& b) { b.move_cash(usd("0.5")); }, {"cash  unknown"}},
      {"cash is off by a micro-dollar",
       [](TwoBooks& b) { b.move_cash(usd("0.000001")); },
       {"cash  rounding"}},
      {"a trade by hand",
       [](TwoBooks& b) { b.foreign("h", Side::kSell, "3", "KO", "11.07"); },
       {"position KO manual_trade", "cash  manual_trade"}},
      {"a split",
       [](TwoBooks& b) {
         b.flow(CashFlowKind::kSplit, "SPLIT", "s1", "KO", "-7", "0");
         b.flow(CashFlowKind::kSplit, "SPLIT", "s2", "KO", "28", "0");
       },
       {"position KO corporate_action"}},
      {"a dividend",
       [](TwoBooks& b) { b.flow(CashFlowKind::kDividend, "DIV", "d", "KO", "0", "1.94"); },
       {"cash  dividend"}},
      {"a fee",
       [](TwoBooks& b) { b.flow(CashFlowKind::kFee, "FEE", "f", "-", "0", "-0.01"); },
       {"cash  fee"}},
      {"a deposit",
       [](TwoBooks& b) { b.flow(CashFlowKind::kTransfer, "CSD", "c", "-", "0", "9"); },
       {"cash  transfer"}},
      {"a word nobody knows",
       [](TwoBooks& b) { b.flow(CashFlowKind::kOther, "ZZZ", "z", "-", "0", "9"); },
       {"cash  unknown"}},
      {"a late fill",
       [](TwoBooks& b) {
         b.order("late", Side::kBuy, "5", "KO", OrderState::kCanceled);
         b.broker_order("late").event.state = OrderState::kPartial;
         b.fill("e-late", "late", "2", "10.01", Knows::kBroker);
       },
       {"fill KO late_fill"}},
      {"an order of another installation",
       [](TwoBooks& b) { b.foreign("sb_20260102_KO_BUY_abcdefghij", Side::kBuy, "1", "KO", "10"); },
       {"order KO unknown"}},
      {"an order that is not listed",
       [](TwoBooks& b) {
         b.order("gone", Side::kBuy, "5", "KO", OrderState::kCanceled);
         b.broker.orders.pop_back();
       },
       {"order KO unknown"}}};
  return kInjections;
}

RC_GTEST_PROP(BrokerReconProperty, OneChangeIsFoundAsWhatItIs, ()) {
  TwoBooks books = agreeing_day();
  const Injection& injected = injections()[*rc::gen::inRange<std::size_t>(0, injections().size())];
  RC_TAG(std::string(injected.name));
  injected.happens(books);
  RC_ASSERT(causes_of(books.reconcile()) == injected.differences);
}

RC_GTEST_PROP(BrokerReconProperty, AMissingOrChangedExecutionIsFoundAtItsOrder, ()) {
  TwoBooks books = agreeing_day();
  books.order("one", Side::kBuy, "10", "KO", OrderState::kPartial);
  books.fill("e-one", "one", "1.5", "10.01");
  const std::size_t which = *rc::gen::inRange<std::size_t>(0, books.broker.fills.size());
  const std::string id = books.broker.fills[which].execution_id;
  if (*rc::gen::arbitrary<bool>()) {
    books.broker.fills.erase(books.broker.fills.begin() + static_cast<std::ptrdiff_t>(which));
  } else {
    books.broker.fills[which].price += Price::from_raw(1);
  }
  const BrokerRecon found = books.reconcile();
  RC_ASSERT(!found.differences.empty());
  RC_ASSERT(found.differences[0].key == "fill:" + id);
  RC_ASSERT(found.differences[0].cause == Cause::kUnknown);
  for (std::size_t i = 1; i < found.differences.size(); ++i) {
    RC_ASSERT(found.differences[i].subject == Subject::kCash);  // a price moves no share
  }
}

RC_GTEST_PROP(BrokerReconProperty, TheNextBaselineStartsFromZero, ()) {
  TwoBooks books = agreeing_day();
  injections()[*rc::gen::inRange<std::size_t>(2, 8)].happens(books);
  RC_ASSERT(books.reconcile().all_clear());
  books.journal.baseline = next_baseline(books.broker, books.journal, books.journal.baseline.date);
  RC_ASSERT(books.reconcile().differences.empty());
}

}  // namespace
}  // namespace signalbus::reconcile
