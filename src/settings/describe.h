// Describe: every key of config.yaml with its value, unit, meaning and place, from one table.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "settings/settings.h"

namespace signalbus::settings {

/// A key that the parser knows. `*` stands for a name of the user's choice.
struct KeyRow {
  std::string_view key;                               ///< "risk.min_cash_buffer_pct"
  std::string_view unit;                              ///< "fraction of equity"
  std::string_view meaning;                           ///< One sentence: what it decides.
  std::function<std::string(const Settings&)> value;  ///< As text, secrets masked.
};

/// All keys in the order of the file. The parser knows no other (a test holds the two together).
std::span<const KeyRow> key_table();

/// One line of `config show`.
struct DescribedKey {
  std::string_view key;
  std::string value;
  std::string_view unit;
  std::string_view meaning;
  std::string origin;  ///< "config.yaml:41", "environment variable NAME" or "default".
};

std::vector<DescribedKey> describe(const Settings& settings);

/// docs/configuration.md: blocks, keys, units, defaults, and the manifest's keys.
std::string config_reference_markdown();

}  // namespace signalbus::settings
