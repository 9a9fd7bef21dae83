// What the CSV tests and fuzz targets share: a source in memory, and a sink that keeps everything.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "core/byte_source.h"
#include "formats/csv.h"

namespace signalbus::formats {

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes, std::string name = "t.csv")
      : bytes_(std::move(bytes)), name_(std::move(name)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const auto start = static_cast<std::size_t>(offset);
    const std::size_t count = std::min(out.size(), bytes_.size() - start);
    std::memcpy(out.data(), bytes_.data() + start, count);
    return count;
  }
  const std::string& name() const override { return name_; }

 private:
  std::string bytes_;
  std::string name_;
};

struct CollectedRows {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;
  friend bool operator==(const CollectedRows&, const CollectedRows&) = default;
};

class CollectingSink final : public CsvSink {
 public:
  Status rows(const CsvBatch& batch) override {
    for (std::size_t row = 0; row < batch.row_count; ++row) {
      std::vector<std::string>& fields = all.rows.emplace_back();
      for (const auto& column : batch.columns) fields.emplace_back(column[row]);
      all.lines.push_back(batch.first_line + row);
    }
    return Ok{};
  }
  void restart() override {
    all = {};
    ++restarts;
  }
  CollectedRows all;
  int restarts = 0;
};

/// The whole content by the scanner: every column, read in `parts` parts, with the lines put right.
inline Result<CollectedRows> scan_all(const ByteSource& source, CsvScanSizes sizes,
                                      std::size_t parts) {
  SB_TRY(const CsvScanner scanner, CsvScanner::open(source, sizes));
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < scanner.header().size(); ++i) wanted.push_back(i);
  std::vector<CollectingSink> sinks(parts);
  std::vector<CsvSink*> pointers;
  for (CollectingSink& sink : sinks) pointers.push_back(&sink);
  SB_TRY(const std::vector<std::size_t> lines, scanner.scan_parallel(wanted, pointers));
  CollectedRows merged;
  for (std::size_t i = 0; i < parts; ++i) {
    for (auto& row : sinks[i].all.rows) merged.rows.push_back(std::move(row));
    for (const std::size_t line : sinks[i].all.lines) merged.lines.push_back(line + lines[i]);
  }
  return merged;
}

/// The same content by the table reader.
inline Result<CollectedRows> read_all(const std::string& bytes, const std::string& name = "t.csv") {
  SB_TRY(const Table table, read_csv_table(name, std::make_shared<const std::string>(bytes)));
  CollectedRows all;
  all.lines = table.lines;
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    std::vector<std::string>& fields = all.rows.emplace_back();
    for (const Column& column : table.columns) {
      fields.emplace_back(std::get<TextColumn>(column.values)[row]);
    }
  }
  return all;
}

}  // namespace signalbus::formats
