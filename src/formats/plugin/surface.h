// The C surface between signalbus and its Parquet plug-in: plain structs, no C++ type and no
// exception crosses. Change anything here and raise kSurfaceVersion.
#pragma once

#include <stdint.h>

namespace signalbus::formats::plugin {

inline constexpr uint32_t kSurfaceVersion = 1;
inline constexpr const char* kSurfaceSymbol = "signalbus_parquet_surface";

extern "C" {

/// What a failed call means; 0 is success.
enum SurfaceCode : int32_t {
  kDone = 0,
  kBadFile = 1,   ///< The file is corrupt or has what we do not read.
  kTooLarge = 2,  ///< A limit.
  kStopped = 3,   ///< The host's batch said so; the host knows why.
};

struct SurfaceError {
  char text[512];  ///< Ends in 0.
};

struct SurfaceSource {
  const void* context;
  uint64_t size;
  /// Fills `out` and returns the count (short only at the end), or -1 (the host keeps the reason).
  /// Called from any thread.
  int64_t (*read_at)(const void* context, uint64_t offset, char* out, uint64_t size);
};

struct SurfaceLimits {
  uint64_t rows_max;
  uint64_t uncompressed_bytes_max;
  uint64_t memory_max;
};

/// Numbers of ColumnKind.
enum SurfaceKind : int32_t { kText = 0, kDouble, kInt, kDate, kInstant, kUnsupported };

struct SurfaceText {
  const char* data;
  uint64_t size;
};

struct SurfaceField {
  SurfaceText name;
  SurfaceText type;
  int32_t kind;
};

struct SurfaceFile {
  void* handle;
  uint64_t row_count;
  uint32_t field_count;
  const SurfaceField* fields;  ///< Lives as long as the handle, like the next.
  uint32_t group_count;
  const uint32_t* groups;  ///< Rows of each.
};

struct SurfaceRange {
  uint32_t begin;
  uint32_t end;
};

struct SurfaceGroupRows {
  uint32_t group;
  uint32_t range_count;        ///< Ignored when ranges is null: all rows.
  const SurfaceRange* ranges;  ///< Ascending, not empty, not overlapping.
};

/// One array for each column: SurfaceText, double, int64_t, int32_t (days), int64_t (micros).
struct SurfaceBatch {
  uint64_t row_count;
  const uint64_t* rows;
  const void* const* columns;
};

struct SurfaceScan {
  const uint32_t* columns;  ///< Indices of fields.
  uint32_t column_count;
  uint32_t group_count;
  const SurfaceGroupRows* groups;
  void* context;
  int32_t (*batch)(void* context, const SurfaceBatch* batch);  ///< Not 0 stops the scan.
};

struct SurfaceWriteColumn {
  SurfaceText name;
  int32_t kind;
  const void* values;
};

struct SurfaceWrite {
  uint64_t row_count;
  uint32_t column_count;
  const SurfaceWriteColumn* columns;
  void* context;
  void (*output)(void* context, const char* bytes, uint64_t size);
};

struct Surface {
  uint32_t version;
  int32_t (*open)(const SurfaceSource*, const SurfaceLimits*, SurfaceFile*, SurfaceError*);
  void (*close)(void* handle);
  /// Days of the smallest and greatest value by the statistics; 0 when they do not say.
  int32_t (*days)(void* handle, uint32_t group, uint32_t column, int32_t* min, int32_t* max);
  int32_t (*scan)(void* handle, const SurfaceScan*, SurfaceError*);
  int32_t (*write)(const SurfaceWrite*, SurfaceError*);
};

using SurfaceFunction = const Surface* (*)();

}  // extern "C"

}  // namespace signalbus::formats::plugin
