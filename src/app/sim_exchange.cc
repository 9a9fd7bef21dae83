#include "app/sim_exchange.h"

#include <thread>

#include "app/exchange_clock.h"
#include "core/paths.h"
#include "exchange/command_file.h"
#include "exchange/server.h"
#include "formats/json.h"
#include "storage/system_clock.h"

namespace signalbus::app {
namespace {

using settings::SimSettings;

std::string at(const std::string& root, const std::string& path) {
  return path.empty() ? path : join_path(root, path);
}

Result<exchange::VenueInputs> read_inputs(const SimSettings& settings, const std::string& root,
                                          Files& files) {
  if (settings.prices.empty()) {
    return Error{ErrorCode::kUsage,
                 "sim.prices is not set: name the prices of the embedded exchange, a file with "
                 "symbol,price or a daily history"};
  }
  SB_TRY(exchange::PriceTable prices, exchange::PriceTable::load(files, at(root, settings.prices)));
  exchange::VenueInputs inputs{.prices = std::move(prices)};
  if (!settings.actions.empty()) {
    SB_TRY(inputs.actions, exchange::load_actions(files, at(root, settings.actions)));
  }
  return inputs;
}

Result<exchange::VenueSettings> read_settings(const SimSettings& settings) {
  exchange::VenueSettings out;
  out.seed = static_cast<std::uint64_t>(settings.seed);
  out.cash = settings.cash;
  SB_TRY(out.clock, exchange::parse_clock(settings.clock));
  out.requests_per_minute.reset();  // nobody shares it
  return out;
}

/// Asks the service by a call.
class DirectSender final : public alpaca::HttpSender {
 public:
  explicit DirectSender(exchange::Service& service) : service_(service) {}
  Result<net::HttpResponse> send(const net::HttpRequest& request,
                                 std::chrono::milliseconds) override {
    exchange::Reply reply = service_.answer(request, true);
    // Its ledger is this workspace's disk: to go on would be to wait for what cannot come.
    if (!service_.state().ok()) return service_.state().error();
    if (reply.delivery == exchange::Delivery::kSend) return std::move(reply.response);
    return Error{ErrorCode::kUnknownOutcome, "the embedded exchange gave no answer (fault script)"};
  }

 private:
  exchange::Service& service_;
};

}  // namespace

struct SimExchange::State {
  State(const exchange::VenueSettings& settings, exchange::VenueInputs inputs)
      : venue(settings, std::move(inputs), clock) {}

  storage::SystemClock clock;
  exchange::Venue venue;
  std::unique_ptr<exchange::CommandFile> ledger;
  exchange::Service service{venue, {}};
  net::Loop loop;
  exchange::Streams streams{loop, service};
  bool simulated = false;  ///< It has a clock of its own, which said `started_at` at its start ...
  double speed = 0;        ///< ... and runs this many times faster than ours.
  Instant started_at = Instant::from_micros(0);
  std::unique_ptr<exchange::Server> server;  ///< Absent where the transport is direct.
  std::thread thread;
};

SimExchange::SimExchange(std::unique_ptr<State> state) : state_(std::move(state)) {}

SimExchange::~SimExchange() {
  state_->loop.stop();
  if (state_->thread.joinable()) state_->thread.join();
  (void)make_durable();  // nobody is left who could do anything about it
}

Result<std::unique_ptr<SimExchange>> SimExchange::start(const SimSettings& settings,
                                                        const std::string& root, Files& files,
                                                        Durability durability) {
  SB_TRY(exchange::VenueInputs inputs, read_inputs(settings, root, files));
  SB_TRY(const exchange::VenueSettings venue, read_settings(settings));
  auto state = std::make_unique<State>(venue, std::move(inputs));
  SB_TRY(state->ledger, exchange::CommandFile::open(join_path(root, "state/sim"), durability));
  const Status replayed = state->venue.replay(state->ledger->take_lines());
  if (!replayed.ok()) return Error(replayed.error()).in(state->ledger->path());
  SB_TRY(std::vector<exchange::FaultRule> faults,
         exchange::load_faults(files, at(root, settings.faults)));
  state->service.faults().add(std::move(faults));
  SB_TRY_OK(state->venue.start(state->ledger.get()));
  state->ledger->defer_durability();
  state->simulated = state->venue.clock().simulated();
  state->speed = static_cast<double>(venue.clock.speed);
  state->started_at = state->venue.now();
  if (settings.transport == settings::SimTransport::kHttp) {
    SB_TRY(state->server,
           exchange::Server::listen(state->loop, state->service, state->streams, {}, [] {}));
    state->thread = std::thread([loop = &state->loop] { loop->run(); });
  }
  return std::unique_ptr<SimExchange>(new SimExchange(std::move(state)));
}

std::unique_ptr<alpaca::HttpSender> SimExchange::connect() {
  if (!state_->server) return std::make_unique<DirectSender>(state_->service);
  Result<net::Url> url = net::Url::parse(state_->server->url());
  SB_CHECK(url.ok());
  return std::make_unique<alpaca::NetSender>(std::move(url).value());
}

std::unique_ptr<Clock> SimExchange::clock(Clock& machine) {
  if (!state_->simulated) return nullptr;
  return std::make_unique<SimClock>(state_->started_at, state_->speed, connect(), machine);
}

/// Asked as any client asks: where the exchange has a thread of its own, nothing else is safe.
Result<std::map<std::string, std::int64_t>> SimExchange::faults_fired() {
  net::HttpRequest request;
  request.method = "GET";
  request.target = "/admin/v1/faults";
  request.headers = {{"Host", "127.0.0.1"}};
  SB_TRY(const net::HttpResponse answer, connect()->send(request, std::chrono::seconds(10)));
  SB_TRY(const formats::JsonDocument json,
         formats::parse_json(answer.body, request.target, answer.body.size()));
  SB_TRY(const formats::JsonValue list, json.root().member("faults"));
  SB_TRY(const std::vector<formats::JsonValue> rules, list.items());
  std::map<std::string, std::int64_t> fired;
  for (const formats::JsonValue& rule : rules) {
    SB_TRY(const formats::JsonValue verb, rule.member("do"));
    SB_TRY(const formats::JsonValue count, rule.member("fired"));
    SB_TRY(const std::string_view word, verb.string());
    SB_TRY(const std::int64_t times, count.integer());
    fired[std::string(word)] += times;
  }
  return fired;
}

Status SimExchange::make_durable() { return state_->ledger->make_durable(); }

std::string SimExchange::url() const {
  return state_->server ? state_->server->url() : "http://127.0.0.1:1";
}

}  // namespace signalbus::app
