// Opening: which columns we can read, which limits the metadata already breaks.
#include "formats/plugin/open_file.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <parquet/exception.h>
#include <parquet/schema.h>
#include <parquet/statistics.h>
#include <parquet/types.h>

#include <limits>

#include "formats/plugin/failure.h"
#include "formats/plugin/time_unit.h"

namespace signalbus::formats::plugin {
namespace {

/// Pages are read through a window of this size, so memory does not grow with the column chunk.
constexpr int64_t kWindowBytes = 256 << 10;
/// The footer of a file with thousands of columns and row groups stays far below this.
constexpr uint64_t kGroupsMax = 100'000;

/// The host's bytes as Arrow reads them: only by position, so that scans may share it.
class HostInput : public arrow::io::RandomAccessFile {
 public:
  HostInput(const SurfaceSource& source, arrow::MemoryPool* pool) : source_(source), pool_(pool) {}

  arrow::Result<int64_t> GetSize() override { return static_cast<int64_t>(source_.size); }

  arrow::Result<int64_t> ReadAt(int64_t position, int64_t size, bool allow_short_read,
                                void* out) override {
    if (position < 0 || size < 0) return arrow::Status::Invalid("read outside of the file");
    const int64_t count = source_.read_at(source_.context, static_cast<uint64_t>(position),
                                          static_cast<char*>(out), static_cast<uint64_t>(size));
    if (count < 0) return arrow::Status::IOError("the source failed");
    if (count < size && !allow_short_read) return arrow::Status::Invalid("read beyond the end");
    return count;
  }
  arrow::Result<int64_t> ReadAt(int64_t position, int64_t size, void* out) override {
    return ReadAt(position, size, true, out);
  }

  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t size,
                                                       bool allow_short_read) override {
    // A corrupt length must not become an allocation: no read is longer than the file.
    if (position < 0 || size < 0 || static_cast<uint64_t>(size) > source_.size) {
      return arrow::Status::Invalid("read of ", size, " bytes at ", position, " in a file of ",
                                    source_.size);
    }
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(size, pool_));
    ARROW_ASSIGN_OR_RAISE(const int64_t count,
                          ReadAt(position, size, allow_short_read, buffer->mutable_data()));
    if (count < size) ARROW_RETURN_NOT_OK(buffer->Resize(count));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t size) override {
    return ReadAt(position, size, true);
  }

  arrow::Result<int64_t> Read(int64_t size, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t count, ReadAt(position_, size, out));
    position_ += count;
    return count;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t size) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, size));
    position_ += buffer->size();
    return buffer;
  }
  arrow::Status Seek(int64_t position) override {
    position_ = position;
    return arrow::Status::OK();
  }
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Close() override { return arrow::Status::OK(); }
  bool closed() const override { return false; }

 private:
  SurfaceSource source_;
  arrow::MemoryPool* pool_;
  int64_t position_ = 0;
};

int32_t kind_of_int64(const parquet::LogicalType& logical) {
  if (logical.is_timestamp()) return kInstant;
  if (logical.is_decimal()) return kText;
  return logical.is_int() || logical.is_none() || logical.is_invalid() ? kInt : kUnsupported;
}

int32_t kind_of_int32(const parquet::LogicalType& logical) {
  if (logical.is_date()) return kDate;
  if (logical.is_decimal()) return kText;
  return logical.is_int() || logical.is_none() || logical.is_invalid() ? kInt : kUnsupported;
}

int32_t kind_of_bytes(const parquet::LogicalType& logical) {
  const bool text = logical.is_string() || logical.is_enum() || logical.is_JSON() ||
                    logical.is_decimal() || logical.is_none() || logical.is_invalid();
  return text ? kText : kUnsupported;
}

int32_t kind_of(const parquet::ColumnDescriptor& column) {
  if (column.max_repetition_level() > 0 || column.path()->ToDotVector().size() != 1) {
    return kUnsupported;
  }
  const parquet::LogicalType& logical = *column.logical_type();
  switch (column.physical_type()) {
    case parquet::Type::BOOLEAN:
      return kText;
    case parquet::Type::INT32:
      return kind_of_int32(logical);
    case parquet::Type::INT64:
      return kind_of_int64(logical);
    case parquet::Type::INT96:
      return kInstant;  // what Impala and old Spark write
    case parquet::Type::FLOAT:
    case parquet::Type::DOUBLE:
      return kDouble;
    case parquet::Type::BYTE_ARRAY:
      return kind_of_bytes(logical);
    case parquet::Type::FIXED_LEN_BYTE_ARRAY:
      return logical.is_decimal() ? kText : kUnsupported;
    default:
      return kUnsupported;
  }
}

SurfaceText text(const std::string& from) { return {from.data(), from.size()}; }

}  // namespace

OpenFile::OpenFile(const SurfaceSource& source, const SurfaceLimits& limits)
    : limits_(limits),
      pool_(arrow::system_memory_pool(), static_cast<int64_t>(limits.memory_max)),
      properties_(&pool_) {
  properties_.enable_buffered_stream();
  properties_.set_buffer_size(kWindowBytes);
  properties_.set_page_checksum_verification(true);  // where the writer made one
  input_ = std::make_shared<HostInput>(source, &pool_);
  metadata_ = parquet::ParquetFileReader::Open(input_, properties_)->metadata();
  check_groups();
  list_fields();
}

void OpenFile::check_groups() {
  if (static_cast<uint64_t>(metadata_->num_row_groups()) > kGroupsMax) {
    throw Failure(kTooLarge, "has " + std::to_string(metadata_->num_row_groups()) +
                                 " row groups, limit is " + std::to_string(kGroupsMax));
  }
  uint64_t rows = 0;
  uint64_t bytes = 0;
  for (int i = 0; i < metadata_->num_row_groups(); ++i) {
    const auto group = metadata_->RowGroup(i);
    if (group->num_rows() < 0 || group->num_rows() > std::numeric_limits<int32_t>::max() ||
        group->total_byte_size() < 0 || group->num_columns() != metadata_->num_columns()) {
      throw Failure(kBadFile, "row group " + std::to_string(i + 1) + " has impossible sizes");
    }
    first_rows_.push_back(rows);
    groups_.push_back(static_cast<uint32_t>(group->num_rows()));
    rows += static_cast<uint64_t>(group->num_rows());
    bytes += static_cast<uint64_t>(group->total_byte_size());
    if (rows > limits_.rows_max) {
      throw Failure(kTooLarge,
                    "has more rows than the limit of " + std::to_string(limits_.rows_max));
    }
    if (bytes > limits_.uncompressed_bytes_max) {
      throw Failure(kTooLarge, "holds more than the limit of " +
                                   std::to_string(limits_.uncompressed_bytes_max) +
                                   " bytes uncompressed");
    }
  }
}

void OpenFile::list_fields() {
  const auto count = static_cast<size_t>(metadata_->num_columns());
  types_.reserve(count);  // fields_ point into it
  for (size_t i = 0; i < count; ++i) {
    const parquet::ColumnDescriptor& column = *metadata_->schema()->Column(static_cast<int>(i));
    const auto& logical = column.logical_type();
    const bool annotated = logical && !logical->is_none() && !logical->is_invalid();
    types_.push_back(annotated ? logical->ToString()
                               : parquet::TypeToString(column.physical_type()));
    if (column.path()->ToDotVector().size() != 1) types_.back() = "nested " + types_.back();
    const std::string& name = metadata_->schema()->GetColumnRoot(static_cast<int>(i))->name();
    fields_.push_back({text(name), text(types_.back()), kind_of(column)});
  }
}

void OpenFile::describe(SurfaceFile& out) {
  out.handle = this;
  out.row_count = groups_.empty() ? 0 : first_rows_.back() + groups_.back();
  out.field_count = static_cast<uint32_t>(fields_.size());
  out.fields = fields_.data();
  out.group_count = static_cast<uint32_t>(groups_.size());
  out.groups = groups_.data();
}

std::optional<DayRange> OpenFile::days(uint32_t group, uint32_t column) const {
  const auto chunk =
      metadata_->RowGroup(static_cast<int>(group))->ColumnChunk(static_cast<int>(column));
  const auto statistics = chunk->statistics();
  if (!statistics || !statistics->HasMinMax()) return std::nullopt;
  if (kind(column) == kDate) {
    const auto& typed = static_cast<const parquet::Int32Statistics&>(*statistics);
    return DayRange{typed.min(), typed.max()};
  }
  if (kind(column) != kInstant || chunk->type() != parquet::Type::INT64) return std::nullopt;
  const TimeUnit unit = time_unit_of(*metadata_->schema()->Column(static_cast<int>(column)));
  const auto& typed = static_cast<const parquet::Int64Statistics&>(*statistics);
  const auto min = day_of(typed.min(), unit);
  const auto max = day_of(typed.max(), unit);
  if (!min || !max) return std::nullopt;
  return DayRange{*min, *max};
}

std::unique_ptr<parquet::ParquetFileReader> OpenFile::reader() {
  return parquet::ParquetFileReader::Open(input_, properties_, metadata_);
}

}  // namespace signalbus::formats::plugin
