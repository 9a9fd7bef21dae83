// What cells refer to: number formats and shared strings; and the arena in which their text lies.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/xml_reader.h"

namespace signalbus::formats {

/// Texts that never move, in few buffers that a Table can keep.
class TextArena {
 public:
  std::string_view add(std::string_view text);
  std::vector<std::shared_ptr<const std::string>> release();

 private:
  std::vector<std::shared_ptr<std::string>> buffers_;
};

/// Reads xl/styles.xml; tells which cell styles show dates.
class StylesHandler : public XmlHandler {
 public:
  /// Errors start with `place`.
  explicit StylesHandler(std::string place) : place_(std::move(place)) {}
  Status start(std::string_view name, const XmlAttributes& attributes) override;
  Status end() override;
  Status text(std::string_view) override { return Ok{}; }

  bool knows(std::uint32_t style) const { return style < is_date_.size(); }
  bool is_date(std::uint32_t style) const { return knows(style) && is_date_[style]; }

 private:
  std::string place_;
  std::size_t depth_ = 0;
  bool in_cell_formats_ = false;          // cellXfs; cellStyleXfs has the same children
  std::map<std::uint32_t, bool> custom_;  // format id -> shows a date
  std::vector<bool> is_date_;
};

/// Where text of a string item counts: in `t`, directly or in a run `r`, never in phonetic `rPh`.
enum class StringTag { kNone, kItem, kRun, kText };
StringTag string_tag(StringTag parent, std::string_view name);

/// Reads xl/sharedStrings.xml.
class SharedStringsHandler : public XmlHandler {
 public:
  /// Errors start with `place`.
  SharedStringsHandler(std::string place, TextArena& arena);
  Status start(std::string_view name, const XmlAttributes& attributes) override;
  Status end() override;
  Status text(std::string_view piece) override;

  const std::vector<std::string_view>& strings() const { return strings_; }

 private:
  std::string place_;
  TextArena& arena_;
  std::vector<StringTag> path_;
  std::string item_;
  std::vector<std::string_view> strings_;
};

/// Excel's own limit is 32,767 characters; other writers may not know it.
inline constexpr std::size_t kXlsxCellBytesMax = 256 << 10;

}  // namespace signalbus::formats
