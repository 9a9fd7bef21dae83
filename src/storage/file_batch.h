// FileBatch: several files that appear together: staged under temporary names, synced, then
// renamed.
#pragma once

#include <string>
#include <vector>

#include "storage/descriptor.h"
#include "storage/disk_files.h"

namespace signalbus::storage {

/// Stage any number of files, then commit once. What was not committed is removed again.
class FileBatch {
 public:
  explicit FileBatch(const SystemCalls& calls) : calls_(calls) {}
  FileBatch(const FileBatch&) = delete;
  FileBatch& operator=(const FileBatch&) = delete;
  ~FileBatch();

  /// Writes the bytes under a temporary name beside the path. kStorage on failure.
  Status stage(const NewFile& file);

  /// Links `from` under a temporary name beside `to`; false when this file system cannot.
  /// kNotFound when `from` is not there, kStorage for other failures.
  Result<bool> stage_link(const std::string& from, const std::string& to);

  /// Syncs all, renames all, syncs each folder once. kStorage when a rename fails; the message then
  /// says what had already been replaced. A failed sync ends the process.
  Status commit();

 private:
  struct Staged {
    std::string path;
    std::string temporary;
    FileDescriptor descriptor;
    bool is_link;  // its bytes are on disk already, nothing is open
  };

  Status write_fully(const Staged& staged, std::string_view bytes) const;
  Status prepare_folder(const std::string& path);
  void sync_files();
  void sync_folders();
  Error rename_failed(std::size_t index, int error_number) const;

  const SystemCalls& calls_;
  std::vector<Staged> staged_;
  std::size_t renamed_ = 0;
  std::vector<std::string> folders_;  // those that gain a name
};

}  // namespace signalbus::storage
