#include "storage/account_lock.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>

#include "core/text.h"

namespace signalbus::storage {
namespace {

struct FileSystemName {
  unsigned magic;
  std::string_view name;
};
constexpr std::array kNetworkFileSystems = {
    FileSystemName{NFS_SUPER_MAGIC, "NFS"},   FileSystemName{SMB_SUPER_MAGIC, "SMB"},
    FileSystemName{0xFF534D42, "CIFS"},       FileSystemName{0xFE534D42, "SMB2"},
    FileSystemName{0x65735546, "FUSE"},       FileSystemName{AFS_SUPER_MAGIC, "AFS"},
    FileSystemName{CODA_SUPER_MAGIC, "Coda"}, FileSystemName{0x01021997, "9P"},
    FileSystemName{0x00C36400, "Ceph"}};

Status refuse_network_file_system(const std::string& path, int fd) {
  struct statfs info{};
  if (::fstatfs(fd, &info) != 0) return system_error(ErrorCode::kStorage, path, "inspect", errno);
  for (const FileSystemName& system : kNetworkFileSystems) {
    if (static_cast<unsigned>(info.f_type) == system.magic) {
      return Error{ErrorCode::kStorage,
                   path + ": lies on " + std::string(system.name) +
                       ", where a lock does not reliably keep a second instance out; put the state "
                       "folder on a local disk"};
    }
  }
  return Ok{};
}

/// The note that the holder left: "pid 123 since 2025-08-29T13:00:00Z: command".
std::string note_in(int fd) {
  std::array<char, 512> buffer{};
  const ssize_t count = ::pread(fd, buffer.data(), buffer.size(), 0);
  if (count <= 0) return "another process";
  const std::string_view text(buffer.data(), static_cast<std::size_t>(count));
  std::string note(text.substr(0, text.find('\n')));
  std::replace_if(note.begin(), note.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return note;
}

Status write_note(const std::string& path, int fd, const LockHolder& who) {
  const std::string note = "pid " + std::to_string(::getpid()) + " since " + who.since.rfc3339() +
                           ": " + who.command.substr(0, 400) + "\n";
  if (::ftruncate(fd, 0) != 0 ||
      ::pwrite(fd, note.data(), note.size(), 0) != static_cast<ssize_t>(note.size())) {
    return system_error(ErrorCode::kStorage, path, "write the lock file", errno);
  }
  return Ok{};
}

bool is_same_file(int fd, const std::string& path) {
  struct stat held{};
  struct stat named{};
  return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

}  // namespace

Result<AccountLock> AccountLock::acquire(const std::string& path, const LockHolder& who) {
  SB_TRY_OK(make_folders_noting(folder_of(path), 0700, nullptr));
  FileDescriptor descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!descriptor.is_open()) {
    return system_error(ErrorCode::kStorage, path, "open the lock file", errno);
  }
  SB_TRY_OK(refuse_network_file_system(path, descriptor.get()));
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error(ErrorCode::kStorage, path, "lock", errno);
    return Error{ErrorCode::kLocked,
                 path + ": held by " + note_in(descriptor.get()) +
                     "; wait until it ends or stop it, two must not trade one account"};
  }
  if (!is_same_file(descriptor.get(), path)) {
    return Error{ErrorCode::kLocked, path + ": was deleted while it was being locked; run again"};
  }
  SB_TRY_OK(write_note(path, descriptor.get(), who));
  return AccountLock(std::move(descriptor));
}

Result<AccountLock> AccountLock::adopt(const std::string& path, const std::string& name) {
  const char* text = std::getenv(name.c_str());
  if (text == nullptr) {
    return Error{ErrorCode::kLocked, name + ": is not set, so no lock was handed down"};
  }
  const std::string_view digits = text;
  int fd = -1;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), fd);
  const bool usable = code == std::errc() && end == digits.data() + digits.size() && fd > 2;
  // flock on the inherited descriptor succeeds only when it (or nobody) holds the lock.
  if (!usable || !is_same_file(fd, path) || ::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return Error{ErrorCode::kLocked, name + ": " + quoted(digits) + " is not the lock of " + path +
                                         "; start this command by itself, without " + name};
  }
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return AccountLock(FileDescriptor(fd));
}

Result<std::string> AccountLock::hand_down() const {
  if (::fcntl(fd(), F_SETFD, 0) != 0) {
    return system_error(ErrorCode::kStorage, "lock", "hand down", errno);
  }
  return std::to_string(fd());
}

}  // namespace signalbus::storage
