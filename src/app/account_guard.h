// AccountGuard: the account's lock, taken or inherited; and the broker that the mode talks to.
#pragma once

#include <memory>
#include <string>

#include "app/session.h"
#include "core/result.h"
#include "ports/broker.h"
#include "storage/account_lock.h"

namespace signalbus::app {

/// The environment variable through which a run hands its lock to the stages it spawns.
inline constexpr const char* kLockVariable = "SIGNALBUS_ACCOUNT_LOCK";

/// One instance per mode and account. kLocked (exit 8) names who holds it.
class AccountGuard {
 public:
  static Result<AccountGuard> take(Session& session, const std::string& command);
  const storage::AccountLock& lock() const { return lock_; }

 private:
  explicit AccountGuard(storage::AccountLock lock) : lock_(std::move(lock)) {}
  storage::AccountLock lock_;
};

/// The Broker of the session's mode; `market` must outlive it.
Result<std::unique_ptr<Broker>> make_broker(Session& session, const PriceBook& market);

}  // namespace signalbus::app
