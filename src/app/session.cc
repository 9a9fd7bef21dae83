#include "app/session.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "app/progress_bar.h"
#include "calendar/new_york.h"
#include "core/text.h"
#include "dry_broker/dry_broker.h"
#include "formats/yaml.h"
#include "storage/sqlite_journal.h"

namespace signalbus::app {
namespace {

constexpr const char* kDefaultConfig = "config/config.yaml";

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

/// The parent of config/ when the file lies in a folder of that name, else its own folder.
std::string root_of(const std::string& config_file) {
  const std::string folder = parent_path(config_file);
  return file_name(folder) == "config" ? parent_path(folder) : folder;
}

}  // namespace

std::string absolute_path(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path full = std::filesystem::absolute(path, ignored);
  std::string text = full.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

Status Session::locate() {
  std::string config = options_.config;
  const std::string beside = options_.manifest.empty()
                                 ? std::string()
                                 : join_path(parent_path(options_.manifest), "config.yaml");
  if (config.empty() && !beside.empty()) config = beside;
  if (config.empty()) config = join_path(options_.root, kDefaultConfig);
  workspace_.config_file = absolute_path(config);
  workspace_.root =
      options_.root.empty() ? root_of(workspace_.config_file) : absolute_path(options_.root);
  workspace_.manifest_file =
      options_.manifest.empty()
          ? join_path(parent_path(workspace_.config_file), "strategy_manifest.yaml")
          : absolute_path(options_.manifest);
  return Ok{};
}

Status Session::read_settings() {
  std::string text;
  // `signals` can do without a configuration: the defaults are those of an empty file.
  const bool needed = !options_.config.empty() || options_.command != CommandName::kSignals;
  if (needed || files_.exists(workspace_.config_file)) {
    Result<std::string> read = files_.read(workspace_.config_file, formats::kYamlBytesMax);
    if (!read.ok() && read.error().code == ErrorCode::kNotFound) {
      return Error{ErrorCode::kUsage, read.error().message +
                                          "; name the file with --config, or make a workspace with "
                                          "`signalbus init DIR`"};
    }
    if (!read.ok()) return std::move(read).error();
    text = std::move(read).value();
  }
  SB_TRY(settings_, settings::parse_settings(text, workspace_.config_file, environment));
  mode_ = options_.mode.value_or(settings_.scheduler.m4.mode);
  if (options_.now && mode_ != Mode::kDry && mode_ != Mode::kSim) {
    return Error{ErrorCode::kUsage, "--now is for dry and sim; a broker has its own time"};
  }
  return Ok{};
}

Result<std::unique_ptr<Session>> Session::open(const Options& options) {
  std::unique_ptr<Session> session(new Session(options));
  SB_TRY_OK(session->locate());
  const Status read = session->read_settings();
  if (!read.ok()) {
    // A mistake in a file must not keep anybody from stopping.
    if (options.command != CommandName::kHalt) return read.error();
    session->settings_ = {};
    session->config_problem_ = read.error();
  }
  if (options.now) session->fixed_clock_ = std::make_unique<storage::FixedClock>(*options.now);
  session->clock_ = std::make_unique<SwitchClock>(
      options.now ? static_cast<Clock&>(*session->fixed_clock_) : session->system_clock_);
  Clock& clock = *session->clock_;
  const bool bar = !options.quiet && !options.json && ::isatty(STDERR_FILENO) == 1;
  session->progress_ = make_progress(bar);
  storage::RunLogOptions log;
  log.folder = session->workspace_.logs();
  log.file_level = options.debug ? LogLevel::kDebug : LogLevel::kInfo;
  const LogLevel calm = options.daemon && !options.quiet ? LogLevel::kInfo : LogLevel::kError;
  log.stderr_level = options.debug ? LogLevel::kDebug : calm;
  if (options.is_demo) log.stderr_level.reset();
  log.secrets = {session->settings_.alpaca.key_id.reveal(),
                 session->settings_.alpaca.secret.reveal()};
  std::erase(log.secrets, "");
  session->log_ = std::make_unique<storage::SpdlogRunLog>(std::move(log), clock);
  session->doors_ = std::make_unique<pipeline::Doors>(
      pipeline::Doors{session->files_, clock, *session->log_, *session->progress_});
  return session;
}

TradeDate Session::run_date() const {
  return options_.date ? *options_.date : calendar::new_york_date(doors_->clock.now());
}

Result<pipeline::Manifest> Session::manifest() {
  Result<std::string> text = files_.read(workspace_.manifest_file, formats::kYamlBytesMax);
  if (!text.ok() && text.error().code == ErrorCode::kNotFound) {
    return Error{ErrorCode::kUsage,
                 text.error().message + "; list the strategies there, see `signalbus init`"};
  }
  if (!text.ok()) return std::move(text).error();
  return settings::load_manifest(text.value(), workspace_.manifest_file);
}

Result<Journal*> Session::journal() {
  if (!journal_) {
    SB_TRY(auto journal, storage::SqliteJournal::open(workspace_.journal(), durability_));
    // What the journal knows of the exchange in this process, that exchange must still know itself.
    journal->before_commit([this] { return sim_ ? sim_->make_durable() : Status(Ok{}); });
    journal_ = std::move(journal);
  }
  return journal_.get();
}

Result<AlertBook*> Session::alert_book() {
  SB_TRY_OK(journal());
  return journal_.get();
}

Result<ActivityBook*> Session::activities() {
  SB_TRY_OK(journal());
  return journal_.get();
}

Result<AlpacaLink*> Session::alpaca() {
  if (alpaca_) return alpaca_.get();
  const std::string calls = join_path(workspace_.logs(), "alpaca_calls.jsonl");
  if (mode_ == Mode::kSim) {
    SB_TRY(sim_, SimExchange::start(settings_.sim, workspace_.root, files_, durability_));
    SB_TRY(alpaca_, AlpacaLink::make(*sim_, calls, doors_->clock));
  } else {
    SB_TRY(alpaca_, AlpacaLink::make(settings_.alpaca, workspace_.root, calls, doors_->clock));
  }
  return alpaca_.get();
}

/// Real money needs two switches that say so, and orders to it never go by accident.
Status Session::check_environment() const {
  const bool live = alpaca_->endpoints().is_live();
  if (mode_ == Mode::kPaper && live) {
    return Error{ErrorCode::kUsage,
                 "mode paper, but the trading endpoint is Alpaca's live one; use "
                 "https://paper-api.alpaca.markets (alpaca.trading_endpoint, APCA_API_BASE_URL)"};
  }
  if (mode_ != Mode::kLive) return Ok{};
  if (!live && !alpaca_->endpoints().trading.is_loopback()) {
    return Error{ErrorCode::kUsage,
                 "mode live, but the trading endpoint is not Alpaca's live one; use "
                 "https://api.alpaca.markets (alpaca.trading_endpoint, APCA_API_BASE_URL)"};
  }
  return Ok{};
}

Status Session::use_clock_of(AlpacaLink& link) {
  if (mode_ == Mode::kSim) {
    exchange_clock_ = sim_->clock(system_clock_);
  } else {
    SB_TRY(const VenueClock said, link.venue().clock());
    if (said.simulated) {
      exchange_clock_ = std::make_unique<RemoteClock>(link.venue(), said.now, system_clock_);
    }
  }
  if (exchange_clock_) clock_->switch_to(*exchange_clock_);
  const TradeDate today = calendar::new_york_date(clock_->now());
  if (mode_ == Mode::kSim || !options_.date || *options_.date == today) return Ok{};
  return Error{ErrorCode::kUsage, "--date " + options_.date->iso() + ": mode " +
                                      std::string(to_text(mode_)) + " trades today, which is " +
                                      today.iso() + " at the exchange; leave the flag out"};
}

Status Session::connect() {
  if (mode_ == Mode::kDry || connected_) return Ok{};
  SB_TRY(AlpacaLink * link, alpaca());
  SB_TRY_OK(check_environment());
  SB_TRY(const BrokerAccount account, link->broker().account());
  SB_TRY_OK(pipeline::check_account(account, settings_.alpaca.account_id));
  if (mode_ == Mode::kLive && options_.live_confirm != account.id.get() &&
      options_.live_confirm != account.number) {
    return Error{ErrorCode::kUsage,
                 "mode live trades real money; confirm the account with --live-confirm " +
                     (account.number.empty() ? account.id.get() : account.number)};
  }
  settings_.alpaca.account_id = account.id.get();
  SB_TRY_OK(use_clock_of(*link));
  connected_ = true;
  return Ok{};
}

Result<pipeline::ExecuteDoors> Session::execute_doors(const PriceBook& market) {
  SB_TRY(Journal * journal, this->journal());
  if (mode_ == Mode::kDry) {
    dry_broker_ = std::make_unique<dry_broker::DryBroker>(
        market, doors_->clock, BrokerAccount{AccountId("dry"), Money::zero(), Money::zero()},
        Holdings{});
    return pipeline::ExecuteDoors{*dry_broker_, *journal, market};
  }
  SB_TRY_OK(connect());
  pipeline::ExecuteDoors doors{alpaca_->broker(), *journal, market};
  doors.venue = &alpaca_->venue();
  if (mode_ != Mode::kSim) doors.hints = &alpaca_->hints(doors_->clock);
  if (pipeline::prices_come_from_market(settings_)) {
    doors.fresh = &alpaca_->prices(settings_.scheduler.m2.price_source);
  }
  return doors;
}

Result<pipeline::PlanSources> Session::plan_sources() {
  pipeline::PlanSources ask;
  const bool from_market = pipeline::prices_come_from_market(settings_);
  // Without a journal nothing was traded yet, and there is nothing to hold against the broker.
  if (files_.exists(workspace_.journal())) {
    SB_TRY(ask.journal, journal());
  }
  if (mode_ == Mode::kDry && !from_market) return ask;
  SB_TRY(AlpacaLink * link, alpaca());
  if (from_market) ask.market = &link->prices(settings_.scheduler.m2.price_source);
  if (mode_ == Mode::kDry) return ask;
  SB_TRY_OK(connect());
  if (!from_market && !link->endpoints().trading.is_loopback()) {
    return Error{ErrorCode::kUsage,
                 "mode " + std::string(to_text(mode_)) +
                     " trades at prices of the market, not of a file; set scheduler.m2: "
                     "fetch_real_prices: true, or give --fetch-real-prices"};
  }
  ask.broker = &link->broker();
  ask.venue = &link->venue();
  return ask;
}

}  // namespace signalbus::app
