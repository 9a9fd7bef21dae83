// Goal: our client keeps the promises of ports/broker.h against our exchange.
// Method: the contract suite twice over the exchange of mode sim, wired as the program wires it: by
// a call in this process, and over loopback as it reaches Alpaca.
#include "ports/broker_contract.h"

#include "app/alpaca_link.h"
#include "ports/testing/memory_files.h"
#include "storage/system_clock.h"
#include "storage/temp_folder.h"

namespace signalbus::app {
namespace {

/// An exchange of its own with one symbol, and the way to it.
struct World {
  explicit World(settings::SimTransport transport) {
    testing::MemoryFiles files;
    files.contents["/prices.csv"] = "symbol,price\nAAPL,200\n";
    settings::SimSettings settings;
    settings.prices = "/prices.csv";
    settings.transport = transport;
    exchange = SimExchange::start(settings, folder.path(), files, Durability::kPowerLoss).value();
    link = AlpacaLink::make(*exchange, folder / "calls.jsonl", clock).value();
  }
  storage::TempFolder folder;
  storage::SystemClock clock;
  std::unique_ptr<SimExchange> exchange;
  std::unique_ptr<AlpacaLink> link;
};

/// A broker that keeps alive what it stands on.
BrokerMaker maker(std::string name, settings::SimTransport transport) {
  return {std::move(name), [transport]() -> std::shared_ptr<Broker> {
            auto world = std::make_shared<World>(transport);
            return {world, &world->link->broker()};
          }};
}

INSTANTIATE_TEST_SUITE_P(Exchange, BrokerContractTest,
                         ::testing::Values(maker("in_process", settings::SimTransport::kDirect),
                                           maker("over_loopback", settings::SimTransport::kHttp)),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace signalbus::app
