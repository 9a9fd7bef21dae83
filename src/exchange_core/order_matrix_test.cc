// Goal: contract 3.1 as a table: type x quantity x class x time in force.
// Method: testdata/exchange/order_matrix.txt; each cell on a fresh exchange.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "exchange_core/exchange.h"

namespace signalbus::exchange_core {
namespace {

const Instant kNow = Instant::parse("2025-08-29T15:00:00Z").value();

struct Row {
  std::string type;
  std::string quantity;
  std::string order_class;
};

Price usd(int whole) { return Price::whole(whole); }

OrderRequest request_of(const Row& row, const std::string& tif) {
  const bool oco = row.order_class == "oco";
  OrderRequest request{.symbol = "AAPL",
                       .side = oco ? OrderSide::kSell : OrderSide::kBuy,
                       .type = parse_type(row.type),
                       .tif = parse_tif(tif),
                       .extended_hours = row.order_class == "extended",
                       .order_class = row.order_class == "extended" ? OrderClass::kSimple
                                                                    : parse_class(row.order_class)};
  if (row.quantity == "notional") {
    request.notional = Money::whole(150);
  } else {
    request.qty = row.quantity == "whole" ? Quantity::whole(2) : Quantity::parse("1.5").value();
  }
  if (row.type == "limit" || row.type == "stop_limit") request.limit_price = usd(oco ? 110 : 100);
  if (row.type == "stop" || row.type == "stop_limit") request.stop_price = usd(101);
  if (row.type == "trailing_stop") request.trail_price = usd(5);
  if (row.order_class == "bracket" || oco) request.take_profit = TakeProfitRequest{usd(110)};
  if (row.order_class == "bracket" || oco || row.order_class == "oto") {
    request.stop_loss = StopLossRequest{usd(90), std::nullopt};
  }
  return request;
}

std::string outcome(const Row& row, const std::string& tif) {
  Exchange exchange({.start = kNow});
  const AccountNumber account = exchange.open_account(kNow, {.cash = Money::whole(100'000)});
  const AssetNumber asset =
      exchange.put_asset(kNow, {.symbol = Symbol::parse("AAPL").value(), .name = {}});
  exchange.set_quote(kNow, asset, Quote::flat(usd(100)));
  if (row.order_class == "oco") {
    exchange.set_position(kNow, account, asset, Quantity::whole(5), usd(90));
  }
  const Answer<Placed> answer = exchange.submit(kNow, account, request_of(row, tif));
  if (answer.ok()) return "Y";
  EXPECT_EQ(answer.refusal().http_status, 422);
  EXPECT_EQ(answer.refusal().code, 42210000);
  return answer.refusal().message;
}

std::string message_of(const std::string& cell, const Row& row) {
  const std::map<std::string, std::string> messages = {
      {"Y", "Y"},
      {"D", "fractional orders must be DAY orders"},
      {"S", "fractional orders must be simple orders"},
      {"s", "stop orders must be DAY or GTC orders"},
      {"t", "trailing stop orders must be simple orders"},
      {"w", "trailing stop orders must be for whole shares"},
      {"E", "extended hours order must be DAY or GTC limit orders"},
      {"c", row.order_class + " orders must be DAY or GTC orders"}};
  return messages.at(cell);
}

TEST(OrderMatrixTest, EveryCellIsAsTheContractSays) {
  std::ifstream in(SB_TESTDATA "/exchange/order_matrix.txt");
  int cells = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    Row row;
    words >> row.type >> row.quantity >> row.order_class;
    for (const char* tif : {"day", "gtc", "opg", "cls", "ioc", "fok"}) {
      std::string cell;
      words >> cell;
      EXPECT_EQ(outcome(row, tif), message_of(cell, row)) << line << ", " << tif;
      ++cells;
    }
  }
  EXPECT_EQ(cells, 30 * 6);
}

/// "limit-cross" for one share; prices so that nothing triggers. The open order's limit is 110
/// (sale) or 90 (buy).
OrderRequest one_share(const std::string& words, OrderSide side) {
  const std::string type = words.substr(0, words.find('-'));
  const bool crosses = words.find("-apart") == std::string::npos;
  const bool buys = side == OrderSide::kBuy;
  OrderRequest request{.symbol = "AAPL",
                       .qty = Quantity::whole(1),
                       .side = side,
                       .type = parse_type(type),
                       .tif = OrderTif::kDay};
  if (type == "limit" || type == "stop_limit") {
    request.limit_price = crosses ? usd(buys ? 110 : 90) : usd(buys ? 109 : 91);
  }
  if (type == "stop" || type == "stop_limit") request.stop_price = usd(buys ? 120 : 80);
  if (type == "trailing_stop") request.trail_price = usd(20);
  return request;
}

std::string wash_outcome(const std::string& open_type, OrderSide open_side,
                         const std::string& wanted) {
  Exchange exchange({.start = kNow});
  const AccountNumber account = exchange.open_account(kNow, {.cash = Money::whole(100'000)});
  const AssetNumber asset =
      exchange.put_asset(kNow, {.symbol = Symbol::parse("AAPL").value(), .name = {}});
  exchange.set_quote(kNow, asset, Quote::flat(usd(100)));
  exchange.set_position(kNow, account, asset, Quantity::whole(10), usd(90));
  exchange.set_halted(kNow, asset, true);  // so that market orders stay open
  const bool sells = open_side == OrderSide::kSell;
  OrderRequest open = one_share(open_type, open_side);
  if (open.limit_price) open.limit_price = usd(sells ? 110 : 90);
  EXPECT_TRUE(exchange.submit(kNow, account, open).ok());
  const Answer<Placed> answer =
      exchange.submit(kNow, account, one_share(wanted, sells ? OrderSide::kBuy : OrderSide::kSell));
  if (answer.ok()) return "Y";
  EXPECT_EQ(answer.refusal().message, "potential wash trade detected. use complex orders");
  return answer.refusal().fields.at(1).text.find("market/stop") == std::string::npos ? "L" : "M";
}

TEST(OrderMatrixTest, WashTradesAreRefusedAsTheContractSays) {
  std::ifstream in(SB_TESTDATA "/exchange/wash_matrix.txt");
  int cells = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string side;
    std::string type;
    words >> side >> type;
    for (const char* wanted : {"market", "limit-cross", "limit-apart", "stop", "stop_limit-cross",
                               "stop_limit-apart", "trailing_stop"}) {
      std::string cell;
      words >> cell;
      EXPECT_EQ(wash_outcome(type, *parse_side(side), wanted), cell) << line << ": " << wanted;
      ++cells;
    }
  }
  EXPECT_EQ(cells, 10 * 7);
}

}  // namespace
}  // namespace signalbus::exchange_core
