// DiskFiles: the Files port on a POSIX file system; whole-file reads, atomic synced writes.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ports/files.h"

namespace signalbus::storage {

/// The system calls whose failure decides what is left on disk; tests replace them.
struct SystemCalls {
  std::function<long(int fd, const char* bytes, std::size_t count)> write;
  std::function<void(int fd)> begin_sync;  ///< A hint that fsync follows.
  std::function<int(int fd)> fsync;
  std::function<int(const char* from, const char* to)> rename;
  std::function<int(const char* from, const char* to)> link;

  static SystemCalls real();
  /// The same; for kProcess nothing is synced.
  static SystemCalls of(Durability durability);
};

/// Temporary names start with this; what a crashed run left behind is recognised by it.
inline constexpr std::string_view kTemporaryPrefix = ".tmp-";

/// See ports/files.h. A failed fsync ends the process with exit code 7: the kernel may have dropped
/// the pages, so that a second fsync that succeeds would be a lie.
class DiskFiles final : public Files {
 public:
  explicit DiskFiles(SystemCalls calls = SystemCalls::real()) : calls_(std::move(calls)) {}

  Result<std::string> read(const std::string& path, std::uint64_t size_max) override;
  Result<std::unique_ptr<ByteSource>> open(const std::string& path) override;
  Status write(std::span<const NewFile> files) override;
  Status link_or_copy(std::span<const FileLink> links) override;
  bool exists(const std::string& path) const override;
  /// Temporary files of running or crashed writes are left out.
  Result<std::vector<std::string>> list(const std::string& folder) const override;
  Status make_folders(const std::string& path) override;

 private:
  SystemCalls calls_;
};

}  // namespace signalbus::storage
