// Wiring of alerts: which channels the configuration has, and the delivery of what waits for them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/session.h"
#include "notify/channel.h"
#include "notify/deliver.h"
#include "pipeline/alert_stage.h"

namespace signalbus::app {

/// Names of the channels that are configured; their secrets may still be missing.
std::vector<std::string> channel_names(const settings::NotifySettings& notify);

/// The journal's alerts and the channels, for a run.
Result<pipeline::AlertDoors> alert_doors(Session& session);

/// Records whether the run of the date could begin ("" if it did). Never fails: what goes wrong
/// here is logged.
void tell_start(Session& session, TradeDate date, const std::string& why_not);

/// The configured channels with their secrets read.
class Notifier {
 public:
  explicit Notifier(Session& session);

  std::span<const std::unique_ptr<notify::Channel>> channels() const { return channels_; }
  /// Why a configured channel cannot be used: a variable that is not set, a secret's file.
  const std::vector<std::string>& problems() const { return problems_; }
  /// By that clock: `--now` may pretend that it is later.
  Result<notify::Delivered> deliver(Session& session, Clock& clock);

 private:
  Secret read(const Secret& secret, const std::string& root, const std::string& key);
  void open_channels(Session& session);

  std::unique_ptr<notify::Transport> transport_;
  std::vector<std::unique_ptr<notify::Channel>> channels_;
  std::vector<std::string> problems_;
};

/// After a run and between runs: sends what is due, for at most 20 seconds, and logs what fails.
/// Loads nothing and opens no connection when nothing is due.
void deliver_quietly(Session& session);

}  // namespace signalbus::app
