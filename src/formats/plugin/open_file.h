// OpenFile: the metadata of a Parquet file, checked against the limits before any page is read.
#pragma once

#include <arrow/memory_pool.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/plugin/surface.h"

namespace signalbus::formats::plugin {

struct DayRange {
  int32_t min;
  int32_t max;
};

class OpenFile {
 public:
  /// Throws Failure or what Arrow throws.
  OpenFile(const SurfaceSource& source, const SurfaceLimits& limits);

  void describe(SurfaceFile& out);
  std::optional<DayRange> days(uint32_t group, uint32_t column) const;
  /// A reader of its own for each scan: they share the metadata and nothing else.
  std::unique_ptr<parquet::ParquetFileReader> reader();

  const parquet::FileMetaData& metadata() const { return *metadata_; }
  arrow::MemoryPool* pool() { return &pool_; }
  uint64_t memory_max() const { return limits_.memory_max; }
  const std::vector<uint32_t>& groups() const { return groups_; }
  const std::vector<uint64_t>& first_rows() const { return first_rows_; }
  int32_t kind(uint32_t column) const { return fields_[column].kind; }

 private:
  void check_groups();
  void list_fields();

  SurfaceLimits limits_;
  arrow::CappedMemoryPool pool_;
  parquet::ReaderProperties properties_;
  std::shared_ptr<arrow::io::RandomAccessFile> input_;
  std::shared_ptr<parquet::FileMetaData> metadata_;
  std::vector<std::string> types_;
  std::vector<SurfaceField> fields_;
  std::vector<uint32_t> groups_;
  std::vector<uint64_t> first_rows_;
};

}  // namespace signalbus::formats::plugin
