// exchange: the embedded exchange as a server, until TERM or INT.
#include <charconv>
#include <csignal>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "core/text.h"
#include "exchange/command_file.h"
#include "exchange/server.h"
#include "storage/disk_files.h"
#include "storage/system_clock.h"

namespace signalbus::app {
namespace {

volatile std::sig_atomic_t g_stop = 0;

extern "C" void on_exchange_stop(int) { g_stop = 1; }

void stop_on_signals() {
  struct sigaction action{};
  action.sa_handler = on_exchange_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second signal ends the process at once
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
}

Error usage(std::string what) { return {ErrorCode::kUsage, std::move(what)}; }

Result<exchange::ServerOptions> parse_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::uint32_t port = 0;
  if (colon != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
    if (error == std::errc() && stop == end && port <= 65'535 && colon > 0) {
      std::string host = text.substr(0, colon);
      if (host == "localhost") host = "127.0.0.1";
      if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
      return exchange::ServerOptions{host, static_cast<std::uint16_t>(port)};
    }
  }
  return usage("--listen: " + quoted(text) +
               " is no address with a port; write 127.0.0.1:8080, or port 0 for a free one");
}

/// Lines for people, to a file or to stdout; written out now and then, not line by line.
class LogLines {
 public:
  static Result<std::unique_ptr<LogLines>> open(const std::string& path) {
    std::FILE* file = path.empty() ? stdout : std::fopen(path.c_str(), "ae");
    if (file == nullptr) return usage("--log: cannot write " + path);
    return std::unique_ptr<LogLines>(new LogLines(file));
  }
  ~LogLines() {
    if (file_ != stdout) {
      std::fclose(file_);
    } else {
      std::fflush(file_);
    }
  }
  LogLines(const LogLines&) = delete;
  LogLines& operator=(const LogLines&) = delete;

  void line(Instant at, std::string_view text) {
    std::string out = at.rfc3339() + " ";
    for (const char byte : text) out += byte >= 0x20 && byte != 0x7f ? byte : '?';
    out += '\n';
    std::fwrite(out.data(), 1, out.size(), file_);
    fresh_ = true;
  }
  void flush() {
    if (std::exchange(fresh_, false)) std::fflush(file_);
  }

 private:
  explicit LogLines(std::FILE* file) : file_(file) {}
  std::FILE* file_;
  bool fresh_ = false;
};

Result<exchange::VenueInputs> load_inputs(Files& files, const ExchangeFlags& flags) {
  if (flags.prices.empty()) {
    return usage("--prices is needed: a file with symbol,price, or a daily history");
  }
  SB_TRY(exchange::PriceTable prices, exchange::PriceTable::load(files, flags.prices));
  exchange::VenueInputs inputs{.prices = std::move(prices)};
  if (!flags.assets.empty()) {
    SB_TRY(inputs.assets, exchange::load_assets(files, flags.assets));
  }
  if (!flags.actions.empty()) {
    SB_TRY(inputs.actions, exchange::load_actions(files, flags.actions));
  }
  if (!flags.fees.empty()) {
    SB_TRY(inputs.fees, exchange::load_fees(files, flags.fees));
  }
  return inputs;
}

Result<exchange::VenueSettings> read_settings(const ExchangeFlags& flags, bool daily) {
  exchange::VenueSettings settings;
  settings.seed = flags.seed;
  const auto cash = Money::parse(flags.cash);
  if (!cash.ok() || cash.value().is_negative() || cash.value() > Money::whole(1'000'000'000'000)) {
    return usage("--cash: " + quoted(flags.cash) + " is no amount in USD");
  }
  settings.cash = cash.value();
  settings.multiplier = flags.multiplier;
  SB_TRY(settings.clock, exchange::parse_clock(!flags.clock.empty() ? flags.clock
                                               : daily              ? "wall"
                                                                    : "open"));
  SB_TRY(settings.requests_per_minute, exchange::parse_rate(flags.rate));
  const auto partial = Ratio::parse(flags.partial_fills);
  if (!partial.ok() || partial.value().is_negative() || partial.value() > Ratio::whole(1)) {
    return usage("--partial-fills: " + quoted(flags.partial_fills) +
                 " is no probability; write 0.1 for every tenth order");
  }
  settings.partial_fills = partial.value();
  settings.spread_bps = flags.spread;
  settings.walk_bps = flags.walk;
  settings.stream_symbols = flags.stream_symbols;
  settings.stream_connections = flags.stream_connections;
  return settings;
}

Result<exchange::KeyRing> load_keyring(Files& files, const ExchangeFlags& flags) {
  if (flags.keys.empty()) return exchange::KeyRing();
  SB_TRY(exchange::KeyTable keys, exchange::load_keys(files, flags.keys));
  return exchange::KeyRing(std::move(keys));
}

void print_start(const exchange::Server& server, const ExchangeFlags& flags,
                 const exchange::Venue& venue) {
  const std::string url = server.url();
  const std::string ws = "ws" + url.substr(4);
  std::printf("signalbus exchange: listening on %s\n", url.c_str());
  std::printf("  %s, %s USD per account, clock at %s\n",
              counted(venue.core().asset_count(), "symbol").c_str(),
              venue.settings().cash.text().c_str(), venue.now().rfc3339().c_str());
  std::printf("  export APCA_API_BASE_URL=%s\n", url.c_str());
  std::printf("  export APCA_API_DATA_URL=%s APCA_DATA_BASE_URL=%s\n", url.c_str(), url.c_str());
  std::printf("  export APCA_API_STREAM_URL=%s\n", ws.c_str());
  if (flags.keys.empty()) {
    std::printf("  export APCA_API_KEY_ID=any APCA_API_SECRET_KEY=any  # each key: an account\n");
  } else {
    std::printf("  export APCA_API_KEY_ID=... APCA_API_SECRET_KEY=...  # one of %s\n",
                flags.keys.c_str());
  }
  std::fflush(stdout);
}

}  // namespace

Result<int> exchange_command(const Options& options) {
  const ExchangeFlags& flags = options.exchange;
  storage::DiskFiles files;
  storage::SystemClock clock;
  SB_TRY(const exchange::ServerOptions address, parse_listen(flags.listen));
  SB_TRY(exchange::VenueInputs inputs, load_inputs(files, flags));
  SB_TRY(const exchange::VenueSettings settings, read_settings(flags, inputs.prices.is_daily()));
  SB_TRY(exchange::KeyRing keys, load_keyring(files, flags));
  SB_TRY(std::vector<exchange::FaultRule> faults, exchange::load_faults(files, flags.faults));
  SB_TRY(const std::unique_ptr<LogLines> log, LogLines::open(flags.log));

  exchange::Venue venue(settings, std::move(inputs), clock);
  std::unique_ptr<exchange::CommandFile> ledger;
  if (!flags.state.empty()) {
    SB_TRY(ledger, exchange::CommandFile::open(flags.state));
    const Status replayed = venue.replay(ledger->take_lines());
    if (!replayed.ok()) return Error(replayed.error()).in(ledger->path());
  }
  exchange::Service service(venue, std::move(keys));
  service.faults().add(std::move(faults));
  net::Loop loop;
  exchange::Streams streams(loop, service);
  SB_TRY_OK(venue.start(ledger.get()));

  stop_on_signals();
  SB_TRY(const std::unique_ptr<exchange::Server> server,
         exchange::Server::listen(loop, service, streams, address, [&] {
           log->flush();
           if (g_stop != 0) loop.stop();
         }));
  print_start(*server, flags, venue);
  venue.log_to([&](std::string_view line) { log->line(venue.now(), line); });
  loop.run();
  venue.log_to({});
  if (!service.state().ok()) return service.state().error();
  return 0;
}

}  // namespace signalbus::app
