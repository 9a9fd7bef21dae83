// performance_test --symbols N --iterations K: the time of K full plans of N symbols, in exact
// decimals. bench/peers/plan_arithmetic.py makes the same plan of the same numbers; the totals
// tell.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <string>

#include "planning/plan_orders.h"

namespace signalbus::planning {
namespace {

/// Every name has a target and a price, all but each fifth a holding: buys, sells and openings.
struct Scene {
  MappedTargets targets{TradeDate::from_days(20'000), {}};
  PriceBook prices;
  Holdings holdings;
  Money equity = Money::zero();
};

std::string symbol_text(std::int64_t index) {
  const std::string digits = std::to_string(index);
  return "S" + std::string(7 - digits.size(), '0') + digits;
}

Scene make_scene(std::int64_t count) {
  Scene scene;
  scene.equity = Money::whole(100'000 * count);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string text = symbol_text(i);
    const Symbol symbol = Symbol::parse(text).value();
    const double weight =
        static_cast<double>(350 + i * 7919 % 1000) / 1000.0 / static_cast<double>(count);
    scene.targets.targets.push_back(
        {AssetId(text), symbol, weight, exact_weight(weight).value(), ReasonCode::kNone, {}});
    scene.prices.points.push_back(
        {symbol, Price::from_raw((500 + i * 104'729 % 49'500) * 10'000'000), std::nullopt});
    if (i % 5 == 0) continue;
    scene.holdings.holdings.push_back(
        {.symbol = symbol,
         .quantity = Quantity::from_raw((1 + i * 1299709 % 900'000) * 1'000'000),
         .asset_id = std::nullopt,
         .market_value = std::nullopt,
         .avg_entry_price = std::nullopt,
         .origin = HoldingOrigin::kPositionsFile});
  }
  return scene;
}

PlanPolicy policy_of_bench() {
  PlanPolicy policy;
  policy.cash_buffer = Ratio::from_raw(50'000'000);
  return policy;
}

int run(std::int64_t symbols, int iterations) {
  const Scene scene = make_scene(symbols);
  const PlanPolicy policy = policy_of_bench();
  const PlanInput input{scene.targets, scene.prices, scene.holdings, scene.equity, {}, {}, {}};
  double best = 0;
  double total = 0;
  std::string totals;
  for (int i = 0; i < iterations; ++i) {
    const auto start = std::chrono::steady_clock::now();
    {
      const Result<RebalancePlan> plan = plan_orders(input, policy);
      if (!plan.ok()) {
        std::fprintf(stderr, "performance_test: %s\n", plan.error().message.c_str());
        return 1;
      }
      if (i == 0) {
        totals = std::to_string(plan.value().orders.size()) + " orders, sells " +
                 plan.value().sell_notional.text() + ", buys " + plan.value().buy_notional.text();
      }
    }
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    total += spent.count();
    best = i == 0 ? spent.count() : std::min(best, spent.count());
  }
  std::printf("total_ms=%.3f best_plan_ms=%.4f ns_per_symbol=%.1f\n%s\n", total, best,
              total * 1e6 / static_cast<double>(symbols) / iterations, totals.c_str());
  return 0;
}

}  // namespace
}  // namespace signalbus::planning

int main(int argc, char** argv) {
  // Freed memory stays with the process, as numpy keeps its own: the kernel's pages are not the
  // plan.
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
  CLI::App app("Times full plans with exact decimals");
  std::int64_t symbols = 1000;
  int iterations = 100;
  app.add_option("--symbols", symbols, "Names in the plan")->check(CLI::Range(1, 1'000'000));
  app.add_option("--iterations", iterations, "Plans to make")->check(CLI::Range(1, 1'000'000));
  CLI11_PARSE(app, argc, argv);
  return signalbus::planning::run(symbols, iterations);
}
