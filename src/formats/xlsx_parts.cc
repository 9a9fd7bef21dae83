// Handlers for styles.xml and sharedStrings.xml.
#include "formats/xlsx_parts.h"

#include <algorithm>
#include <charconv>

#include "formats/xlsx_cells.h"

namespace signalbus::formats {
namespace {

constexpr std::size_t kStylesMax = 100'000;  // Excel's limit is 65,490
constexpr std::size_t kStringsMax = 20'000'000;

std::uint32_t number_of(const XmlAttributes& attributes, std::string_view name) {
  const std::string_view text = attributes.find(name).value_or("0");
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string_view TextArena::add(std::string_view text) {
  constexpr std::size_t kFirstBytes = 64 << 10;
  constexpr std::size_t kMostBytes = 4 << 20;
  if (text.empty()) return {};
  if (buffers_.empty() || buffers_.back()->capacity() - buffers_.back()->size() < text.size()) {
    const std::size_t grown = buffers_.empty() ? kFirstBytes : 2 * buffers_.back()->capacity();
    buffers_.push_back(std::make_shared<std::string>());
    // Never appended to beyond its capacity, so it never moves.
    buffers_.back()->reserve(std::max(std::min(grown, kMostBytes), text.size()));
  }
  std::string& buffer = *buffers_.back();
  const std::size_t begin = buffer.size();
  buffer += text;
  return std::string_view(buffer).substr(begin);
}

std::vector<std::shared_ptr<const std::string>> TextArena::release() {
  return {buffers_.begin(), buffers_.end()};
}

Status StylesHandler::start(std::string_view name, const XmlAttributes& attributes) {
  ++depth_;
  if (depth_ == 2) in_cell_formats_ = name == "cellXfs";
  if (depth_ != 3) return Ok{};
  if (name == "numFmt") {
    custom_[number_of(attributes, "numFmtId")] =
        is_date_format(attributes.find("formatCode").value_or(""));
  } else if (in_cell_formats_ && name == "xf") {
    const std::uint32_t id = number_of(attributes, "numFmtId");
    const auto custom = custom_.find(id);  // numFmts stands before cellXfs, by the schema
    is_date_.push_back(custom == custom_.end() ? is_builtin_date_format(id) : custom->second);
  }
  if (custom_.size() <= kStylesMax && is_date_.size() <= kStylesMax) return Ok{};
  return Error{ErrorCode::kLimitExceeded, place_ + ": has too many cell styles"};
}

Status StylesHandler::end() {
  --depth_;
  return Ok{};
}

StringTag string_tag(StringTag parent, std::string_view name) {
  if (parent == StringTag::kItem && name == "r") return StringTag::kRun;
  const bool holds_text = parent == StringTag::kItem || parent == StringTag::kRun;
  return holds_text && name == "t" ? StringTag::kText : StringTag::kNone;
}

SharedStringsHandler::SharedStringsHandler(std::string place, TextArena& arena)
    : place_(std::move(place)), arena_(arena) {}

Status SharedStringsHandler::start(std::string_view name, const XmlAttributes&) {
  const bool is_item = path_.size() == 1 && name == "si";
  path_.push_back(is_item         ? StringTag::kItem
                  : path_.empty() ? StringTag::kNone
                                  : string_tag(path_.back(), name));
  if (is_item) item_.clear();
  return Ok{};
}

Status SharedStringsHandler::end() {
  if (path_.back() == StringTag::kItem) {
    if (strings_.size() >= kStringsMax) {
      return Error{ErrorCode::kLimitExceeded, place_ + ": has too many strings"};
    }
    strings_.push_back(arena_.add(unescaped(item_)));
  }
  path_.pop_back();
  return Ok{};
}

Status SharedStringsHandler::text(std::string_view piece) {
  if (path_.back() != StringTag::kText) return Ok{};
  if (item_.size() + piece.size() > kXlsxCellBytesMax) {
    return Error{ErrorCode::kLimitExceeded, place_ + ": string " +
                                                std::to_string(strings_.size() + 1) +
                                                " is longer than a cell can be"};
  }
  item_ += piece;
  return Ok{};
}

}  // namespace signalbus::formats
