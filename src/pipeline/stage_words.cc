#include "pipeline/stage_words.h"

#include <algorithm>
#include <array>

namespace signalbus::pipeline {

std::string_view to_text(StageState state) {
  switch (state) {
    case StageState::kDone:
      return "done";
    case StageState::kFailed:
      return "failed";
    case StageState::kSkipped:
      return "skipped";
    case StageState::kDoneBefore:
      break;
  }
  return "done before";
}

void write_stages(formats::JsonWriter& json, const RunOutcome& outcome) {
  json.key("stages").begin_array();
  for (const StageReport& stage : outcome.stages) {
    json.begin_object();
    json.key("stage").string(stage.name);
    json.key("state").string(to_text(stage.state));
    json.key("exit_code").integer(stage.exit_code);
    json.key("milliseconds").number(format_scaled(stage.micros, 3));
    json.key("message").string(stage.message);
    json.end_object();
  }
  json.end_array();
  json.key("notes").begin_array();
  for (const std::string& note : outcome.notes) json.string(note);
  json.end_array();
}

int worst_exit_code(const std::vector<int>& codes) {
  constexpr std::array kOrder = {7, 8, 6, 9, 5, 4, 3, 2, 10};
  for (const int code : kOrder) {
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) return code;
  }
  const auto other = std::find_if(codes.begin(), codes.end(), [](int code) { return code != 0; });
  return other == codes.end() ? 0 : *other;
}

}  // namespace signalbus::pipeline
