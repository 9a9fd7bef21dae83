// The only way to files. Implementations: DiskFiles (storage), MemoryFiles (tests).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/byte_source.h"
#include "core/result.h"

namespace signalbus {

/// What written bytes survive. A process that dies, however it dies, loses nothing of either.
enum class Durability {
  kPowerLoss,  ///< Every write waits for the disk.
  kProcess     ///< None does: what must be fast and can be made again (the demo).
};

struct NewFile {
  std::string path;
  std::string bytes;
};

struct FileLink {
  std::string from;
  std::string to;
};

/// Called from any thread. Paths are absolute or relative to the working directory. Only regular
/// files are read: a folder, FIFO or device is kInvalidInput.
class Files {
 public:
  virtual ~Files() = default;

  /// The whole file. kNotFound when it is not there, kInvalidInput when it is no regular file or
  /// larger than `size_max` bytes, kStorage for a read error; each names the path and the cause.
  virtual Result<std::string> read(const std::string& path, std::uint64_t size_max) = 0;

  /// Opens for reading in windows, for inputs too large to hold. Errors as read().
  virtual Result<std::unique_ptr<ByteSource>> open(const std::string& path) = 0;

  /// Writes every file under a temporary name, syncs it, then renames all and syncs each folder
  /// once: after a crash every path has its old or its new bytes, never half. Missing folders are
  /// made. kStorage on any failure; then no path was renamed, or the message says which were.
  virtual Status write(std::span<const NewFile> files) = 0;

  /// Gives each `to` the content of its `from`: a hard link where the file system can, else a copy.
  /// Durable and replaced as write() does; kNotFound when a `from` is not there.
  virtual Status link_or_copy(std::span<const FileLink> links) = 0;

  virtual bool exists(const std::string& path) const = 0;
  /// Names (not paths) in a folder, sorted; empty when the folder is not there.
  virtual Result<std::vector<std::string>> list(const std::string& folder) const = 0;
  virtual Status make_folders(const std::string& path) = 0;
};

}  // namespace signalbus
