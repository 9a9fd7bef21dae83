// YAML: any bytes give a tree within the limits or an error; readers of any kind survive any tree.
#include <algorithm>
#include <set>
#include <string>

#include "core/check.h"
#include "formats/yaml.h"
#include "formats/yaml_reader.h"

namespace {

using namespace signalbus;
using namespace signalbus::formats;

void check_tree(const YamlNode& node, std::size_t depth, std::size_t lines) {
  SB_CHECK(depth <= kYamlDepthMax);
  SB_CHECK(node.line >= 1 && node.line <= lines && node.column >= 1);
  SB_CHECK(node.items.empty() || node.kind == YamlNode::Kind::kSequence);
  SB_CHECK(node.entries.empty() || node.kind == YamlNode::Kind::kMap);
  for (const YamlNode& item : node.items) check_tree(item, depth + 1, lines);
  std::set<std::string> keys;
  for (const YamlEntry& entry : node.entries) {
    SB_CHECK(keys.insert(entry.key).second);
    SB_CHECK(entry.key_line >= 1 && entry.key_line <= lines);
    check_tree(entry.value, depth + 1, lines);
  }
}

/// Reads every key by every getter: problems may be found, nothing may break.
void read_every_way(const YamlNode& root) {
  YamlReader reader = YamlReader::of(root, "f", ErrorCode::kUsage);
  for (const YamlEntry& entry : root.entries) {
    reader.text(entry.key);
    reader.boolean(entry.key);
    reader.integer(entry.key, {.low = -5, .high = 5});
    reader.fraction(entry.key);
    reader.decimal(entry.key);
    reader.texts(entry.key);
    reader.decimals(entry.key);
    reader.maps(entry.key);
    reader.named_maps(entry.key);
  }
  const Status status = reader.finish();
  SB_CHECK(status.ok() || !status.error().message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  const Result<YamlNode> node = parse_yaml(text, "f");
  if (node.ok()) {
    check_tree(node.value(), 0, lines);
    read_every_way(node.value());
  } else {
    SB_CHECK(node.error().message.starts_with("f:"));
  }
  const auto unset = [](const std::string&) { return std::optional<std::string>(); };
  const Result<ExpandedText> expanded = expand_variables(text, unset);
  SB_CHECK(!expanded.ok() || expanded.value().text.size() <= text.size());
  return 0;
}
