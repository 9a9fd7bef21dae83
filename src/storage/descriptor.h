// FileDescriptor and the words for errno: what every file of this folder shares.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace signalbus::storage {

/// Owns an open file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  /// Closes now and returns what close(2) returned: on some file systems it brings a write error.
  int close();

 private:
  int fd_ = -1;
};

/// `<path>: cannot <action>: <errno in words>; <remedy where one is obvious>`.
Error system_error(ErrorCode code, std::string_view path, std::string_view action,
                   int error_number);

/// "." for a name without a folder, "/" for a name in the root.
std::string folder_of(std::string_view path);

/// Makes the folder and its missing parents, and appends to `changed` (when given) each existing
/// folder that gained an entry: those must be synced for the new folders to survive a crash.
Status make_folders_noting(const std::string& path, unsigned mode,
                           std::vector<std::string>* changed);

}  // namespace signalbus::storage
