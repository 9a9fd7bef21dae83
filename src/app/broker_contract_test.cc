// Goal: our client keeps the promises of ports/broker.h against our exchange.
// Method: the contract suite twice: the exchange as a function in this process, and behind its
// server over loopback, reached as the program reaches Alpaca.
#include "ports/broker_contract.h"

#include <thread>

#include "alpaca/alpaca_broker.h"
#include "exchange/server.h"
#include "ports/testing/memory_files.h"
#include "storage/system_clock.h"

namespace signalbus::app {
namespace {

exchange::VenueInputs one_symbol() {
  testing::MemoryFiles files;
  files.contents["prices.csv"] = "symbol,price\nAAPL,200\n";
  return {.prices = exchange::PriceTable::load(files, "prices.csv").value()};
}

/// The exchange without its server.
struct Market {
  Market() : venue({}, one_symbol(), clock) { SB_CHECK(venue.start(nullptr).ok()); }
  storage::SystemClock clock;
  exchange::Venue venue;
  exchange::Service service{venue, {}};
};

/// Asks the service in the same process.
class DirectSender final : public alpaca::HttpSender {
 public:
  explicit DirectSender(exchange::Service& service) : service_(service) {}
  Result<net::HttpResponse> send(const net::HttpRequest& request,
                                 std::chrono::milliseconds) override {
    return service_.answer(request, true).response;
  }

 private:
  exchange::Service& service_;
};

const alpaca::Keys kKeys{Secret::of("PKCONTRACT"), Secret::of("secret")};

/// Our client and its wiring over some sender.
template <class Sender>
struct Client {
  template <class... Arguments>
  explicit Client(Clock& clock, Arguments&&... arguments)
      : sender(std::forward<Arguments>(arguments)...),
        channel(sender, kKeys, clock, [] { return 7u; }, {}),
        api(channel),
        broker(api, clock) {}
  Sender sender;
  alpaca::Channel channel;
  alpaca::TradingApi api;
  alpaca::AlpacaBroker broker;
};

struct InProcess {
  Market market;
  Client<DirectSender> client{market.clock, market.service};
};

/// The loop runs on a thread of its own until the end.
struct OverLoopback {
  OverLoopback()
      : server(exchange::Server::listen(loop, market.service, streams, {}, [] {}).value()),
        client(client_clock, net::Url::parse(server->url()).value()),
        thread([this] { loop.run(); }) {}
  ~OverLoopback() {
    loop.stop();
    thread.join();
  }
  Market market;
  net::Loop loop;
  exchange::Streams streams{loop, market.service};
  std::unique_ptr<exchange::Server> server;
  storage::SystemClock client_clock;
  Client<alpaca::NetSender> client;
  std::thread thread;
};

/// A broker that keeps alive what it stands on.
template <class World>
std::shared_ptr<Broker> broker_of_new() {
  auto world = std::make_shared<World>();
  return {world, &world->client.broker};
}

INSTANTIATE_TEST_SUITE_P(Exchange, BrokerContractTest,
                         ::testing::Values(BrokerMaker{"in_process", broker_of_new<InProcess>},
                                           BrokerMaker{"over_loopback",
                                                       broker_of_new<OverLoopback>}),
                         [](const auto& maker) { return maker.param.name; });

}  // namespace
}  // namespace signalbus::app
