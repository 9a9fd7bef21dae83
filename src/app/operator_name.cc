#include "app/operator_name.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace signalbus::app {

std::string operator_name() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr) {
    return found->pw_name;
  }
  return "uid " + std::to_string(::getuid());
}

}  // namespace signalbus::app
