// Timestamps of any unit as microseconds and days, rounding down.
#pragma once

#include <parquet/schema.h>
#include <parquet/types.h>

#include <cstdint>
#include <limits>
#include <optional>

namespace signalbus::formats::plugin {

/// A tick is numerator / denominator microseconds.
struct TimeUnit {
  int64_t numerator = 1;
  int64_t denominator = 1;
};

inline TimeUnit time_unit_of(const parquet::ColumnDescriptor& column) {
  if (!column.logical_type()->is_timestamp()) return {};
  const auto& logical = static_cast<const parquet::TimestampLogicalType&>(*column.logical_type());
  switch (logical.time_unit()) {
    case parquet::LogicalType::TimeUnit::MILLIS:
      return {1000, 1};
    case parquet::LogicalType::TimeUnit::NANOS:
      return {1, 1000};
    default:
      return {};
  }
}

inline int64_t divide_down(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

/// Nothing when it leaves 64 bits.
inline std::optional<int64_t> micros_of(int64_t ticks, TimeUnit unit) {
  int64_t micros = 0;
  if (__builtin_mul_overflow(ticks, unit.numerator, &micros)) return std::nullopt;
  return divide_down(micros, unit.denominator);
}

inline std::optional<int32_t> day_of(int64_t ticks, TimeUnit unit) {
  const auto micros = micros_of(ticks, unit);
  if (!micros) return std::nullopt;
  return static_cast<int32_t>(divide_down(*micros, 86'400'000'000));  // 2^63 us are 1e8 days
}

}  // namespace signalbus::formats::plugin
