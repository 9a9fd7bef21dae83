// From the root's relationships to the workbook, from there to its sheets, styles and strings.
#include "formats/xlsx_package.h"

#include <algorithm>
#include <charconv>
#include <future>

#include "core/text.h"

namespace signalbus::formats {
namespace {

constexpr std::size_t kRelationshipsMax = 10'000;
constexpr std::size_t kSheetsMax = 10'000;
constexpr std::size_t kPieceBytes = 64 << 10;

std::string attribute(const XmlAttributes& attributes, std::string_view name) {
  return std::string(attributes.find(name).value_or(""));
}

struct Relationship {
  std::string id;
  std::string type;  // the last word: "worksheet"
  std::string target;
};

/// Relationships of a part, without those that point outside the package.
class RelationshipsHandler : public XmlHandler {
 public:
  explicit RelationshipsHandler(std::string place) : place_(std::move(place)) {}

  Status start(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship" || attributes.find("TargetMode") == "External") return Ok{};
    std::string type = attribute(attributes, "Type");
    type.erase(0, type.rfind('/') + 1);
    all.push_back({attribute(attributes, "Id"), type, attribute(attributes, "Target")});
    if (all.size() <= kRelationshipsMax) return Ok{};
    return Error{ErrorCode::kLimitExceeded, place_ + ": has too many relationships"};
  }
  Status end() override { return Ok{}; }
  Status text(std::string_view) override { return Ok{}; }

  const Relationship* find_type(std::string_view type) const {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](auto& r) { return r.type == type; });
    return found == all.end() ? nullptr : &*found;
  }
  const Relationship* find_id(std::string_view id) const {
    const auto found = std::find_if(all.begin(), all.end(), [&](auto& r) { return r.id == id; });
    return found == all.end() ? nullptr : &*found;
  }

  std::vector<Relationship> all;

 private:
  std::string place_;
};

class WorkbookHandler : public XmlHandler {
 public:
  struct Sheet {
    std::string name;
    std::string id;  // of its relationship
  };

  explicit WorkbookHandler(std::string place) : place_(std::move(place)) {}

  Status start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "workbookPr") {
      const auto flag = attributes.find("date1904");
      date_1904 = flag == "1" || flag == "true" || flag == "on";
    }
    if (name != "sheet") return Ok{};
    sheets.push_back({attribute(attributes, "name"), attribute(attributes, "id")});
    if (sheets.size() <= kSheetsMax) return Ok{};
    return Error{ErrorCode::kLimitExceeded, place_ + ": has too many sheets"};
  }
  Status end() override { return Ok{}; }
  Status text(std::string_view) override { return Ok{}; }

  bool date_1904 = false;
  std::vector<Sheet> sheets;

 private:
  std::string place_;
};

Result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned code = 0;
    const char* digits = text.data() + i + 1;
    if (text.size() - i < 3 || std::from_chars(digits, digits + 2, code, 16).ptr != digits + 2 ||
        code == 0) {
      return Error{ErrorCode::kInvalidInput, "broken escape in " + quoted(text)};
    }
    out += static_cast<char>(code);
    i += 2;
  }
  return out;
}

std::string folder_of(const std::string& part) {
  const std::size_t slash = part.rfind('/');
  return slash == std::string::npos ? "" : part.substr(0, slash);
}

/// `xl/workbook.xml` has its relationships in `xl/_rels/workbook.xml.rels`.
std::string relationships_of(const std::string& part) {
  const std::string folder = folder_of(part);
  const std::string prefix = folder.empty() ? "" : folder + "/";
  return prefix + "_rels/" + part.substr(prefix.size()) + ".rels";
}

Result<std::string> workbook_part(ZipArchive& archive, const std::string& name) {
  if (!archive.find("_rels/.rels")) {
    return Error{ErrorCode::kInvalidInput,
                 name + ": is a ZIP file but no workbook; save the sheet as .xlsx"};
  }
  RelationshipsHandler root(name);
  SB_TRY_OK(parse_part(archive, name, "_rels/.rels", root));
  const Relationship* document = root.find_type("officeDocument");
  if (document == nullptr) {
    return Error{ErrorCode::kInvalidInput, name + ": names no workbook; save the sheet as .xlsx"};
  }
  Result<std::string> part = resolve_target("", document->target);
  if (!part.ok()) return std::move(part).error().in(name);
  if (part.value().ends_with(".bin")) {
    return Error{ErrorCode::kInvalidInput, name + ": is a binary workbook; save it as .xlsx"};
  }
  return part;
}

Result<WorkbookHandler::Sheet> choose_sheet(const WorkbookHandler& workbook,
                                            const RelationshipsHandler& relationships,
                                            const std::string& name, const std::string& wanted) {
  std::vector<std::string> names;
  for (const auto& sheet : workbook.sheets) {
    const Relationship* target = relationships.find_id(sheet.id);
    // Sheets of charts stand in the same list.
    if (target == nullptr || target->type != "worksheet") continue;
    if (wanted.empty() || sheet.name == wanted) return sheet;
    names.push_back(sheet.name);
  }
  if (wanted.empty()) return Error{ErrorCode::kInvalidInput, name + ": has no worksheet"};
  std::string hint = did_you_mean(wanted, names);
  if (hint.empty() && !names.empty()) hint = "; its first sheet is " + quoted(names[0]);
  return Error{ErrorCode::kInvalidInput, name + ": has no sheet " + quoted(wanted) + hint};
}

}  // namespace

Status parse_part(ZipArchive& archive, const std::string& name, const std::string& part,
                  XmlHandler& handler) {
  const std::optional<std::uint64_t> index = archive.find(part);
  if (!index) {
    return Error{ErrorCode::kInvalidInput,
                 name + ": lacks its part " + quoted(part) + "; save it again"};
  }
  SB_TRY(ZipEntry entry, archive.entry(*index));
  XmlReader reader(name + ": " + quoted(part), handler);
  // A long part inflates on another thread while the piece before it is parsed: 3 ms of 12.
  std::vector<char> piece(kPieceBytes);
  std::vector<char> next;
  SB_TRY(std::size_t count, entry.read(piece));
  while (count == kPieceBytes) {
    next.resize(kPieceBytes);
    auto ahead = std::async(std::launch::async, [&] { return entry.read(next); });
    Status parsed = reader.parse({piece.data(), count}, false);
    Result<std::size_t> read = ahead.get();
    SB_TRY_OK(std::move(parsed));
    SB_TRY(count, std::move(read));
    piece.swap(next);
  }
  return reader.parse({piece.data(), count}, true);
}

Result<std::string> resolve_target(std::string_view folder, std::string_view target) {
  const Result<std::string> decoded = percent_decoded(target);
  if (!decoded.ok()) return decoded.error();
  const bool absolute = decoded.value().starts_with('/');
  const std::string path = (absolute ? "" : std::string(folder) + "/") + decoded.value();
  std::vector<std::string_view> steps;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view step = std::string_view(path).substr(begin, end - begin);
    begin = end + 1;
    if (step.empty() || step == ".") continue;
    if (step != "..") {
      steps.push_back(step);
    } else if (steps.empty()) {
      return Error{ErrorCode::kInvalidInput, "target " + quoted(target) + " leaves the package"};
    } else {
      steps.pop_back();
    }
  }
  std::string part;
  for (const std::string_view step : steps) {
    if (!part.empty()) part += '/';
    part += step;
  }
  return part;
}

Result<XlsxParts> find_parts(ZipArchive& archive, const std::string& name,
                             const std::string& sheet) {
  SB_TRY(const std::string workbook_path, workbook_part(archive, name));
  WorkbookHandler workbook(name);
  SB_TRY_OK(parse_part(archive, name, workbook_path, workbook));
  RelationshipsHandler relationships(name);
  SB_TRY_OK(parse_part(archive, name, relationships_of(workbook_path), relationships));
  SB_TRY(const WorkbookHandler::Sheet chosen, choose_sheet(workbook, relationships, name, sheet));

  const std::string folder = folder_of(workbook_path);
  const auto resolve = [&](const Relationship& to) -> Result<std::string> {
    Result<std::string> part = resolve_target(folder, to.target);
    if (!part.ok()) return std::move(part).error().in(name);
    return part;
  };
  XlsxParts parts;
  parts.sheet_name = chosen.name;
  parts.date_1904 = workbook.date_1904;
  SB_TRY(parts.sheet, resolve(*relationships.find_id(chosen.id)));
  if (const Relationship* styles = relationships.find_type("styles")) {
    SB_TRY(parts.styles, resolve(*styles));
  }
  if (const Relationship* strings = relationships.find_type("sharedStrings")) {
    SB_TRY(parts.shared_strings, resolve(*strings));
  }
  return parts;
}

}  // namespace signalbus::formats
