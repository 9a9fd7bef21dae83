// write_parquet: a table's columns as the plug-in takes them.
#include <optional>

#include "core/text.h"
#include "formats/parquet.h"
#include "formats/parquet_plugin.h"

namespace signalbus::formats {
namespace {

plugin::SurfaceText surface_text(std::string_view text) { return {text.data(), text.size()}; }

void append_output(void* context, const char* bytes, std::uint64_t size) {
  static_cast<std::string*>(context)->append(bytes, size);
}

/// The plug-in takes an array; only texts need another form than the one they have.
const void* surface_values(const Column& column, std::vector<plugin::SurfaceText>& texts) {
  if (const auto* views = std::get_if<TextColumn>(&column.values)) {
    texts.reserve(views->size());
    for (const std::string_view view : *views) texts.push_back(surface_text(view));
    return texts.data();
  }
  return std::visit([](const auto& values) -> const void* { return values.data(); }, column.values);
}

}  // namespace

Result<std::string> write_parquet(const Table& table) {
  SB_TRY(const plugin::Surface* surface, parquet_plugin());
  std::vector<std::vector<plugin::SurfaceText>> texts(table.columns.size());
  std::vector<plugin::SurfaceWriteColumn> columns;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    SB_CHECK(std::visit([](const auto& v) { return v.size(); }, column.values) ==
             table.row_count());
    columns.push_back({surface_text(column.name), static_cast<std::int32_t>(column.values.index()),
                       surface_values(column, texts[i])});
  }
  std::string bytes;
  const plugin::SurfaceWrite what{table.row_count(), static_cast<std::uint32_t>(columns.size()),
                                  columns.data(), &bytes, append_output};
  plugin::SurfaceError error{};
  if (surface->write(&what, &error) != plugin::kDone) {
    return Error{ErrorCode::kInvalidInput,
                 table.name + ": cannot be written as Parquet: " + error.text};
  }
  return bytes;
}

}  // namespace signalbus::formats
