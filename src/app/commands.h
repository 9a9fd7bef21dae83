// The commands: each opens a session, calls one stage and prints what it did. Returns the exit
// code.
#pragma once

#include <string>

#include "app/options.h"
#include "core/result.h"

namespace signalbus::app {

Result<int> signals_command(const Options& options);
Result<int> plan_command(const Options& options);
Result<int> execute_command(const Options& options);
Result<int> reconcile_command(const Options& options);
/// `program` is this executable, for --isolate.
Result<int> run_command(const Options& options, const std::string& program);
Result<int> init_command(const Options& options);
Result<int> config_check_command(const Options& options);
Result<int> config_show_command(const Options& options);
Result<int> doctor_command(const Options& options);
/// The trading state, open batches and their orders that are not final.
Result<int> status_command(const Options& options);
/// Sets HALTED, durably, whoever holds the account, and though the configuration be broken.
Result<int> halt_command(const Options& options);
Result<int> resume_command(const Options& options);
Result<int> override_command(const Options& options);
/// kStorage naming the first record of the journal that is not what was recorded.
Result<int> audit_verify_command(const Options& options);
/// What is not ok now, and with --all the newest changes.
Result<int> alerts_command(const Options& options);
/// Silences one alert until it gets worse or is over. kNotFound when nothing of that name is open.
Result<int> alerts_ack_command(const Options& options);
/// Sends a message by every channel, or one, at once; says what each answered. 6 when one failed.
Result<int> notify_test_command(const Options& options);
/// Sends what waits in the outbox and is due.
Result<int> notify_deliver_command(const Options& options);
/// The messages that wait, and with --all the newest of all.
Result<int> notify_list_command(const Options& options);
Result<int> demo_command(const Options& options);
/// M6 over the days of the workspace; asks nobody.
Result<int> analyze_command(const Options& options);
/// Every metric of a file of returns; needs no workspace.
Result<int> metrics_command(const Options& options);
/// Fills data/market from the broker's market data.
Result<int> prices_command(const Options& options);
/// Serves until TERM or INT.
Result<int> exchange_command(const Options& options);

/// Prints to stdout unless --quiet; with --json the JSON instead.
void print_result(const Options& options, const std::string& text, const std::string& json);

}  // namespace signalbus::app
