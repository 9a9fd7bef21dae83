#include "settings/describe.h"

namespace signalbus::settings {
namespace {

std::string_view block_of(std::string_view key) { return key.substr(0, key.find('.')); }

/// The key as origins know it: `analytics.risk_thresholds.*` is set by its map.
std::string_view set_by(std::string_view key) {
  return key.ends_with(".*") ? key.substr(0, key.size() - 2) : key;
}

constexpr std::string_view kIntroduction =
    R"(<!-- Generated from src/settings/key_table.cc; SB_UPDATE_DOCS=1 and the settings test rewrite it. -->
# Configuration

`signalbus config check` reads both files and lists every problem; `signalbus config show` prints
every key with its value, unit, meaning and place.

- An unknown key is an error, so a misspelt limit is never a missing limit.
- `5%` is accepted wherever a fraction or percentage is. Read the unit: `min_cash_buffer_pct: 0.05`
  is a fraction (5 %), `price_tolerance_pct: 1.0` is percent points (1 %).
- `${NAME}` in a text is replaced by the environment variable; `$${` stands for `${`. A secret is
  only ever `${NAME}` or `file:PATH` (a file with mode 0600), never written in the file itself.
- A relative path starts at the workspace and may not leave it through `..`; an absolute one may
  point anywhere.
- A limit that is absent, or `off`, is not checked. Mode `live` needs every limit of `risk:`, see
  risk-controls.md.

## config.yaml
)";

constexpr std::string_view kManifest = R"(
## strategy_manifest.yaml

`strategies:` is a list; each entry has these keys.

| key | unit | default | meaning |
|---|---|---|---|
| `id` | 1 to 48 of A-Z a-z 0-9 _ - | required | Name of the strategy in commands and files; not `blend`. |
| `path` | path | required | Its file of target weights. |
| `format` | csv, xlsx, parquet | from the file's ending | How to read the file. |
| `column_mapping` | map of file column to our name | the file's own names | Our names are `trade_date`, `asset_id`, `target_weight` and, optional, `asof`. |
| `max_age_days` | days, 0 to 36500 | 7 | An older newest signal is stale, and the strategy fails. |
| `sheet` | text | the first sheet | Sheet of an XLSX file. |
| `allow_formulas` | true or false | false | Take the cached values of formula cells (XLSX). |
)";

}  // namespace

std::vector<DescribedKey> describe(const Settings& settings) {
  std::vector<DescribedKey> out;
  for (const KeyRow& row : key_table()) {
    const auto origin = settings.origins.find(std::string(set_by(row.key)));
    out.push_back({.key = row.key,
                   .value = row.value(settings),
                   .unit = row.unit,
                   .meaning = row.meaning,
                   .origin = origin == settings.origins.end() ? "default" : origin->second});
  }
  return out;
}

std::string config_reference_markdown() {
  const Settings defaults;
  std::string out(kIntroduction);
  std::string_view block;
  for (const KeyRow& row : key_table()) {
    if (block_of(row.key) != block) {
      block = block_of(row.key);
      out += "\n### " + std::string(block) +
             "\n\n| key | unit | default | meaning |\n|---|---|---|---|\n";
    }
    out += "| `" + std::string(row.key) + "` | " + std::string(row.unit) + " | " +
           row.value(defaults) + " | " + std::string(row.meaning) + " |\n";
  }
  return out + std::string(kManifest);
}

}  // namespace signalbus::settings
