// exchange_core_bench [ORDERS]: how many orders a second the exchange's core takes on one thread,
// and what 10,000 open orders over 500 symbols cost in memory and per quote.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "exchange_core/exchange.h"
#include "exchange_core/queries.h"

namespace {

using namespace signalbus;
using namespace signalbus::exchange_core;

constexpr std::size_t kSymbols = 500;
const Instant kStart = Instant::from_micros(1'700'000'000'000'000);

struct Market {
  Exchange exchange{{.seed = 1, .start = kStart}};
  AccountNumber account = exchange.open_account(kStart, {.cash = Money::whole(1'000'000'000)});
  std::vector<AssetNumber> assets;
  std::vector<std::string> symbols;

  Market() {
    for (std::size_t i = 0; i < kSymbols; ++i) {
      symbols.push_back("S" + std::to_string(i));
      assets.push_back(exchange.put_asset(
          kStart, {.symbol = Symbol::parse(symbols.back()).value(), .name = {}}));
      exchange.set_quote(kStart, assets.back(), Quote::flat(Price::whole(100)));
    }
  }
};

/// Time by the wall and by this process alone: other work on the machine moves only the first.
class Stopwatch {
 public:
  double wall() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
  }
  double cpu() const { return static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC; }

 private:
  std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
  std::clock_t cpu_ = std::clock();
};

/// Buys and sells in turn, so that positions stay small; every order has an id of its own.
void fill_at_once(std::size_t orders, OrderType type) {
  Market market;
  std::vector<std::string> ids;
  ids.reserve(orders);
  for (std::size_t i = 0; i < orders; ++i) {
    ids.push_back("sb_20250829_S" + std::to_string(i % kSymbols) + "_buy_" + std::to_string(i));
  }
  std::size_t filled = 0;
  std::size_t events = 0;
  const Stopwatch watch;
  for (std::size_t i = 0; i < orders; ++i) {
    OrderRequest request{.symbol = market.symbols[i % kSymbols],
                         .qty = Quantity::whole(1),
                         .side = i / kSymbols % 2 == 0 ? OrderSide::kBuy : OrderSide::kSell,
                         .type = type,
                         .tif = OrderTif::kDay,
                         .client_order_id = ids[i]};
    if (type == OrderType::kLimit) request.limit_price = Price::whole(100);
    const Instant now = Instant::from_micros(kStart.micros() + static_cast<std::int64_t>(i));
    const Answer<Placed> answer = market.exchange.submit(now, market.account, request);
    if (answer.ok() &&
        market.exchange.order(answer.value().order).state.status == OrderStatus::kFilled) {
      ++filled;
    }
    events += market.exchange.events().size();
    market.exchange.clear_events();
  }
  const double wall = watch.wall();
  const double cpu = watch.cpu();
  std::printf(
      "%-6s %zu orders, %zu filled, %zu events: %.0f orders/s (%.0f by CPU time), %.0f "
      "bytes/order\n",
      type == OrderType::kMarket ? "market" : "limit", orders, filled, events,
      static_cast<double>(orders) / wall, static_cast<double>(orders) / cpu,
      static_cast<double>(memory_used(market.exchange)) / static_cast<double>(orders));
}

void keep_open(std::size_t orders) {
  Market market;
  market.exchange.clear_events();
  const std::size_t before = memory_used(market.exchange);
  const Stopwatch watch;
  for (std::size_t i = 0; i < orders; ++i) {
    const auto below = static_cast<std::int64_t>(1 + i / kSymbols % 90);
    const Answer<Placed> answer =
        market.exchange.submit(kStart, market.account,
                               {.symbol = market.symbols[i % kSymbols],
                                .qty = Quantity::whole(1),
                                .side = OrderSide::kBuy,
                                .type = OrderType::kLimit,
                                .tif = OrderTif::kGtc,
                                .limit_price = Price::whole(100 - below)});
    if (!answer.ok()) std::printf("refused: %s\n", answer.refusal().message.c_str());
    market.exchange.clear_events();
  }
  const double cpu = watch.cpu();
  std::printf(
      "open   %zu orders over %zu symbols: %.0f orders/s, %.2f MB, %.0f bytes/order\n", orders,
      kSymbols, static_cast<double>(orders) / cpu,
      static_cast<double>(memory_used(market.exchange) - before) / 1e6,
      static_cast<double>(memory_used(market.exchange) - before) / static_cast<double>(orders));
  constexpr int kRounds = 200;
  const Stopwatch quotes;
  for (int round = 0; round < kRounds; ++round) {
    for (const AssetNumber asset : market.assets) {
      market.exchange.set_quote(kStart, asset, Quote::flat(Price::whole(100 + round % 2)));
    }
  }
  std::printf("quotes %.0f/s with %zu open orders a symbol\n",
              kRounds * static_cast<double>(kSymbols) / quotes.cpu(), orders / kSymbols);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t orders = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  fill_at_once(orders, OrderType::kMarket);
  fill_at_once(orders, OrderType::kLimit);
  keep_open(10'000);
  return 0;
}
