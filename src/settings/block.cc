#include "settings/block.h"

#include <algorithm>

#include "core/decimal.h"
#include "core/text.h"

namespace signalbus::settings {

using formats::YamlEntry;
using formats::YamlNode;
using formats::YamlReader;

std::optional<double> parse_number(std::string_view text) {
  const bool is_percent = text.ends_with('%');
  if (is_percent) text.remove_suffix(1);
  // Through exact decimals, so that 33.3% is the same double as 0.333.
  const Result<Int128> raw = parse_scaled(text, is_percent ? 16 : 18, Rounding::kHalfEven);
  if (!raw.ok()) return std::nullopt;
  const Result<double> value = parse_double(format_scaled(raw.value(), 18));
  return value.ok() ? std::optional(value.value()) : std::nullopt;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  constexpr std::pair<char, std::int64_t> kUnits[] = {
      {'s', 1}, {'m', 60}, {'h', 3'600}, {'d', 86'400}};
  constexpr std::size_t kDigitsMax = 6;
  if (text.size() < 2 || text.size() > kDigitsMax + 1) return std::nullopt;
  std::int64_t count = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    count = count * 10 + (c - '0');
  }
  for (const auto& [letter, seconds] : kUnits) {
    if (text.back() == letter && count > 0) return count * seconds;
  }
  return std::nullopt;
}

bool leaves_workspace(std::string_view path) {
  if (path.starts_with('/')) return false;
  int depth = 0;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    if (part == "..") --depth;
    if (part != ".." && part != "." && !part.empty()) ++depth;
    if (depth < 0) return true;
  }
  return false;
}

const YamlNode* Block::find(const std::string& key) const {
  if (node_ == nullptr) return nullptr;
  for (const YamlEntry& entry : node_->entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

bool Block::is_map(const std::string& key) const {
  const YamlNode* node = find(key);
  return node != nullptr && node->kind == YamlNode::Kind::kMap;
}

/// False for an absent key, and for a list or map, which the reader has already refused.
bool Block::is_scalar(const std::string& key) const {
  const YamlNode* node = find(key);
  return node != nullptr && node->kind == YamlNode::Kind::kScalar;
}

bool Block::is_empty_text(const std::string& key) const {
  return is_scalar(key) && find(key)->text.empty();
}

bool Block::is_off(const std::string& key) {
  reader_.allow(key);
  return is_scalar(key) && find(key)->text == "off";
}

std::vector<std::string> Block::names(const std::string& key) const {
  std::vector<std::string> out;
  if (!is_map(key)) return out;
  for (const YamlEntry& entry : find(key)->entries) out.push_back(entry.key);
  return out;
}

Block Block::map(const std::string& key) {
  return {reader_.map(key), is_map(key) ? find(key) : nullptr, path_of(key), *source_};
}

std::vector<std::string> Block::texts(const std::string& key) {
  std::vector<std::string> out;
  for (auto& item : reader_.texts(key)) out.push_back(std::move(item.value));
  return out;
}

std::string Block::expanded(const std::string& key, const std::string& fallback, bool late) {
  const std::string raw = reader_.text(key, fallback).value;
  if (!has(key)) return fallback;
  Result<formats::ExpandedText> result = formats::expand_variables(raw, source_->lookup);
  if (!result.ok()) {
    refuse(key, result.error().message);
    return fallback;
  }
  formats::ExpandedText text = std::move(result).value();
  for (const std::string& name : text.unset) {
    if (late) {
      source_->unset.push_back({.name = name, .key = path_of(key), .origin = origin(key)});
    } else {
      refuse(key, "environment variable " + name + " is not set; set it, or write the value");
    }
  }
  return text.unset.empty() ? text.text : fallback;
}

std::string Block::text(const std::string& key, const std::string& fallback) {
  return expanded(key, fallback, false);
}

std::string Block::late_text(const std::string& key, const std::string& fallback) {
  return expanded(key, fallback, true);
}

void Block::forget_unset(const std::string& key) {
  std::erase_if(source_->unset, [&](const UnsetVariable& u) { return u.key == path_of(key); });
}

std::string Block::path(const std::string& key, const std::string& fallback) {
  std::string path = text(key, fallback);
  if (!leaves_workspace(path)) return path;
  refuse(key, "path " + quoted(path) +
                  " leaves the workspace; move the file inside, or write an absolute path");
  return fallback;
}

Secret Block::secret(const std::string& key) {
  const std::string raw = reader_.text(key, "").value;
  if (!has(key) || raw.empty()) return {};
  if (raw.starts_with("file:")) {
    if (raw.size() > 5) return Secret::in_file(raw.substr(5));
    refuse(key, "'file:' names no file; write file:PATH");
    return {};
  }
  const bool is_one_variable =
      raw.starts_with("${") && raw.ends_with('}') && raw.find('}') == raw.size() - 1;
  if (!is_one_variable) {
    refuse(key,
           "is a secret and may not stand in this file; write \"${NAME}\" and set that environment "
           "variable, or file:PATH of a file with mode 0600");
    return {};
  }
  return Secret::of(late_text(key, ""));
}

bool Block::boolean(const std::string& key, bool fallback) {
  return reader_.boolean(key, fallback).value;
}

std::int64_t Block::integer(const std::string& key, YamlReader::Range range,
                            std::int64_t fallback) {
  return reader_.integer(key, range, fallback).value;
}

std::optional<std::int64_t> Block::integer(const std::string& key, YamlReader::Range range) {
  const std::int64_t value = reader_.integer(key, range, range.low).value;
  return has(key) ? std::optional(value) : std::nullopt;
}

namespace {

/// A positive fixed-point value of at most `max` units, or the words of what is wrong.
template <class T>
std::optional<T> positive(const std::string& text, std::int64_t max, std::string& problem) {
  const Result<T> value = T::parse(text);
  if (!value.ok()) {
    problem = value.error().message;
  } else if (!value.value().is_positive()) {
    problem = "was " + text + "; write a number above 0, or remove the key for no limit";
  } else if (value.value() > T::whole(max)) {
    problem = "was " + text + "; the largest value is " + with_thousands(max);
  }
  return problem.empty() ? std::optional(value.value()) : std::nullopt;
}

}  // namespace

std::optional<Money> Block::money(const std::string& key) {
  const std::string text = reader_.decimal(key, "1").value;
  if (!has(key)) return std::nullopt;
  std::string problem;
  const std::optional<Money> value = positive<Money>(text, kMoneyMaxUsd, problem);
  if (!problem.empty()) refuse(key, problem);
  return value;
}

std::optional<Quantity> Block::quantity(const std::string& key) {
  const std::string text = reader_.decimal(key, "1").value;
  if (!has(key)) return std::nullopt;
  std::string problem;
  const std::optional<Quantity> value = positive<Quantity>(text, kQuantityMaxShares, problem);
  if (!problem.empty()) refuse(key, problem);
  return value;
}

std::optional<Ratio> Block::fraction(const std::string& key, const FractionRule& rule) {
  const Ratio value = reader_.fraction(key, rule.low).value;  // the fallback passes the check below
  if (!has(key)) return std::nullopt;
  if (value >= rule.low && value <= rule.high) return value;
  const std::string percent = format_scaled(value.raw(), Ratio::kDecimals - 2);
  refuse(key, "was " + value.text() + ", which is " + percent + " %; " + std::string(rule.hint));
  return std::nullopt;
}

std::optional<Ratio> Block::percentage(const std::string& key, std::int64_t max) {
  const std::string text = reader_.text(key, "").value;
  if (!is_scalar(key)) return std::nullopt;
  if (text.ends_with('%')) {
    const Result<std::int64_t> raw = parse_scaled64(
        std::string_view(text).substr(0, text.size() - 1), Ratio::kDecimals - 2, Rounding::kExact);
    const std::int64_t most = max * static_cast<std::int64_t>(pow10(Ratio::kDecimals - 2));
    if (raw.ok() && raw.value() > 0 && raw.value() <= most) return Ratio::from_raw(raw.value());
  }
  refuse(key, "was " + quoted(text) + "; write a percentage with its sign, above 0% and up to " +
                  std::to_string(max) + "%");
  return std::nullopt;
}

std::optional<double> Block::number(const std::string& key, double low, double high) {
  const std::string text = reader_.text(key, "").value;
  if (!is_scalar(key)) return std::nullopt;
  const std::optional<double> value = parse_number(text);
  if (value && *value >= low && *value <= high) return value;
  refuse(key, "was " + quoted(text) + "; write a number between " + format_double(low) + " and " +
                  format_double(high) + ", or a percentage as 5%");
  return std::nullopt;
}

std::optional<std::int64_t> Block::duration(const std::string& key) {
  const std::string text = reader_.text(key, "").value;
  if (!is_scalar(key)) return std::nullopt;
  const std::optional<std::int64_t> seconds = parse_duration(text);
  if (!seconds) {
    refuse(key, "was " + quoted(text) + "; write a duration with its unit, as 90s, 15m, 24h or 1d");
  }
  return seconds;
}

std::optional<std::size_t> Block::word_index(const std::string& key,
                                             const std::vector<std::string>& words) {
  const std::string text = reader_.text(key, "").value;
  if (!is_scalar(key)) return std::nullopt;
  const auto at = std::find(words.begin(), words.end(), text);
  if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  std::string allowed;
  for (const std::string& word : words) allowed += (allowed.empty() ? "" : ", ") + word;
  refuse(key, "was " + quoted(text) + "; write one of " + allowed + did_you_mean(text, words));
  return std::nullopt;
}

}  // namespace signalbus::settings
