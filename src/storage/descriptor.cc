#include "storage/descriptor.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/text.h"

namespace signalbus::storage {
namespace {

/// What a person can do about it, "" when nothing is certain.
std::string remedy(std::string_view path, int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT: {
      struct statvfs space{};
      if (::statvfs(folder_of(path).c_str(), &space) != 0) return "; free space, then run again";
      const auto free = static_cast<long long>(space.f_bavail * space.f_frsize / 1024);
      return "; " + with_thousands(free) + " KiB are free there, free more, then run again";
    }
    case EACCES:
    case EPERM:
      return "; check owner and mode of the file and its folder";
    case EROFS:
      return "; the file system is mounted read-only";
    case EMFILE:
    case ENFILE:
      return "; raise the limit of open files (ulimit -n)";
    case EFBIG:
      return "; raise the limit of file size (ulimit -f)";
    default:
      return "";
  }
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (is_open()) ::close(fd_);
}

int FileDescriptor::close() { return ::close(std::exchange(fd_, -1)); }

Error system_error(ErrorCode code, std::string_view path, std::string_view action,
                   int error_number) {
  return {code, std::string(path) + ": cannot " + std::string(action) + ": " +
                    std::generic_category().message(error_number) + remedy(path, error_number)};
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

Status make_folders_noting(const std::string& path, unsigned mode,
                           std::vector<std::string>* changed) {
  if (path.empty()) return Ok{};
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return Ok{};
    return Error{ErrorCode::kStorage,
                 path + ": is a file where a folder is needed; move it away, then run again"};
  }
  if (::mkdir(path.c_str(), mode) == 0) {
    if (changed != nullptr) changed->push_back(folder_of(path));
    return Ok{};
  }
  if (errno == EEXIST) return Ok{};  // another process made it meanwhile
  if (errno != ENOENT) return system_error(ErrorCode::kStorage, path, "make the folder", errno);
  const std::string parent = folder_of(path);
  if (parent == path || parent == ".") {
    return system_error(ErrorCode::kStorage, path, "make the folder", ENOENT);
  }
  SB_TRY_OK(make_folders_noting(parent, mode, changed));
  return make_folders_noting(path, mode, changed);
}

}  // namespace signalbus::storage
