// RecordedReads: a Files that remembers the hash of every whole file read through it, so that a
// hash is of the very bytes that were parsed. Several threads may read at once.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "ports/files.h"

namespace signalbus::inputs {

class RecordedReads final : public Files {
 public:
  explicit RecordedReads(Files& inner) : inner_(inner) {}

  Result<std::string> read(const std::string& path, std::uint64_t size_max) override;
  Result<std::unique_ptr<ByteSource>> open(const std::string& path) override {
    return inner_.open(path);
  }
  Status write(std::span<const NewFile> files) override { return inner_.write(files); }
  Status link_or_copy(std::span<const FileLink> links) override {
    return inner_.link_or_copy(links);
  }
  bool exists(const std::string& path) const override { return inner_.exists(path); }
  Result<std::vector<std::string>> list(const std::string& folder) const override {
    return inner_.list(folder);
  }
  Status make_folders(const std::string& path) override { return inner_.make_folders(path); }

  /// SHA-256 of what was read from the path; "" when it was not read.
  std::string hash_of(const std::string& path) const;
  /// SHA-256 over name (without folders) and hash of everything that was read, in the order of
  /// paths.
  std::string hash_of_all() const;

 private:
  Files& inner_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> hashes_;
};

}  // namespace signalbus::inputs
