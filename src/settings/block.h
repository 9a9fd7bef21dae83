// Block: a map of the file, read in the kinds of values that config.yaml has.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/money.h"
#include "core/secret.h"
#include "formats/yaml_reader.h"
#include "settings/settings.h"

namespace signalbus::settings {

/// What all blocks of one file share.
struct Source {
  const Lookup& lookup;
  std::vector<UnsetVariable> unset;  ///< Met while reading.
};

/// Which fractions make sense, and what to say of others.
struct FractionRule {
  Ratio low;
  Ratio high;             ///< Both included.
  std::string_view hint;  ///< "write 5% or 0.05"
};

/// Every getter notes a problem instead of failing and returns the fallback (or nothing) then, as
/// YamlReader does. Numbers below 1 may be written as `5%` everywhere.
class Block {
 public:
  Block(formats::YamlReader reader, const formats::YamlNode* node, std::string path, Source& source)
      : reader_(std::move(reader)), node_(node), path_(std::move(path)), source_(&source) {}

  /// `${NAME}` expanded; an unset one is a problem.
  std::string text(const std::string& key, const std::string& fallback);
  /// The same, but an unset variable is kept in Source::unset.
  std::string late_text(const std::string& key, const std::string& fallback);
  /// A text that may not leave the workspace through `..`.
  std::string path(const std::string& key, const std::string& fallback);
  /// Only `${NAME}` or `file:PATH`. Its value is in no message.
  Secret secret(const std::string& key);

  bool boolean(const std::string& key, bool fallback);
  std::int64_t integer(const std::string& key, formats::YamlReader::Range range,
                       std::int64_t fallback);
  std::optional<std::int64_t> integer(const std::string& key, formats::YamlReader::Range range);
  /// USD above 0, at most kMoneyMaxUsd.
  std::optional<Money> money(const std::string& key);
  /// Shares above 0, at most kQuantityMaxShares.
  std::optional<Quantity> quantity(const std::string& key);
  std::optional<Ratio> fraction(const std::string& key, const FractionRule& rule);
  /// `5%`, above 0 and up to `max` percent; the sign is needed: 0.05 may mean two things.
  std::optional<Ratio> percentage(const std::string& key, std::int64_t max);
  /// A plain number or a percentage, both ends included.
  std::optional<double> number(const std::string& key, double low, double high);
  /// `90s`, `15m`, `24h`, `1d` in seconds, above 0.
  std::optional<std::int64_t> duration(const std::string& key);

  template <class E>
  using Choices = std::initializer_list<std::pair<std::string_view, E>>;
  /// One of the words, as written there.
  template <class E>
  E choice(const std::string& key, const Choices<E>& choices, const E& fallback) {
    std::vector<std::string> words;
    for (const auto& [word, value] : choices) words.emplace_back(word);
    const std::optional<std::size_t> index = word_index(key, words);
    return index ? (choices.begin() + *index)->second : fallback;
  }

  Block map(const std::string& key);
  bool is_map(const std::string& key) const;
  bool is_empty_text(const std::string& key) const;
  /// The key says `off`. Makes the key known.
  bool is_off(const std::string& key);
  /// The keys of the map at `key`, in file order.
  std::vector<std::string> names(const std::string& key) const;
  std::vector<std::string> texts(const std::string& key);

  std::optional<std::string> lookup(const std::string& variable) const {
    return source_->lookup(variable);
  }
  /// The key's value came from elsewhere: its unset variables no longer matter.
  void forget_unset(const std::string& key);

  bool has(const std::string& key) const { return reader_.has(key); }
  std::string origin(const std::string& key) const { return reader_.origin(key); }
  void refuse(const std::string& key, const std::string& what) { reader_.refuse(key, what); }
  std::string path_of(const std::string& key) const {
    return path_.empty() ? key : path_ + "." + key;
  }

 private:
  std::optional<std::size_t> word_index(const std::string& key,
                                        const std::vector<std::string>& words);
  std::string expanded(const std::string& key, const std::string& fallback, bool late);
  const formats::YamlNode* find(const std::string& key) const;
  bool is_scalar(const std::string& key) const;

  formats::YamlReader reader_;
  const formats::YamlNode* node_;  // null when absent or no map
  std::string path_;
  Source* source_;
};

/// Seconds of `90s`, `15m`, `24h`, `1d`; nothing for another text and for zero.
std::optional<std::int64_t> parse_duration(std::string_view text);

/// 0.05 for `0.05` and for `5%`; nothing when it is no number.
std::optional<double> parse_number(std::string_view text);

/// True when a relative path ends up above where it starts. An absolute one does not.
bool leaves_workspace(std::string_view path);

}  // namespace signalbus::settings
