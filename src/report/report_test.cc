// Goal: files say exactly what product.md promises, and plan.json notices every edit.
// Method: headers from the contract, round trips through the readers, one changed digit at a time.
#include <gtest/gtest.h>

#include "inputs/load_orders.h"
#include "ports/testing/memory_files.h"
#include "report/save_execution.h"
#include "report/save_plan.h"
#include "report/save_recon.h"
#include "report/save_targets.h"

namespace signalbus::report {
namespace {

using signalbus::testing::MemoryFiles;

const TradeDate kDate = TradeDate::parse("2025-08-29").value();
const Instant kNine = Instant::parse("2025-08-29T13:00:00Z").value();

Symbol sym(const char* text) { return Symbol::parse(text).value(); }
Price price(const char* text) { return Price::parse(text).value(); }
Quantity qty(const char* text) { return Quantity::parse(text).value(); }
Money usd(const char* text) { return Money::parse(text).value(); }

PlannedOrder sample_order() {
  return {.asset_id = AssetId("1690"),
          .symbol = sym("AAPL"),
          .side = Side::kBuy,
          .quantity = qty("5.17"),
          .type = OrderType::kBracket,
          .take_profit = price("150.5"),
          .stop_loss = price("145.2"),
          .limit_price = std::nullopt,
          .ref_price = price("148.3"),
          .notional = usd("766.711"),
          .time_in_force = TimeInForce::kDay,
          .purpose = Purpose::kOpen};
}

PlanRow sample_row() {
  return {.asset_id = AssetId("1690"),
          .symbol = sym("AAPL"),
          .price = price("148.3"),
          .target_weight = 0.0047,
          .target_qty = qty("5.17"),
          .current_qty = Quantity::zero(),
          .delta = qty("5.17"),
          .action = Action::kBuy,
          .planned_qty = qty("5.17"),
          .planned_weight = 0.0046,
          .notional = usd("766.711"),
          .code = ReasonCode::kInsufficientFunds,
          .words = "buys scaled to 98 %: 1, \"quoted\""};
}

RebalancePlan sample_plan() {
  return {.trade_date = kDate,
          .equity = usd("100000"),
          .foreign_value = usd("1.5"),
          .investable = usd("95000"),
          .starting_cash = usd("4927.152415"),
          .buy_notional = usd("766.711"),
          .sell_notional = Money::zero(),
          .cash_after = usd("4160.441415"),
          .rounding_allowance = usd("0.000001"),
          .target_weight = 1,
          .priced_weight = 1,
          .rows = {sample_row()},
          .orders = {sample_order()},
          .notes = {}};
}

const Instant kMade = Instant::parse("2025-08-29T13:00:02Z").value();

PlanRecord sample_record() {
  return make_plan_record(sample_plan(), {"orders", "plan", "shares", "moves"},
                          {{"risk.max_share_per_order", "1000"}},
                          {{"prices", "data/prices.csv", "ab12"}}, kMade);
}

/// The text that a save function put into an OutputSet.
std::string only_file(const OutputSet& outputs) {
  SB_CHECK(outputs.files().size() == 1);
  return outputs.files()[0].bytes;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

ExecutionLogRow sample_log_row(const char* id, OrderState state) {
  return {.ts = kNine,
          .mode = Mode::kDry,
          .symbol = sym("AAPL"),
          .side = Side::kBuy,
          .qty = qty("5.17"),
          .order_type = OrderType::kBracket,
          .tp_price = price("150.5"),
          .sl_price = price("145.2"),
          .time_in_force = TimeInForce::kDay,
          .client_order_id = ClientOrderId(id),
          .price_used = price("148.3"),
          .notional = usd("766.711"),
          .status = state,
          .order_id = OrderId(""),
          .error = "no, \"not\" filled",
          .batch_id = BatchId("20250829-1"),
          .attempt = 1,
          .filled_qty = qty("5.17"),
          .filled_avg_price = price("148.3"),
          .submitted_at = kNine,
          .updated_at = kNine,
          .reject_code = "",
          .decision_price = price("148.25")};
}

// ---- Columns: product.md §3, the specification's first. ----

TEST(ColumnsTest, PlannedOrders) {
  EXPECT_EQ(first_line(orders_csv({})),
            "asset_id,symbol,side,qty,order_type,tp_price,sl_price,limit_price,ref_price,notional,"
            "time_in_force,reason");
}

TEST(ColumnsTest, RebalancePlan) {
  EXPECT_EQ(first_line(plan_csv({})),
            "asset_id,symbol,price,target_weight,target_qty,current_qty,delta,action,planned_qty,"
            "planned_weight,notional,reason");
}

TEST(ColumnsTest, ExecutionLog) {
  MemoryFiles files;
  OutputSet outputs;
  ASSERT_TRUE(append_execution_log(files, outputs, "log.csv", {}).ok());
  EXPECT_EQ(first_line(only_file(outputs)),
            "ts,mode,symbol,side,qty,order_type,tp_price,sl_price,time_in_force,client_order_id,"
            "price_used,notional,status,order_id,error,batch_id,attempt,filled_qty,"
            "filled_avg_price,submitted_at,updated_at,reject_code,decision_price");
}

TEST(ColumnsTest, FilledOrders) {
  OutputSet outputs;
  save_filled_orders(outputs, {}, "f.csv");
  EXPECT_EQ(first_line(only_file(outputs)),
            "execution_id,order_id,client_order_id,symbol,side,qty,price,ts,strategy_split");
}

TEST(ColumnsTest, EndOfDayPositionsEndWithTheCash) {
  OutputSet outputs;
  const EodBook book{
      kDate,
      {{sym("AAPL"), qty("2"), price("200"), usd("400"), 40, AssetId("1690"), std::nullopt}},
      usd("600"),
      usd("1000"),
      "simulated"};
  save_positions_eod(outputs, book, "out");
  EXPECT_EQ(outputs.paths(), std::vector<std::string>{"out/positions_eod_20250829.csv"});
  EXPECT_EQ(only_file(outputs),
            "symbol,actual_qty,price,market_value,weight_percentage,asset_id,avg_entry_price,"
            "source\nAAPL,2,200,400,40,1690,,simulated\nCASH,600,1,600,60,,,simulated\n");
}

TEST(ColumnsTest, ReconciliationReport) {
  OutputSet outputs;
  save_recon_report(outputs, {}, kDate, "out");
  EXPECT_EQ(outputs.paths(), std::vector<std::string>{"out/recon_report_20250829.csv"});
  EXPECT_EQ(first_line(only_file(outputs)),
            "symbol,planned_qty,actual_qty,delta_qty,status,target_weight,actual_weight,"
            "weight_deviation,target_qty,final_qty,qty_difference,cause,explanation");
}

TEST(ColumnsTest, TargetsAsCsv) {
  OutputSet outputs;
  const TargetBook book{kDate, {{AssetId("1690"), 0.1 + 0.2, kNine, StrategyId("drl"), kDate}}};
  ASSERT_TRUE(save_targets(outputs, book, "t.csv").ok());
  EXPECT_EQ(only_file(outputs),
            "trade_date,asset_id,target_weight,asof,strategy_id,signal_date\n"
            "2025-08-29,1690,0.30000000000000004,2025-08-29T13:00:00Z,drl,2025-08-29\n");
}

TEST(ColumnsTest, TargetsOfAnotherFormatAreRefused) {
  OutputSet outputs;
  EXPECT_EQ(save_targets(outputs, {kDate, {}}, "t.json").error().code, ErrorCode::kUsage);
}

// ---- What is written can be read back. ----

TEST(RoundTripTest, OrdersKeepEveryField) {
  MemoryFiles files;
  const PlannedOrder order = sample_order();
  files.contents["o.csv"] = orders_csv(std::span(&order, 1));
  const auto read = inputs::read_planned_orders(files, "o.csv");
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read.value().size(), 1U);
  EXPECT_EQ(orders_csv(read.value()), files.contents["o.csv"]);
  EXPECT_EQ(read.value()[0].purpose, Purpose::kOpen);
}

TEST(RoundTripTest, PlanRowsKeepCodeAndWords) {
  MemoryFiles files;
  const PlanRow row = sample_row();
  files.contents["p.csv"] = plan_csv(std::span(&row, 1));
  const auto read = inputs::read_rebalance_plan(files, "p.csv");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value()[0].code, row.code);
  EXPECT_EQ(read.value()[0].words, row.words);
  EXPECT_EQ(read.value()[0].target_qty, row.target_qty);
}

TEST(ExecutionLogTest, ARowThatIsThereAlreadyIsNotAddedAgain) {
  MemoryFiles files;
  const ExecutionLogRow row = sample_log_row("a", OrderState::kSimulated);
  for (const std::size_t added : {1U, 0U}) {
    OutputSet outputs;
    const auto count = append_execution_log(files, outputs, "log.csv", std::span(&row, 1));
    ASSERT_TRUE(count.ok()) << count.error().message;
    EXPECT_EQ(count.value(), added);
    EXPECT_EQ(outputs.files().size(), added);  // nothing new: the file is not even rewritten
    ASSERT_TRUE(outputs.commit(files).ok());
  }
}

TEST(ExecutionLogTest, ANewStateOfAnOrderIsANewRow) {
  MemoryFiles files;
  for (const OrderState state : {OrderState::kUnknown, OrderState::kFilled}) {
    const ExecutionLogRow row = sample_log_row("a", state);
    OutputSet outputs;
    ASSERT_EQ(append_execution_log(files, outputs, "log.csv", std::span(&row, 1)).value(), 1U);
    ASSERT_TRUE(outputs.commit(files).ok());
  }
  const auto log = inputs::read_execution_log(files, "log.csv").value();
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[1].status, OrderState::kFilled);
  EXPECT_EQ(log[0].error, "no, \"not\" filled");
  EXPECT_EQ(log[0].decision_price, price("148.25"));
}

TEST(ExecutionLogTest, WhatTheLogSaysStaysByteForByte) {
  MemoryFiles files;
  const ExecutionLogRow first = sample_log_row("a", OrderState::kFilled);
  OutputSet outputs;
  ASSERT_TRUE(append_execution_log(files, outputs, "log.csv", std::span(&first, 1)).ok());
  const std::string written = only_file(outputs);
  const std::string edited =
      written.substr(0, written.rfind("no, ")) + "seen; " + written.substr(written.rfind("no, "));
  files.contents["log.csv"] = edited;
  const ExecutionLogRow second = sample_log_row("b", OrderState::kFilled);
  OutputSet more;
  ASSERT_EQ(append_execution_log(files, more, "log.csv", std::span(&second, 1)).value(), 1U);
  EXPECT_TRUE(only_file(more).starts_with(edited));
  ASSERT_TRUE(more.commit(files).ok());
  EXPECT_EQ(inputs::read_execution_log(files, "log.csv").value().size(), 2U);
}

TEST(ExecutionLogTest, ALogInTheFifteenColumnsOfTheSpecificationGainsOurs) {
  MemoryFiles files;
  files.contents["log.csv"] =
      "ts,mode,symbol,side,qty,order_type,tp_price,sl_price,time_in_force,client_order_id,"
      "price_used,notional,status,order_id,error\n"
      "2025-08-29T13:00:00Z,PAPER,KO,BUY,2,MARKET,,,DAY,old,70,140,FILLED,o1,\n";
  const ExecutionLogRow row = sample_log_row("new", OrderState::kFilled);
  OutputSet outputs;
  ASSERT_EQ(append_execution_log(files, outputs, "log.csv", std::span(&row, 1)).value(), 1U);
  ASSERT_TRUE(outputs.commit(files).ok());
  const auto log = inputs::read_execution_log(files, "log.csv").value();
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[0].client_order_id, ClientOrderId("old"));
  EXPECT_EQ(log[0].filled_qty, Quantity::whole(2));
  EXPECT_EQ(log[1].client_order_id, ClientOrderId("new"));
}

// ---- plan.json ----

TEST(PlanJsonTest, KeepsEveryTerm) {
  MemoryFiles files;
  OutputSet outputs;
  const PlanRecord record = sample_record();
  save_plan_json(outputs, record, "plan.json");
  ASSERT_TRUE(outputs.commit(files).ok());
  const auto read = load_plan_json(files, "plan.json");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().trade_date, kDate);
  EXPECT_EQ(read.value().starting_cash, usd("4927.152415"));
  EXPECT_EQ(read.value().rounding_allowance, usd("0.000001"));
  EXPECT_EQ(read.value().policy[0].value, "1000");
  EXPECT_EQ(read.value().inputs[0].path, "data/prices.csv");
  EXPECT_EQ(read.value().plan_hash, record.plan_hash);
}

TEST(PlanJsonTest, NoticesEveryChangedLetterAndDigit) {
  MemoryFiles files;
  OutputSet outputs;
  save_plan_json(outputs, sample_record(), "plan.json");
  const std::string good = only_file(outputs);
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (std::isalnum(static_cast<unsigned char>(good[i])) == 0) continue;
    std::string bad = good;
    bad[i] = good[i] == '7' ? '8' : '7';
    files.contents["plan.json"] = bad;
    EXPECT_FALSE(load_plan_json(files, "plan.json").ok()) << "changed at " << i << ":\n" << bad;
  }
}

TEST(PlanJsonTest, AnotherInputIsAnotherPlan) {
  const PlanRecord one = sample_record();
  const PlanRecord other = make_plan_record(sample_plan(), {"orders", "plan", "shares", "moves"},
                                            {{"risk.max_share_per_order", "1000"}},
                                            {{"prices", "data/prices.csv", "ab13"}}, kMade);
  EXPECT_NE(one.plan_hash, other.plan_hash);
}

TEST(PlanJsonTest, OtherOwnersAreAnotherPlan) {
  const PlanRecord one = sample_record();
  for (const PlanBytes& bytes : {PlanBytes{"orders", "plan", "others", "moves"},
                                 PlanBytes{"orders", "plan", "shares", "others"}}) {
    const PlanRecord other =
        make_plan_record(sample_plan(), bytes, {{"risk.max_share_per_order", "1000"}},
                         {{"prices", "data/prices.csv", "ab12"}}, kMade);
    EXPECT_NE(one.plan_hash, other.plan_hash);
  }
}

TEST(OutputSetTest, WritesNothingWhenOneFileCannotBeWritten) {
  MemoryFiles files;
  files.full = {"second"};
  OutputSet outputs;
  outputs.add("first.csv", "1");
  outputs.add("second.csv", "2");
  EXPECT_EQ(outputs.commit(files).error().code, ErrorCode::kStorage);
  EXPECT_TRUE(files.contents.empty());
}

}  // namespace
}  // namespace signalbus::report
