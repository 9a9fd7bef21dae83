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
  return journal->take_over(holder, session.doors().clock.now());
}

}  // namespace signalbus::app
