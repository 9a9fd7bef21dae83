#include "storage/spdlog_run_log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "storage/descriptor.h"
#include "storage/log_text.h"

namespace signalbus::storage {
namespace {

std::string_view word_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarn:
      return "WARN";
    case LogLevel::kError:
      return "ERROR";
  }
  return "ERROR";
}

bool stderr_has_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return (no_colour == nullptr || *no_colour == '\0') && ::isatty(STDERR_FILENO) == 1;
}

/// Throws spdlog_ex when the file cannot be opened.
std::shared_ptr<spdlog::sinks::sink> open_sink(const std::string& path) {
  constexpr std::size_t kSizeMax = 10'000'000;
  constexpr std::size_t kOlderFiles = 4;  // with the current one, five
  auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, kSizeMax, kOlderFiles);
  sink->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
  return sink;
}

void write_to(spdlog::sinks::sink& sink, std::string_view line) {
  sink.log(spdlog::details::log_msg("", spdlog::level::info, line));
  sink.flush();  // a line that a crash swallows explains nothing
}

}  // namespace

SpdlogRunLog::SpdlogRunLog(RunLogOptions options, const Clock& clock)
    : options_([&options] {
        // Longest first: a secret that contains another must not leave its rest behind.
        std::sort(options.secrets.begin(), options.secrets.end(),
                  [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
        return std::move(options);
      }()),
      clock_(clock) {}

SpdlogRunLog::~SpdlogRunLog() = default;

void SpdlogRunLog::line(LogLevel level, std::string_view stage, std::string_view message) {
  const bool to_files = level >= options_.file_level && !options_.folder.empty();
  const bool to_stderr = options_.stderr_level && level >= *options_.stderr_level;
  if (!to_files && !to_stderr) return;
  const std::string time = clock_.now().rfc3339();
  const std::string safe = without_secrets(message);
  const std::string words =
      std::string(word_of(level)) + " " + std::string(stage) + " " + one_line(safe);
  const std::lock_guard lock(mutex_);
  if (to_stderr) write_stderr(level, words);
  if (!to_files) return;
  const std::string json = R"({"ts":")" + time + R"(","level":")" + std::string(word_of(level)) +
                           R"(","stage":)" + json_string(stage) + R"(,"message":)" +
                           json_string(safe) + "}";
  write_files({time + " " + words, json});
}

void SpdlogRunLog::write_files(const FileLine& line) {
  try {
    if (!opened_) {
      const Status made = make_folders_noting(options_.folder, 0777, nullptr);
      if (!made.ok()) return warn_once(made.error().message);
      text_ = open_sink(options_.folder + "/scheduler.log");
      json_ = open_sink(options_.folder + "/scheduler.jsonl");
      opened_ = true;
    }
    write_to(*text_, line.text);
    write_to(*json_, line.json);
  } catch (const std::exception& error) {  // spdlog_ex: the disk is full, the folder read-only
    warn_once(error.what());
  }
}

void SpdlogRunLog::write_stderr(LogLevel level, std::string_view text) const {
  std::string line(text);
  if (stderr_has_colour() && level >= LogLevel::kWarn) {
    line = (level == LogLevel::kError ? "\x1b[31m" : "\x1b[33m") + line + "\x1b[0m";
  }
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string SpdlogRunLog::without_secrets(std::string_view message) const {
  std::string out(message);
  for (const std::string& secret : options_.secrets) {
    if (secret.empty()) continue;
    for (std::size_t at = out.find(secret); at != std::string::npos; at = out.find(secret, at)) {
      out.replace(at, secret.size(), "***");
      at += 3;
    }
  }
  return out;
}

void SpdlogRunLog::warn_once(std::string_view cause) {
  if (warned_) return;
  warned_ = true;
  write_stderr(LogLevel::kWarn, "WARN run " + one_line(without_secrets(cause)) +
                                    "; the run goes on without its log");
}

}  // namespace signalbus::storage
