// YAML, the plain part of it: maps, lists and scalars with the place where each stands.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace signalbus::formats {

inline constexpr std::size_t kYamlBytesMax = 1 << 20;
inline constexpr std::size_t kYamlDepthMax = 32;
inline constexpr std::size_t kYamlKeysMax = 10'000;  ///< Of one map: keys are looked up one by one.

struct YamlEntry;

struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMap };
  Kind kind = Kind::kNull;
  std::string text;     ///< Of a scalar.
  bool quoted = false;  ///< A scalar in quotes or a block: never a number or a boolean.
  std::size_t line = 1;
  std::size_t column = 1;          ///< In bytes, from 1.
  std::vector<YamlNode> items;     ///< Of a sequence.
  std::vector<YamlEntry> entries;  ///< Of a map, in file order.
};

struct YamlEntry {
  std::string key;
  std::size_t key_line;
  std::size_t key_column;
  YamlNode value;
};

/// Parses one document; an empty text is a null. kInvalidInput as `name:line:column: what` for a
/// syntax error, a duplicate key, and for what no file of ours needs: anchors, aliases, merge keys,
/// tags, several documents, tabs as indentation, more than the limits above.
Result<YamlNode> parse_yaml(std::string_view text, const std::string& name);

struct ExpandedText {
  std::string text;                ///< Unset variables expanded to nothing.
  std::vector<std::string> unset;  ///< Their names: whether that matters is the caller's to say.
};

/// Replaces `${NAME}` (letters, digits, underscores) by lookup(NAME); `$${` stands for `${`.
/// kInvalidInput for `${` without a name or a closing brace.
Result<ExpandedText> expand_variables(
    std::string_view text,
    const std::function<std::optional<std::string>(const std::string&)>& lookup);

}  // namespace signalbus::formats
