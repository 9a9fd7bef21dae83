// AccountGuard: the account's lock, taken or inherited; its holder is the journal's one writer.
#pragma once

#include <memory>
#include <string>

#include "app/session.h"
#include "core/result.h"
#include "storage/account_lock.h"

namespace signalbus::app {

/// The environment variable through which a run hands its lock to the stages it spawns.
inline constexpr const char* kLockVariable = "SIGNALBUS_ACCOUNT_LOCK";

/// One instance per mode and account. kLocked (exit 8) names who holds it.
class AccountGuard {
 public:
  static Result<AccountGuard> take(Session& session, const std::string& command);
  /// Makes the session's journal ours alone to write: whoever held the account before, and was only
  /// paused, fails from now on.
  Status take_over(Session& session) const;
  const storage::AccountLock& lock() const { return lock_; }

 private:
  explicit AccountGuard(storage::AccountLock lock) : lock_(std::move(lock)) {}
  storage::AccountLock lock_;
};

}  // namespace signalbus::app
