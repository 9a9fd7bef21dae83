// Inode: a file with the locks and the shared memory that connections of a database hold on it.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "lossy_disk/lossy_file.h"

namespace signalbus::lossy_disk {

/// Lock slots of the shared memory (SQLITE_SHM_NLOCK).
inline constexpr int kShmLocks = 8;

/// The wal-index: regions of memory, and locks on its slots.
struct SharedMemory {
  struct Slot {
    int shared = 0;
    bool exclusive = false;
  };
  std::vector<std::unique_ptr<char[]>> regions;
  std::array<Slot, kShmLocks> slots;
  int users = 0;
};

struct Inode {
  LossyFile file;

  // SQLite's own five lock levels, as its documentation has them.
  int shared = 0;
  bool reserved = false;
  bool pending = false;
  bool exclusive = false;

  std::shared_ptr<SharedMemory> memory;  ///< While anybody alive uses it.
};

}  // namespace signalbus::lossy_disk
