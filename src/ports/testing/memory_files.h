// MemoryFiles: the Files port in memory, for tests, with failures on demand.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/paths.h"
#include "ports/files.h"

namespace signalbus::testing {

/// Bytes that a test holds, as a source.
class StringSource final : public ByteSource {
 public:
  StringSource(std::string name, std::string bytes)
      : name_(std::move(name)), bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  const std::string& name() const override { return name_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    return bytes_.copy(out.data(), out.size(), static_cast<std::size_t>(offset));
  }

 private:
  std::string name_;
  std::string bytes_;
};

/// Not thread-safe for writers. Folders exist as far as files lie in them.
class MemoryFiles final : public Files {
 public:
  std::map<std::string, std::string> contents;
  /// Writing a path that contains one of these texts is kStorage, and then nothing is written.
  std::set<std::string> full;

  Result<std::string> read(const std::string& path, std::uint64_t size_max) override {
    const auto at = contents.find(path);
    if (at == contents.end()) return Error{ErrorCode::kNotFound, path + ": no such file"};
    if (at->second.size() > size_max) return Error{ErrorCode::kInvalidInput, path + ": too large"};
    return at->second;
  }
  Result<std::unique_ptr<ByteSource>> open(const std::string& path) override {
    SB_TRY(std::string bytes, read(path, UINT64_MAX));
    return std::unique_ptr<ByteSource>(std::make_unique<StringSource>(path, std::move(bytes)));
  }
  Status write(std::span<const NewFile> files) override {
    for (const NewFile& file : files) SB_TRY_OK(check_space(file.path));
    for (const NewFile& file : files) contents[file.path] = file.bytes;
    return Ok{};
  }
  Status link_or_copy(std::span<const FileLink> links) override {
    for (const FileLink& link : links) {
      SB_TRY(std::string bytes, read(link.from, UINT64_MAX));
      SB_TRY_OK(check_space(link.to));
      contents[link.to] = std::move(bytes);
    }
    return Ok{};
  }
  bool exists(const std::string& path) const override { return contents.contains(path); }
  Result<std::vector<std::string>> list(const std::string& folder) const override {
    std::vector<std::string> names;
    for (const auto& [path, bytes] : contents) {
      if (parent_path(path) == folder) names.push_back(file_name(path));
    }
    return names;
  }
  Status make_folders(const std::string&) override { return Ok{}; }

 private:
  Status check_space(const std::string& path) const {
    for (const std::string& part : full) {
      if (path.find(part) == std::string::npos) continue;
      return Error{ErrorCode::kStorage, path + ": no space left on device"};
    }
    return Ok{};
  }
};

}  // namespace signalbus::testing
