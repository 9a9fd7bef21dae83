// Goal: a batch is resumed, left alone or opened as the contract says; its intents are in sending
// order and carry ids that name the order and nothing else.
// Method: tables; the id constants were made with Python's hashlib and base64.
#include "execution/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "execution/client_order_id.h"

namespace signalbus::execution {
namespace {

using ::testing::ElementsAre;

Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }

const TradeDate kRunDate = TradeDate::parse("2025-07-28").value();

OrderIdentity identity() {
  return {.prefix = "ORD",
          .account = AccountId("PA3XYZ"),
          .mode = Mode::kPaper,
          .run_date = kRunDate,
          .batch_number = 1,
          .leg = 1,
          .attempt = 1};
}

Batch batch(BatchState state, int number) {
  return {
      {Mode::kPaper, AccountId("PA3XYZ"), kRunDate}, number, state, "", Instant::from_micros(0)};
}

PlannedOrder order(std::string_view symbol, Side side, Purpose purpose = Purpose::kOpen) {
  return {.asset_id = AssetId("1"),
          .symbol = sym(symbol),
          .side = side,
          .quantity = Quantity::whole(1),
          .type = OrderType::kMarket,
          .take_profit = {},
          .stop_loss = {},
          .limit_price = {},
          .ref_price = Price::whole(1),
          .notional = Money::whole(1),
          .time_in_force = TimeInForce::kDay,
          .purpose = purpose};
}

// ---- Ids ----

// ancestor-defects 5: python3 -c "import hashlib,base64; print(base64.b32encode(hashlib.sha256(
//   b'PA3XYZ\npaper\n20250728\n1\n1\n1\nAAPL\nBUY').digest()).decode().lower()[:10])"
TEST(ClientOrderIdTest, IsTheSameOnEveryMachineAndEveryRun) {
  EXPECT_EQ(make_client_order_id(identity(), sym("AAPL"), Side::kBuy),
            ClientOrderId("ORD_20250728_AAPL_BUY_acijpcn3au"));
  OrderIdentity second_leg = identity();
  second_leg.leg = 2;
  EXPECT_EQ(make_client_order_id(second_leg, sym("AAPL"), Side::kBuy),
            ClientOrderId("ORD_20250728_AAPL_BUY_7eeapsw4c2"));
}

TEST(ClientOrderIdTest, IsRecognisedByItsWholeShape) {
  const TradeDate date = TradeDate::parse("2025-07-28").value();
  EXPECT_EQ(run_date_of("ORD_20250728_BRK.B_BUY_acijpcn3au", "ORD"), date);
  for (const char* foreign :
       {"ORX_20250728_AAPL_BUY_acijpcn3au", "ORD_20250728_AAPL_BUY_acijpcn3a",
        "ORD_20250728_AAPL_BUY_acijpcn3a1", "ORD_20250728_AAPL_HOLD_acijpcn3au",
        "ORD_20251328_AAPL_BUY_acijpcn3au", "ORD_2025-07-28_AAPL_BUY_acijpcn3au",
        "ORD_20250728_AAPL_BUY_acijpcn3au_", "61e69015-8549-4bfd-b9c3-01e75843f47d", "ORD", ""}) {
    EXPECT_EQ(run_date_of(foreign, "ORD"), std::nullopt) << foreign;
  }
}

TEST(ClientOrderIdTest, HoldsTheLongestPartsIn48Characters) {
  OrderIdentity longest = identity();
  longest.prefix = "ABCDEFGHIJKLMNOP";
  const ClientOrderId id = make_client_order_id(longest, sym("ABCDEFGHIJKLMNOP"), Side::kSell);
  EXPECT_EQ(id, ClientOrderId("ABCDEFGHIJKLMNOP_20250728_ABCDEF_SELL_pt5ptw75pl"));
  EXPECT_EQ(id.get().size(), kClientOrderIdMax);
  // What is cut from the symbol still tells the orders apart.
  EXPECT_NE(make_client_order_id(longest, sym("ABCDEFGHIJKLMNOQ"), Side::kSell), id);
}

TEST(ClientOrderIdTest, DiffersByEachPartOfTheIdentity) {
  std::vector<OrderIdentity> variants(7, identity());
  variants[0].prefix = "XYZ";
  variants[1].account = AccountId("PA3XYA");
  variants[2].mode = Mode::kLive;
  variants[3].run_date = kRunDate.plus_days(1);
  variants[4].batch_number = 2;
  variants[5].leg = 2;
  variants[6].attempt = 2;
  std::set<ClientOrderId> ids{make_client_order_id(identity(), sym("AAPL"), Side::kBuy),
                              make_client_order_id(identity(), sym("AAPL"), Side::kSell),
                              make_client_order_id(identity(), sym("AAP"), Side::kBuy)};
  std::set<std::string> hashes;
  for (const OrderIdentity& variant : variants) {
    ids.insert(make_client_order_id(variant, sym("AAPL"), Side::kBuy));
  }
  EXPECT_EQ(ids.size(), 10u);
  // Everything but the prefix is in the hash itself, which is what a cut symbol leaves.
  for (const ClientOrderId& id : ids) hashes.insert(id.get().substr(id.get().size() - 10));
  EXPECT_EQ(hashes.size(), 9u);
}

TEST(ClientOrderIdTest, AccountAndModeCannotRunTogether) {
  OrderIdentity a = identity();
  OrderIdentity b = identity();
  a.batch_number = 1, a.leg = 11;
  b.batch_number = 11, b.leg = 1;
  EXPECT_NE(make_client_order_id(a, sym("A"), Side::kBuy),
            make_client_order_id(b, sym("A"), Side::kBuy));
}

// ---- Batches ----

TEST(DecideBatchTest, ResumesLeavesAloneOrOpens) {
  using Kind = BatchDecision::Kind;
  struct Case {
    std::optional<Batch> latest;
    bool again;
    Kind kind;
    int number;
  };
  const Case cases[] = {
      {std::nullopt, false, Kind::kOpenNew, 1},
      {std::nullopt, true, Kind::kOpenNew, 1},
      {batch(BatchState::kOpen, 3), false, Kind::kResume, 3},
      {batch(BatchState::kOpen, 3), true, Kind::kResume, 3},
      {batch(BatchState::kFinished, 3), false, Kind::kAlreadyDone, 3},
      {batch(BatchState::kFinished, 3), true, Kind::kOpenNew, 4},
      {batch(BatchState::kEnded, 3), false, Kind::kOpenNew, 4},
      {batch(BatchState::kEnded, 3), true, Kind::kOpenNew, 4},
  };
  for (const Case& c : cases) {
    const BatchDecision decision = decide_batch(c.latest, c.again);
    EXPECT_EQ(decision.kind, c.kind);
    EXPECT_EQ(decision.number, c.number);
  }
}

std::vector<std::string> sequence_of(const std::vector<Intent>& intents) {
  std::vector<std::string> out;
  for (const Intent& intent : intents) {
    out.push_back(std::string(to_text(intent.order.side)) + " " + intent.order.symbol.text() +
                  (intent.order.leg() == 2 ? " leg 2" : ""));
  }
  return out;
}

// ancestor-defects 9: sells stand before the buys that wait for them, second legs after all.
TEST(MakeIntentsTest, SendsSellsThenBuysThenSecondLegs) {
  const std::vector<PlannedOrder> orders{order("SHORTED", Side::kSell, Purpose::kOpenFlipped),
                                         order("B2", Side::kBuy),
                                         order("S1", Side::kSell),
                                         order("COVERED", Side::kBuy, Purpose::kOpenFlipped),
                                         order("SHORTED", Side::kSell, Purpose::kCloseToFlip),
                                         order("B1", Side::kBuy)};
  const std::vector<Intent> intents = make_intents(orders, batch(BatchState::kOpen, 1), "ORD");
  EXPECT_THAT(sequence_of(intents), ElementsAre("SELL S1", "SELL SHORTED", "BUY B2", "BUY B1",
                                                "SELL SHORTED leg 2", "BUY COVERED leg 2"));
  for (std::size_t i = 0; i < intents.size(); ++i) {
    EXPECT_EQ(intents[i].sequence, static_cast<int>(i));
    EXPECT_EQ(intents[i].attempt, 1);
    EXPECT_EQ(intents[i].state, OrderState::kPlanned);
  }
}

// ancestor-defects 5: a moved price or size does not make another order.
TEST(MakeIntentsTest, IdsDependOnNeitherPriceNorQuantityNorTime) {
  std::vector<PlannedOrder> orders{order("A", Side::kBuy)};
  Batch one = batch(BatchState::kOpen, 1);
  const ClientOrderId before = make_intents(orders, one, "ORD")[0].client_order_id;
  orders[0].quantity = Quantity::whole(7);
  orders[0].ref_price = Price::whole(9);
  orders[0].notional = Money::whole(63);
  orders[0].limit_price = Price::whole(9);
  one.opened_at = one.opened_at.plus_seconds(3600);
  one.plan_hash = "other";
  EXPECT_EQ(make_intents(orders, one, "ORD")[0].client_order_id, before);
}

// ancestor-defects 6
TEST(MakeIntentsTest, IdsUseTheRunDate) {
  const std::vector<PlannedOrder> orders{order("A", Side::kBuy)};
  Batch late = batch(BatchState::kOpen, 1);
  late.opened_at = Instant::parse("2025-08-15T09:00:00Z").value();
  EXPECT_EQ(make_intents(orders, late, "ORD")[0].client_order_id.get().substr(0, 13),
            "ORD_20250728_");
}

TEST(MakeIntentsTest, EveryIntentOfABatchHasItsOwnId) {
  const std::vector<PlannedOrder> orders{order("A", Side::kSell, Purpose::kCloseToFlip),
                                         order("A", Side::kSell, Purpose::kOpenFlipped),
                                         order("B", Side::kBuy), order("B2", Side::kBuy)};
  std::set<ClientOrderId> ids;
  for (const int number : {1, 2}) {
    for (const Intent& intent : make_intents(orders, batch(BatchState::kOpen, number), "ORD")) {
      ids.insert(intent.client_order_id);
    }
  }
  EXPECT_EQ(ids.size(), 8u);
}

}  // namespace
}  // namespace signalbus::execution
