#include "app/call_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "core/paths.h"
#include "formats/json_writer.h"

namespace signalbus::app {
namespace {

std::string_view to_text(alpaca::CallOutcome outcome) {
  switch (outcome) {
    case alpaca::CallOutcome::kDone:
      return "done";
    case alpaca::CallOutcome::kRefused:
      return "refused";
    case alpaca::CallOutcome::kUnknown:
      return "unknown";
    case alpaca::CallOutcome::kTransient:
      return "transient";
  }
  return "unknown";
}

double milliseconds(std::int64_t micros) { return static_cast<double>(micros) / 1000; }

}  // namespace

CallLog::~CallLog() {
  if (file_ >= 0) ::close(file_);
}

void CallLog::called(const alpaca::CallRecord& record) {
  if (record.attempt > 1) ++repeats_;
  if (!tried_) {
    tried_ = true;
    std::error_code ignored;
    std::filesystem::create_directories(parent_path(path_), ignored);
    file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  }
  if (file_ < 0) return;
  const std::string line = call_line(record) + "\n";
  // One write, so that lines of several processes do not mix.
  [[maybe_unused]] const ssize_t written = ::write(file_, line.data(), line.size());
}

std::string call_line(const alpaca::CallRecord& record) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object();
  json.key("at").string(record.at.rfc3339());
  json.key("method").string(record.method);
  json.key("endpoint").string(record.endpoint);
  json.key("attempt").integer(record.attempt);
  json.key("outcome").string(to_text(record.outcome));
  json.key("status");
  record.status == 0 ? json.null() : json.integer(record.status);
  json.key("latency_ms").real(milliseconds(record.latency_micros));
  json.key("paced_ms").real(milliseconds(record.paced_micros));
  json.key("request_id").string(record.request_id);
  json.end_object();
  return json.take();
}

}  // namespace signalbus::app
