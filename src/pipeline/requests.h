// From settings to the request of each stage: one place for flags, configuration and defaults.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/result.h"
#include "pipeline/execute_stage.h"
#include "pipeline/plan_stage.h"
#include "pipeline/reconcile_stage.h"
#include "pipeline/signals_stage.h"
#include "pipeline/workspace.h"
#include "settings/settings.h"

namespace signalbus::pipeline {

using Manifest = std::vector<signals::StrategySpec>;

SignalsRequest make_signals_request(const Workspace& workspace, const settings::Settings& settings,
                                    const Manifest& manifest, TradeDate run_date);

/// Whether M2 asks the market for prices instead of reading a file.
bool prices_come_from_market(const settings::Settings& settings);

/// Positions: the configured file, else (dry) the newest simulated ones before the date, else the
/// broker's. kUsage when prices come from a file and none is named.
Result<PlanRequest> make_plan_request(const Workspace& workspace,
                                      const settings::Settings& settings, const Files& files,
                                      Mode mode, TargetBook targets,
                                      std::set<Symbol> traded_symbols);

ExecuteRequest make_execute_request(const Workspace& workspace, const settings::Settings& settings,
                                    Mode mode, TradeDate run_date, bool again);

/// Where the plan of this configuration lies.
PlanFiles plan_files(const Workspace& workspace, const settings::Settings& settings);

ReconcileRequest make_reconcile_request(const Workspace& workspace,
                                        const settings::Settings& settings, Mode mode,
                                        TradeDate run_date);

/// `may_write`: the account's lock is ours.
BrokerCheckRequest make_broker_check_request(const settings::Settings& settings, Mode mode,
                                             bool may_write);

/// Whether M5 asks the broker: never in mode dry, which has none.
bool reconciles_with_broker(const settings::Settings& settings, Mode mode);

/// The account a mode trades: "dry" in dry mode, the configured one else.
AccountId account_of(const settings::Settings& settings, Mode mode);

}  // namespace signalbus::pipeline
