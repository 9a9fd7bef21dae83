// The other tables that are read, as CSV: references, what M1 and M2 wrote, strategies, sectors.
// The first byte says which. Each is read or refused by its name, and keeps its order.
#include <algorithm>

#include "inputs/load_benchmark.h"
#include "inputs/load_factors.h"
#include "inputs/load_market.h"
#include "inputs/load_orders.h"
#include "inputs/load_sectors.h"
#include "inputs/load_signals.h"
#include "inputs/load_sleeves.h"
#include "one_file.h"
#include "report/save_plan.h"

namespace {

using namespace signalbus;

constexpr const char* kPath = "in/t.csv";

TradeDate a_date() { return TradeDate::parse("2021-01-04").value(); }

void read_targets(Files& files) {
  const auto read = inputs::load_targets(files, kPath, a_date());
  const auto* book = value_or_named_error(read, kPath);
  if (book == nullptr) return;
  const auto& targets = book->targets;
  SB_CHECK(std::adjacent_find(targets.begin(), targets.end(), [](const auto& a, const auto& b) {
             return !asset_id_less(a.asset_id, b.asset_id);
           }) == targets.end());
}

void read_holdings(Files& files) {
  const auto read = inputs::load_positions(files, kPath);
  const auto* holdings = value_or_named_error(read, kPath);
  if (holdings == nullptr) return;
  for (const Holding& holding : holdings->holdings) {
    SB_CHECK(holding.quantity != Quantity::zero());
  }
}

void read_orders(Files& files) {
  const auto orders = inputs::read_planned_orders(files, kPath);
  if (const auto* read = value_or_named_error(orders, kPath)) {
    (void)inputs::read_planned_shares(files, kPath, *read);
  }
}

void read_strategy(Files& files) {
  signals::StrategySpec spec{.id = StrategyId("s"),
                             .path = "t.csv",
                             .format = "csv",
                             .column_mapping = {{"gvkey", "asset_id"}, {"w", "target_weight"}},
                             .sheet = {}};
  NoProgress progress;
  const auto read = inputs::load_strategy(files, "in", spec, a_date(), progress);
  (void)value_or_named_error(read, "t.csv");
}

void read_weights(Files& files) {
  const auto read = inputs::load_benchmark_weights(files, kPath);
  const auto* weights = value_or_named_error(read, kPath);
  if (weights == nullptr) return;
  for (std::size_t i = 0; i < weights->size(); ++i) {
    SB_CHECK((*weights)[i].weight >= 0 && (*weights)[i].weight <= 1);
    SB_CHECK(i == 0 || (*weights)[i - 1].date <= (*weights)[i].date);
  }
}

void read_factors(Files& files) {
  const auto read = inputs::load_factors(files, kPath);
  const auto* factors = value_or_named_error(read, kPath);
  if (factors == nullptr) return;
  SB_CHECK(!factors->names.empty());
  SB_CHECK(factors->values.size() == factors->names.size() * factors->dates.size());
  for (std::size_t i = 1; i < factors->dates.size(); ++i) {
    SB_CHECK(factors->dates[i - 1] < factors->dates[i]);
  }
}

void read_as(int kind, Files& files) {
  switch (kind) {
    case 0:
      return read_targets(files);
    case 1:
      return (void)value_or_named_error(inputs::load_mapping(files, kPath, {}), kPath);
    case 2:
      return (void)value_or_named_error(inputs::load_prices(files, kPath), kPath);
    case 3:
      return read_holdings(files);
    case 4:
      return read_orders(files);
    case 5:
      return (void)value_or_named_error(inputs::read_rebalance_plan(files, kPath), kPath);
    case 6:
      return (void)value_or_named_error(inputs::read_execution_log(files, kPath), kPath);
    case 7:
      return (void)value_or_named_error(inputs::load_contributions(files, kPath), kPath);
    case 8:
      return (void)value_or_named_error(inputs::read_planned_moves(files, kPath), kPath);
    case 9:
      return read_strategy(files);
    case 10:
      return (void)value_or_named_error(report::load_plan_json(files, kPath), kPath);
    case 11:
      return (void)value_or_named_error(inputs::load_sectors(files, kPath), kPath);
    case 12:
      return read_weights(files);
    default:
      return read_factors(files);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  testing::MemoryFiles files;
  files.contents[kPath] = fuzz_text(data + 1, size - 1);
  read_as(data[0] - 'a', files);
  return 0;
}
