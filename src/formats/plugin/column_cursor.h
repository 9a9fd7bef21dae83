// ColumnCursor: walks one column chunk and collects chosen rows as the surface's types.
#pragma once

#include <parquet/file_reader.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/plugin/surface.h"

namespace signalbus::formats::plugin {

/// What a cursor needs to know of its chunk. `ranges` are the only rows it will be asked for.
struct ChunkPlace {
  parquet::RowGroupReader* group;
  int column;
  uint32_t group_rows;
  uint64_t first_row;
  const std::vector<SurfaceRange>* ranges;
  arrow::MemoryPool* pool;
  uint64_t text_bytes_max;
};

class ColumnCursor {
 public:
  virtual ~ColumnCursor() = default;

  /// Adds rows [begin, end) to the values; rows only ever go forward.
  virtual void collect(SurfaceRange rows) = 0;
  /// The collected values as the surface wants them, valid until clear().
  virtual const void* values() = 0;
  virtual void clear() = 0;
};

/// The cursor for a column of the kind. Throws Failure for one that we do not read.
std::unique_ptr<ColumnCursor> make_cursor(const ChunkPlace& place, int32_t kind);

}  // namespace signalbus::formats::plugin
