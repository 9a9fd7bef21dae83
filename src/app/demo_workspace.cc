#include "app/demo_workspace.h"

#include <algorithm>

#include "app/demo_days.h"
#include "app/demo_files.h"
#include "core/paths.h"
#include "core/text.h"
#include "formats/json.h"
#include "formats/json_writer.h"

namespace signalbus::app {
namespace {

constexpr const char* kMarker = "demo.json";  // written first: the folder is ours from then on
constexpr const char* kDefaultFolder = "signalbus-demo";
constexpr const char* kPrices = "data/prices/us_large_caps_20_daily_close.csv";
constexpr const char* kWeights = "data/raw_signals/equal_weight.csv";
constexpr const char* kConfig = "config/config.yaml";
constexpr std::string_view kClock = "2020-12-29@0";  // of the example's configuration
constexpr std::size_t kMarkerBytesMax = 4096;

std::string_view demo_file(std::string_view path) {
  const auto files = demo_files();
  const auto at = std::find_if(files.begin(), files.end(),
                               [&](const DemoFile& file) { return file.path == path; });
  SB_CHECK(at != files.end());
  return at->bytes;
}

/// The first column of a table whose first row is its header.
std::vector<TradeDate> dates_of(std::string_view csv) {
  std::vector<TradeDate> out;
  std::size_t line = csv.find('\n') + 1;
  while (line < csv.size()) {
    const Result<TradeDate> date = TradeDate::parse(csv.substr(line, csv.find(',', line) - line));
    SB_CHECK(date.ok());
    out.push_back(date.value());
    line = csv.find('\n', line) + 1;
  }
  return out;
}

/// Every day that prices and weights exist for.
std::vector<TradeDate> tradable_days() {
  std::vector<TradeDate> days = dates_of(demo_file(kPrices));
  const TradeDate first = dates_of(demo_file(kWeights)).front();
  days.erase(days.begin(), std::lower_bound(days.begin(), days.end(), first));
  return days;
}

Result<std::vector<TradeDate>> last_days(int count) {
  std::vector<TradeDate> days = tradable_days();
  if (count >= 1 && count <= static_cast<int>(days.size())) {
    days.erase(days.begin(), days.end() - count);
    return days;
  }
  return Error{ErrorCode::kUsage, "--days " + std::to_string(count) +
                                      ": the demo has prices and weights for 1 to " +
                                      std::to_string(days.size()) + " sessions"};
}

std::string marker_text(int days) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("demo_days").integer(days).end_object();
  return json.take() + "\n";
}

/// How many days the demo in a folder was made for; nothing when there is none.
Result<std::optional<int>> days_of(Files& files, const std::string& root) {
  const std::string path = join_path(root, kMarker);
  if (!files.exists(path)) return std::optional<int>();
  SB_TRY(const std::string text, files.read(path, kMarkerBytesMax));
  SB_TRY(const formats::JsonDocument json, formats::parse_json(text, path, kMarkerBytesMax));
  SB_TRY(const formats::JsonValue days, json.root().member("demo_days"));
  SB_TRY(const std::int64_t count, days.integer());
  return std::optional<int>(static_cast<int>(count));
}

Result<bool> is_free(Files& files, const std::string& root) {
  SB_TRY(const std::vector<std::string> names, files.list(root));
  return names.empty();
}

/// The configuration starts the clock at the first session.
std::string bytes_for(const DemoFile& file, TradeDate first) {
  std::string bytes(file.bytes);
  if (file.path != kConfig) return bytes;
  const std::size_t at = bytes.find(kClock);
  SB_CHECK(at != std::string::npos);
  return bytes.replace(at, first.iso().size(), first.iso());
}

Status write_missing(Files& files, const DemoWorkspace& demo) {
  std::vector<NewFile> missing;
  for (const DemoFile& file : demo_files()) {
    std::string path = join_path(demo.root, file.path);
    if (!files.exists(path)) {
      missing.push_back({std::move(path), bytes_for(file, demo.sessions.front())});
    }
  }
  return files.write(missing);
}

/// Makes the folder a demo of that many days, or finds that it is one.
Result<DemoWorkspace> prepare_at(Files& files, const std::string& root, std::optional<int> days) {
  SB_TRY(const std::optional<int> made_for, days_of(files, root));
  if (made_for && days && *days != *made_for) {
    return Error{ErrorCode::kUsage, root + ": was made for --days " + std::to_string(*made_for) +
                                        "; leave --days out to go on, or choose another --dir"};
  }
  const int count = made_for ? *made_for : days.value_or(kDemoDays);
  DemoWorkspace demo{root, {}};
  SB_TRY(demo.sessions, last_days(count));
  if (!made_for) {
    SB_TRY(const bool free, is_free(files, root));
    if (!free) {
      return Error{ErrorCode::kUsage,
                   root +
                       ": is not empty and no demo; nothing is overwritten, choose another "
                       "--dir"};
    }
    const NewFile marker{join_path(root, kMarker), marker_text(count)};
    SB_TRY_OK(files.write(std::span(&marker, 1)));
  }
  SB_TRY_OK(write_missing(files, demo));
  return demo;
}

/// Nothing of it is done yet, or not all.
Result<bool> may_use(Files& files, const std::string& root, std::optional<int> days) {
  SB_TRY(const std::optional<int> made_for, days_of(files, root));
  if (!made_for) return is_free(files, root);
  if (days && *days != *made_for) return false;
  SB_TRY(const std::vector<DemoDay> done,
         load_demo_days(files, DemoWorkspace{root, {}}.days_file()));
  return static_cast<int>(done.size()) < *made_for;
}

}  // namespace

std::string DemoWorkspace::days_file() const {
  return join_path(root, "data/outputs/demo_days.csv");
}

Result<DemoWorkspace> prepare_demo(Files& files, const std::string& dir, std::optional<int> days) {
  if (!dir.empty()) return prepare_at(files, dir, days);
  std::string root = kDefaultFolder;
  for (int number = 2;; ++number) {
    SB_TRY(const bool usable, may_use(files, root, days));
    if (usable) return prepare_at(files, root, days);
    root = std::string(kDefaultFolder) + "-" + std::to_string(number);
  }
}

}  // namespace signalbus::app
