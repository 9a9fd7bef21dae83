// AccountLock: at most one instance trades an account. A flock(2) that lives as long as this value.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"
#include "storage/descriptor.h"

namespace signalbus::storage {

/// What the holder tells others about itself.
struct LockHolder {
  std::string command;  ///< As a person would type it, without secrets.
  Instant since;
};

/// The kernel drops the lock when the last process that holds the descriptor ends, however it ends.
class AccountLock {
 public:
  /// Takes the lock at `path` (its folder is made, mode 0700). kLocked when another process has it:
  /// the message names its pid, since when and its command. kStorage when the file cannot be used
  /// or lies on a network file system, where such locks are not reliable.
  static Result<AccountLock> acquire(const std::string& path, const LockHolder& who);

  /// Takes over the lock that a parent holds and handed down through the environment variable
  /// `name` (see hand_down). kLocked when the variable is unset, no descriptor, or no held lock of
  /// that path.
  static Result<AccountLock> adopt(const std::string& path, const std::string& name);

  int fd() const { return descriptor_.get(); }

  /// Lets processes started from now on inherit the lock: clears FD_CLOEXEC; returns the text that
  /// the child must find in its environment variable. kStorage when the kernel refuses.
  Result<std::string> hand_down() const;

 private:
  explicit AccountLock(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}
  FileDescriptor descriptor_;
};

}  // namespace signalbus::storage
