// strategy_manifest.yaml: which strategies there are and how to read their files.
#include <algorithm>
#include <array>

#include "core/text.h"
#include "settings/block.h"

namespace signalbus::settings {
namespace {

using formats::YamlEntry;
using formats::YamlNode;
using signals::StrategySpec;

constexpr std::array<std::string_view, 4> kOurColumns = {"trade_date", "asset_id", "target_weight",
                                                         "asof"};

bool is_ours(std::string_view name) {
  return std::find(kOurColumns.begin(), kOurColumns.end(), name) != kOurColumns.end();
}

/// `file column: our name`. Two columns for one name, or a name without one, show when the file is
/// read, since only then its own columns are known.
void read_mapping(Block& entry, StrategySpec& out) {
  Block mapping = entry.map("column_mapping");
  for (const std::string& column : entry.names("column_mapping")) {
    const std::string ours = mapping.text(column, "");
    if (is_ours(ours)) {
      out.column_mapping[column] = ours;
      continue;
    }
    const std::vector<std::string> known(kOurColumns.begin(), kOurColumns.end());
    mapping.refuse(
        column, "was " + quoted(ours) + did_you_mean(ours, known) +
                    (is_ours(column)
                         ? "; the order is file_column: our_name, so write " + ours + ": " + column
                         : "; our names are trade_date, asset_id, target_weight and asof"));
  }
}

/// The ending of a file name in lower case, without its dot.
std::string ending_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return "";
  std::string ending(name.substr(dot + 1));
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return ending;
}

void read_file(Block& entry, StrategySpec& out) {
  out.path = entry.path("path", "");
  if (!entry.has("path")) {
    entry.refuse("path", "is missing; write the path of the strategy's file");
  } else if (entry.is_empty_text("path")) {
    entry.refuse("path", "is empty; write the path of the strategy's file");
  }
  const std::string by_name = ending_of(out.path);
  const bool known = by_name == "csv" || by_name == "xlsx" || by_name == "parquet";
  if (!known && !out.path.empty() && !entry.has("format")) {
    entry.refuse("path", "was " + quoted(out.path) +
                             ", whose ending names no format; add format: csv, xlsx or parquet");
  }
  out.format = entry.choice<std::string>("format",
                                         {{"csv", "csv"}, {"xlsx", "xlsx"}, {"parquet", "parquet"}},
                                         known ? by_name : "csv");
  out.sheet = entry.text("sheet", "");
  out.allow_formulas = entry.boolean("allow_formulas", false);
  for (const char* key : {"sheet", "allow_formulas"}) {
    if (entry.has(key) && out.format != "xlsx") {
      entry.refuse(key, "has a meaning only for xlsx, and the format is " + out.format);
    }
  }
}

StrategySpec read_entry(Block& entry, const std::vector<StrategySpec>& before) {
  const std::string id = entry.text("id", "");
  const Result<StrategyId> parsed = parse_strategy_id(id);
  StrategySpec out{.id = StrategyId(id),
                   .path = "",
                   .format = "csv",
                   .column_mapping = {},
                   .max_age_days = 7,
                   .sheet = "",
                   .allow_formulas = false};
  if (!entry.has("id")) {
    entry.refuse("id", "is missing; give the strategy a short name");
  } else if (!parsed.ok()) {
    entry.refuse("id", parsed.error().message);
  } else if (id == "blend") {
    entry.refuse("id", "'blend' is what the mix of several strategies is called; use another name");
  } else if (id == "_account") {
    entry.refuse("id",
                 "'_account' is what the part of the account that no strategy owns is called; use "
                 "another name");
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].id == out.id && !id.empty()) {
      entry.refuse("id", "was " + quoted(id) + ", as in strategies[" + std::to_string(i) +
                             "]; every strategy needs a name of its own");
    }
  }
  read_file(entry, out);
  read_mapping(entry, out);
  out.max_age_days = static_cast<int>(entry.integer("max_age_days", {0, 36'500}, 7));
  return out;
}

const YamlNode* strategies_node(const YamlNode& root) {
  for (const YamlEntry& entry : root.entries) {
    if (entry.key == "strategies") return &entry.value;
  }
  return nullptr;
}

}  // namespace

Result<std::vector<StrategySpec>> load_manifest(std::string_view text,
                                                const std::string& file_name) {
  Result<YamlNode> parsed = formats::parse_yaml(text, file_name);
  if (!parsed.ok()) return Error{ErrorCode::kUsage, parsed.error().message};
  const YamlNode node = std::move(parsed).value();
  formats::YamlReader reader = formats::YamlReader::of(node, file_name, ErrorCode::kUsage);
  const Lookup no_environment = [](const std::string&) { return std::nullopt; };
  Source source{.lookup = no_environment, .unset = {}};
  std::vector<StrategySpec> out;
  const std::vector<formats::YamlReader> entries = reader.maps("strategies");
  const YamlNode* list = strategies_node(node);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Block entry(entries[i], &list->items[i], "strategies[" + std::to_string(i) + "]", source);
    out.push_back(read_entry(entry, out));
  }
  if (out.empty()) reader.refuse("strategies", "names no strategy; add one with id and path");
  SB_TRY_OK(reader.finish());
  return out;
}

}  // namespace signalbus::settings
