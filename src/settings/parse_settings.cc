// config.yaml as a whole: all blocks, all problems, and where each value stands.
#include <algorithm>

#include "settings/parse.h"

namespace signalbus::settings {
namespace {

using formats::YamlEntry;
using formats::YamlNode;

/// "risk.max_total_notional" -> "config.yaml:41" for every key that has a value.
void collect_origins(const YamlNode& map, const std::string& prefix, const std::string& file_name,
                     std::map<std::string, std::string>& out) {
  for (const YamlEntry& entry : map.entries) {
    if (entry.value.kind == YamlNode::Kind::kNull) continue;
    const std::string path = prefix + entry.key;
    out[path] = file_name + ":" + std::to_string(entry.key_line);
    collect_origins(entry.value, path + ".", file_name, out);
  }
}

void read_blocks(Block& root, Settings& out) {
  read_mapping(root, out);
  read_alpaca(root, out);
  read_scheduler(root, out);
  read_execution(root, out);
  read_planning(root, out);
  read_signals(root, out);
  read_weights(root, out);
  read_risk(root, out);
  read_idempotency(root, out);
  read_analytics(root, out);
  read_notify(root, out);
  read_sim(root, out);
}

std::string unset_problem(const UnsetVariable& unset) {
  return unset.origin + ": " + unset.key + ": environment variable " + unset.name +
         " is not set; set it before this mode is used";
}

void require_keys(const Settings& settings, std::vector<std::string>& problems) {
  for (const UnsetVariable& unset : settings.unset) {
    if (unset.key.starts_with("alpaca.")) problems.push_back(unset_problem(unset));
  }
  const auto require = [&](const Secret& secret, const std::string& key, const std::string& name) {
    const bool said = std::any_of(settings.unset.begin(), settings.unset.end(),
                                  [&](const UnsetVariable& unset) { return unset.key == key; });
    if (secret.is_set() || said) return;
    problems.push_back(key + ": is not set; set the environment variable " + name);
  };
  require(settings.alpaca.key_id, "alpaca.key_id", "APCA_API_KEY_ID");
  require(settings.alpaca.secret, "alpaca.secret", "APCA_API_SECRET_KEY");
}

}  // namespace

Result<Settings> parse_settings(std::string_view text, const std::string& file_name,
                                const Lookup& lookup) {
  Result<YamlNode> parsed = formats::parse_yaml(text, file_name);
  if (!parsed.ok()) return Error{ErrorCode::kUsage, parsed.error().message};
  const YamlNode node = std::move(parsed).value();
  Settings out;
  if (node.kind == YamlNode::Kind::kMap) collect_origins(node, "", file_name, out.origins);
  formats::YamlReader reader = formats::YamlReader::of(node, file_name, ErrorCode::kUsage);
  Source source{.lookup = lookup, .unset = {}};
  Block root(reader, node.kind == YamlNode::Kind::kMap ? &node : nullptr, "", source);
  read_blocks(root, out);
  SB_TRY_OK(reader.finish());
  out.unset = std::move(source.unset);
  return out;
}

Status check_mode(const Settings& settings, Mode mode) {
  std::vector<std::string> problems;
  const bool live = mode == Mode::kLive;
  if (mode == Mode::kPaper || live) require_keys(settings, problems);
  if (mode == Mode::kPaper && settings.alpaca.environment != Environment::kPaper) {
    problems.emplace_back("alpaca.environment: is live, and the mode is paper; write paper");
  }
  if (live && settings.alpaca.environment != Environment::kLive) {
    problems.emplace_back("alpaca.environment: is paper, and the mode is live; write live");
  }
  if (live) require_limits(settings, problems);
  if (problems.empty()) return Ok{};
  std::string message;
  for (const std::string& problem : problems) message += (message.empty() ? "" : "\n") + problem;
  return Error{ErrorCode::kUsage, std::move(message)};
}

}  // namespace signalbus::settings
