// Sequential POST /v2/orders over loopback on one connection: the embedded exchange's hot path.
//   exchange_wire [orders]
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "exchange/server.h"
#include "net/http_client.h"
#include "ports/testing/memory_files.h"
#include "storage/system_clock.h"

using namespace signalbus;

namespace {

struct Wire {
  storage::SystemClock clock;
  exchange::Venue venue;
  exchange::Service service{venue, {}};
  net::Loop loop;
  exchange::Streams streams{loop, service};

  Wire(const exchange::VenueSettings& settings, exchange::PriceTable prices)
      : venue(settings, exchange::VenueInputs{.prices = std::move(prices)}, clock) {
    SB_CHECK(venue.start(nullptr).ok());
  }
};

exchange::PriceTable table() {
  testing::MemoryFiles files;
  files.contents["p.csv"] = "symbol,price\nAAPL,200.25\nSPY,500\n";
  return exchange::PriceTable::load(files, "p.csv").value();
}

std::string order(int number) {
  return R"({"symbol":"AAPL","qty":"1","side":")" + std::string(number % 2 == 0 ? "buy" : "sell") +
         R"(","type":"market","time_in_force":"day","client_order_id":"sb_20250829_AAPL_)" +
         std::to_string(number) + "\"}";
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::stoi(argv[1]) : 100'000;
  exchange::VenueSettings settings;
  settings.requests_per_minute.reset();
  Wire wire(settings, table());
  net::HttpRequest request{.method = "POST", .target = "/v2/orders", .headers = {}, .body = {}};
  request.headers.add("APCA-API-KEY-ID", "BENCH");
  request.headers.add("APCA-API-SECRET-KEY", "secret");
  request.headers.add("Content-Type", "application/json");

  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    request.body = order(i);
    SB_CHECK(wire.service.answer(request, true).response.status == 200);
  }
  std::printf("in the process: %.0f orders/s\n", count / seconds_since(start));

  auto server = exchange::Server::listen(wire.loop, wire.service, wire.streams, {}, {});
  SB_CHECK(server.ok());
  std::thread thread([&] { wire.loop.run(); });
  net::HttpClient client(net::Url::parse(server.value()->url()).value());
  start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    request.body = order(count + i);
    const auto answer = client.send(request, std::chrono::milliseconds(5'000));
    SB_CHECK(answer.ok() && answer.value().status == 200);
  }
  std::printf("over loopback: %.0f orders/s\n", count / seconds_since(start));
  wire.loop.stop();
  thread.join();
  return 0;
}
