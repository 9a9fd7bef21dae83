// Orders one after another through our client, over one connection: what bench/run.py compares with
// alpaca-py doing the same against the same exchange.
//   alpaca_orders URL COUNT
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "alpaca/alpaca_broker.h"
#include "ports/testing/intents.h"
#include "storage/system_clock.h"

using namespace signalbus;

namespace {

double micros_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
      .count();
}

/// The limit of Alpaca's service is not what is measured here.
alpaca::ChannelOptions without_limit() {
  alpaca::ChannelOptions options;
  options.quota = {.per_minute = 100'000'000, .cancel_reserve = 0};
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: alpaca_orders URL COUNT\n");
    return 2;
  }
  const int count = std::stoi(argv[2]);
  storage::SystemClock clock;
  alpaca::NetSender sender(net::Url::parse(argv[1]).value());
  const alpaca::Keys keys{Secret::of("BENCH-OURS"), Secret::of("secret")};
  alpaca::Channel channel(sender, keys, clock, [] { return 7u; }, without_limit());
  alpaca::TradingApi api(channel);
  alpaca::AlpacaBroker broker(api, clock);

  std::vector<double> each;
  each.reserve(static_cast<std::size_t>(count));
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    // Bought and sold in turn, so that funds last.
    const Intent intent = contract_intent(i, i % 2 == 0 ? Side::kBuy : Side::kSell, 1);
    const auto sent = std::chrono::steady_clock::now();
    const Result<SubmitAnswer> answer = broker.submit(intent);
    each.push_back(micros_since(sent));
    if (!answer.ok() || answer.value().event.state == OrderState::kRejected) {
      std::fprintf(
          stderr, "order %d: %s\n", i,
          answer.ok() ? answer.value().event.error.c_str() : answer.error().message.c_str());
      return 1;
    }
  }
  const double total = micros_since(start);
  std::sort(each.begin(), each.end());
  std::printf("inner_ms=%.3f orders_per_second=%.0f p50_us=%.0f p99_us=%.0f\n", total / 1000,
              count * 1e6 / total, each[each.size() / 2], each[each.size() * 99 / 100]);
  return 0;
}
