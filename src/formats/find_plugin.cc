#include "formats/find_plugin.h"

#include <filesystem>

namespace signalbus::formats {

std::string find_plugin(const char* file) {
  std::error_code ignored;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const char* relative : {"../lib/signalbus", "lib/signalbus"}) {
    const auto path = folder / relative / file;
    if (std::filesystem::exists(path, ignored)) return path.lexically_normal();
  }
  return (folder / "../lib/signalbus" / file).lexically_normal();
}

}  // namespace signalbus::formats
