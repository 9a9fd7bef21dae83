// YamlReader: a map of settings, read key by key, with every problem of the file in one error.
//
//   YamlReader root = YamlReader::of(node, "config.yaml", ErrorCode::kUsage);
//   config.account = root.text("account");
//   YamlReader risk = root.map("risk");
//   limits.turnover_max = risk.fraction("turnover_max", kDefaultTurnoverMax);
//   SB_TRY_OK(root.finish());   // only now are the values to be trusted
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/money.h"
#include "core/result.h"
#include "formats/yaml.h"

namespace signalbus::formats {

/// A setting and where it comes from, for messages: `config.yaml:12`, or `default`.
template <class T>
struct Sourced {
  T value;
  std::string origin;
};

/// Getters with a fallback return it when the key is absent or null; without one the key is
/// required. A problem is noted and a zero or the fallback returned, so that reading goes on; the
/// keys asked for are the known keys, all others are problems. The node must outlive the reader.
class YamlReader {
 public:
  /// `code` is the code of the error that finish() returns. A root that is not a map is a problem.
  static YamlReader of(const YamlNode& root, std::string file, ErrorCode code);

  Sourced<std::string> text(const std::string& key,
                            const std::optional<std::string>& fallback = {});
  Sourced<bool> boolean(const std::string& key, std::optional<bool> fallback = {});
  struct Range {
    std::int64_t low;
    std::int64_t high;
  };
  Sourced<std::int64_t> integer(const std::string& key, Range range,
                                std::optional<std::int64_t> fallback = {});
  /// `0.05` or `5%`, exactly.
  Sourced<Ratio> fraction(const std::string& key, std::optional<Ratio> fallback = {});
  /// A decimal number as it was written, at most 18 decimals.
  Sourced<std::string> decimal(const std::string& key,
                               const std::optional<std::string>& fallback = {});
  /// Absent is empty.
  std::vector<Sourced<std::string>> texts(const std::string& key);
  /// A map of names to decimals in file order. Absent is empty.
  std::vector<std::pair<std::string, Sourced<std::string>>> decimals(const std::string& key);

  /// A map below this one; absent is an empty map.
  YamlReader map(const std::string& key);
  /// A list of maps. Absent is empty.
  std::vector<YamlReader> maps(const std::string& key);
  /// A map of free names to maps, in file order. Absent is empty.
  std::vector<std::pair<std::string, YamlReader>> named_maps(const std::string& key);

  bool has(const std::string& key) const;  ///< Present and not null; does not make the key known.
  std::string origin() const;              ///< Of this map: `config.yaml:12`.
  std::string origin(const std::string& key) const;  ///< `default` when the key is absent.
  void allow(const std::string& key);                ///< Makes a key known without reading it.
  /// Adds a problem of the caller's own check: `what` follows `<file>:<line>: <key>: `.
  void refuse(const std::string& key, const std::string& what);

  /// All problems of the whole file so far, one per line in file order, unknown keys included. To
  /// be called on any reader of the file, once everything was read.
  Status finish() const;

 private:
  struct File;
  struct Map;
  YamlReader(std::shared_ptr<File> file, std::size_t map) : file_(std::move(file)), map_(map) {}
  YamlReader child(const YamlNode* node, std::string path) const;
  const YamlNode* find(const std::string& key, bool required) const;
  const YamlNode* scalar(const std::string& key, bool required, std::string_view wanted) const;
  std::string path_of(const std::string& key) const;
  const Map& state() const;

  std::shared_ptr<File> file_;
  std::size_t map_;  // index into File::maps: the vector grows while children are made
};

}  // namespace signalbus::formats
