#include "app/alpaca_link.h"

#include <random>

#include "core/paths.h"
#include "storage/secret_file.h"

namespace signalbus::app {
namespace {

/// A secret's file is named as seen from the workspace.
Result<Secret> secret_of(const Secret& secret, const std::string& root) {
  if (secret.file().empty()) return secret;
  return storage::resolved_secret(Secret::in_file(join_path(root, secret.file())));
}

/// For the waits between repeated reads: processes that fail together must not return together.
alpaca::Channel::Random jitter() {
  return [engine = std::mt19937(std::random_device{}())]() mutable {
    return static_cast<std::uint32_t>(engine());
  };
}

alpaca::ChannelOptions options_for(const net::Url& service, const alpaca::Quota& quota) {
  alpaca::ChannelOptions options;
  options.prefix = service.path;
  options.quota = quota;
  return options;
}

/// The exchange of mode sim limits nobody.
constexpr alpaca::Quota kUnlimited{.per_minute = 1'000'000'000, .cancel_reserve = 0};

}  // namespace

Result<std::unique_ptr<AlpacaLink>> AlpacaLink::make(const settings::AlpacaSettings& settings,
                                                     const std::string& root,
                                                     const std::string& call_log, Clock& clock) {
  SB_TRY(alpaca::Endpoints endpoints,
         alpaca::endpoints_of({settings.trading_endpoint, settings.data_endpoint}));
  SB_TRY(Secret id, secret_of(settings.key_id, root));
  SB_TRY(Secret secret, secret_of(settings.secret, root));
  const alpaca::Keys keys{std::move(id), std::move(secret)};
  SB_TRY_OK(keys.check());
  Senders senders{std::make_unique<alpaca::NetSender>(endpoints.trading),
                  std::make_unique<alpaca::NetSender>(endpoints.data)};
  const auto per_minute = static_cast<int>(settings.requests_per_minute);
  const alpaca::Quota quota{.per_minute = per_minute, .cancel_reserve = per_minute / 10};
  return std::unique_ptr<AlpacaLink>(new AlpacaLink(std::move(endpoints), std::move(senders), keys,
                                                    quota, settings.data_feed, call_log, clock));
}

Result<std::unique_ptr<AlpacaLink>> AlpacaLink::make(SimExchange& exchange,
                                                     const std::string& call_log, Clock& clock) {
  SB_TRY(alpaca::Endpoints endpoints, alpaca::endpoints_of({exchange.url(), exchange.url()}));
  Senders senders{exchange.connect(), exchange.connect()};
  const alpaca::Keys keys{Secret::of("SIM"), Secret::of("sim")};
  return std::unique_ptr<AlpacaLink>(new AlpacaLink(std::move(endpoints), std::move(senders), keys,
                                                    kUnlimited, "iex", call_log, clock));
}

AlpacaLink::AlpacaLink(alpaca::Endpoints endpoints, Senders senders, const alpaca::Keys& keys,
                       const alpaca::Quota& quota, const std::string& feed,
                       const std::string& call_log, Clock& clock)
    : endpoints_(std::move(endpoints)),
      calls_(call_log),
      senders_(std::move(senders)),
      trading_channel_(*senders_.trading, keys, clock, jitter(),
                       options_for(endpoints_.trading, quota), &calls_),
      data_channel_(*senders_.data, keys, clock, jitter(), options_for(endpoints_.data, quota),
                    &calls_),
      trading_(trading_channel_),
      data_(data_channel_, feed),
      broker_(trading_, clock),
      venue_(trading_),
      snapshots_(data_, clock, alpaca::PriceSource::kSnapshot, {}),
      latest_(data_, clock, alpaca::PriceSource::kLatest, {}),
      keys_(keys) {}

OrderHints& AlpacaLink::hints(Clock& clock) {
  if (!updates_) {
    updates_ = std::make_unique<alpaca::TradeUpdates>(alpaca::stream_connector(endpoints_.stream),
                                                      keys_, clock, jitter());
  }
  return *updates_;
}

MarketData& AlpacaLink::prices(settings::PriceSource source) {
  return source == settings::PriceSource::kLatest ? latest_ : snapshots_;
}

}  // namespace signalbus::app
