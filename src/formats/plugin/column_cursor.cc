// Cursors for each pair of a physical type in the file and a type of the surface.
#include "formats/plugin/column_cursor.h"

#include <arrow/util/decimal.h>
#include <parquet/schema.h>

#include <cmath>
#include <limits>
#include <type_traits>

#include "formats/plugin/chunk_reader.h"
#include "formats/plugin/failure.h"
#include "formats/plugin/time_unit.h"

namespace signalbus::formats::plugin {
namespace {

const parquet::ColumnDescriptor& descriptor_of(const ChunkPlace& place) {
  return *place.group->metadata()->schema()->Column(place.column);
}

/// Numbers, days and instants. Convert gives Out, or nothing for a value that Out cannot hold.
template <class Physical, class Out, class Convert>
class NumberCursor : public ColumnCursor {
 public:
  NumberCursor(const ChunkPlace& place, Convert convert)
      : place_(place), chunk_(place), convert_(convert) {}

  void collect(SurfaceRange rows) override {
    for (uint64_t row = rows.begin; row < rows.end;) {
      chunk_.seek(static_cast<uint32_t>(row));
      const uint64_t end = std::min<uint64_t>(rows.end, chunk_.block_end());
      if constexpr (std::is_same_v<Convert, std::nullptr_t>) {
        if (!chunk_.has_nulls()) {
          values_.insert(values_.end(), &chunk_[row], &chunk_[row] + (end - row));
          row = end;
          continue;
        }
      }
      const size_t size = values_.size();
      values_.resize(size + (end - row));
      for (Out* out = values_.data() + size; row < end; ++row) *out++ = value_at(row);
    }
  }
  const void* values() override { return values_.data(); }
  void clear() override { values_.clear(); }

 private:
  Out value_at(uint64_t row) const {
    if (chunk_.is_null(row)) {
      if constexpr (std::is_same_v<Out, double>) return std::numeric_limits<double>::quiet_NaN();
      fail(row, "is empty; fill it or drop the row");
    }
    if constexpr (std::is_same_v<Convert, std::nullptr_t>) {
      return chunk_[row];
    } else {
      const std::optional<Out> value = convert_(chunk_[row]);
      if (!value) fail(row, "is outside the range of its type");
      return *value;
    }
  }

  [[noreturn]] void fail(uint64_t row, const std::string& what) const {
    throw Failure(kBadFile, "row " + std::to_string(place_.first_row + row + 1) + ": column '" +
                                descriptor_of(place_).name() + "' " + what);
  }

  ChunkPlace place_;
  ChunkReader<Physical> chunk_;
  Convert convert_;
  std::vector<Out> values_;
};

/// Texts; Append adds the text of a value to a string.
template <class Physical, class Append>
class TextCursor : public ColumnCursor {
 public:
  TextCursor(const ChunkPlace& place, Append append)
      : place_(place), chunk_(place), append_(append) {}

  void collect(SurfaceRange rows) override {
    for (uint64_t row = rows.begin; row < rows.end;) {
      chunk_.seek(static_cast<uint32_t>(row));
      const uint64_t end = std::min<uint64_t>(rows.end, chunk_.block_end());
      for (; row < end; ++row) {
        if (!chunk_.is_null(row)) append_(chunk_[row], bytes_);
        ends_.push_back(bytes_.size());
        // One long text in a dictionary can stand in every row.
        if (bytes_.size() > place_.text_bytes_max) {
          throw Failure(kTooLarge, "column '" + descriptor_of(place_).name() +
                                       "' holds more text than the limit of " +
                                       std::to_string(place_.text_bytes_max) + " bytes");
        }
      }
    }
  }
  const void* values() override {
    texts_.clear();
    uint64_t begin = 0;
    for (const uint64_t end : ends_) {
      texts_.push_back({bytes_.data() + begin, end - begin});
      begin = end;
    }
    return texts_.data();
  }
  void clear() override {
    bytes_.clear();
    ends_.clear();
  }

 private:
  ChunkPlace place_;
  ChunkReader<Physical> chunk_;
  Append append_;
  std::string bytes_;
  std::vector<uint64_t> ends_;
  std::vector<SurfaceText> texts_;
};

template <class Physical, class Out, class Convert>
std::unique_ptr<ColumnCursor> numbers(const ChunkPlace& place, Convert convert) {
  return std::make_unique<NumberCursor<Physical, Out, Convert>>(place, convert);
}

template <class Physical, class Append>
std::unique_ptr<ColumnCursor> texts(const ChunkPlace& place, Append append) {
  return std::make_unique<TextCursor<Physical, Append>>(place, append);
}

std::unique_ptr<ColumnCursor> integers(const ChunkPlace& place) {
  const auto& column = descriptor_of(place);
  const bool is_unsigned =
      column.logical_type()->is_int() &&
      !static_cast<const parquet::IntLogicalType&>(*column.logical_type()).is_signed();
  if (column.physical_type() == parquet::Type::INT32) {
    return numbers<parquet::Int32Type, int64_t>(place, [is_unsigned](int32_t value) {
      return std::optional<int64_t>(is_unsigned ? static_cast<uint32_t>(value) : int64_t{value});
    });
  }
  if (!is_unsigned) return numbers<parquet::Int64Type, int64_t>(place, nullptr);
  return numbers<parquet::Int64Type, int64_t>(place, [](int64_t value) {
    return value < 0 ? std::nullopt : std::optional<int64_t>(value);
  });
}

std::unique_ptr<ColumnCursor> instants(const ChunkPlace& place) {
  if (descriptor_of(place).physical_type() == parquet::Type::INT96) {
    return numbers<parquet::Int96Type, int64_t>(place, [](const parquet::Int96& value) {
      return std::optional<int64_t>(parquet::Int96GetMicroSeconds(value));
    });
  }
  const TimeUnit unit = time_unit_of(descriptor_of(place));
  if (unit.numerator == 1 && unit.denominator == 1) {
    return numbers<parquet::Int64Type, int64_t>(place, nullptr);
  }
  return numbers<parquet::Int64Type, int64_t>(
      place, [unit](int64_t value) { return micros_of(value, unit); });
}

/// Big-endian two's complement bytes, as Parquet stores decimals, in decimal notation.
void append_decimal(const uint8_t* bytes, uint32_t size, int32_t scale, std::string& out) {
  auto value = arrow::Decimal256::FromBigEndian(bytes, static_cast<int32_t>(size));
  if (!value.ok()) throw Failure(kBadFile, value.status().message());
  out += value->ToString(scale);
}

std::unique_ptr<ColumnCursor> decimals(const ChunkPlace& place) {
  const auto& column = descriptor_of(place);
  const int32_t scale =
      static_cast<const parquet::DecimalLogicalType&>(*column.logical_type()).scale();
  const auto from_integer = [scale](int64_t value, std::string& out) {
    out += arrow::Decimal128(value).ToString(scale);
  };
  switch (column.physical_type()) {
    case parquet::Type::INT32:
      return texts<parquet::Int32Type>(place, from_integer);
    case parquet::Type::INT64:
      return texts<parquet::Int64Type>(place, from_integer);
    case parquet::Type::BYTE_ARRAY:
      return texts<parquet::ByteArrayType>(
          place, [scale](const parquet::ByteArray& value, std::string& out) {
            append_decimal(value.ptr, value.len, scale, out);
          });
    default:
      break;
  }
  const auto size = static_cast<uint32_t>(column.type_length());
  return texts<parquet::FLBAType>(
      place, [scale, size](const parquet::FixedLenByteArray& value, std::string& out) {
        append_decimal(value.ptr, size, scale, out);
      });
}

std::unique_ptr<ColumnCursor> plain_texts(const ChunkPlace& place) {
  if (descriptor_of(place).logical_type()->is_decimal()) return decimals(place);
  if (descriptor_of(place).physical_type() == parquet::Type::BOOLEAN) {
    return texts<parquet::BooleanType>(
        place, [](bool value, std::string& out) { out += value ? "TRUE" : "FALSE"; });
  }
  return texts<parquet::ByteArrayType>(
      place, [](const parquet::ByteArray& value, std::string& out) {
        out.append(reinterpret_cast<const char*>(value.ptr), value.len);
      });
}

}  // namespace

std::unique_ptr<ColumnCursor> make_cursor(const ChunkPlace& place, int32_t kind) {
  switch (kind) {
    case kText:
      return plain_texts(place);
    case kInt:
      return integers(place);
    case kDate:
      return numbers<parquet::Int32Type, int32_t>(place, nullptr);
    case kInstant:
      return instants(place);
    case kDouble:
      if (descriptor_of(place).physical_type() == parquet::Type::DOUBLE) {
        return numbers<parquet::DoubleType, double>(place, nullptr);
      }
      return numbers<parquet::FloatType, double>(
          place, [](float value) { return std::optional<double>(value); });
    default:
      break;
  }
  throw Failure(kBadFile,
                "column '" + descriptor_of(place).name() + "' has a type that is not read");
}

}  // namespace signalbus::formats::plugin
