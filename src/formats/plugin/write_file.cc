// One row group, fixed properties, no clock: the same columns give the same bytes.
#include "formats/plugin/write_file.h"

#include <arrow/io/memory.h>
#include <arrow/memory_pool.h>
#include <parquet/column_writer.h>
#include <parquet/exception.h>
#include <parquet/file_writer.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <cmath>
#include <string>
#include <vector>

#include "formats/plugin/failure.h"

namespace signalbus::formats::plugin {
namespace {

using parquet::LogicalType;

/// Optional like every column that pandas writes, so that the two schemas are equal.
parquet::schema::NodePtr node_of(const SurfaceWriteColumn& column) {
  const std::string name(column.name.data, column.name.size);
  const auto make = [&](std::shared_ptr<const LogicalType> logical, parquet::Type::type physical) {
    return parquet::schema::PrimitiveNode::Make(name, parquet::Repetition::OPTIONAL,
                                                std::move(logical), physical);
  };
  switch (column.kind) {
    case kText:
      return make(LogicalType::String(), parquet::Type::BYTE_ARRAY);
    case kDouble:
      return make(LogicalType::None(), parquet::Type::DOUBLE);
    case kInt:
      return make(LogicalType::None(), parquet::Type::INT64);
    case kDate:
      return make(LogicalType::Date(), parquet::Type::INT32);
    case kInstant:
      return make(LogicalType::Timestamp(true, LogicalType::TimeUnit::MICROS),
                  parquet::Type::INT64);
    default:
      throw Failure(kBadFile, "column '" + name + "' has a kind that is not written");
  }
}

template <class Physical>
void write_values(parquet::RowGroupWriter& group, const typename Physical::c_type* values,
                  const std::vector<int16_t>& present) {
  auto* writer = static_cast<parquet::TypedColumnWriter<Physical>*>(group.NextColumn());
  writer->WriteBatch(static_cast<int64_t>(present.size()), present.data(), nullptr, values);
  writer->Close();
}

void write_doubles(parquet::RowGroupWriter& group, const double* values, uint64_t rows) {
  std::vector<int16_t> present(rows, 1);
  std::vector<double> numbers;
  numbers.reserve(rows);
  for (uint64_t i = 0; i < rows; ++i) {
    present[i] = std::isnan(values[i]) ? 0 : 1;  // missing is a null, as for every other reader
    if (present[i] != 0) numbers.push_back(values[i]);
  }
  write_values<parquet::DoubleType>(group, numbers.data(), present);
}

void write_texts(parquet::RowGroupWriter& group, const SurfaceText* texts,
                 const std::vector<int16_t>& present) {
  std::vector<parquet::ByteArray> values;
  values.reserve(present.size());
  for (uint64_t i = 0; i < present.size(); ++i) {
    values.emplace_back(static_cast<uint32_t>(texts[i].size),
                        reinterpret_cast<const uint8_t*>(texts[i].data));
  }
  write_values<parquet::ByteArrayType>(group, values.data(), present);
}

void write_column(parquet::RowGroupWriter& group, const SurfaceWriteColumn& column, uint64_t rows) {
  const std::vector<int16_t> present(rows, 1);
  switch (column.kind) {
    case kText:
      return write_texts(group, static_cast<const SurfaceText*>(column.values), present);
    case kDouble:
      return write_doubles(group, static_cast<const double*>(column.values), rows);
    case kDate:
      return write_values<parquet::Int32Type>(group, static_cast<const int32_t*>(column.values),
                                              present);
    default:
      return write_values<parquet::Int64Type>(group, static_cast<const int64_t*>(column.values),
                                              present);
  }
}

}  // namespace

void write_file(const SurfaceWrite& what) {
  parquet::schema::NodeVector nodes;
  for (uint32_t i = 0; i < what.column_count; ++i) nodes.push_back(node_of(what.columns[i]));
  const auto schema = std::static_pointer_cast<parquet::schema::GroupNode>(
      parquet::schema::GroupNode::Make("schema", parquet::Repetition::REQUIRED, nodes));
  const auto properties = parquet::WriterProperties::Builder()
                              .memory_pool(arrow::system_memory_pool())
                              ->created_by("signalbus")
                              ->enable_page_checksum()
                              ->compression(parquet::Compression::SNAPPY)
                              ->build();
  PARQUET_ASSIGN_OR_THROW(
      const auto sink, arrow::io::BufferOutputStream::Create(1 << 14, arrow::system_memory_pool()));
  const auto writer = parquet::ParquetFileWriter::Open(sink, schema, properties);
  parquet::RowGroupWriter& group = *writer->AppendRowGroup();
  for (uint32_t i = 0; i < what.column_count; ++i) {
    write_column(group, what.columns[i], what.row_count);
  }
  writer->Close();
  PARQUET_ASSIGN_OR_THROW(const auto bytes, sink->Finish());
  what.output(what.context, reinterpret_cast<const char*>(bytes->data()),
              static_cast<uint64_t>(bytes->size()));
}

}  // namespace signalbus::formats::plugin
