// The stages of a run in words: for the page, for --json and for the manifest.
#pragma once

#include <string_view>

#include "formats/json_writer.h"
#include "pipeline/run_once.h"

namespace signalbus::pipeline {

/// What a stage says when it is through.
struct StageAnswer {
  StageState state = StageState::kDone;
  std::string message;
  int exit_code = 0;
};
StageAnswer failure_of(const Error& error);
inline void add_files(RunOutcome& outcome, const std::vector<std::string>& files) {
  outcome.files.insert(outcome.files.end(), files.begin(), files.end());
}
/// The first failure, or "done".
std::string outcome_words(const RunOutcome& outcome);

std::string_view to_text(StageState state);  ///< "done", "failed", "skipped", "done before"

/// Writes the keys `stages` and `notes` into the open object.
void write_stages(formats::JsonWriter& json, const RunOutcome& outcome);

/// Writes the keys `source` and, where the broker was asked, `orders_agree`, `fills_agree`,
/// `positions_agree`, `open`, `differences`, `foreign` and `pending` into the open object.
void write_broker_recon(formats::JsonWriter& json, const ReconcileOutcome& outcome);

}  // namespace signalbus::pipeline
