// One batch is filled column by column, so that each column's decoder stays in the cache.
#include "formats/plugin/scan.h"

#include <algorithm>
#include <numeric>

#include "formats/plugin/column_cursor.h"
#include "formats/plugin/failure.h"

namespace signalbus::formats::plugin {
namespace {

constexpr uint64_t kBatchRows = 16'384;

std::vector<SurfaceRange> ranges_of(const SurfaceGroupRows& wanted, uint32_t group_rows) {
  if (wanted.ranges == nullptr) return {{0, group_rows}};
  return {wanted.ranges, wanted.ranges + wanted.range_count};
}

/// Cuts the ranges into batches; a range may end in one batch and go on in the next.
class RangeCutter {
 public:
  explicit RangeCutter(const std::vector<SurfaceRange>& ranges) : ranges_(ranges) {}

  /// The ranges of the next batch, none at the end.
  const std::vector<SurfaceRange>& next() {
    cut_.clear();
    uint64_t room = kBatchRows;
    while (room > 0 && index_ < ranges_.size()) {
      const uint32_t begin = ranges_[index_].begin + used_;
      const auto count =
          static_cast<uint32_t>(std::min<uint64_t>(room, uint64_t{ranges_[index_].end} - begin));
      if (count > 0) cut_.push_back({begin, begin + count});
      room -= count;
      used_ += count;
      if (begin + count == ranges_[index_].end) {
        ++index_;
        used_ = 0;
      }
    }
    return cut_;
  }

 private:
  const std::vector<SurfaceRange>& ranges_;
  std::vector<SurfaceRange> cut_;
  size_t index_ = 0;
  uint32_t used_ = 0;
};

class GroupScan {
 public:
  GroupScan(OpenFile& file, parquet::ParquetFileReader& reader, const SurfaceScan& wanted,
            const SurfaceGroupRows& rows)
      : wanted_(wanted),
        first_row_(file.first_rows()[rows.group]),
        ranges_(ranges_of(rows, file.groups()[rows.group])),
        group_(reader.RowGroup(static_cast<int>(rows.group))) {
    for (uint32_t i = 0; i < wanted.column_count; ++i) {
      const uint32_t column = wanted.columns[i];
      const ChunkPlace place{
          group_.get(), static_cast<int>(column), file.groups()[rows.group], first_row_, &ranges_,
          file.pool(),  file.memory_max()};
      cursors_.push_back(make_cursor(place, file.kind(column)));
    }
    values_.resize(cursors_.size());
  }

  SurfaceCode run() {
    RangeCutter cutter(ranges_);
    for (const auto* cut = &cutter.next(); !cut->empty(); cut = &cutter.next()) {
      rows_.clear();
      for (const SurfaceRange range : *cut) {
        const size_t size = rows_.size();
        rows_.resize(size + (range.end - range.begin));
        std::iota(rows_.begin() + static_cast<std::ptrdiff_t>(size), rows_.end(),
                  first_row_ + range.begin + 1);
      }
      for (size_t i = 0; i < cursors_.size(); ++i) {
        cursors_[i]->clear();
        for (const SurfaceRange range : *cut) cursors_[i]->collect(range);
        values_[i] = cursors_[i]->values();
      }
      const SurfaceBatch batch{rows_.size(), rows_.data(), values_.data()};
      if (wanted_.batch(wanted_.context, &batch) != 0) return kStopped;
    }
    return kDone;
  }

 private:
  const SurfaceScan& wanted_;
  uint64_t first_row_;
  std::vector<SurfaceRange> ranges_;
  std::shared_ptr<parquet::RowGroupReader> group_;
  std::vector<std::unique_ptr<ColumnCursor>> cursors_;
  std::vector<uint64_t> rows_;
  std::vector<const void*> values_;
};

void check_chunks(const OpenFile& file, const SurfaceScan& wanted, uint32_t group) {
  const auto metadata = file.metadata().RowGroup(static_cast<int>(group));
  for (uint32_t i = 0; i < wanted.column_count; ++i) {
    const auto chunk = metadata->ColumnChunk(static_cast<int>(wanted.columns[i]));
    if (chunk->num_values() != metadata->num_rows()) {
      throw Failure(kBadFile, "row group " + std::to_string(group + 1) +
                                  " has columns of different lengths; the file is corrupt");
    }
  }
}

}  // namespace

SurfaceCode scan(OpenFile& file, const SurfaceScan& wanted) {
  const auto reader = file.reader();
  for (uint32_t i = 0; i < wanted.group_count; ++i) {
    const SurfaceGroupRows& rows = wanted.groups[i];
    if (file.groups()[rows.group] == 0) continue;
    check_chunks(file, wanted, rows.group);
    GroupScan group(file, *reader, wanted, rows);
    const SurfaceCode code = group.run();
    if (code != kDone) return code;
  }
  return kDone;
}

}  // namespace signalbus::formats::plugin
