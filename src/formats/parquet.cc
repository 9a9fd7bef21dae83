// ParquetFile: the host's side of the plug-in's surface.
#include "formats/parquet.h"

#include <algorithm>
#include <mutex>
#include <thread>

#include "core/text.h"
#include "formats/parquet_plugin.h"

namespace signalbus::formats {

using plugin::Surface;

// The surface hands out days and microseconds; spans of our types look at the same memory.
static_assert(sizeof(TradeDate) == sizeof(std::int32_t) && std::is_trivially_copyable_v<TradeDate>);
static_assert(sizeof(Instant) == sizeof(std::int64_t) && std::is_trivially_copyable_v<Instant>);

struct ParquetFile::State {
  const Surface* surface;
  std::shared_ptr<const ByteSource> source;
  ParquetLimits limits;
  plugin::SurfaceFile file{};
  std::vector<ParquetField> fields;

  mutable std::mutex mutex;
  mutable std::optional<Error> source_error;  // the first; the surface only carries "failed"

  State(const Surface* functions, std::shared_ptr<const ByteSource> bytes,
        const ParquetLimits& bounds)
      : surface(functions), source(std::move(bytes)), limits(bounds) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (file.handle != nullptr) surface->close(file.handle);
  }

  static std::int64_t read_at(const void* context, std::uint64_t offset, char* out,
                              std::uint64_t size) {
    const State& state = *static_cast<const State*>(context);
    Result<std::size_t> count = state.source->read_at(offset, {out, size});
    if (count.ok()) return static_cast<std::int64_t>(count.value());
    const std::lock_guard lock(state.mutex);
    if (!state.source_error) state.source_error = std::move(count).error();
    return -1;
  }

  Error failed(std::int32_t code, const plugin::SurfaceError& error) const {
    const std::lock_guard lock(mutex);
    if (source_error) return *source_error;
    const ErrorCode meaning =
        code == plugin::kTooLarge ? ErrorCode::kLimitExceeded : ErrorCode::kInvalidInput;
    // What Arrow says may quote the file; control bytes must not reach a terminal.
    std::string text = error.text;
    std::replace_if(text.begin(), text.end(), [](char c) { return c < 0x20 || c == 0x7f; }, '?');
    return Error{meaning, source->name() + ": " + text};
  }
};

namespace {

std::string string_of(plugin::SurfaceText text) { return {text.data, text.size}; }

/// What one running scan hands to its sink, and why it stopped.
struct Delivery {
  std::vector<ColumnKind> kinds;
  const BatchSink* sink;
  std::vector<std::vector<std::string_view>> texts;  // one for each column
  Status status = Ok{};

  ColumnBatch::Values values_of(std::size_t column, const void* data, std::size_t count) {
    switch (kinds[column]) {
      case ColumnKind::kDouble:
        return std::span(static_cast<const double*>(data), count);
      case ColumnKind::kInt:
        return std::span(static_cast<const std::int64_t*>(data), count);
      case ColumnKind::kDate:
        return std::span(static_cast<const TradeDate*>(data), count);
      case ColumnKind::kInstant:
        return std::span(static_cast<const Instant*>(data), count);
      default:
        break;
    }
    const auto* from = static_cast<const plugin::SurfaceText*>(data);
    texts[column].clear();
    for (std::size_t i = 0; i < count; ++i) texts[column].emplace_back(from[i].data, from[i].size);
    return std::span<const std::string_view>(texts[column]);
  }

  static std::int32_t deliver(void* context, const plugin::SurfaceBatch* batch) {
    Delivery& self = *static_cast<Delivery*>(context);
    ColumnBatch out{std::span(batch->rows, batch->row_count), {}};
    for (std::size_t i = 0; i < self.kinds.size(); ++i) {
      out.columns.push_back(self.values_of(i, batch->columns[i], batch->row_count));
    }
    self.status = (*self.sink)(out);
    return self.status.ok() ? 0 : 1;
  }
};

}  // namespace

ParquetFile::ParquetFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
ParquetFile::ParquetFile(ParquetFile&&) noexcept = default;
ParquetFile& ParquetFile::operator=(ParquetFile&&) noexcept = default;
ParquetFile::~ParquetFile() = default;

Result<ParquetFile> ParquetFile::open(std::shared_ptr<const ByteSource> source,
                                      const ParquetLimits& limits) {
  SB_TRY(const Surface* surface, parquet_plugin());
  auto state = std::make_unique<State>(surface, std::move(source), limits);
  const plugin::SurfaceSource bytes{state.get(), state->source->size(), State::read_at};
  const plugin::SurfaceLimits bounds{limits.rows_max, limits.uncompressed_bytes_max,
                                     limits.memory_max};
  plugin::SurfaceError error{};
  const std::int32_t code = surface->open(&bytes, &bounds, &state->file, &error);
  if (code != plugin::kDone) return state->failed(code, error);
  for (const plugin::SurfaceField& field : std::span(state->file.fields, state->file.field_count)) {
    state->fields.push_back(
        {string_of(field.name), static_cast<ColumnKind>(field.kind), string_of(field.type)});
  }
  return ParquetFile(std::move(state));
}

const std::string& ParquetFile::name() const { return state_->source->name(); }
const ParquetLimits& ParquetFile::limits() const { return state_->limits; }
std::span<const ParquetField> ParquetFile::fields() const { return state_->fields; }
std::uint64_t ParquetFile::row_count() const { return state_->file.row_count; }
std::span<const std::uint32_t> ParquetFile::groups() const {
  return {state_->file.groups, state_->file.group_count};
}

Result<std::size_t> ParquetFile::index_of(std::string_view column) const {
  const auto& fields = state_->fields;
  const auto is_it = [&](const ParquetField& field) { return field.name == column; };
  const auto found = std::find_if(fields.begin(), fields.end(), is_it);
  if (found == fields.end()) {
    std::vector<std::string> names;
    for (const ParquetField& field : fields) names.push_back(field.name);
    return Error{ErrorCode::kInvalidInput,
                 name() + ": has no column " + quoted(column) + did_you_mean(column, names)};
  }
  if (std::find_if(found + 1, fields.end(), is_it) != fields.end()) {
    return Error{ErrorCode::kInvalidInput,
                 name() + ": has two columns " + quoted(column) + " or a nested one"};
  }
  if (found->kind == ColumnKind::kUnsupported) {
    return Error{ErrorCode::kInvalidInput, name() + ": column " + quoted(column) + " has type " +
                                               quoted(found->type) + ", which is not read"};
  }
  return static_cast<std::size_t>(found - fields.begin());
}

std::optional<ParquetFile::DayRange> ParquetFile::days(std::size_t group,
                                                       std::string_view column) const {
  const Result<std::size_t> index = index_of(column);
  std::int32_t min = 0;
  std::int32_t max = 0;
  if (!index.ok() || group >= groups().size() ||
      state_->surface->days(state_->file.handle, static_cast<std::uint32_t>(group),
                            static_cast<std::uint32_t>(index.value()), &min, &max) == 0) {
    return std::nullopt;
  }
  return DayRange{TradeDate::from_days(min), TradeDate::from_days(max)};
}

Status ParquetFile::scan_part(std::span<const std::uint32_t> columns, const ScanPart& part) const {
  std::vector<plugin::SurfaceGroupRows> groups;
  for (const GroupRows& wanted : part.groups) {
    SB_CHECK(wanted.group < this->groups().size());
    plugin::SurfaceGroupRows rows{static_cast<std::uint32_t>(wanted.group), 0, nullptr};
    if (wanted.rows) {
      if (wanted.rows->empty()) continue;
      SB_CHECK(wanted.rows->back().end <= this->groups()[wanted.group]);
      static_assert(sizeof(RowRange) == sizeof(plugin::SurfaceRange));
      rows.ranges = reinterpret_cast<const plugin::SurfaceRange*>(wanted.rows->data());
      rows.range_count = static_cast<std::uint32_t>(wanted.rows->size());
    }
    groups.push_back(rows);
  }
  Delivery delivery{{}, &part.sink, {}};
  for (const std::uint32_t column : columns) {
    delivery.kinds.push_back(state_->fields[column].kind);
  }
  delivery.texts.resize(columns.size());
  const plugin::SurfaceScan scan{columns.data(),
                                 static_cast<std::uint32_t>(columns.size()),
                                 static_cast<std::uint32_t>(groups.size()),
                                 groups.data(),
                                 &delivery,
                                 Delivery::deliver};
  plugin::SurfaceError error{};
  const std::int32_t code = state_->surface->scan(state_->file.handle, &scan, &error);
  if (code == plugin::kStopped) return delivery.status;
  if (code != plugin::kDone) return state_->failed(code, error);
  return Ok{};
}

Status ParquetFile::scan(std::span<const std::string> columns,
                         std::span<const ScanPart> parts) const {
  std::vector<std::uint32_t> indices;
  for (const std::string& column : columns) {
    SB_TRY(const std::size_t index, index_of(column));
    indices.push_back(static_cast<std::uint32_t>(index));
  }
  std::vector<Status> done(parts.size(), Status(Ok{}));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      threads.emplace_back([&, i] { done[i] = scan_part(indices, parts[i]); });
    }
    if (!parts.empty()) done[0] = scan_part(indices, parts[0]);
  }
  for (Status& status : done) SB_TRY_OK(std::move(status));
  return Ok{};
}

}  // namespace signalbus::formats
