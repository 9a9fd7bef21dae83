// What every stage command prints with --json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/json_writer.h"

namespace signalbus::app {

/// {"command": …, counts…, "files": […]}: what every stage command prints with --json.
class StageJson {
 public:
  explicit StageJson(std::string_view command) {
    json_.begin_object();
    json_.key("command").string(command);
  }
  StageJson& count(std::string_view key, std::size_t value) {
    json_.key(key).integer(static_cast<std::int64_t>(value));
    return *this;
  }
  /// Adds keys of its own, before take().
  formats::JsonWriter& writer() { return json_; }
  std::string take(const std::vector<std::string>& notes, const std::vector<std::string>& files) {
    json_.key("notes").begin_array();
    for (const std::string& note : notes) json_.string(note);
    json_.end_array();
    json_.key("files").begin_array();
    for (const std::string& file : files) json_.string(file);
    json_.end_array();
    json_.end_object();
    return json_.take() + "\n";
  }

 private:
  formats::JsonWriter json_{formats::JsonStyle::kCompact};
};

inline std::string or_default(const std::string& flag, const std::string& fallback) {
  return flag.empty() ? fallback : flag;
}

}  // namespace signalbus::app
