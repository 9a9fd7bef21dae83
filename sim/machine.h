// Machine: the disk under the journal, and what one process has of it. Processes are killed in the
// middle of a commit, syncs fail, the disk is full, the power goes.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "lossy_disk/lossy_disk.h"
#include "sim/world.h"
#include "storage/sqlite_journal.h"

namespace signalbus::sim {

class Machine {
 public:
  /// With an empty journal on its disk.
  explicit Machine(World& world);

  lossy_disk::LossyDisk& disk() { return disk_; }
  /// Makes the next write go wrong, when a fault strikes.
  void before_write();
  /// Takes back what before_write() planned and did not happen.
  void after_write();
  /// After a process was killed: the machine may go down with it, and every other process too.
  void after_death();
  /// Called when power was lost.
  void at_power_loss(std::function<void()> what) { at_power_loss_ = std::move(what); }
  /// After a process ended: what a failed sync left may be lost from view.
  void after_end();

 private:
  World& world_;
  lossy_disk::LossyDisk disk_;
  Rng rng_;
  std::function<void()> at_power_loss_ = [] {};
};

/// A process's connection to the journal. Closed by its end, or dead with the process.
class Connection {
 public:
  explicit Connection(Machine& machine) : machine_(machine), mount_(machine.disk()) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Opens the journal (again).
  Status open();
  storage::SqliteJournal& journal() { return *journal_; }
  Machine& machine() { return machine_; }
  void kill() { mount_.kill(); }
  bool is_dead() const { return mount_.is_dead(); }

 private:
  Machine& machine_;
  lossy_disk::DiskMount mount_;
  std::unique_ptr<storage::SqliteJournal> journal_;
};

}  // namespace signalbus::sim
