#include "report/outputs.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace signalbus::report {

void OutputSet::add(std::string path, std::string bytes) {
  files_.push_back({std::move(path), std::move(bytes)});
}

void OutputSet::append(OutputSet&& more) {
  std::move(more.files_.begin(), more.files_.end(), std::back_inserter(files_));
}

std::vector<std::string> OutputSet::paths() const {
  std::vector<std::string> paths;
  for (const NewFile& file : files_) paths.push_back(file.path);
  return paths;
}

}  // namespace signalbus::report
