// ChunkReader: blocks of decoded values of one column chunk, skipping pages without wanted rows.
#pragma once

#include <parquet/column_page.h>
#include <parquet/column_reader.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "formats/plugin/column_cursor.h"
#include "formats/plugin/failure.h"

namespace signalbus::formats::plugin {

/// Tells which pages can be passed over undecompressed, and where the current page lies.
class PageWindow {
 public:
  PageWindow(const std::vector<SurfaceRange>& ranges, uint32_t group_rows)
      : ranges_(ranges), group_rows_(group_rows) {}

  /// Called by Arrow once for each data page, in order; true skips it.
  bool skips(int32_t page_rows) {
    begin_ = end_;
    end_ += page_rows < 0 ? 0 : static_cast<uint64_t>(page_rows);
    if (end_ > group_rows_) return false;  // the reader sees it and refuses
    while (next_ < ranges_.size() && ranges_[next_].end <= begin_) ++next_;
    return next_ == ranges_.size() || ranges_[next_].begin >= end_;
  }
  uint64_t begin() const { return begin_; }
  uint64_t end() const { return end_; }

 private:
  const std::vector<SurfaceRange>& ranges_;
  uint32_t group_rows_;
  size_t next_ = 0;
  uint64_t begin_ = 0;
  uint64_t end_ = 0;
};

template <class Physical>
class ChunkReader {  // NOLINT(cppcoreguidelines-special-member-functions): nothing to release
 public:
  using Value = typename Physical::c_type;
  static constexpr int64_t kBlockRows = 4096;

  explicit ChunkReader(const ChunkPlace& place)
      : place_(place), window_(*place.ranges, place.group_rows) {
    std::unique_ptr<parquet::PageReader> pages = place.group->GetColumnPageReader(place.column);
    pages->set_data_page_filter(
        [this](const parquet::DataPageStats& page) { return window_.skips(page.num_values); });
    const auto* descriptor = place.group->metadata()->schema()->Column(place.column);
    nullable_ = descriptor->max_definition_level() > 0;
    reader_ = std::static_pointer_cast<parquet::TypedColumnReader<Physical>>(
        parquet::ColumnReader::Make(descriptor, std::move(pages), place.pool));
  }
  ChunkReader(const ChunkReader&) = delete;
  ChunkReader& operator=(const ChunkReader&) = delete;

  /// Makes `row` the part of the current block; at most one page is decoded, and no more than a
  /// block of it. Values of earlier blocks die.
  void seek(uint32_t row) {
    if (row < block_end_) return;
    while (row >= window_.end()) next_page();
    skip_to(row);
    read_block();
  }

  uint64_t block_begin() const { return block_begin_; }
  uint64_t block_end() const { return block_end_; }
  const Value& operator[](uint64_t row) const { return values_[row - block_begin_]; }
  bool is_null(uint64_t row) const { return has_nulls_ && levels_[row - block_begin_] == 0; }
  bool has_nulls() const { return has_nulls_; }

 private:
  [[noreturn]] void fail() const {
    const auto* descriptor = place_.group->metadata()->schema()->Column(place_.column);
    throw Failure(kBadFile, "column '" + descriptor->name() + "' has another number of rows than " +
                                "its row group; the file is corrupt");
  }

  void next_page() {
    const uint64_t end = window_.end();
    if (position_ < end && reader_->Skip(static_cast<int64_t>(end - position_)) !=
                               static_cast<int64_t>(end - position_)) {
      fail();
    }
    if (!reader_->HasNext() || window_.end() == end || window_.end() > place_.group_rows) fail();
    position_ = window_.begin();
  }

  void skip_to(uint64_t row) {
    const auto count = static_cast<int64_t>(row - position_);
    if (count > 0 && reader_->Skip(count) != count) fail();
    position_ = row;
  }

  void read_block() {
    const auto wanted =
        std::min<int64_t>(kBlockRows, static_cast<int64_t>(window_.end() - position_));
    int64_t present = 0;
    const int64_t rows = reader_->ReadBatch(wanted, nullable_ ? levels_.data() : nullptr, nullptr,
                                            values_.data(), &present);
    if (rows != wanted || present > rows) fail();
    has_nulls_ = present < rows;
    if (has_nulls_) spread(rows, present);
    block_begin_ = position_;
    position_ += static_cast<uint64_t>(rows);
    block_end_ = position_;
  }

  /// Parquet stores no value for a null: moves each to the place of its row, last one first.
  void spread(int64_t rows, int64_t present) {
    for (int64_t i = rows; i-- > 0;) {
      const auto row = static_cast<size_t>(i);
      if (levels_[row] == 0) continue;
      if (present == 0) fail();
      values_[row] = values_[static_cast<size_t>(--present)];
    }
    if (present != 0) fail();
  }

  ChunkPlace place_;
  PageWindow window_;
  std::shared_ptr<parquet::TypedColumnReader<Physical>> reader_;
  bool nullable_ = false;
  bool has_nulls_ = false;
  uint64_t position_ = 0;  // row that Arrow's reader stands on
  uint64_t block_begin_ = 0;
  uint64_t block_end_ = 0;
  std::array<Value, kBlockRows> values_;
  std::array<int16_t, kBlockRows> levels_;
};

}  // namespace signalbus::formats::plugin
