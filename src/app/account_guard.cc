#include "app/account_guard.h"

#include <cstdlib>

#include "dry_broker/dry_broker.h"

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

Result<std::unique_ptr<Broker>> make_broker(Session& session, const PriceBook& market) {
  SB_TRY_OK(pipeline::check_mode_is_built(session.mode()));
  BrokerAccount account{AccountId("dry"), Money::zero(), Money::zero()};
  return std::unique_ptr<Broker>(std::make_unique<dry_broker::DryBroker>(
      market, session.doors().clock, std::move(account), Holdings{}));
}

}  // namespace signalbus::app
