#include "formats/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <numeric>
#include <sstream>

#include "core/text.h"
#include "formats/csv_record.h"

namespace signalbus::formats {
namespace {

struct Place {
  std::size_t line;
  std::size_t column;
};

Error error_at(const std::string& name, Place place, std::string_view what) {
  return {ErrorCode::kInvalidInput, name + ":" + std::to_string(place.line) + ":" +
                                        std::to_string(place.column) + ": " + std::string(what)};
}

/// Leaves yaml-cpp's parser from inside a callback; caught in parse_yaml.
struct Refused {
  Error error;
};

/// Bytes that yaml-cpp would read in ways of its own: it takes 0x04 for the end of the text,
/// guesses UTF-16 from NULs, and counts no line for a lone carriage return.
Status check_bytes(std::string_view text, const std::string& name) {
  Place place{.line = 1, .column = 1};
  bool in_indentation = true;
  for (std::size_t i = 0; i < text.size(); ++i, ++place.column) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      place = {.line = place.line + 1, .column = 0};
      in_indentation = true;
      continue;
    }
    if (byte == '\t' && in_indentation) {
      return error_at(name, place, "tab in the indentation; indent with spaces");
    }
    const bool is_line_end = byte == '\r' && text.substr(i + 1).starts_with('\n');
    if ((byte < 0x20 && byte != '\t' && !is_line_end) || byte == 0x7f) {
      return error_at(name, place, "control character " + quoted(text.substr(i, 1)));
    }
    if (byte != ' ') in_indentation = false;
  }
  return Ok{};
}

/// Builds the tree from the parser's events and refuses what the header says is refused.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "second document in the file; keep one");
  }
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases (*name) are not supported; write the value out");
  }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchor(mark); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(begin(YamlNode::Kind::kNull, mark, anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = begin(YamlNode::Kind::kScalar, mark, anchor);
    node.text = value;
    node.quoted = tag == "!";  // yaml-cpp's own tag for all but plain scalars
    if (node.quoted && !is_closed(static_cast<std::size_t>(mark.pos))) {
      refuse(mark, "quoted text is never closed");
    }
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(begin(YamlNode::Kind::kSequence, mark, anchor));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(begin(YamlNode::Kind::kMap, mark, anchor));
  }
  void OnMapEnd() override {
    refuse_duplicates(levels_.back().node);
    close();
  }

 private:
  struct Level {
    YamlNode node;
    std::optional<YamlNode> key;  // read, while its value is not
  };

  [[noreturn]] void refuse(Place place, std::string_view what) const {
    throw Refused{error_at(name_, place, what)};
  }
  [[noreturn]] void refuse(const YAML::Mark& mark, std::string_view what) const {
    refuse(place_of(mark), what);
  }
  [[noreturn]] void refuse_anchor(const YAML::Mark& mark) const {
    refuse(mark, "anchors (&name) are not supported; write the value out");
  }
  static Place place_of(const YAML::Mark& mark) {
    return {.line = static_cast<std::size_t>(mark.line) + 1,
            .column = static_cast<std::size_t>(mark.column) + 1};
  }

  /// yaml-cpp accepts the end of the file for a closing quote where a line break stands before it.
  bool is_closed(std::size_t start) const {
    const char quote = start < text_.size() ? text_[start] : '\0';
    if (quote != '\'' && quote != '"') return true;  // a block
    for (std::size_t i = start + 1; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (quote == '"' || !text_.substr(i + 1).starts_with(quote)) return true;
        ++i;
      }
    }
    return false;
  }

  YamlNode begin(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) refuse_anchor(mark);
    // Looked up in the text, since yaml-cpp reports `!` alike for a tag and for a quoted scalar.
    const auto position = static_cast<std::size_t>(mark.pos);
    if (position < text_.size() && text_[position] == '!') {
      refuse(mark, "tags (!name) are not supported; remove it");
    }
    const Place place = place_of(mark);
    YamlNode node;
    node.kind = kind;
    node.line = place.line;
    node.column = place.column;
    return node;
  }

  void open(YamlNode node) {
    if (levels_.size() >= kYamlDepthMax) {
      refuse({.line = node.line, .column = node.column},
             "nested deeper than " + std::to_string(kYamlDepthMax) + " levels");
    }
    levels_.push_back({.node = std::move(node), .key = {}});
  }

  void close() {
    YamlNode node = std::move(levels_.back().node);
    levels_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& parent = levels_.back();
    if (parent.node.kind == YamlNode::Kind::kSequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      if (parent.node.entries.size() >= kYamlKeysMax) {
        refuse({.line = node.line, .column = node.column},
               "map has more than " + with_thousands(kYamlKeysMax) + " keys");
      }
      check_key(node);
      parent.key = std::move(node);
    } else {
      parent.node.entries.push_back({.key = std::move(parent.key->text),
                                     .key_line = parent.key->line,
                                     .key_column = parent.key->column,
                                     .value = std::move(node)});
      parent.key.reset();
    }
  }

  void check_key(const YamlNode& key) const {
    const Place place{.line = key.line, .column = key.column};
    if (key.kind != YamlNode::Kind::kScalar) refuse(place, "a key must be a plain name");
    if (key.text == "<<" && !key.quoted) {
      refuse(place, "merge keys (<<) are not supported; write the entries out");
    }
  }

  /// Sorts instead of comparing all pairs: a hostile map may have 100,000 keys.
  void refuse_duplicates(const YamlNode& map) const {
    std::vector<std::size_t> order(map.entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto key = [&](std::size_t i) -> const std::string& { return map.entries[i].key; };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    const auto twice = std::adjacent_find(
        order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) == key(b); });
    if (twice == order.end()) return;
    const YamlEntry& second = map.entries[*(twice + 1)];
    refuse({.line = second.key_line, .column = second.key_column},
           "duplicate key " + quoted(second.key) + ", first on line " +
               std::to_string(map.entries[*twice].key_line) + "; keep one");
  }

  std::string_view text_;
  const std::string& name_;
  std::vector<Level> levels_;
  YamlNode root_;
  int documents_ = 0;
};

bool is_name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

Result<YamlNode> parse_yaml(std::string_view text, const std::string& name) {
  if (text.size() > kYamlBytesMax) {
    return Error{ErrorCode::kInvalidInput, name + ": is larger than 1 MiB"};
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  SB_TRY_OK(check_bytes(text, name));
  if (!is_utf8(text)) {
    return Error{ErrorCode::kInvalidInput, name + ": is not UTF-8; save it as UTF-8"};
  }
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(text, name);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (Refused& refused) {
    return std::move(refused.error);
  } catch (const YAML::Exception& exception) {
    const YAML::Mark& mark = exception.mark;
    if (mark.is_null()) return Error{ErrorCode::kInvalidInput, name + ": " + exception.msg};
    return error_at(name,
                    {.line = static_cast<std::size_t>(mark.line) + 1,
                     .column = static_cast<std::size_t>(mark.column) + 1},
                    exception.msg);
  } catch (const std::exception& exception) {
    return Error{ErrorCode::kInvalidInput, name + ": " + exception.what()};
  }
}

Result<ExpandedText> expand_variables(
    std::string_view text,
    const std::function<std::optional<std::string>(const std::string&)>& lookup) {
  ExpandedText out;
  while (true) {
    const std::size_t start = text.find("${");
    out.text += text.substr(0, start);
    if (start == std::string_view::npos) return out;
    if (start > 0 && text[start - 1] == '$') {  // $${ stands for ${
      out.text += '{';
      text.remove_prefix(start + 2);
      continue;
    }
    text.remove_prefix(start + 2);
    const auto end = std::find_if_not(text.begin(), text.end(), is_name_character);
    const auto length = static_cast<std::size_t>(end - text.begin());
    if (length == 0 || end == text.end() || *end != '}') {
      return Error{ErrorCode::kInvalidInput,
                   "'${' is not followed by a variable name and '}'; "
                   "write '$${' for the characters themselves"};
    }
    const std::string name(text.substr(0, length));
    if (const std::optional<std::string> value = lookup(name)) {
      out.text += *value;
    } else if (std::find(out.unset.begin(), out.unset.end(), name) == out.unset.end()) {
      out.unset.push_back(name);
    }
    text.remove_prefix(length + 1);
  }
}

}  // namespace signalbus::formats
