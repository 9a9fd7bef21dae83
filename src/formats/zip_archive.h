// ZipArchive: entries of a ZIP file in memory, inflated piece by piece under limits.
#pragma once

#include <zip.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace signalbus::formats {

/// One entry being inflated. Limits count the bytes that really come out, not what headers say.
class ZipEntry {
 public:
  /// Fills `out`, less of it only at the end, after the checksum was right. kInvalidInput on broken
  /// data, kLimitExceeded beyond the archive's total or a compression ratio that only a bomb has.
  Result<std::size_t> read(std::span<char> out);

 private:
  friend class ZipArchive;
  Result<std::size_t> read_some(std::span<char> out);
  struct Close {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
  };
  std::unique_ptr<zip_file_t, Close> file_;
  std::string place_;  // "book.xlsx: 'xl/workbook.xml'"
  std::uint64_t compressed_ = 0;
  std::uint64_t inflated_ = 0;
  std::uint64_t* budget_ = nullptr;  // the archive's, shared by its entries
};

class ZipArchive {
 public:
  /// `bytes` must outlive the archive. kInvalidInput: not a ZIP file, damaged, or names repeat.
  static Result<ZipArchive> open(const std::string& name, std::string_view bytes,
                                 std::uint64_t inflated_bytes_max);

  /// The entry's index; letter case is ignored where no exact name exists, as OPC wants.
  std::optional<std::uint64_t> find(const std::string& path) const;
  /// The archive must outlive the entry. kInvalidInput: encrypted or an unknown compression.
  Result<ZipEntry> entry(std::uint64_t index);

 private:
  struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };
  Status check_names() const;

  std::string name_;
  std::uint64_t size_ = 0;
  std::unique_ptr<zip_t, Discard> archive_;
  std::unique_ptr<std::uint64_t> budget_;  // its address stays when the archive moves
};

}  // namespace signalbus::formats
