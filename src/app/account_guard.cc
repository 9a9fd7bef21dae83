#include "app/account_guard.h"

#include <unistd.h>

#include <cstdlib>

namespace signalbus::app {

Result<AccountGuard> AccountGuard::take(Session& session, const std::string& command) {
  const std::string path = session.workspace().lock(to_text(session.mode()));
  if (std::getenv(kLockVariable) != nullptr) {
    SB_TRY(storage::AccountLock lock, storage::AccountLock::adopt(path, kLockVariable));
    return AccountGuard(std::move(lock));
  }
  const storage::LockHolder who{"signalbus " + command, session.doors().clock.now()};
  SB_TRY(storage::AccountLock lock, storage::AccountLock::acquire(path, who));
  return AccountGuard(std::move(lock));
}

Status AccountGuard::take_over(Session& session) const {
  SB_TRY(Journal * journal, session.journal());
  const std::string holder =
      "pid " + std::to_string(::getpid()) + ", mode " + std::string(to_text(session.mode()));
  // A stage that a run spawned works under the run's takeover.
  if (std::getenv(kLockVariable) != nullptr) return journal->join_holder(session.mode());
  return journal->take_over(session.mode(), holder, session.doors().clock.now());
}

}  // namespace signalbus::app
