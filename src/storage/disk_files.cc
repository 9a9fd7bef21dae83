#include "storage/disk_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "core/text.h"
#include "storage/descriptor.h"
#include "storage/file_batch.h"

namespace signalbus::storage {
namespace {

struct OpenFile {
  FileDescriptor descriptor;
  std::uint64_t size;
};

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

/// Opens a regular file. O_NONBLOCK, because opening a named pipe would wait for its writer.
Result<OpenFile> open_regular(const std::string& path) {
  FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!descriptor.is_open()) {
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR) {
      return Error{ErrorCode::kNotFound, path + ": no such file"};
    }
    if (error == ENXIO) return Error{ErrorCode::kInvalidInput, path + ": is no regular file"};
    return system_error(ErrorCode::kStorage, path, "open", error);
  }
  struct stat info{};
  if (::fstat(descriptor.get(), &info) != 0) {
    return system_error(ErrorCode::kStorage, path, "inspect", errno);
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::kInvalidInput,
                 path + ": is " + std::string(kind_of(info.st_mode)) + ", not a regular file"};
  }
  return OpenFile{std::move(descriptor), static_cast<std::uint64_t>(info.st_size)};
}

/// Fills `out` from `offset` until the end of the file; the count read.
Result<std::size_t> read_fully(int fd, const std::string& path, std::uint64_t offset,
                               std::span<char> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count =
        ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR) continue;
      return system_error(ErrorCode::kStorage, path, "read", errno);
    }
    done += static_cast<std::size_t>(count);
  }
  return done;
}

/// Windows by pread: a mapped file that its producer truncates would kill the process instead.
class FileSource final : public ByteSource {
 public:
  FileSource(std::string path, OpenFile file)
      : path_(std::move(path)), descriptor_(std::move(file.descriptor)), size_(file.size) {}

  std::uint64_t size() const override { return size_; }
  const std::string& name() const override { return path_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const override {
    if (offset >= size_) return std::size_t{0};
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    SB_TRY(const std::size_t count,
           read_fully(descriptor_.get(), path_, offset, out.first(wanted)));
    if (count < wanted) {
      return Error{ErrorCode::kInvalidInput,
                   path_ +
                       ": became shorter while it was read; wait until its producer has "
                       "finished, then run again"};
    }
    return count;
  }

 private:
  std::string path_;
  FileDescriptor descriptor_;
  std::uint64_t size_;
};

}  // namespace

SystemCalls SystemCalls::real() {
  return {.write = [](int fd, const char* bytes, std::size_t count) -> long {
            return ::write(fd, bytes, count);
          },
          .begin_sync = [](int fd) { ::sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); },
          .fsync = ::fsync,
          .rename = [](const char* from, const char* to) { return std::rename(from, to); },
          .link = ::link};
}

SystemCalls SystemCalls::of(Durability durability) {
  SystemCalls calls = real();
  if (durability == Durability::kProcess) {
    calls.begin_sync = [](int) {};
    calls.fsync = [](int) { return 0; };
  }
  return calls;
}

Result<std::string> DiskFiles::read(const std::string& path, std::uint64_t size_max) {
  SB_TRY(const OpenFile file, open_regular(path));
  const auto too_large = [&](std::uint64_t size) {
    return Error{ErrorCode::kInvalidInput, path + ": has " +
                                               with_thousands(static_cast<long long>(size)) +
                                               " bytes, more than the limit of " +
                                               with_thousands(static_cast<long long>(size_max))};
  };
  if (file.size > size_max) return too_large(file.size);
  // One byte more than the size: a file that grows meanwhile is noticed without a second stat.
  std::string bytes(static_cast<std::size_t>(file.size) + 1, '\0');
  std::size_t done = 0;
  while (true) {
    SB_TRY(const std::size_t count,
           read_fully(file.descriptor.get(), path, done,
                      std::span<char>(bytes.data() + done, bytes.size() - done)));
    done += count;
    if (done < bytes.size()) break;
    if (done > size_max) return too_large(done);
    bytes.resize(static_cast<std::size_t>(
        std::min<std::uint64_t>(static_cast<std::uint64_t>(bytes.size()) * 2, size_max + 1)));
  }
  bytes.resize(done);
  return bytes;
}

Result<std::unique_ptr<ByteSource>> DiskFiles::open(const std::string& path) {
  SB_TRY(OpenFile file, open_regular(path));
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(path, std::move(file)));
}

Status DiskFiles::write(std::span<const NewFile> files) {
  FileBatch batch(calls_);
  for (const NewFile& file : files) SB_TRY_OK(batch.stage(file));
  return batch.commit();
}

Status DiskFiles::link_or_copy(std::span<const FileLink> links) {
  // Links are made under temporary names: link(2) refuses an existing target, rename replaces it.
  FileBatch batch(calls_);
  for (const FileLink& link : links) {
    SB_TRY(const bool linked, batch.stage_link(link.from, link.to));
    if (linked) continue;
    constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 40;
    SB_TRY(std::string bytes, read(link.from, kNoLimit));
    SB_TRY_OK(batch.stage({link.to, std::move(bytes)}));
  }
  return batch.commit();
}

bool DiskFiles::exists(const std::string& path) const {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0;
}

Result<std::vector<std::string>> DiskFiles::list(const std::string& folder) const {
  const auto close_folder = [](DIR* open_folder) { ::closedir(open_folder); };
  const std::unique_ptr<DIR, decltype(close_folder)> open_folder(::opendir(folder.c_str()),
                                                                 close_folder);
  std::vector<std::string> names;
  if (open_folder == nullptr) {
    if (errno == ENOENT) return names;
    if (errno == ENOTDIR) return Error{ErrorCode::kInvalidInput, folder + ": is not a folder"};
    return system_error(ErrorCode::kStorage, folder, "list the folder", errno);
  }
  errno = 0;
  while (const dirent* entry = ::readdir(open_folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && !name.starts_with(kTemporaryPrefix))
      names.emplace_back(name);
  }
  if (errno != 0) return system_error(ErrorCode::kStorage, folder, "list the folder", errno);
  std::sort(names.begin(), names.end());
  return names;
}

Status DiskFiles::make_folders(const std::string& path) {
  return make_folders_noting(path, 0777, nullptr);
}

}  // namespace signalbus::storage
