// Cells by row and column. Positions come from `r` where it is given and are counted where not.
#include "formats/xlsx_sheet.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/text.h"

namespace signalbus::formats {
namespace {

constexpr std::size_t kDatesKept = 4096;

bool read_number(std::string_view text, std::uint32_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

SheetHandler::SheetHandler(SheetContext context, SheetTable& table, TextArena& arena)
    : context_(std::move(context)), table_(table), arena_(arena) {}

Error SheetHandler::at_cell(const std::string& what) const {
  return {ErrorCode::kInvalidInput, context_.place + "!" + cell_address(cell_) + ": " + what};
}

SheetHandler::Tag SheetHandler::tag_under(Tag parent, std::string_view name) const {
  switch (parent) {
    case Tag::kSheet:
      return name == "sheetData" ? Tag::kData : Tag::kOther;
    case Tag::kData:
      return name == "row" ? Tag::kRow : Tag::kOther;
    case Tag::kRow:
      return name == "c" ? Tag::kCell : Tag::kOther;
    case Tag::kCell:
      if (name == "v") return Tag::kValue;
      if (name == "is") return Tag::kString;
      return name == "f" ? Tag::kFormula : Tag::kOther;
    case Tag::kString:
      return Tag::kString;
    default:
      return Tag::kOther;
  }
}

Status SheetHandler::start(std::string_view name, const XmlAttributes& attributes) {
  if (path_.empty() && name != "worksheet") {
    return Error{ErrorCode::kInvalidInput, context_.place + ": is no worksheet"};
  }
  const Tag tag = path_.empty() ? Tag::kSheet : tag_under(path_.back(), name);
  path_.push_back(tag);
  switch (tag) {
    case Tag::kRow:
      return start_row(attributes);
    case Tag::kCell:
      return start_cell(attributes);
    case Tag::kFormula:
      has_formula_ = true;
      break;
    case Tag::kValue:
      has_value_ = true;
      break;
    case Tag::kString:
      string_path_.push_back(string_path_.empty() ? StringTag::kItem
                                                  : string_tag(string_path_.back(), name));
      break;
    default:
      break;
  }
  return Ok{};
}

Status SheetHandler::end() {
  const Tag tag = path_.back();
  path_.pop_back();
  if (tag == Tag::kString) string_path_.pop_back();
  if (tag == Tag::kCell) return end_cell();
  if (tag == Tag::kRow) return table_.end_row();
  return Ok{};
}

Status SheetHandler::text(std::string_view piece) {
  const bool wanted = path_.back() == Tag::kValue ||
                      (path_.back() == Tag::kString && string_path_.back() == StringTag::kText);
  if (!wanted) return Ok{};
  if (value_.size() + piece.size() > kXlsxCellBytesMax) {
    return Error{ErrorCode::kLimitExceeded, context_.place + "!" + cell_address(cell_) +
                                                ": text is longer than a cell can be"};
  }
  value_ += piece;
  return Ok{};
}

Status SheetHandler::start_row(const XmlAttributes& attributes) {
  std::uint32_t number = row_ + 1;
  const auto given = attributes.find("r");
  if (given && (!read_number(*given, number) || number > kXlsxRowsMax || number <= row_)) {
    return Error{ErrorCode::kInvalidInput, context_.place + ": row number " + quoted(*given) +
                                               " after row " + std::to_string(row_) +
                                               " is impossible; save the file again"};
  }
  row_ = number;
  cell_ = {0, row_};
  row_has_cell_ = false;
  table_.begin_row(row_);
  return Ok{};
}

Status SheetHandler::start_cell(const XmlAttributes& attributes) {
  const std::uint32_t expected = row_has_cell_ ? cell_.column + 1 : 0;
  cell_ = {expected, row_};
  if (const auto given = attributes.find("r")) {
    const auto address = parse_cell_address(*given);
    if (!address || address->row != row_ || address->column < expected) {
      return at_cell("cell calls itself " + quoted(*given) +
                     ", which is out of order; save the file again");
    }
    cell_ = *address;
  }
  if (cell_.column >= kXlsxColumnsMax) return at_cell("row is longer than a sheet can be");
  row_has_cell_ = true;
  has_formula_ = has_value_ = false;
  value_.clear();
  style_ = 0;
  const auto style = attributes.find("s");
  if (style && !read_number(*style, style_)) return at_cell("cell style " + quoted(*style));

  const std::string_view type = attributes.find("t").value_or("n");
  constexpr std::pair<std::string_view, Type> kTypes[] = {
      {"n", Type::kNumber}, {"s", Type::kShared},  {"inlineStr", Type::kInline},
      {"str", Type::kText}, {"b", Type::kBoolean}, {"e", Type::kError},
      {"d", Type::kDate}};
  const auto* known = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&](const auto& entry) { return entry.first == type; });
  if (known == std::end(kTypes)) return at_cell("cell has the unknown type " + quoted(type));
  type_ = known->second;
  return Ok{};
}

Status SheetHandler::end_cell() {
  if (has_formula_ && !context_.allow_formulas) {
    return at_cell("cell holds a formula; save values instead or set allow_formulas: true");
  }
  if (has_formula_ && !has_value_) {
    return at_cell("cell holds a formula without its value; open and save it in a spreadsheet");
  }
  Result<std::string_view> text = cell_text();
  if (!text.ok()) {
    if (text.error().code != ErrorCode::kInvalidInput) return std::move(text).error();
    return at_cell(text.error().message);
  }
  return table_.set(cell_, text.value());
}

Result<std::string_view> SheetHandler::cell_text() {
  // An error never passes as an empty cell.
  if (type_ == Type::kError) {
    return Error{ErrorCode::kInvalidInput,
                 "cell holds the error " + quoted(value_) + "; correct it in the sheet"};
  }
  if (value_.empty()) return std::string_view();
  switch (type_) {
    case Type::kNumber:
      return number_cell_text();
    case Type::kShared:
      return shared_text();
    case Type::kDate: {
      SB_TRY(const std::string text, iso_cell_text(value_));
      return arena_.add(text);
    }
    case Type::kBoolean:
      if (value_ == "1" || value_ == "true") return std::string_view("TRUE");
      if (value_ == "0" || value_ == "false") return std::string_view("FALSE");
      return Error{ErrorCode::kInvalidInput, "cell holds the boolean " + quoted(value_)};
    default:
      break;
  }
  return arena_.add(value_.find("_x") == std::string::npos ? value_ : unescaped(value_));
}

Result<std::string_view> SheetHandler::shared_text() {
  std::uint32_t index = 0;
  if (!read_number(value_, index) || index >= context_.strings->size()) {
    return Error{ErrorCode::kInvalidInput, "cell means shared string " + quoted(value_) + " of " +
                                               std::to_string(context_.strings->size()) +
                                               "; save the file again"};
  }
  return (*context_.strings)[index];
}

Result<std::string_view> SheetHandler::number_cell_text() {
  if (style_ != 0 && !context_.styles->knows(style_)) {
    return Error{ErrorCode::kInvalidInput,
                 "cell style " + std::to_string(style_) + " is not defined; save the file again"};
  }
  if (!context_.styles->is_date(style_)) {
    if (is_number_text(value_)) return arena_.add(value_);
    SB_TRY(const std::string text, number_text(value_));
    return arena_.add(text);
  }
  const auto known = dates_.find(value_);
  if (known != dates_.end()) return known->second;
  SB_TRY(const std::string text, serial_text(value_, context_.date_1904));
  const std::string_view kept = arena_.add(text);
  if (dates_.size() < kDatesKept) dates_.emplace(value_, kept);
  return kept;
}

}  // namespace signalbus::formats
