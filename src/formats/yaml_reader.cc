#include "formats/yaml_reader.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "core/decimal.h"
#include "core/text.h"

namespace signalbus::formats {
namespace {

using Kind = YamlNode::Kind;

constexpr std::size_t kProblemsShown = 20;

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "a single value";
    case Kind::kSequence:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "";
}

/// A key as part of a path: as it is when it is a plain word, else safe for a message.
std::string shown(std::string_view key) {
  const auto is_plain = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  const bool plain =
      !key.empty() && key.size() <= 40 && std::all_of(key.begin(), key.end(), is_plain);
  return plain ? std::string(key) : quoted(key);
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// The value of an unquoted integer; nothing when it is none.
std::optional<std::int64_t> parse_integer(const YamlNode& node) {
  std::int64_t value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, code] = std::from_chars(node.text.data(), end, value);
  if (node.quoted || code != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

struct YamlReader::Map {
  const YamlNode* node;  // null when it is absent or no map
  std::string path;      // empty for the root
  std::vector<std::string> known;
};

struct YamlReader::File {
  struct Problem {
    std::size_t line;
    std::string message;
  };
  std::string name;
  ErrorCode code;
  std::vector<Problem> problems;
  std::vector<Map> maps;

  std::string origin(std::size_t line) const { return name + ":" + std::to_string(line); }
  void add(std::size_t line, const std::string& path, const std::string& what) {
    problems.push_back({line, (line == 0 ? name : origin(line)) + ": " +
                                  (path.empty() ? "" : path + ": ") + what});
  }
};

YamlReader YamlReader::of(const YamlNode& root, std::string file, ErrorCode code) {
  auto shared = std::make_shared<File>();
  shared->name = std::move(file);
  shared->code = code;
  return YamlReader(std::move(shared), 0).child(&root, "");
}

/// Registers a map of the file; a node of another kind is a problem and reads as an empty map.
YamlReader YamlReader::child(const YamlNode* node, std::string path) const {
  if (node != nullptr && node->kind != Kind::kMap) {
    if (node->kind != Kind::kNull) {
      file_->add(node->line, path, "must be a map, was " + std::string(kind_name(node->kind)));
    }
    node = nullptr;
  }
  file_->maps.push_back({.node = node, .path = std::move(path), .known = {}});
  return {file_, file_->maps.size() - 1};
}

const YamlReader::Map& YamlReader::state() const { return file_->maps[map_]; }

std::string YamlReader::path_of(const std::string& key) const {
  return state().path.empty() ? shown(key) : state().path + "." + shown(key);
}

/// The value of a key, which is known from now on; null when it is absent or null.
const YamlNode* YamlReader::find(const std::string& key, bool required) const {
  std::vector<std::string>& known = file_->maps[map_].known;
  if (std::find(known.begin(), known.end(), key) == known.end()) known.push_back(key);
  const YamlNode* map = state().node;
  if (map != nullptr) {
    for (const YamlEntry& entry : map->entries) {
      if (entry.key == key && entry.value.kind != Kind::kNull) return &entry.value;
    }
  }
  if (required) file_->add(map == nullptr ? 0 : map->line, path_of(key), "required key is missing");
  return nullptr;
}

const YamlNode* YamlReader::scalar(const std::string& key, bool required,
                                   std::string_view wanted) const {
  const YamlNode* node = find(key, required);
  if (node == nullptr || node->kind == Kind::kScalar) return node;
  file_->add(node->line, path_of(key),
             "must be " + std::string(wanted) + ", was " + std::string(kind_name(node->kind)));
  return nullptr;
}

Sourced<std::string> YamlReader::text(const std::string& key,
                                      const std::optional<std::string>& fallback) {
  const YamlNode* node = scalar(key, !fallback, "a text");
  return {node != nullptr ? node->text : fallback.value_or(""), origin(key)};
}

Sourced<bool> YamlReader::boolean(const std::string& key, std::optional<bool> fallback) {
  const YamlNode* node = scalar(key, !fallback, "true or false");
  if (node == nullptr) return {fallback.value_or(false), origin(key)};
  const bool is_true = node->text == "true";
  if (node->quoted || (!is_true && node->text != "false")) {
    refuse(key, "was " + quoted(node->text) + "; write true or false" +
                    (node->quoted ? " without quotes" : ""));
    return {fallback.value_or(false), origin(key)};
  }
  return {is_true, origin(key)};
}

Sourced<std::int64_t> YamlReader::integer(const std::string& key, Range range,
                                          std::optional<std::int64_t> fallback) {
  const YamlNode* node = scalar(key, !fallback, "an integer");
  if (node == nullptr) return {fallback.value_or(0), origin(key)};
  const std::optional<std::int64_t> value = parse_integer(*node);
  if (value && *value >= range.low && *value <= range.high) return {*value, origin(key)};
  refuse(key, "was " + (value ? node->text : quoted(node->text)) + "; write an integer between " +
                  std::to_string(range.low) + " and " + std::to_string(range.high) +
                  (node->quoted ? ", without quotes" : ""));
  return {fallback.value_or(0), origin(key)};
}

Sourced<Ratio> YamlReader::fraction(const std::string& key, std::optional<Ratio> fallback) {
  const YamlNode* node = scalar(key, !fallback, "a fraction");
  const Ratio otherwise = fallback.value_or(Ratio::zero());
  if (node == nullptr) return {otherwise, origin(key)};
  std::string_view number = node->text;
  const bool is_percent = number.ends_with('%');
  if (is_percent) number.remove_suffix(1);
  const Result<std::int64_t> raw = parse_scaled64(
      number, is_percent ? Ratio::kDecimals - 2 : Ratio::kDecimals, Rounding::kExact);
  if (raw.ok() && !node->quoted) return {Ratio::from_raw(raw.value()), origin(key)};
  refuse(key, "was " + quoted(node->text) + "; write a fraction as 0.05 or 5%" +
                  (node->quoted ? ", without quotes" : ", with at most 9 decimals"));
  return {otherwise, origin(key)};
}

Sourced<std::string> YamlReader::decimal(const std::string& key,
                                         const std::optional<std::string>& fallback) {
  const YamlNode* node = scalar(key, !fallback, "a decimal number");
  if (node == nullptr) return {fallback.value_or("0"), origin(key)};
  const Result<Int128> value = parse_scaled(node->text, 18, Rounding::kExact);
  if (value.ok() && !node->quoted) return {node->text, origin(key)};
  refuse(key, node->quoted ? "was " + quoted(node->text) + "; write a number without quotes"
                           : value.error().message);
  return {fallback.value_or("0"), origin(key)};
}

std::vector<Sourced<std::string>> YamlReader::texts(const std::string& key) {
  std::vector<Sourced<std::string>> out;
  const YamlNode* node = find(key, false);
  if (node == nullptr) return out;
  if (node->kind != Kind::kSequence) {
    refuse(key, "must be a list, was " + std::string(kind_name(node->kind)) +
                    "; write it as [a, b] or one '- ' line each");
    return out;
  }
  for (const YamlNode& item : node->items) {
    if (item.kind != Kind::kScalar) {
      file_->add(item.line, path_of(key),
                 "items must be texts, one was " + std::string(kind_name(item.kind)));
      continue;
    }
    out.push_back({item.text, file_->origin(item.line)});
  }
  return out;
}

std::vector<std::pair<std::string, Sourced<std::string>>> YamlReader::decimals(
    const std::string& key) {
  YamlReader names = map(key);
  std::vector<std::pair<std::string, Sourced<std::string>>> out;
  const YamlNode* node = names.state().node;
  if (node == nullptr) return out;
  for (const YamlEntry& entry : node->entries) {
    out.emplace_back(entry.key, names.decimal(entry.key));
  }
  return out;
}

YamlReader YamlReader::map(const std::string& key) {
  const YamlNode* node = find(key, false);
  return child(node, path_of(key));
}

std::vector<YamlReader> YamlReader::maps(const std::string& key) {
  std::vector<YamlReader> out;
  const YamlNode* node = find(key, false);
  if (node == nullptr) return out;
  if (node->kind != Kind::kSequence) {
    refuse(key, "must be a list of maps, was " + std::string(kind_name(node->kind)));
    return out;
  }
  for (const YamlNode& item : node->items) {
    out.push_back(child(&item, path_of(key) + "[" + std::to_string(out.size()) + "]"));
  }
  return out;
}

std::vector<std::pair<std::string, YamlReader>> YamlReader::named_maps(const std::string& key) {
  YamlReader names = map(key);
  std::vector<std::pair<std::string, YamlReader>> out;
  const YamlNode* node = names.state().node;
  if (node == nullptr) return out;
  for (const YamlEntry& entry : node->entries) out.emplace_back(entry.key, names.map(entry.key));
  return out;
}

bool YamlReader::has(const std::string& key) const {
  const YamlNode* map = state().node;
  return map != nullptr &&
         std::any_of(map->entries.begin(), map->entries.end(), [&](const YamlEntry& entry) {
           return entry.key == key && entry.value.kind != Kind::kNull;
         });
}

void YamlReader::allow(const std::string& key) { find(key, false); }

std::string YamlReader::origin() const {
  return state().node == nullptr ? "default" : file_->origin(state().node->line);
}

std::string YamlReader::origin(const std::string& key) const {
  const YamlNode* map = state().node;
  if (map != nullptr) {
    for (const YamlEntry& entry : map->entries) {
      if (entry.key == key && entry.value.kind != Kind::kNull) return file_->origin(entry.key_line);
    }
  }
  return "default";
}

void YamlReader::refuse(const std::string& key, const std::string& what) {
  const YamlNode* map = state().node;
  std::size_t line = map == nullptr ? 0 : map->line;
  if (map != nullptr) {
    for (const YamlEntry& entry : map->entries) {
      if (entry.key == key) line = entry.key_line;
    }
  }
  file_->add(line, path_of(key), what);
}

Status YamlReader::finish() const {
  File all = *file_;
  for (const Map& map : file_->maps) {
    if (map.node == nullptr) continue;
    for (const YamlEntry& entry : map.node->entries) {
      if (std::find(map.known.begin(), map.known.end(), entry.key) != map.known.end()) continue;
      const std::string near = did_you_mean(entry.key, map.known);
      all.add(entry.key_line, (map.path.empty() ? "" : map.path + ".") + shown(entry.key),
              "unknown key" + (near.empty() ? "; known keys are " + listed(map.known) : near));
    }
  }
  if (all.problems.empty()) return Ok{};
  std::stable_sort(all.problems.begin(), all.problems.end(),
                   [](const File::Problem& a, const File::Problem& b) { return a.line < b.line; });
  std::string message;
  for (std::size_t i = 0; i < all.problems.size(); ++i) {
    if (i == kProblemsShown) {
      message += "\nand " + counted(all.problems.size() - i, "more problem");
      break;
    }
    message += (i == 0 ? "" : "\n") + all.problems[i].message;
  }
  return Error{all.code, std::move(message)};
}

}  // namespace signalbus::formats
