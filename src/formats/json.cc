#include "formats/json.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "core/text.h"
#include "formats/json_number.h"

namespace signalbus::formats {

namespace {

constexpr std::uint32_t kNoNode = UINT32_MAX;

struct Node {
  JsonKind kind = JsonKind::kNull;
  std::uint32_t parent = kNoNode;
  std::uint32_t position = 0;  // among its siblings
  std::uint32_t next = kNoNode;
  std::uint32_t first_child = kNoNode;
  std::uint32_t child_count = 0;
  std::string_view key = {};
  std::string_view text = {};  // of a number or literal as written, of a string unescaped
};

}  // namespace

/// Nodes in file order; their texts point into `source` and into the parser's string buffer.
struct JsonTree {
  std::string name;
  simdjson::padded_string source;
  simdjson::ondemand::parser parser;
  std::vector<Node> nodes;
};

namespace {

namespace sj = simdjson;

std::string_view kind_name(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kBoolean:
      return "a boolean";
    case JsonKind::kNumber:
      return "a number";
    case JsonKind::kString:
      return "a string";
    case JsonKind::kArray:
      return "an array";
    case JsonKind::kObject:
      return "an object";
  }
  return "";
}

/// Walks simdjson's stream once and builds the tree.
class TreeReader {
 public:
  explicit TreeReader(JsonTree& tree) : tree_(tree) {}

  /// The source is the text in brackets: a root of any kind is then an element, and whatever
  /// follows it a violation of the array.
  Status read() {
    sj::ondemand::document document;
    sj::error_code code = tree_.parser.iterate(tree_.source).get(document);
    if (code != sj::SUCCESS) return syntax_error(code, nullptr);
    document_ = &document;
    sj::ondemand::array wrapper;
    code = document.get_array().get(wrapper);
    if (code != sj::SUCCESS) return syntax_error(code);
    for (auto element : wrapper) {
      if (!tree_.nodes.empty()) return error_at(location(), "text after the end of the document");
      sj::ondemand::value value;
      code = element.get(value);
      if (code != sj::SUCCESS) return syntax_error(code);
      SB_TRY_OK(read_value(value, {}, 0));
    }
    if (tree_.nodes.empty()) return error_at(nullptr, "is empty");
    if (location() != nullptr) return error_at(location(), "text after the end of the document");
    return Ok{};
  }

 private:
  Status read_value(sj::ondemand::value& value, Node node, std::size_t depth) {
    const std::string_view token = trimmed(value.raw_json_token());
    sj::ondemand::json_type type{};
    if (value.type().get(type) != sj::SUCCESS) {
      return error_at(token.data(), "expected a value, found " + quoted(token));
    }
    const auto index = static_cast<std::uint32_t>(tree_.nodes.size());
    node.text = token;
    tree_.nodes.push_back(node);
    switch (type) {
      case sj::ondemand::json_type::array:
        return read_array(value, index, depth);
      case sj::ondemand::json_type::object:
        return read_object(value, index, depth);
      case sj::ondemand::json_type::string: {
        tree_.nodes[index].kind = JsonKind::kString;
        const sj::error_code code = value.get_string().get(tree_.nodes[index].text);
        return code == sj::SUCCESS ? Status(Ok{}) : syntax_error(code, token.data());
      }
      case sj::ondemand::json_type::number:
        tree_.nodes[index].kind = JsonKind::kNumber;
        if (is_json_number(token)) return Ok{};
        return error_at(token.data(), quoted(token) + " is not a number of JSON");
      case sj::ondemand::json_type::boolean:
        tree_.nodes[index].kind = JsonKind::kBoolean;
        if (token == "true" || token == "false") return Ok{};
        break;
      case sj::ondemand::json_type::null:
        if (token == "null") return Ok{};
        break;
    }
    return error_at(token.data(), "expected a value, found " + quoted(token));
  }

  Status read_array(sj::ondemand::value& value, std::uint32_t index, std::size_t depth) {
    tree_.nodes[index].kind = JsonKind::kArray;
    if (depth >= kJsonDepthMax) return depth_error(index);
    sj::ondemand::array array;
    sj::error_code code = value.get_array().get(array);
    if (code != sj::SUCCESS) return syntax_error(code);
    Children children{.parent = index, .last = kNoNode};
    for (auto element : array) {
      sj::ondemand::value item;
      code = element.get(item);
      if (code != sj::SUCCESS) return syntax_error(code);
      SB_TRY_OK(read_value(item, next_child(children), depth + 1));
    }
    return Ok{};
  }

  Status read_object(sj::ondemand::value& value, std::uint32_t index, std::size_t depth) {
    tree_.nodes[index].kind = JsonKind::kObject;
    if (depth >= kJsonDepthMax) return depth_error(index);
    sj::ondemand::object object;
    sj::error_code code = value.get_object().get(object);
    if (code != sj::SUCCESS) return syntax_error(code);
    Children children{.parent = index, .last = kNoNode};
    for (auto element : object) {
      sj::ondemand::field field;
      code = std::move(element).get(field);
      if (code != sj::SUCCESS) return syntax_error(code);
      const char* place = location();
      std::string_view key;
      code = field.unescaped_key().get(key);
      if (code != sj::SUCCESS) return syntax_error(code, place);
      Node child = next_child(children);
      child.key = key;
      SB_TRY_OK(read_value(field.value(), child, depth + 1));
    }
    return refuse_duplicates(index);
  }

  struct Children {
    std::uint32_t parent;
    std::uint32_t last;
  };

  /// Links the node that is about to be appended behind the children so far.
  Node next_child(Children& children) {
    const auto index = static_cast<std::uint32_t>(tree_.nodes.size());
    Node& parent = tree_.nodes[children.parent];
    (children.last == kNoNode ? parent.first_child : tree_.nodes[children.last].next) = index;
    children.last = index;
    Node child;
    child.parent = children.parent;
    child.position = parent.child_count++;
    return child;
  }

  /// Sorts instead of comparing all pairs: hostile objects may have a million keys.
  Status refuse_duplicates(std::uint32_t object) const {
    std::vector<std::string_view> keys;
    for (std::uint32_t i = tree_.nodes[object].first_child; i != kNoNode; i = tree_.nodes[i].next) {
      keys.push_back(tree_.nodes[i].key);
    }
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice == keys.end()) return Ok{};
    return error_at(tree_.nodes[object].text.data(),
                    "object has the key " + quoted(*twice) + " twice");
  }

  Status depth_error(std::uint32_t index) const {
    return error_at(tree_.nodes[index].text.data(),
                    "nested deeper than " + std::to_string(kJsonDepthMax) + " levels");
  }

  const char* location() const {
    const char* place = nullptr;
    return document_->current_location().get(place) == sj::SUCCESS ? place : nullptr;
  }

  Status syntax_error(sj::error_code code) const { return syntax_error(code, location()); }

  /// simdjson's words up to the end of the first sentence, its enumerator in front left out.
  Status syntax_error(sj::error_code code, const char* place) const {
    std::string_view words = sj::error_message(code);
    if (const std::size_t colon = words.find(": "); colon != std::string_view::npos) {
      words.remove_prefix(colon + 2);
    }
    words = words.substr(0, words.find_first_of(".\n"));
    return error_at(place, "is not JSON: " + std::string(words));
  }

  Status error_at(const char* place, std::string_view what) const {
    const std::string_view source(tree_.source.data() + 1, tree_.source.size() - 2);
    std::string where = tree_.name;
    if (place != nullptr && place >= source.data() && place <= source.data() + source.size()) {
      const std::string_view before(source.data(), static_cast<std::size_t>(place - source.data()));
      const std::size_t feed = before.rfind('\n');
      const std::size_t column =
          feed == std::string_view::npos ? before.size() + 1 : before.size() - feed;
      where += ":" + std::to_string(std::count(before.begin(), before.end(), '\n') + 1) + ":" +
               std::to_string(column);
    }
    return Error{ErrorCode::kInvalidInput, where + ": " + std::string(what)};
  }

  static std::string_view trimmed(std::string_view token) {
    const std::size_t last = token.find_last_not_of(" \t\r\n");
    return token.substr(0, last == std::string_view::npos ? 0 : last + 1);
  }

  JsonTree& tree_;
  sj::ondemand::document* document_ = nullptr;
};

}  // namespace

JsonDocument::JsonDocument(std::unique_ptr<JsonTree> tree) : tree_(std::move(tree)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;
JsonValue JsonDocument::root() const { return {*tree_, 0}; }

Result<JsonDocument> parse_json(std::string_view text, std::string name, std::size_t bytes_max) {
  if (text.size() > bytes_max || text.size() > UINT32_MAX / 2) {
    return Error{ErrorCode::kInvalidInput,
                 name + ": has " + with_thousands(static_cast<long long>(text.size())) +
                     " bytes, at most " + with_thousands(static_cast<long long>(bytes_max)) +
                     " are read"};
  }
  auto tree = std::make_unique<JsonTree>();
  tree->name = std::move(name);
  tree->source = simdjson::padded_string("[" + std::string(text) + "]");
  SB_TRY_OK(TreeReader(*tree).read());
  return JsonDocument(std::move(tree));
}

JsonKind JsonValue::kind() const { return tree_->nodes[index_].kind; }

Error JsonValue::error(std::string_view what) const {
  return {ErrorCode::kInvalidInput, tree_->name + ": " + path() + ": " + std::string(what)};
}

Error JsonValue::must_be(std::string_view wanted) const {
  return error("must be " + std::string(wanted) + ", was " + std::string(kind_name(kind())));
}

std::string JsonValue::path() const {
  std::vector<std::string> steps;
  for (std::uint32_t i = index_; tree_->nodes[i].parent != kNoNode; i = tree_->nodes[i].parent) {
    const Node& node = tree_->nodes[i];
    const bool in_array = tree_->nodes[node.parent].kind == JsonKind::kArray;
    const std::string key = quoted(node.key);
    const bool is_plain = key.size() == node.key.size() + 2;  // nothing was escaped or cut
    steps.push_back(in_array   ? "[" + std::to_string(node.position) + "]"
                    : is_plain ? "." + std::string(node.key)
                               : "." + key);
  }
  std::string path;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) path += *step;
  if (path.empty()) return "$";
  return path.front() == '.' ? path.substr(1) : path;
}

Result<bool> JsonValue::boolean() const {
  if (kind() != JsonKind::kBoolean) return must_be("a boolean");
  return tree_->nodes[index_].text == "true";
}

Result<std::string_view> JsonValue::string() const {
  if (kind() != JsonKind::kString) return must_be("a string");
  return tree_->nodes[index_].text;
}

Result<std::string_view> JsonValue::number() const {
  if (kind() != JsonKind::kNumber) return must_be("a number");
  return tree_->nodes[index_].text;
}

Result<std::string_view> JsonValue::decimal() const {
  const std::string_view text = tree_->nodes[index_].text;
  if (kind() == JsonKind::kNumber) return text;
  if (kind() != JsonKind::kString) return must_be("a decimal number");
  if (!is_json_number(text)) return error("must be a decimal number, was " + quoted(text));
  return text;
}

Result<std::int64_t> JsonValue::integer() const {
  SB_TRY(const std::string_view text, number());
  std::int64_t value = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || stop != text.data() + text.size()) {
    return error("must be an integer of 64 bits, was " + quoted(text));
  }
  return value;
}

Result<std::vector<JsonValue>> JsonValue::items() const {
  if (kind() != JsonKind::kArray) return must_be("an array");
  const Node& array = tree_->nodes[index_];
  std::vector<JsonValue> out;
  out.reserve(array.child_count);
  for (std::uint32_t i = array.first_child; i != kNoNode; i = tree_->nodes[i].next) {
    out.push_back({*tree_, i});
  }
  return out;
}

Result<std::vector<std::pair<std::string_view, JsonValue>>> JsonValue::members() const {
  if (kind() != JsonKind::kObject) return must_be("an object");
  const Node& object = tree_->nodes[index_];
  std::vector<std::pair<std::string_view, JsonValue>> out;
  out.reserve(object.child_count);
  for (std::uint32_t i = object.first_child; i != kNoNode; i = tree_->nodes[i].next) {
    out.emplace_back(tree_->nodes[i].key, JsonValue(*tree_, i));
  }
  return out;
}

std::uint32_t JsonValue::child(std::string_view key) const {
  const std::uint32_t first = tree_->nodes[index_].first_child;
  const std::uint32_t start = after_last_ == kNoNode ? first : after_last_;
  std::uint32_t i = start;
  const auto search = [&](std::uint32_t stop) {
    while (i != stop && tree_->nodes[i].key != key) i = tree_->nodes[i].next;
    return i != stop;
  };
  if (!search(kNoNode)) {
    i = first;
    if (!search(start)) return kNoNode;
  }
  after_last_ = tree_->nodes[i].next;
  return i;
}

Result<std::optional<JsonValue>> JsonValue::find(std::string_view key) const {
  if (kind() != JsonKind::kObject) return must_be("an object");
  const std::uint32_t at = child(key);
  if (at == kNoNode || tree_->nodes[at].kind == JsonKind::kNull) return std::optional<JsonValue>();
  return std::optional(JsonValue(*tree_, at));
}

Result<JsonValue> JsonValue::member(std::string_view key) const {
  if (kind() != JsonKind::kObject) return must_be("an object");
  const std::uint32_t at = child(key);
  if (at == kNoNode) return error("key " + quoted(key) + " is missing");
  return JsonValue(*tree_, at);
}

}  // namespace signalbus::formats
