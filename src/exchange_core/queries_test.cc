// Goal: lists, pages and histories show what Alpaca's filters ask for.
// Method: a few orders at known instants; expected lists written out.
#include "exchange_core/queries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbus::exchange_core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Instant kStart = Instant::parse("2025-08-29T15:00:00Z").value();

Instant after(int seconds) { return kStart.plus_seconds(seconds); }
Price usd(int whole) { return Price::whole(whole); }

class QueriesTest : public ::testing::Test {
 protected:
  AssetNumber asset_of(const char* symbol) {
    const AssetNumber asset =
        exchange_.put_asset(kStart, {.symbol = Symbol::parse(symbol).value(), .name = {}});
    exchange_.set_quote(kStart, asset, Quote::flat(usd(100)));
    return asset;
  }

  OrderNumber buy(int second, const char* symbol, int limit) {
    return send(second, {.symbol = symbol,
                         .qty = Quantity::whole(1),
                         .side = OrderSide::kBuy,
                         .type = OrderType::kLimit,
                         .tif = OrderTif::kGtc,
                         .limit_price = usd(limit)});
  }
  OrderNumber send(int second, const OrderRequest& request) {
    const Answer<Placed> answer = exchange_.submit(after(second), account_, request);
    EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.refusal().message);
    return answer.value().order;
  }
  std::vector<OrderNumber> list(OrderFilter filter) {
    return list_orders(exchange_, account_, filter);
  }
  std::vector<const Activity*> activities(const ActivityFilter& filter) {
    const auto rows = list_activities(exchange_, account_, filter);
    EXPECT_TRUE(rows.ok());
    return rows.value();
  }

  Exchange exchange_{{.mode = SessionMode::kCalendar, .start = kStart}};
  AccountNumber account_ = exchange_.open_account(kStart, {.cash = Money::whole(100'000)});
  AssetNumber aapl_ = asset_of("AAPL");
  AssetNumber msft_ = asset_of("MSFT");
};

TEST_F(QueriesTest, OrdersAreListedByScopeNewestFirst) {
  const OrderNumber open = buy(1, "AAPL", 90);
  const OrderNumber filled = buy(2, "AAPL", 100);
  const OrderNumber later = buy(3, "MSFT", 90);
  EXPECT_THAT(list({}), ElementsAre(later, open));
  EXPECT_THAT(list({.scope = OrderScope::kClosed}), ElementsAre(filled));
  EXPECT_THAT(list({.scope = OrderScope::kAll}), ElementsAre(later, filled, open));
  EXPECT_THAT(list({.scope = OrderScope::kAll, .direction = Direction::kAscending}),
              ElementsAre(open, filled, later));
  EXPECT_THAT(list({.scope = OrderScope::kAll, .limit = 2}), ElementsAre(later, filled));
  EXPECT_THAT(list({.scope = OrderScope::kAll, .assets = {msft_}}), ElementsAre(later));
  EXPECT_THAT(list({.scope = OrderScope::kAll, .side = OrderSide::kSell}), IsEmpty());
}

TEST_F(QueriesTest, BoundsAreExclusive) {
  const OrderNumber a = buy(1, "AAPL", 90);
  const OrderNumber b = buy(2, "AAPL", 91);
  const OrderNumber c = buy(3, "AAPL", 92);
  EXPECT_THAT(list({.after = after(1)}), ElementsAre(c, b));
  EXPECT_THAT(list({.until = after(3)}), ElementsAre(b, a));
  EXPECT_THAT(list({.after = after(1), .until = after(3)}), ElementsAre(b));
  EXPECT_THAT(list({.after_order = a}), ElementsAre(c, b));
  EXPECT_THAT(list({.before_order = c}), ElementsAre(b, a));
  EXPECT_THAT(list({.scope = OrderScope::kAll, .before_order = b}), ElementsAre(a));
}

TEST_F(QueriesTest, NestedListsHaveLegsOnlyUnderTheirParents) {
  const OrderNumber entry = send(1, {.symbol = "AAPL",
                                     .qty = Quantity::whole(2),
                                     .side = OrderSide::kBuy,
                                     .type = OrderType::kMarket,
                                     .tif = OrderTif::kGtc,
                                     .order_class = OrderClass::kBracket,
                                     .take_profit = TakeProfitRequest{usd(110)},
                                     .stop_loss = StopLossRequest{usd(90), std::nullopt}});
  const Order& order = exchange_.order(entry);
  EXPECT_THAT(list({}), ElementsAre(order.legs[1], order.legs[0]));
  EXPECT_THAT(list({.nested = true}), ElementsAre(entry));  // filled, but its legs are open
  EXPECT_THAT(list({.scope = OrderScope::kAll}), SizeIs(3));
  EXPECT_THAT(list({.scope = OrderScope::kClosed}), ElementsAre(entry));
}

TEST_F(QueriesTest, OrdersOfOneAccountAreNotSeenByAnother) {
  const OrderNumber mine = buy(1, "AAPL", 90);
  const AccountNumber other = exchange_.open_account(after(2), {.cash = Money::whole(1)});
  EXPECT_THAT(list_orders(exchange_, other, {}), IsEmpty());
  EXPECT_FALSE(exchange_.find_order(other, exchange_.order_id(mine)));
  EXPECT_EQ(exchange_.find_order(account_, exchange_.order_id(mine)), mine);
  const Answer<Done> answer = exchange_.cancel(after(3), other, mine);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.refusal().http_status, 404);
  EXPECT_EQ(answer.refusal().message, "order not found");
}

TEST_F(QueriesTest, ClientIdsFindTheirOrderInTheirAccountOnly) {
  const OrderNumber mine = send(1, {.symbol = "AAPL",
                                    .qty = Quantity::whole(1),
                                    .side = OrderSide::kBuy,
                                    .type = OrderType::kMarket,
                                    .tif = OrderTif::kDay,
                                    .client_order_id = "mine"});
  const AccountNumber other = exchange_.open_account(after(2), {.cash = Money::whole(1'000)});
  EXPECT_EQ(exchange_.find_client_order(account_, "mine"), mine);
  EXPECT_FALSE(exchange_.find_client_order(account_, "yours"));
  EXPECT_FALSE(exchange_.find_client_order(other, "mine"));
  const OrderNumber unnamed = buy(3, "AAPL", 90);
  const std::string_view made = exchange_.order(unnamed).client_order_id;
  EXPECT_TRUE(Uuid::parse(made));
  EXPECT_EQ(exchange_.find_client_order(account_, made), unnamed);
}

TEST_F(QueriesTest, AssetsAreFoundBySymbolAndById) {
  EXPECT_EQ(exchange_.find_asset("MSFT"), msft_);
  EXPECT_EQ(exchange_.find_asset(exchange_.asset(msft_).id.text()), msft_);
  EXPECT_FALSE(exchange_.find_asset("msft"));
  const OrderNumber by_id = send(1, {.symbol = exchange_.asset(msft_).id.text(),
                                     .qty = Quantity::whole(1),
                                     .side = OrderSide::kBuy,
                                     .type = OrderType::kMarket,
                                     .tif = OrderTif::kDay});
  EXPECT_EQ(exchange_.order(by_id).asset, msft_);
  EXPECT_TRUE(position(exchange_, account_, exchange_.asset(msft_).id.text()).ok());
}

TEST_F(QueriesTest, ActivitiesComeInPagesThatEnd) {
  for (int i = 1; i <= 5; ++i) buy(i, "AAPL", 100);
  exchange_.move_cash(after(6), account_, ActivityKind::kFee, Money::parse("-0.03").value(), "TAF");
  const auto first = activities({.page_size = 4});
  ASSERT_THAT(first, SizeIs(4));
  EXPECT_EQ(first[0]->kind, ActivityKind::kFee);
  EXPECT_EQ(exchange_.note(first[0]->note), "TAF");
  EXPECT_EQ(first[0]->net_amount, Money::parse("-0.03").value());
  const std::string token = activity_id(exchange_, *first.back());
  const auto second = activities({.page_size = 4, .page_token = token});
  ASSERT_THAT(second, SizeIs(2));
  EXPECT_LT(second[0]->sequence, first.back()->sequence);
  const std::string last = activity_id(exchange_, *second.back());
  EXPECT_THAT(activities({.page_size = 4, .page_token = last}), IsEmpty());
  const auto up = activities({.direction = Direction::kAscending, .page_token = token});
  EXPECT_THAT(up, ElementsAre(first[2], first[1], first[0]));
}

TEST_F(QueriesTest, ActivitiesAreFilteredByKindDateTimeAndOrder) {
  const OrderNumber order = buy(1, "AAPL", 100);
  buy(2, "AAPL", 100);
  exchange_.move_cash(after(86'400), account_, ActivityKind::kDeposit, Money::whole(5), "");
  EXPECT_THAT(activities({.kinds = {ActivityKind::kFill}}), SizeIs(2));
  EXPECT_THAT(activities({.date = TradeDate::parse("2025-08-30").value()}), SizeIs(1));
  EXPECT_THAT(activities({.after = after(1)}), SizeIs(2));
  EXPECT_THAT(activities({.until = after(2)}), SizeIs(1));
  const auto rows = activities({.order = order});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0]->cum_qty, Quantity::whole(1));
  EXPECT_TRUE(rows[0]->ends_order);
}

TEST_F(QueriesTest, AnUnknownPageTokenIsRefused) {
  buy(1, "AAPL", 100);
  for (const std::string& token :
       {std::string("nonsense"), "20250829110001000::" + Uuid{}.text(),
        "20250829110001000::" + exchange_.execution_id(1'000'000).text()}) {
    const auto rows = list_activities(exchange_, account_, {.page_token = token});
    ASSERT_FALSE(rows.ok()) << token;
    EXPECT_EQ(rows.refusal().http_status, 422);
  }
}

TEST_F(QueriesTest, ActivityIdsCarryNewYorksTime) {
  buy(1, "AAPL", 100);
  const Activity& row = *activities({}).at(0);
  // 15:00:01Z in August is 11:00:01 in New York.
  EXPECT_EQ(activity_id(exchange_, row),
            "20250829110001000::" + exchange_.execution_id(row.sequence).text());
}

TEST_F(QueriesTest, EquityHasOnePointPerSession) {
  buy(1, "AAPL", 100);
  exchange_.set_quote(after(2), aapl_, Quote::flat(usd(103)));
  exchange_.move_cash(after(3), account_, ActivityKind::kDeposit, Money::whole(50), "");
  EXPECT_THAT(equity_history(exchange_, account_), IsEmpty());
  exchange_.advance_to(Instant::parse("2025-09-03T12:00:00Z").value());
  const auto points = equity_history(exchange_, account_);
  ASSERT_THAT(points, SizeIs(2));  // Friday and Tuesday: Monday was Labor Day
  EXPECT_EQ(points[0].date.iso(), "2025-08-29");
  EXPECT_EQ(points[0].at.rfc3339(), "2025-08-29T20:00:00Z");
  EXPECT_EQ(points[0].equity, Money::whole(100'053));
  EXPECT_EQ(points[0].cash, Money::whole(99'950));
  EXPECT_EQ(points[0].flow, Money::whole(50));
  EXPECT_EQ(points[1].date.iso(), "2025-09-02");
  EXPECT_EQ(points[1].flow, Money::zero());
}

TEST_F(QueriesTest, PositionsAreSortedAndWithoutFlatOnes) {
  buy(1, "MSFT", 100);
  buy(2, "AAPL", 100);
  const auto rows = positions(exchange_, account_);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].asset, aapl_);
  (void)exchange_.close_position(after(3), account_, "AAPL", {});
  EXPECT_THAT(positions(exchange_, account_), SizeIs(1));
}

TEST_F(QueriesTest, AccountsHaveNumbersLikePaperAccounts) {
  const AccountView view = account_view(exchange_, account_);
  EXPECT_EQ(view.account_number.substr(0, 2), "PA");
  EXPECT_EQ(view.account_number.size(), 12u);
  EXPECT_EQ(view.id, exchange_.account_id(account_));
}

TEST_F(QueriesTest, BoundariesAndPhasesFollowTheCalendar) {
  EXPECT_EQ(exchange_.phase(), SessionPhase::kRegular);
  const std::pair<const char*, SessionPhase> steps[] = {
      {"2025-08-29T20:00:00Z", SessionPhase::kPostMarket},
      {"2025-08-30T00:00:00Z", SessionPhase::kClosed},
      {"2025-09-02T08:00:00Z", SessionPhase::kPreMarket},
      {"2025-09-02T13:30:00Z", SessionPhase::kRegular}};
  for (const auto& [time, phase] : steps) {
    EXPECT_EQ(exchange_.next_boundary().rfc3339(), time);
    exchange_.advance_to(exchange_.next_boundary());
    EXPECT_EQ(exchange_.phase(), phase) << time;
  }
  EXPECT_EQ(exchange_.session_date().iso(), "2025-09-02");
}

TEST_F(QueriesTest, TimeNeverRunsBackwards) {
  exchange_.advance_to(after(100));
  const OrderNumber order = buy(50, "AAPL", 90);
  EXPECT_EQ(exchange_.order(order).created_at, after(100));
  EXPECT_EQ(exchange_.now(), after(100));
}

TEST_F(QueriesTest, TheStartDecidesThePhase) {
  const std::pair<const char*, SessionPhase> starts[] = {
      {"2025-08-29T07:59:59Z", SessionPhase::kClosed},
      {"2025-08-29T08:00:00Z", SessionPhase::kPreMarket},
      {"2025-08-29T13:29:59Z", SessionPhase::kPreMarket},
      {"2025-08-29T19:59:59Z", SessionPhase::kRegular},
      {"2025-08-29T23:59:59Z", SessionPhase::kPostMarket},
      {"2025-08-30T15:00:00Z", SessionPhase::kClosed},
      {"2025-11-28T18:00:00Z", SessionPhase::kPostMarket}};
  for (const auto& [time, phase] : starts) {
    const Exchange exchange(
        {.mode = SessionMode::kCalendar, .start = Instant::parse(time).value()});
    EXPECT_EQ(exchange.phase(), phase) << time;
  }
}

}  // namespace
}  // namespace signalbus::exchange_core
