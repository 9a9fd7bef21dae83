#include "pipeline/signals_stage.h"

#include "core/text.h"
#include "inputs/load_signals.h"
#include "report/save_targets.h"

namespace signalbus::pipeline {

Result<signals::MergedTargets> decide_signals(Doors& doors, const SignalsRequest& request) {
  SB_TRY(const std::vector<signals::StrategySpec> specs,
         signals::strategies_for(request.manifest, request.merge));
  const bool with_previous = request.signals.max_turnover.has_value();
  inputs::LoadedStrategies loaded = inputs::load_all_strategies(
      doors.files, request.root, specs, request.merge.run_date, with_previous, doors.progress);
  signals::PickedSignals picked =
      signals::pick_latest_per_strategy(loaded.loaded, request.merge.run_date, request.signals);
  for (signals::StrategyFailure& failure : loaded.failures) {
    picked.failures.push_back(std::move(failure));
  }
  return signals::merge_for_date(picked, request.merge, request.signals, request.weights);
}

Result<SignalsOutcome> save_signals(Doors& doors, const SignalsRequest& request,
                                    signals::MergedTargets merged) {
  SB_TRY(const std::vector<signals::StrategySpec> specs,
         signals::strategies_for(request.manifest, request.merge));
  report::OutputSet contributions;  // first: Arrow, which writes the targets, may still be loading
  report::save_contributions(contributions, merged.contributions, request.out_path);
  report::OutputSet outputs;
  SB_TRY_OK(report::save_targets(outputs, merged.book, request.out_path));
  outputs.append(std::move(contributions));
  SB_TRY_OK(outputs.commit(doors.files));
  for (const std::string& note : merged.notes) doors.log.line(LogLevel::kWarn, "m1", note);
  doors.log.line(LogLevel::kInfo, "m1",
                 counted(merged.book.targets.size(), "target") + " for " +
                     request.merge.run_date.iso() + " from " +
                     counted(merged.strategies.size(), "signal"));
  SignalsOutcome out{.merged = std::move(merged),
                     .inputs = {},
                     .files = outputs.paths(),
                     .targets_sha256 = sha256_hex(outputs.files()[0].bytes),
                     .contributions_path = outputs.files()[1].path,
                     .contributions_sha256 = sha256_hex(outputs.files()[1].bytes)};
  for (const signals::StrategySpec& spec : specs) {
    out.inputs.push_back(join_path(request.root, spec.path));
  }
  return out;
}

Result<SignalsOutcome> run_signals(Doors& doors, const SignalsRequest& request) {
  SB_TRY(signals::MergedTargets merged, decide_signals(doors, request));
  return save_signals(doors, request, std::move(merged));
}

}  // namespace signalbus::pipeline
