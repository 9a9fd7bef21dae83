// Goal: an order goes only the ways of the table, never is given up while it may live, and knows
// the same whatever order the broker's words come in. Method: the rules one by one; random inputs
// against the table; the laws of a join as properties.
#include "execution/order_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <functional>
#include <random>
#include <set>

namespace signalbus::execution {
namespace {

using ::testing::HasSubstr;

constexpr Instant kStart = Instant::from_micros(1'700'000'000'000'000);
const Patience kPatience;

Instant at(std::int64_t seconds) { return kStart.plus_seconds(seconds); }

OrderProgress planned() {
  OrderProgress order;
  order.quantity = Quantity::whole(10);
  return order;
}

OrderEvent event(OrderState state, std::int64_t filled = 0) {
  return {.client_order_id = ClientOrderId("ORD_20250829_AAPL_BUY_aaaaaaaaaa"),
          .state = state,
          .order_id = OrderId("o-1"),
          .filled_qty = Quantity::whole(filled),
          .filled_avg_price = filled > 0 ? std::optional(Price::whole(5)) : std::nullopt,
          .price_used = Price::whole(5),
          .submitted_at = kStart,
          .updated_at = kStart,
          .reject_code = {},
          .error = {}};
}

/// "Not found", asked then; late: past the horizon.
Missing missing(std::int64_t asked) { return {false, at(asked)}; }
Missing late(std::int64_t asked) { return {true, at(asked)}; }

/// An order with a history, as a test needs it.
class Life {
 public:
  Life& then(const OrderInput& input, std::int64_t seconds = 0) {
    OrderStep step = apply(order, input, at(seconds), kPatience);
    rules.push_back(std::string(to_text(step.rule)));
    order = step.after;
    return *this;
  }
  OrderProgress order = planned();
  std::vector<std::string> rules;
};

// ---- The way of an order that goes well ----

TEST(OrderMachineTest, AFilledOrderIsSealedAsSoonAsItsExecutionsAddUp) {
  Life life;
  life.then(Posted{})
      .then(Seen{event(OrderState::kLive)})
      .then(Seen{event(OrderState::kFilled, 10)});
  EXPECT_EQ(life.order.state, OrderState::kResolving);
  life.then(Executed{Quantity::whole(4)});
  EXPECT_EQ(life.order.state, OrderState::kResolving);
  life.then(Executed{Quantity::whole(10)});
  EXPECT_EQ(life.order.state, OrderState::kFilled);
  EXPECT_THAT(life.rules, ::testing::ElementsAre("T2", "T4", "T12", "", "T14"));
}

TEST(OrderMachineTest, ACanceledOrderWaitsForLateExecutionsBeforeItIsSealed) {
  Life life;
  life.then(Posted{}).then(Seen{event(OrderState::kLive)}).then(CancelAsked{});
  EXPECT_EQ(life.order.state, OrderState::kCancelling);
  life.then(Seen{event(OrderState::kCanceled)}, 1)
      .then(LookedAgain{at(2)}, 2)
      .then(LookedAgain{at(3)}, 3);
  EXPECT_EQ(life.order.state, OrderState::kResolving) << "two looks, but the grace is not over";
  Life late = life;
  life.then(LookedAgain{at(12)}, 12);
  EXPECT_EQ(life.order.state, OrderState::kCanceled);
  // An execution in that time wins over the cancel.
  late.then(Seen{event(OrderState::kPartial, 3)}, 5)
      .then(Executed{Quantity::whole(3)}, 12)
      .then(LookedAgain{at(12)}, 12);
  EXPECT_EQ(late.order.state, OrderState::kPartial);
  EXPECT_EQ(late.order.filled, Quantity::whole(3));
}

// ---- The halt ----

TEST(OrderMachineTest, AnOnlyPostThatTheHaltWithheldLeavesNoDoubt) {
  Life life;
  life.then(Posted{}).then(Withheld{"halted"}).then(missing(100), 100);
  EXPECT_EQ(life.order.state, OrderState::kAbandoned);
  EXPECT_THAT(life.rules, ::testing::ElementsAre("T2", "T3", ""));
}

TEST(OrderMachineTest, ACopyThatTheHaltWithheldSaysNothingOfTheOneBefore) {
  Life life;
  life.then(Posted{}).then(NoAnswer{"timed out"}).then(Posted{}, 10).then(Withheld{"halted"}, 10);
  EXPECT_EQ(life.order.state, OrderState::kUnknown);
  life.then(Seen{event(OrderState::kLive)}, 20);
  EXPECT_EQ(life.order.state, OrderState::kLive);
}

TEST(OrderMachineTest, WhatHasLeftIsNotWithheld) {
  Life life;
  life.then(Posted{}).then(NoAnswer{"timed out"}).then(Withheld{"halted"});
  EXPECT_EQ(life.order.state, OrderState::kUnknown);
  EXPECT_THAT(life.rules, ::testing::ElementsAre("T2", "T8", ""));
}

// ---- Doubt ----

TEST(OrderMachineTest, NotFoundNeverEndsAnOrderBeforeTheHorizon) {
  Life life;
  life.then(Posted{}).then(NoAnswer{"timed out"});
  for (std::int64_t t = 1; t < 100'000; t += 1000) {
    life.then(missing(t), t);
    ASSERT_EQ(life.order.state, OrderState::kUnknown);
  }
}

TEST(OrderMachineTest, TwoLateLooksAMinuteApartProveThatItNeverCame) {
  Life life;
  life.then(Posted{}).then(NoAnswer{"timed out"}).then(late(90'000), 90'000);
  EXPECT_EQ(life.order.state, OrderState::kUnknown);
  life.then(late(90'059), 90'059);
  EXPECT_EQ(life.order.state, OrderState::kUnknown);
  life.then(late(90'060), 90'060);
  EXPECT_EQ(life.order.state, OrderState::kNeverAccepted);
  EXPECT_EQ(life.rules.back(), "T11d");
}

TEST(OrderMachineTest, AResendStartsTheProofAnew) {
  Life life;
  life.then(Posted{}).then(NoAnswer{"timed out"}).then(late(90'000), 90'000).then(Posted{}, 90'001);
  EXPECT_EQ(life.order.posts, 2);
  life.then(NoAnswer{"timed out"}, 90'002).then(late(90'100), 90'100);
  EXPECT_EQ(life.order.state, OrderState::kUnknown);
}

TEST(OrderMachineTest, OnlyTheRefusalOfTheOnlyPostIsDefinite) {
  Life once;
  once.then(Posted{}).then(Refused{"403", "insufficient buying power"});
  EXPECT_EQ(once.order.state, OrderState::kRejected);
  EXPECT_EQ(once.order.words, "insufficient buying power");
  Life twice;
  twice.then(Posted{})
      .then(NoAnswer{"timed out"})
      .then(Posted{}, 10)
      .then(Refused{"403", "no"}, 11);
  EXPECT_EQ(twice.order.state, OrderState::kUnknown);
  EXPECT_EQ(twice.rules.back(), "T7");
}

TEST(OrderMachineTest, AnUnknownOrderThatAppearsIsFollowed) {
  Life life;
  life.then(Posted{})
      .then(NoAnswer{"reset"})
      .then(missing(1), 1)
      .then(Seen{event(OrderState::kLive)});
  EXPECT_EQ(life.order.state, OrderState::kLive);
  EXPECT_EQ(life.rules.back(), "T9");
}

TEST(OrderMachineTest, ASeenOrderMayBeMissingForAWhileButNotForGood) {
  Life life;
  life.then(Posted{})
      .then(Seen{event(OrderState::kLive)})
      .then(missing(1), 1)
      .then(missing(59), 59);
  EXPECT_EQ(life.order.state, OrderState::kLive);
  Life back = life;
  back.then(Seen{event(OrderState::kLive)}, 60).then(missing(61), 61);
  EXPECT_EQ(back.order.state, OrderState::kLive) << "seen again: the row starts anew";
  life.then(missing(61), 61);
  EXPECT_EQ(life.order.state, OrderState::kQuarantined);
}

// A process that was stopped hears old words: what counts is when it asked.
TEST(OrderMachineTest, AnAnswerIsAsOldAsItsQuestion) {
  Life vanished;
  vanished.then(Posted{}).then(Seen{event(OrderState::kLive)}).then(missing(1), 3);
  vanished.then(missing(9), 600);
  EXPECT_EQ(vanished.order.state, OrderState::kLive) << "absent for 6 s, for all that is known";
  vanished.then(missing(63), 700);
  EXPECT_EQ(vanished.order.state, OrderState::kQuarantined);

  Life proof;
  proof.then(Posted{}).then(NoAnswer{"timed out"}).then(late(90'000), 90'000);
  proof.then(late(90'001), 95'000);
  EXPECT_EQ(proof.order.state, OrderState::kUnknown);

  Life ended;
  ended.then(Posted{})
      .then(Seen{event(OrderState::kLive)})
      .then(Seen{event(OrderState::kCanceled)});
  ended.then(LookedAgain{at(2)}, 2).then(LookedAgain{at(3)}, 600);
  EXPECT_EQ(ended.order.state, OrderState::kResolving) << "the grace was not over at the look";
  ended.then(Seen{event(OrderState::kPartial, 3)}, 601).then(Executed{Quantity::whole(3)}, 602);
  EXPECT_EQ(ended.order.state, OrderState::kResolving) << "nor do words without a look end it";
}

// ---- Alarms ----

TEST(OrderMachineTest, WhatContradictsTheJournalIsForAPerson) {
  EXPECT_EQ(Life().then(Seen{event(OrderState::kLive)}).order.state, OrderState::kQuarantined)
      << "the broker has an order that was never sent";
  EXPECT_EQ(Life().then(Posted{}).then(Contradicted{"its side is SELL"}).order.state,
            OrderState::kQuarantined);
  EXPECT_EQ(Life().then(Posted{}).then(Seen{event(OrderState::kLive, 11)}).order.state,
            OrderState::kQuarantined);
  Life over;
  over.then(Posted{}).then(Seen{event(OrderState::kLive)}).then(Executed{Quantity::whole(11)});
  EXPECT_EQ(over.order.state, OrderState::kQuarantined);
  EXPECT_EQ(over.rules.back(), "T18");
}

TEST(OrderMachineTest, AMissingExecutionMakesQuantityAndAverageRight) {
  Life life;
  OrderEvent filled = event(OrderState::kFilled, 10);
  filled.filled_avg_price = Price::parse("5.20").value();
  life.then(Posted{}).then(Seen{filled}).then(Executed{Quantity::whole(4)});
  const Fill known{.execution_id = "e1",
                   .order_id = OrderId("o-1"),
                   .client_order_id = filled.client_order_id,
                   .symbol = Symbol::parse("AAPL").value(),
                   .side = Side::kBuy,
                   .quantity = Quantity::whole(4),
                   .price = Price::whole(4),
                   .at = kStart};
  Intent intent{.client_order_id = filled.client_order_id,
                .sequence = 0,
                .attempt = 1,
                .order = {.asset_id = AssetId("1"),
                          .symbol = known.symbol,
                          .side = Side::kBuy,
                          .quantity = Quantity::whole(10),
                          .type = OrderType::kMarket,
                          .take_profit = {},
                          .stop_loss = {},
                          .limit_price = {},
                          .ref_price = Price::whole(5),
                          .notional = Money::whole(50),
                          .time_in_force = TimeInForce::kDay,
                          .purpose = Purpose::kOpen},
                .state = OrderState::kResolving};
  const Fill made = missing_execution(life.order, intent, std::vector{known}, at(70));
  EXPECT_EQ(made.quantity, Quantity::whole(6));
  EXPECT_EQ(made.price, Price::whole(6));  // (10 x 5.20 - 4 x 4) / 6
  EXPECT_EQ(made.execution_id, "missing:o-1:10");
}

TEST(HorizonTest, NeedsTheSessionToBeOverForHalfAnHourAndThePostToBeOld) {
  OrderProgress order = planned();
  order.posted_at = at(0);
  EXPECT_FALSE(past_horizon(order, std::nullopt, at(1'000'000)));
  EXPECT_FALSE(past_horizon(order, at(1000), at(1000 + 1799)));
  EXPECT_TRUE(past_horizon(order, at(1000), at(1000 + 1800)));
  order.posted_at = at(2800);  // close to the end: the older of the two counts
  EXPECT_FALSE(past_horizon(order, at(1000), at(2800 + 899)));
  EXPECT_TRUE(past_horizon(order, at(1000), at(2800 + 900)));
  order.posted_at.reset();
  EXPECT_FALSE(past_horizon(order, at(1000), at(1'000'000)));
}

// ---- Properties ----

/// Picks one of `count` possibilities: RapidCheck's choice in a property, a generator's elsewhere.
using Pick = std::function<int(int count)>;

OrderInput any_input(const Pick& pick, Instant asked) {
  constexpr std::array kStates = {
      OrderState::kLive,     OrderState::kLive,     OrderState::kFilled,
      OrderState::kPartial,  OrderState::kCanceled, OrderState::kExpired,
      OrderState::kRejected, OrderState::kUnknown,  OrderState::kSimulated};
  switch (pick(13)) {
    case 12:
      return Withheld{"halted"};
    case 0:
      return Dropped{"a limit"};
    case 1:
      return Refused{"403", "no"};
    case 2:
      return NoAnswer{"timed out"};
    case 3:
      return Contradicted{"another order"};
    case 4:
      return Missing{pick(2) == 1, asked};
    case 5:
      return CancelAsked{};
    case 6:
      return Executed{Quantity::whole(pick(12))};
    case 7:
      return LookedAgain{asked};
    case 8:
    case 9: {
      const OrderState state = kStates.at(static_cast<std::size_t>(pick(9)));
      return Seen{event(state, state == OrderState::kFilled ? 10 : pick(12))};
    }
    default:
      return Posted{};
  }
}

std::int64_t any_pause(const Pick& pick) {
  constexpr std::array<std::int64_t, 5> kPauses = {0, 1, 20, 70, 90'000};
  return kPauses.at(static_cast<std::size_t>(pick(5)));
}

bool names(std::string_view list, OrderState state) {
  const std::string word = " " + std::string(to_text(state)) + " ";
  return (" " + std::string(list) + " ").find(word) != std::string::npos;
}

const RuleRow& row_of(Rule rule) {
  for (const RuleRow& row : life_cycle()) {
    if (row.rule == rule) return row;
  }
  SB_CHECK(false);
  return life_cycle().front();
}

RC_GTEST_PROP(OrderMachineTest, EveryStepIsARowOfTheTable, ()) {
  OrderProgress order = planned();
  std::int64_t now = 0;
  const Pick pick = [](int count) { return *rc::gen::resize(100, rc::gen::inRange(0, count)); };
  for (int i = pick(40); i > 0; --i) {
    now += any_pause(pick);
    const OrderStep step = apply(order, any_input(pick, at(now)), at(now), kPatience);
    if (step.rule == Rule::kNone) {
      RC_ASSERT(step.after.state == order.state);
    } else {
      const RuleRow& row = row_of(step.rule);
      RC_ASSERT(names(row.from, order.state));
      RC_ASSERT(names(row.to, step.after.state));
    }
    RC_ASSERT(!is_final(order.state) || step.after.state == order.state);
    RC_ASSERT(step.after.filled >= order.filled);
    RC_ASSERT(step.after.executed >= order.executed);
    RC_ASSERT(step.after.posts >= order.posts);
    // Never sent: not once recorded, or recorded once and withheld at once.
    const bool withheld = order.state == OrderState::kSubmitting && order.posts == 1;
    RC_ASSERT(step.after.state != OrderState::kAbandoned || order.posts == 0 || withheld ||
              order.state == OrderState::kAbandoned);
    order = step.after;
  }
}

// Every row can be reached: a table with a dead row would promise what the code does not do.
TEST(OrderMachineTest, RandomLivesUseEveryRowOfTheTable) {
  std::set<Rule> seen{Rule::kT1, Rule::kT14b};  // made outside: open_batch, missing_execution
  std::mt19937 random(1);
  const Pick pick = [&](int count) {
    return static_cast<int>(random() % static_cast<unsigned>(count));
  };
  OrderProgress order = planned();
  std::int64_t now = 0;
  for (int i = 0; i < 100'000; ++i) {
    now += any_pause(pick);
    const OrderStep step = apply(order, any_input(pick, at(now)), at(now), kPatience);
    seen.insert(step.rule);
    const bool over = is_final(step.after.state) || step.after.state == OrderState::kQuarantined;
    order = over ? planned() : step.after;
  }
  for (const RuleRow& row : life_cycle()) {
    EXPECT_TRUE(seen.contains(row.rule)) << to_text(row.rule);
  }
}

// What is known in the end does not depend on the order, the number or the grouping of the words.
RC_GTEST_PROP(OrderMachineTest, WordsOfTheBrokerJoinInAnyOrder, ()) {
  OrderProgress sent = apply(planned(), Posted{}, at(0), kPatience).after;
  std::vector<OrderInput> words;
  for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
    const auto filled = *rc::gen::inRange<std::int64_t>(0, 11);
    if (*rc::gen::arbitrary<bool>()) {
      words.emplace_back(Seen{event(OrderState::kLive, filled)});
    } else {
      words.emplace_back(Executed{Quantity::whole(filled)});
    }
  }
  words.emplace_back(Seen{event(OrderState::kLive, 0)});
  const auto told = [&](const std::vector<OrderInput>& in) {
    OrderProgress order = sent;
    for (const OrderInput& word : in) order = apply(order, word, at(1), kPatience).after;
    return order;
  };
  const OrderProgress once = told(words);
  std::vector<OrderInput> shuffled = words;
  for (std::size_t i = shuffled.size(); i > 1; --i) {
    std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  std::vector<OrderInput> twice = shuffled;
  twice.insert(twice.end(), words.begin(), words.end());
  for (const OrderProgress& other : {told(shuffled), told(twice)}) {
    RC_ASSERT(other.state == once.state);
    RC_ASSERT(other.filled == once.filled);
    RC_ASSERT(other.executed == once.executed);
  }
}

}  // namespace
}  // namespace signalbus::execution
