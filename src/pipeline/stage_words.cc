#include "pipeline/stage_words.h"

#include <algorithm>
#include <array>

namespace signalbus::pipeline {

StageAnswer failure_of(const Error& error) {
  return {StageState::kFailed, error.message, exit_code_of(error.code)};
}

std::string outcome_words(const RunOutcome& outcome) {
  for (const StageReport& stage : outcome.stages) {
    if (stage.state == StageState::kFailed) return stage.name + " failed: " + stage.message;
  }
  return "done";
}

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

void write_broker_recon(formats::JsonWriter& json, const ReconcileOutcome& outcome) {
  json.key("source").string(outcome.result.eod.source);
  if (!outcome.broker) return;
  const reconcile::BrokerRecon& recon = outcome.broker->recon;
  const auto count = [&](std::string_view key, std::size_t value) {
    json.key(key).integer(static_cast<std::int64_t>(value));
  };
  count("orders_agree", recon.orders_agree);
  count("fills_agree", recon.fills_agree);
  count("positions_agree", recon.positions_agree);
  count("open", recon.open_count());
  json.key("differences").begin_array();
  for (const Difference& difference : recon.differences) {
    json.begin_object();
    json.key("key").string(difference.key);
    json.key("subject").string(to_text(difference.subject));
    json.key("symbol").string(difference.symbol);
    json.key("journal").string(amount_text(difference.expected));
    json.key("broker").string(amount_text(difference.actual));
    json.key("cause").string(to_text(difference.cause));
    json.key("open").boolean(difference.is_open());
    json.key("acknowledged").boolean(difference.acknowledged);
    json.key("explanation").string(difference.sentence);
    json.end_object();
  }
  json.end_array();
  json.key("foreign").begin_array();
  for (const auto* list : {&recon.foreign_orders, &recon.foreign_positions}) {
    for (const reconcile::Foreign& other : *list) json.string(other.line);
  }
  json.end_array();
  json.key("pending").begin_array();
  for (const std::string& line : recon.pending) json.string(line);
  json.end_array();
}

}  // namespace signalbus::pipeline
