// The program: one binary, its commands, and the names of the specification's scripts as links.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "alerts/sentences.h"
#include "app/commands.h"
#include "app/options.h"
#include "formats/json_writer.h"
#include "formats/parquet.h"

namespace signalbus::app {
namespace {

Result<int> dispatch(const Options& options, const std::string& program) {
  switch (options.command) {
    case CommandName::kSignals:
      return signals_command(options);
    case CommandName::kPlan:
      return plan_command(options);
    case CommandName::kRun:
      return run_command(options, program);
    case CommandName::kExecute:
      return execute_command(options);
    case CommandName::kReconcile:
      return reconcile_command(options);
    case CommandName::kInit:
      return init_command(options);
    case CommandName::kConfigCheck:
      return config_check_command(options);
    case CommandName::kConfigShow:
      return config_show_command(options);
    case CommandName::kDoctor:
      return doctor_command(options);
    case CommandName::kStatus:
      return status_command(options);
    case CommandName::kHalt:
      return halt_command(options);
    case CommandName::kResume:
      return resume_command(options);
    case CommandName::kOverride:
      return override_command(options);
    case CommandName::kAuditVerify:
      return audit_verify_command(options);
    case CommandName::kExchange:
      return exchange_command(options);
    case CommandName::kAlerts:
      return alerts_command(options);
    case CommandName::kAlertsAck:
      return alerts_ack_command(options);
    case CommandName::kNotifyTest:
      return notify_test_command(options);
    case CommandName::kNotifyDeliver:
      return notify_deliver_command(options);
    case CommandName::kNotifyList:
      return notify_list_command(options);
    case CommandName::kDemo:
      return demo_command(options);
    case CommandName::kAnalyze:
      return analyze_command(options);
    case CommandName::kMetrics:
      return metrics_command(options);
    case CommandName::kPrices:
      return prices_command(options);
  }
  return Error{ErrorCode::kUsage, "no such command"};
}

/// This executable itself, whatever link it was called by.
std::string own_path() {
  std::string path(4096, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  path.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return path;
}

/// Keys are in this process's memory: no core of it is written, and no process of the same user
/// reads it.
void keep_memory_private() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__  // its leak check reads the memory from a process beside
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/// Whether this is a run that writes Parquet itself. A guess from the words alone may be wrong:
/// what was not loaded ahead is loaded on use.
bool needs_parquet(const std::vector<std::string>& arguments) {
  const auto has = [&](std::string_view word) {
    return std::find(arguments.begin(), arguments.end(), word) != arguments.end();
  };
  return !arguments.empty() && arguments.front() == "run" && !has("--isolate") && !has("--help");
}

int run_program(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string command = command_of_link(argc > 0 ? argv[0] : "");
  if (!command.empty()) arguments.insert(arguments.begin(), command);
  // Arrow takes longer to load than all that comes before its first use: it begins first.
  std::optional<formats::ParquetPreload> preload;
  if (needs_parquet(arguments)) preload.emplace();
  ParsedLine line = parse_command_line(std::move(arguments));
  if (!line.options) {
    std::fputs(line.text.c_str(), line.exit_code == 0 ? stdout : stderr);
    return line.exit_code;
  }
  // Kept and shown again for years: one line that turns no terminal and no mail into something
  // else.
  line.options->reason = alerts::plain_line(line.options->reason);
  const Result<int> code = dispatch(*line.options, own_path());
  if (code.ok()) return code.value();
  const int exit_code = exit_code_of(code.error().code);
  std::fprintf(stderr, "signalbus: %s\n", code.error().message.c_str());
  if (line.options->json) {
    formats::JsonWriter json(formats::JsonStyle::kCompact);
    json.begin_object().key("error").string(code.error().message);
    json.key("exit_code").integer(exit_code).end_object();
    std::printf("%s\n", json.take().c_str());
  }
  return exit_code;
}

}  // namespace

}  // namespace signalbus::app

int main(int argc, char** argv) {
  int code = 70;
  signalbus::app::keep_memory_private();
  try {
    code = signalbus::app::run_program(argc, argv);
  } catch (const std::exception& error) {
    // Nothing of ours throws; out of memory and the like end here, without a half-written file.
    std::fprintf(stderr, "signalbus: unexpected failure: %s\n", error.what());
  }
#ifndef __SANITIZE_ADDRESS__  // its leak check runs at exit
  // All of ours is closed by now. What libraries free at exit, Arrow's above all, takes 2 ms of a
  // run and goes with the process anyway.
  std::fflush(nullptr);
  std::quick_exit(code);
#endif
  return code;
}
