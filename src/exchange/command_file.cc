#include "exchange/command_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/text.h"

namespace signalbus::exchange {
namespace {

constexpr std::size_t kSumBytes = 16;  // of the hexadecimal SHA-256: damage, not malice

Error storage_error(const std::string& path, std::string_view action) {
  return {ErrorCode::kStorage,
          path + ": cannot " + std::string(action) + ": " + std::strerror(errno)};
}

std::string sum_of(std::string_view line) { return sha256_hex(line).substr(0, kSumBytes); }

Status make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return Ok{};
  if (errno != ENOENT) return storage_error(folder, "make the folder");
  const std::size_t slash = folder.find_last_of('/');
  if (slash == std::string::npos || slash == 0) return storage_error(folder, "make the folder");
  SB_TRY_OK(make_folder(folder.substr(0, slash)));
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return Ok{};
  return storage_error(folder, "make the folder");
}

Status sync_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && errno == EACCES) return Ok{};  // not ours to read
  if (fd < 0) return storage_error(folder, "open");
  const int failed = ::fsync(fd);
  ::close(fd);
  return failed != 0 ? Status(storage_error(folder, "sync")) : Status(Ok{});
}

}  // namespace

Result<std::unique_ptr<CommandFile>> CommandFile::open(const std::string& folder,
                                                       Durability durability) {
  SB_TRY_OK(make_folder(folder));
  const std::string path = folder + "/exchange.ledger";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return storage_error(path, "open");
  std::unique_ptr<CommandFile> file(new CommandFile(path, fd, durability));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return Error{ErrorCode::kLocked,
                 path + ": another exchange is using it; end that one, or give another --state"};
  }
  SB_TRY_OK(file->load());
  SB_TRY_OK(sync_folder(folder));
  SB_TRY_OK(sync_folder(folder + "/.."));  // the folder's own name
  return file;
}

CommandFile::~CommandFile() { ::close(fd_); }

Status CommandFile::load() {
  std::string bytes;
  char window[1 << 16];
  for (;;) {
    const ssize_t count = ::read(fd_, window, sizeof window);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return storage_error(path_, "read");
    if (count == 0) break;
    bytes.append(window, static_cast<std::size_t>(count));
  }
  std::size_t good = 0;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = bytes.find('\n', begin);
    const bool last = end == std::string::npos || end + 1 == bytes.size();
    const std::string_view row = std::string_view(bytes).substr(
        begin, (end == std::string::npos ? bytes.size() : end) - begin);
    const bool whole = end != std::string::npos && row.size() > kSumBytes &&
                       row[kSumBytes] == ' ' &&
                       row.substr(0, kSumBytes) == sum_of(row.substr(kSumBytes + 1));
    if (!whole && !last) {
      return Error{ErrorCode::kInvalidInput,
                   path_ + ":" + std::to_string(lines_.size() + 1) +
                       ": is damaged; restore the file, or start with an empty folder"};
    }
    if (!whole) break;
    lines_.emplace_back(row.substr(kSumBytes + 1));
    begin = good = end + 1;
  }
  if (good < bytes.size() && ::ftruncate(fd_, static_cast<off_t>(good)) != 0) {
    return storage_error(path_, "cut the last line of");
  }
  if (::lseek(fd_, static_cast<off_t>(good), SEEK_SET) < 0) return storage_error(path_, "seek in");
  return Ok{};
}

Status CommandFile::append(std::string_view line) {
  pending_ += sum_of(line);
  pending_ += ' ';
  pending_ += line;
  pending_ += '\n';
  return Ok{};
}

Status CommandFile::sync() {
  std::string_view left = pending_;
  while (!left.empty()) {
    const ssize_t count = ::write(fd_, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return storage_error(path_, "write");
    left.remove_prefix(static_cast<std::size_t>(count));
  }
  pending_.clear();
  dirty_ = true;
  return deferred_ ? Status(Ok{}) : make_durable();
}

Status CommandFile::make_durable() {
  if (durability_ == Durability::kProcess || !dirty_.exchange(false)) return Ok{};
  if (failed_ || ::fdatasync(fd_) != 0) {
    dirty_ = failed_ = true;
    return storage_error(path_, "sync");
  }
  return Ok{};
}

}  // namespace signalbus::exchange
