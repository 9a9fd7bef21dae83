// The calls that SQLite makes of a file system, on a LossyDisk.
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "lossy_disk/inode.h"
#include "lossy_disk/lossy_disk.h"

namespace signalbus::lossy_disk {

/// An open file. SQLite gives the memory, xOpen makes it and xClose ends it.
struct OpenFile {
  sqlite3_file base;  // first: SQLite sees only this
  DiskMount* mount;
  std::shared_ptr<Inode> inode;
  std::string name;
  bool syncs_folder;  ///< Its first sync makes the name durable, as SQLite's own layer sees to.
  bool deletes;       ///< At its end.
  bool dead = false;  ///< Its process was killed.
  int level = SQLITE_LOCK_NONE;
  std::shared_ptr<SharedMemory> memory = nullptr;
  unsigned shm_shared = 0;  ///< Slots held, as bits.
  unsigned shm_exclusive = 0;

  static OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

  void unlock(int to) {
    if (level >= SQLITE_LOCK_EXCLUSIVE && to < SQLITE_LOCK_EXCLUSIVE) inode->exclusive = false;
    if (level >= SQLITE_LOCK_RESERVED && to < SQLITE_LOCK_RESERVED) {
      inode->reserved = false;
      inode->pending = false;
    }
    if (level >= SQLITE_LOCK_SHARED && to < SQLITE_LOCK_SHARED) --inode->shared;
    level = std::min(level, to);
  }

  void release_slots(unsigned mask) {
    for (unsigned slot = 0; slot < kShmLocks; ++slot) {
      const unsigned bit = 1U << slot;
      if ((mask & bit) == 0) continue;
      if ((shm_exclusive & bit) != 0) memory->slots[slot].exclusive = false;
      if ((shm_shared & bit) != 0) --memory->slots[slot].shared;
      shm_exclusive &= ~bit;
      shm_shared &= ~bit;
    }
  }

  /// The last user's memory goes, so that the next one finds out from the files.
  void leave_memory() {
    if (!memory || dead) return;
    release_slots(~0U);
    if (--memory->users == 0) inode->memory.reset();
  }

  void kill() {
    leave_memory();  // but its connection may still point into it
    unlock(SQLITE_LOCK_NONE);
    dead = true;
  }
};

/// What goes wrong with a write or sync of this file now, after which the caller may be dead.
struct VfsCalls {
  static std::optional<DiskFault::Kind> count(OpenFile& file, DiskFault::At at) {
    const auto fault = file.mount->disk_.count(at);
    if (fault == DiskFault::Kind::kKill) file.mount->kill();
    return fault;
  }

  static int close(sqlite3_file* raw) {
    OpenFile& file = OpenFile::of(raw);
    if (!file.dead) {
      file.leave_memory();
      file.unlock(SQLITE_LOCK_NONE);
      if (file.deletes) file.mount->disk_.folder_.erase(file.name);
    }
    file.mount->open_.erase(&file);
    file.~OpenFile();
    return SQLITE_OK;
  }

  static int read(sqlite3_file* raw, void* out, int amount, sqlite3_int64 offset) {
    const OpenFile& file = OpenFile::of(raw);
    if (file.dead) return SQLITE_IOERR_READ;
    const auto size = static_cast<std::size_t>(amount);
    char* bytes = static_cast<char*>(out);
    const std::size_t found = file.inode->file.read(static_cast<std::size_t>(offset), bytes, size);
    if (found == size) return SQLITE_OK;
    std::memset(bytes + found, 0, size - found);
    return SQLITE_IOERR_SHORT_READ;
  }

  static int write(sqlite3_file* raw, const void* in, int amount, sqlite3_int64 offset) {
    OpenFile& file = OpenFile::of(raw);
    if (file.dead) return SQLITE_IOERR_WRITE;
    const std::string_view bytes(static_cast<const char*>(in), static_cast<std::size_t>(amount));
    const auto at = static_cast<std::size_t>(offset);
    const auto fault = count(file, DiskFault::At::kWrite);
    if (!fault) {
      file.inode->file.write(at, bytes);
      return SQLITE_OK;
    }
    if (*fault == DiskFault::Kind::kNoSpace) {
      file.inode->file.write(at, bytes.substr(0, bytes.size() / 2));
      return SQLITE_FULL;
    }
    return SQLITE_IOERR_WRITE;
  }

  static int truncate(sqlite3_file* raw, sqlite3_int64 size) {
    OpenFile& file = OpenFile::of(raw);
    if (file.dead || count(file, DiskFault::At::kWrite)) return SQLITE_IOERR_TRUNCATE;
    file.inode->file.truncate(static_cast<std::size_t>(size));
    return SQLITE_OK;
  }

  static int sync(sqlite3_file* raw, int /*flags*/) {
    OpenFile& file = OpenFile::of(raw);
    if (file.dead) return SQLITE_IOERR_FSYNC;
    LossyDisk& disk = file.mount->disk_;
    if (const auto fault = count(file, DiskFault::At::kSync)) {
      if (*fault != DiskFault::Kind::kKill) file.inode->file.fail_sync(disk.luck_);
      return SQLITE_IOERR_FSYNC;
    }
    file.inode->file.sync();
    if (file.syncs_folder) disk.durable_folder_ = disk.folder_;
    file.syncs_folder = false;
    return SQLITE_OK;
  }

  static int file_size(sqlite3_file* raw, sqlite3_int64* size) {
    const OpenFile& file = OpenFile::of(raw);
    if (file.dead) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(file.inode->file.size());
    return SQLITE_OK;
  }

  static int lock(sqlite3_file* raw, int level) {
    OpenFile& file = OpenFile::of(raw);
    if (file.dead) return SQLITE_IOERR_LOCK;
    if (file.level >= level) return SQLITE_OK;
    Inode& inode = *file.inode;
    if (level == SQLITE_LOCK_SHARED) {
      if (inode.pending || inode.exclusive) return SQLITE_BUSY;
      ++inode.shared;
    } else if (file.level < SQLITE_LOCK_RESERVED) {
      if (inode.reserved) return SQLITE_BUSY;
      inode.reserved = true;
      file.level = SQLITE_LOCK_RESERVED;
    }
    if (level == SQLITE_LOCK_EXCLUSIVE) {
      inode.pending = true;  // nobody new comes in
      file.level = SQLITE_LOCK_PENDING;
      if (inode.shared > 1) return SQLITE_BUSY;
      inode.exclusive = true;
    }
    file.level = level;
    return SQLITE_OK;
  }

  static int unlock(sqlite3_file* raw, int level) {
    OpenFile& file = OpenFile::of(raw);
    if (!file.dead) file.unlock(level);
    return SQLITE_OK;
  }

  static int is_reserved(sqlite3_file* raw, int* out) {
    *out = OpenFile::of(raw).inode->reserved ? 1 : 0;
    return SQLITE_OK;
  }

  static int file_control(sqlite3_file* /*raw*/, int /*operation*/, void* /*argument*/) {
    return SQLITE_NOTFOUND;
  }

  static int sector_size(sqlite3_file* /*raw*/) { return kPieceBytes; }

  /// As SQLite's own layer on Linux: a write that power interrupts leaves the bytes beside it
  /// alone.
  static int characteristics(sqlite3_file* /*raw*/) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  // NOLINTNEXTLINE(bugprone-easily-swappable-parameters): SQLite gives the signature
  static int shm_map(sqlite3_file* raw, int region, int size, int extend, void volatile** out) {
    OpenFile& file = OpenFile::of(raw);
    *out = nullptr;
    if (file.dead) return SQLITE_IOERR_SHMMAP;
    if (!file.memory) {
      if (!file.inode->memory) file.inode->memory = std::make_shared<SharedMemory>();
      file.memory = file.inode->memory;
      ++file.memory->users;
    }
    auto& regions = file.memory->regions;
    const auto index = static_cast<std::size_t>(region);
    while (regions.size() <= index && extend != 0) {
      regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
    }
    if (index < regions.size()) *out = regions[index].get();
    return SQLITE_OK;
  }

  static int shm_lock(sqlite3_file* raw, int offset, int count, int flags) {
    OpenFile& file = OpenFile::of(raw);
    if (file.dead) return SQLITE_IOERR_SHMLOCK;
    const unsigned mask = ((1U << count) - 1U) << offset;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      file.release_slots(mask);
      return SQLITE_OK;
    }
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    unsigned& held = exclusive ? file.shm_exclusive : file.shm_shared;
    const unsigned wanted = mask & ~held;
    for (unsigned slot = 0; slot < kShmLocks; ++slot) {
      if ((wanted & (1U << slot)) == 0) continue;
      const SharedMemory::Slot& at = file.memory->slots[slot];
      if (at.exclusive || (exclusive && at.shared > 0)) return SQLITE_BUSY;
    }
    for (unsigned slot = 0; slot < kShmLocks; ++slot) {
      if ((wanted & (1U << slot)) == 0) continue;
      SharedMemory::Slot& at = file.memory->slots[slot];
      at.exclusive = exclusive;
      at.shared += exclusive ? 0 : 1;
    }
    held |= mask;
    return SQLITE_OK;
  }

  static void shm_barrier(sqlite3_file* /*raw*/) {}

  static int shm_unmap(sqlite3_file* raw, int /*deletes*/) {
    OpenFile& file = OpenFile::of(raw);
    file.leave_memory();
    file.memory.reset();
    return SQLITE_OK;
  }

  static DiskMount& mount_of(sqlite3_vfs* vfs) { return *static_cast<DiskMount*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* raw, int flags, int* out) {
    static constexpr sqlite3_io_methods kMethods = {2,
                                                    close,
                                                    read,
                                                    write,
                                                    truncate,
                                                    sync,
                                                    file_size,
                                                    lock,
                                                    unlock,
                                                    is_reserved,
                                                    file_control,
                                                    sector_size,
                                                    characteristics,
                                                    shm_map,
                                                    shm_lock,
                                                    shm_barrier,
                                                    shm_unmap,
                                                    nullptr,
                                                    nullptr};
    raw->pMethods = nullptr;  // nothing to close unless this succeeds
    DiskMount& mount = mount_of(vfs);
    if (mount.dead_) return SQLITE_CANTOPEN;
    const std::string file_name = name == nullptr ? "a temporary file" : name;
    auto& folder = mount.disk_.folder_;
    const auto at = folder.find(file_name);
    const bool creates = name == nullptr || at == folder.end();
    if (creates && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    auto inode = creates ? std::make_shared<Inode>() : at->second;
    if (creates && name != nullptr) folder[file_name] = inode;
    constexpr int kJournals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    auto* file = new (raw)
        OpenFile{.base = {&kMethods},
                 .mount = &mount,
                 .inode = std::move(inode),
                 .name = file_name,
                 .syncs_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kJournals) != 0,
                 .deletes = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0};
    mount.open_.insert(file);
    if (out != nullptr) *out = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int syncs_folder) {
    DiskMount& mount = mount_of(vfs);
    LossyDisk& disk = mount.disk_;
    if (mount.dead_) return SQLITE_IOERR_DELETE;
    if (disk.folder_.erase(name) == 0) return SQLITE_IOERR_DELETE_NOENT;
    if (syncs_folder != 0) disk.durable_folder_ = disk.folder_;
    return SQLITE_OK;
  }

  static int access(sqlite3_vfs* vfs, const char* name, int /*flags*/, int* out) {
    *out = mount_of(vfs).disk_.folder_.contains(name) ? 1 : 0;
    return SQLITE_OK;
  }

  static int full_path(sqlite3_vfs* /*vfs*/, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs* vfs, int size, char* out) {
    for (int i = 0; i < size; ++i) {
      out[i] = static_cast<char>(mount_of(vfs).disk_.luck_.next());
    }
    return size;
  }

  /// Nobody else runs while one waits: waiting ends at once.
  static int sleep(sqlite3_vfs* /*vfs*/, int micros) { return micros; }

  static int current_time(sqlite3_vfs* /*vfs*/, double* out) {
    *out = 2460000.5;
    return SQLITE_OK;
  }

  static int last_error(sqlite3_vfs* /*vfs*/, int /*size*/, char* /*out*/) { return 0; }
};

DiskMount::DiskMount(LossyDisk& disk) : disk_(disk), vfs_(std::make_unique<sqlite3_vfs>()) {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS,
                 0);  // as the journal does; too late once SQLite is in use
  static int count = 0;
  name_ = "lossy-" + std::to_string(++count);
  vfs_->iVersion = 1;
  vfs_->szOsFile = sizeof(OpenFile);
  vfs_->mxPathname = 256;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->xOpen = VfsCalls::open;
  vfs_->xDelete = VfsCalls::remove;
  vfs_->xAccess = VfsCalls::access;
  vfs_->xFullPathname = VfsCalls::full_path;
  vfs_->xRandomness = VfsCalls::randomness;
  vfs_->xSleep = VfsCalls::sleep;
  vfs_->xCurrentTime = VfsCalls::current_time;
  vfs_->xGetLastError = VfsCalls::last_error;
  sqlite3_vfs_register(vfs_.get(), 0);
  disk_.mounts_.insert(this);
}

DiskMount::~DiskMount() {
  disk_.mounts_.erase(this);
  sqlite3_vfs_unregister(vfs_.get());
}

void DiskMount::kill() {
  if (dead_) return;
  dead_ = true;
  for (OpenFile* file : open_) file->kill();
}

}  // namespace signalbus::lossy_disk
