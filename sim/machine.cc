#include "sim/machine.h"

namespace signalbus::sim {
namespace {

using lossy_disk::DiskFault;
using lossy_disk::DiskMount;
using lossy_disk::LossyDisk;

constexpr const char* kJournal = "journal.db";

/// Making the tables costs more than a small world, so it is done once.
const LossyDisk& empty_journal() {
  static const LossyDisk image = [] {
    LossyDisk disk;
    DiskMount mount(disk);
    SB_CHECK(storage::SqliteJournal::open_on(mount.vfs(), kJournal).ok());
    return disk;
  }();
  return image;
}

}  // namespace

Machine::Machine(World& world) : world_(world), disk_(empty_journal()), rng_(world.rng().fork()) {}

void Machine::before_write() {
  if (world_.strikes(Fault::kKilledInCommit)) {
    return disk_.fail({DiskFault::Kind::kKill, DiskFault::At::kAny, rng_.between(0, 9)});
  }
  if (world_.strikes(Fault::kSyncFailed)) {
    return disk_.fail({DiskFault::Kind::kIoError, DiskFault::At::kSync, 0});
  }
  if (world_.strikes(Fault::kDiskFull)) {
    disk_.fail({DiskFault::Kind::kNoSpace, DiskFault::At::kWrite, rng_.between(0, 5)});
  }
}

void Machine::after_write() {
  // It was meant for that write, which was shorter; another process's must not meet it.
  if (disk_.fault_is_pending())
    disk_.fail({DiskFault::Kind::kKill, DiskFault::At::kAny, INT32_MAX});
}

void Machine::after_death() {
  if (!world_.strikes(Fault::kPowerLost)) return;
  world_.note({"the power is lost"});
  disk_.lose_power(rng_.next());
  at_power_loss_();
}

void Machine::after_end() {
  if (rng_.chance(500'000)) disk_.evict(rng_.next());
}

Connection::~Connection() {
  journal_.reset();
  machine_.after_end();
}

Status Connection::open() {
  journal_.reset();
  SB_TRY(journal_, storage::SqliteJournal::open_on(mount_.vfs(), kJournal));
  return Ok{};
}

}  // namespace signalbus::sim
