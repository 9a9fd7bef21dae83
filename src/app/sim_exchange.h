// SimExchange: the exchange of mode sim, inside this process.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "alpaca/http_sender.h"
#include "core/result.h"
#include "ports/clock.h"
#include "ports/files.h"
#include "settings/settings.h"

namespace signalbus::app {

/// Its accounts live in state/sim/ of the workspace: a later run finds what an earlier one left,
/// also after a crash. One process at a time.
class SimExchange {
 public:
  /// `root` is what relative paths of the settings start from. kUsage for settings that make no
  /// exchange, kLocked when another process has it, errors of its files as they are.
  static Result<std::unique_ptr<SimExchange>> start(const settings::SimSettings& settings,
                                                    const std::string& root, Files& files,
                                                    Durability durability);
  ~SimExchange();
  SimExchange(const SimExchange&) = delete;
  SimExchange& operator=(const SimExchange&) = delete;

  /// One more door to it: over loopback HTTP, or by a call where `sim.transport` is direct.
  std::unique_ptr<alpaca::HttpSender> connect();
  /// Its own time, where it has one; absent: this machine's (`sim.clock` open or wall). `machine`
  /// must outlive it.
  std::unique_ptr<Clock> clock(Clock& machine);
  /// How often each verb of the fault script happened since the start.
  Result<std::map<std::string, std::int64_t>> faults_fired();
  /// `http://127.0.0.1:PORT`; the host of nothing where the transport is direct.
  std::string url() const;
  /// Returns once everything that it answered survives a power cut. To be called before anything
  /// is made durable that follows from an answer; the end of the object does it too.
  Status make_durable();

 private:
  struct State;
  explicit SimExchange(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace signalbus::app
