// LossyDisk: a disk in memory for SQLite that fails and loses power, for tests and simulations.
//
// A database is opened through a DiskMount, which stands for one process: several may be mounted,
// see each other's writes and locks, and be killed one by one. Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "lossy_disk/lossy_file.h"

struct sqlite3_vfs;  // NOLINT(readability-identifier-naming)

namespace signalbus::lossy_disk {

class DiskMount;
struct Inode;
struct OpenFile;

/// Something that goes wrong once.
struct DiskFault {
  enum class Kind {
    kNoSpace,  ///< Half of the write is there, SQLITE_FULL.
    kIoError,  ///< SQLITE_IOERR. A sync that fails leaves unsynced bytes that count as clean.
    kKill      ///< The process that writes dies just before.
  };
  enum class At { kWrite, kSync, kAny };
  Kind kind;
  At at;
  int after;  ///< How many of them succeed before.
};

/// Files of one folder. Copies are disks of their own, durable as they look and without mounts:
/// cheap images to start from.
class LossyDisk {
 public:
  LossyDisk();
  LossyDisk(const LossyDisk& image);
  LossyDisk& operator=(const LossyDisk&) = delete;
  ~LossyDisk();

  /// Every process dies, and of what was not synced each piece, truncation, creation and removal is
  /// kept or lost by itself.
  void lose_power(std::uint64_t seed);
  /// What counts as clean without being on the disk, after a sync that failed, may be lost from
  /// view.
  void evict(std::uint64_t seed);
  /// Replaces an earlier fault.
  void fail(DiskFault fault);
  /// False once the fault has happened.
  bool fault_is_pending() const { return fault_.has_value(); }
  /// Writes (with truncations) and syncs that were asked for.
  int writes() const { return writes_; }
  int syncs() const { return syncs_; }

  /// Bytes of a file as programs see them, "" when it is not there; and to replace it, durably.
  std::string read(const std::string& name) const;
  void put(const std::string& name, std::string_view bytes);

 private:
  friend class DiskMount;
  friend struct OpenFile;
  friend struct VfsCalls;
  using Folder = std::map<std::string, std::shared_ptr<Inode>>;

  /// The fault, when its time has come.
  std::optional<DiskFault::Kind> count(DiskFault::At at);

  Folder folder_;
  Folder durable_folder_;  ///< As of its last sync.
  std::set<DiskMount*> mounts_;
  std::optional<DiskFault> fault_;
  Luck luck_{1};  ///< For syncs that fail.
  int writes_ = 0;
  int syncs_ = 0;
};

/// One process's use of the disk. Connections must be closed before it goes; the disk outlives it.
class DiskMount {
 public:
  explicit DiskMount(LossyDisk& disk);
  DiskMount(const DiskMount&) = delete;
  DiskMount& operator=(const DiskMount&) = delete;
  ~DiskMount();

  /// The name to open databases with.
  const char* vfs() const { return name_.c_str(); }
  /// SIGKILL: its locks are free, and nothing that its connections still do has an effect. What it
  /// wrote stays.
  void kill();
  bool is_dead() const { return dead_; }

 private:
  friend class LossyDisk;
  friend struct OpenFile;
  friend struct VfsCalls;

  LossyDisk& disk_;
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::set<OpenFile*> open_;
  bool dead_ = false;
};

}  // namespace signalbus::lossy_disk
