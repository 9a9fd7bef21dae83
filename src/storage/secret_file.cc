#include "storage/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "storage/descriptor.h"

namespace signalbus::storage {
namespace {

constexpr std::size_t kSecretBytesMax = 4096;

Error refused(const std::string& path, const std::string& why) {
  return {ErrorCode::kUsage, path + ": " + why};
}

/// The opened file is looked at, not its name: what is checked is what is read.
Status check_private(const FileDescriptor& file, const std::string& path) {
  struct stat info{};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return refused(path, "is no regular file; put the secret, and nothing else, into one");
  }
  if ((info.st_mode & 077) != 0) {
    return refused(path, "other users can open the secret in it; run: chmod 600 " + path);
  }
  return Ok{};
}

}  // namespace

Result<Secret> resolve_secret(const Secret& secret) {
  const std::string& path = secret.file();
  if (path.empty()) return secret;
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) {
    Error error = system_error(ErrorCode::kUsage, path, "read the secret", errno);
    return error;
  }
  SB_TRY_OK(check_private(file, path));
  std::array<char, kSecretBytesMax + 1> bytes{};
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(ErrorCode::kUsage, path, "read the secret", errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > kSecretBytesMax) return refused(path, "is larger than 4 KiB, too large for a secret");
  std::string value(bytes.data(), size);
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  if (value.empty()) return refused(path, "is empty; put the secret into it");
  return Secret::of(std::move(value));
}

}  // namespace signalbus::storage
