#include "storage/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "storage/descriptor.h"

namespace signalbus::storage {
namespace {

constexpr std::size_t kBytesMax = 4096;

Error refused(const std::string& path, const std::string& what) {
  return {ErrorCode::kUsage, path + ": " + what};
}

Status check_file(const std::string& path, int fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return system_error(ErrorCode::kUsage, path, "look at", errno);
  if (!S_ISREG(info.st_mode)) return refused(path, "is no regular file; a secret stands in one");
  if (info.st_uid != ::geteuid() && info.st_uid != 0) {
    return refused(path, "belongs to another user; make it your own");
  }
  if ((info.st_mode & 077) != 0) {
    return refused(path, "may be read by others; run: chmod 600 " + path);
  }
  return Ok{};
}

}  // namespace

Result<Secret> resolved_secret(const Secret& secret) {
  if (secret.file().empty()) return secret;
  const std::string& path = secret.file();
  // Not blocking: a FIFO is refused below instead of waited for.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return system_error(ErrorCode::kUsage, path, "open", errno);
  SB_TRY_OK(check_file(path, file.get()));
  std::array<char, kBytesMax + 1> bytes{};
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(ErrorCode::kUsage, path, "read", errno);
    size += static_cast<std::size_t>(got);
  }
  if (size > kBytesMax) return refused(path, "is larger than 4 KiB; a secret is one short line");
  std::string value(bytes.data(), size);
  while (value.ends_with('\n') || value.ends_with('\r')) value.pop_back();
  if (value.empty()) return refused(path, "is empty; write the secret into it");
  return Secret::of(std::move(value));
}

}  // namespace signalbus::storage
