#include "exchange/command_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/text.h"

namespace signalbus::exchange {
namespace {

// A row is a sum, one of these two, the line and a line feed.
constexpr std::size_t kSumBytes = 16;  // of the hexadecimal SHA-256: damage, not malice
constexpr char kPlain = ' ';
constexpr char kAfterSync = '|';  // everything before this row was durable when it was written

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

bool is_whole(std::string_view row) {
  return row.size() > kSumBytes && (row[kSumBytes] == kPlain || row[kSumBytes] == kAfterSync) &&
         row.substr(0, kSumBytes) == sum_of(row.substr(kSumBytes + 1));
}

/// Whether some whole row says that what is before it was durable.
bool has_row_after_sync(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view row = bytes.substr(0, end);
    row.remove_prefix(std::min(row.find_first_not_of('\0'), row.size()));  // a hole, then the row
    if (is_whole(row) && row[kSumBytes] == kAfterSync) return true;
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return false;
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
  while (good < bytes.size()) {
    const std::size_t end = bytes.find('\n', good);
    const std::string_view row = std::string_view(bytes).substr(good, end - good);
    if (end == std::string::npos || !is_whole(row)) break;
    lines_.emplace_back(row.substr(kSumBytes + 1));
    good = end + 1;
  }
  // Power that goes takes any part of what was not synced, and may leave what came after it. Nobody
  // was told of that either.
  if (has_row_after_sync(std::string_view(bytes).substr(good))) {
    return Error{ErrorCode::kInvalidInput,
                 path_ + ":" + std::to_string(lines_.size() + 1) +
                     ": is damaged; restore the file, or start with an empty folder"};
  }
  if (good < bytes.size() && ::ftruncate(fd_, static_cast<off_t>(good)) != 0) {
    return storage_error(path_, "cut the end of");
  }
  written_ = good;  // of another process, which may not have synced it
  SB_TRY_OK(make_durable());
  if (::lseek(fd_, static_cast<off_t>(good), SEEK_SET) < 0) return storage_error(path_, "seek in");
  return Ok{};
}

Status CommandFile::append(std::string_view line) {
  pending_ += sum_of(line);
  pending_ += kPlain;
  pending_ += line;
  pending_ += '\n';
  return Ok{};
}

Status CommandFile::sync() {
  if (!pending_.empty() && durability_ == Durability::kPowerLoss && durable_ == written_) {
    pending_[kSumBytes] = kAfterSync;
  }
  std::string_view left = pending_;
  while (!left.empty()) {
    const ssize_t count = ::write(fd_, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return storage_error(path_, "write");
    left.remove_prefix(static_cast<std::size_t>(count));
    written_ += static_cast<std::size_t>(count);
  }
  pending_.clear();
  return deferred_ ? Status(Ok{}) : make_durable();
}

Status CommandFile::make_durable() {
  const std::size_t written = written_;
  if (durability_ == Durability::kProcess || written == durable_) return Ok{};
  if (failed_ || ::fdatasync(fd_) != 0) {
    failed_ = true;
    return storage_error(path_, "sync");
  }
  durable_ = written;
  return Ok{};
}

}  // namespace signalbus::exchange
