// OutputSet: the files of one stage, prepared first and written all at once.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "ports/files.h"

namespace signalbus::report {

/// A stage that fails before commit() has touched nothing: the earlier outputs stay as they were.
class OutputSet {
 public:
  void add(std::string path, std::string bytes);
  /// The files of another set, after those of this one.
  void append(OutputSet&& more);
  /// Writes every file atomically. kStorage as Files::write.
  Status commit(Files& files) const { return files.write(files_); }
  const std::vector<NewFile>& files() const { return files_; }
  std::vector<std::string> paths() const;

 private:
  std::vector<NewFile> files_;
};

}  // namespace signalbus::report
