// Secret: a value that no message, log or `config show` may print.
#pragma once

#include <string>
#include <utility>

namespace signalbus {

/// Has no text() and no stream operator on purpose: whoever wants the value has to write reveal().
class Secret {
 public:
  Secret() = default;
  static Secret of(std::string value) { return Secret(std::move(value), ""); }
  /// Written as `file:PATH`. The mode that needs it reads the file, which must be 0600.
  static Secret in_file(std::string path) { return Secret("", std::move(path)); }

  /// The value itself, for the one place that sends it. Empty when unset or still in its file.
  const std::string& reveal() const { return value_; }
  const std::string& file() const { return file_; }  ///< Path of the secret's file, or empty.
  bool is_set() const { return !value_.empty() || !file_.empty(); }
  std::string masked() const { return is_set() ? "***" : ""; }

 private:
  Secret(std::string value, std::string file) : value_(std::move(value)), file_(std::move(file)) {}
  std::string value_;
  std::string file_;
};

}  // namespace signalbus
