// Session: the adapters, the workspace and the settings that a command works with.
#pragma once

#include <memory>
#include <string>

#include "app/alpaca_link.h"
#include "app/exchange_clock.h"
#include "app/options.h"
#include "core/result.h"
#include "pipeline/requests.h"
#include "pipeline/workspace.h"
#include "ports/activity_book.h"
#include "ports/journal.h"
#include "settings/settings.h"
#include "storage/disk_files.h"
#include "storage/spdlog_run_log.h"
#include "storage/sqlite_journal.h"
#include "storage/system_clock.h"

namespace signalbus::app {

/// The path seen from the working directory, normalised.
std::string absolute_path(const std::string& path);

class Session {
 public:
  /// Reads the configuration (a missing one is kUsage only when it was named) and opens nothing
  /// else.
  static Result<std::unique_ptr<Session>> open(const Options& options);

  pipeline::Doors& doors() { return *doors_; }
  const pipeline::Workspace& workspace() const { return workspace_; }
  settings::Settings& settings() { return settings_; }
  storage::SystemClock& system_clock() { return system_clock_; }
  /// Why the configuration could not be read; only `halt` goes on without it.
  const std::optional<Error>& config_problem() const { return config_problem_; }
  Mode mode() const { return mode_; }
  /// The flag, else today in New York, by the exchange's clock once connect() was called.
  TradeDate run_date() const;

  /// Whose account the mode trades and what time it is there; nothing to do in mode dry. From then
  /// on alpaca.account_id is the broker's own id and doors().clock the exchange's, where it has
  /// one. kUsage for another account than the pinned one or, in paper and live, a date that is not
  /// today; kBrokerRefused for a blocked account, errors of the connection as they are.
  Status connect();

  /// kUsage with every problem of strategy_manifest.yaml.
  Result<pipeline::Manifest> manifest();
  /// The exchange of mode sim, once alpaca() or connect() was called in that mode; else nullptr.
  SimExchange* sim() { return sim_.get(); }
  /// Opens the journal at first use.
  Result<Journal*> journal();
  /// The alerts of the same journal.
  Result<AlertBook*> alert_book();
  /// Its other side: what happened beside orders.
  Result<ActivityBook*> activities();
  /// The connection to Alpaca, in mode sim to the embedded exchange, made at first use. kUsage when
  /// keys, endpoints or the settings of the exchange are not in order.
  Result<AlpacaLink*> alpaca();
  /// Where M4 sends orders of the mode; `market` must outlive what it gives.
  Result<pipeline::ExecuteDoors> execute_doors(const PriceBook& market);
  /// Whom M2 asks: the market where prices come from it, broker and venue beyond mode dry. kUsage
  /// for a price file in paper or live, unless orders stay on this machine.
  Result<pipeline::PlanSources> plan_sources();

 private:
  explicit Session(const Options& options)
      : options_(options),
        durability_(options.is_demo ? Durability::kProcess : Durability::kPowerLoss),
        files_(storage::SystemCalls::of(durability_)) {}
  Status locate();
  Status read_settings();
  Status check_environment() const;
  Status use_clock_of(AlpacaLink& link);

  const Options& options_;
  Durability durability_;
  pipeline::Workspace workspace_;
  settings::Settings settings_;
  std::optional<Error> config_problem_;
  Mode mode_ = Mode::kDry;
  storage::DiskFiles files_;
  storage::SystemClock system_clock_;
  std::unique_ptr<storage::FixedClock> fixed_clock_;
  std::unique_ptr<SwitchClock> clock_;
  std::unique_ptr<Clock> exchange_clock_;
  std::unique_ptr<Progress> progress_;
  std::unique_ptr<storage::SpdlogRunLog> log_;
  std::unique_ptr<pipeline::Doors> doors_;
  std::unique_ptr<storage::SqliteJournal> journal_;
  std::unique_ptr<SimExchange> sim_;
  std::unique_ptr<AlpacaLink> alpaca_;
  std::unique_ptr<Broker> dry_broker_;
  bool connected_ = false;
};

}  // namespace signalbus::app
