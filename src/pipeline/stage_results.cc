#include "pipeline/stage_results.h"

#include <algorithm>

#include "core/decimal.h"
#include "formats/json.h"

namespace signalbus::pipeline {
namespace {

constexpr std::size_t kResultBytesMax = 64 << 20;

Result<std::string> text_of(const formats::JsonValue& object, std::string_view key) {
  SB_TRY(const formats::JsonValue value, object.member(key));
  SB_TRY(const std::string_view text, value.string());
  return std::string(text);
}

Result<RiskValue> read_risk_value(const formats::JsonValue& object) {
  RiskValue out;
  SB_TRY(out.scope, text_of(object, "scope"));
  SB_TRY(out.metric, text_of(object, "metric"));
  SB_TRY(const formats::JsonValue value, object.member("value"));
  if (!value.is_null()) {
    SB_TRY(const std::string_view number, value.number());
    SB_TRY(out.value, parse_double(number));
  }
  SB_TRY(out.unit, text_of(object, "unit"));
  SB_TRY(out.window, text_of(object, "window"));
  SB_TRY(const formats::JsonValue used, object.member("n_used"));
  SB_TRY(const std::int64_t count, used.integer());
  out.n_used = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
  SB_TRY(out.reason, text_of(object, "reason"));
  SB_TRY(const formats::JsonValue expected, object.member("expected"));
  SB_TRY(out.is_expected, expected.boolean());
  SB_TRY(out.detail, text_of(object, "detail"));
  return out;
}

/// A stage whose words cannot be read is through all the same; its rules are unknown then.
template <class T>
void take(Result<T> read, std::optional<T>& into, const std::string& stage, RunLog& log) {
  if (read.ok()) {
    into = std::move(read).value();
  } else {
    log.line(LogLevel::kWarn, "alerts", "of `" + stage + "`: " + read.error().message);
  }
}

}  // namespace

std::vector<std::string> open_differences_of(const ReconcileOutcome& outcome) {
  std::vector<std::string> out;
  if (outcome.broker) {  // it also tells of the names of the report, or somebody acknowledged them
    for (const Difference& difference : outcome.broker->recon.differences) {
      if (difference.is_open()) out.push_back(difference.sentence);
    }
    return out;
  }
  for (const ReconRow& row : outcome.result.rows) {
    if (row.status != ReconStatus::kMismatch || row.cause != Cause::kUnknown) continue;
    out.push_back((row.symbol ? row.symbol->text() : row.asset_id.get()) + ": " + row.explanation);
  }
  return out;
}

void write_open_differences(formats::JsonWriter& json, std::span<const std::string> sentences) {
  json.key("open_differences").begin_array();
  for (const std::string& sentence : sentences) json.string(sentence);
  json.end_array();
}

void write_risk_values(formats::JsonWriter& json, std::span<const RiskValue> values) {
  json.key("risk").begin_array();
  for (const RiskValue& value : values) {
    json.begin_object().key("scope").string(value.scope).key("metric").string(value.metric);
    json.key("value");
    value.value ? json.real(*value.value) : json.null();
    json.key("unit").string(value.unit).key("window").string(value.window);
    json.key("n_used").integer(static_cast<std::int64_t>(value.n_used));
    json.key("reason").string(value.reason).key("expected").boolean(value.is_expected);
    json.key("detail").string(value.detail).end_object();
  }
  json.end_array();
}

Result<std::vector<std::string>> read_open_differences(std::string_view result) {
  SB_TRY(const formats::JsonDocument document,
         formats::parse_json(result, "reconcile --json", kResultBytesMax));
  SB_TRY(const formats::JsonValue list, document.root().member("open_differences"));
  SB_TRY(const std::vector<formats::JsonValue> items, list.items());
  std::vector<std::string> out;
  for (const formats::JsonValue& item : items) {
    SB_TRY(const std::string_view sentence, item.string());
    out.emplace_back(sentence);
  }
  return out;
}

Result<std::vector<RiskValue>> read_risk_values(std::string_view result) {
  SB_TRY(const formats::JsonDocument document,
         formats::parse_json(result, "analyze --json", kResultBytesMax));
  SB_TRY(const formats::JsonValue list, document.root().member("risk"));
  SB_TRY(const std::vector<formats::JsonValue> items, list.items());
  std::vector<RiskValue> out;
  for (const formats::JsonValue& item : items) {
    SB_TRY(RiskValue value, read_risk_value(item));
    out.push_back(std::move(value));
  }
  return out;
}

Result<StageAnswer> spawn_stage(const Spawn& spawn, const std::vector<std::string>& arguments,
                                const settings::StagePolicy& policy, RunOutcome& outcome,
                                RunLog& log) {
  SB_TRY(const SpawnAnswer answer, spawn(arguments, policy.timeout_seconds));
  const std::string& stage = arguments.front();
  // Exit 4 is both: an order skipped by a risk limit, and a plan refused. Only the first has a
  // result, and only then may the stages after it go on.
  const bool done = !answer.result.empty();
  if (done && stage == "reconcile") {
    take(read_open_differences(answer.result), outcome.open_differences, stage, log);
  }
  if (done && stage == "analyze") {
    take(read_risk_values(answer.result), outcome.measured, stage, log);
  }
  const std::string message =
      "`" + stage + "` ended with exit code " + std::to_string(answer.exit_code);
  return StageAnswer{done ? StageState::kDone : StageState::kFailed, message, answer.exit_code};
}

}  // namespace signalbus::pipeline
