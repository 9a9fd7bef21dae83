#include "app/open_page.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>

extern char** environ;

namespace signalbus::app {
namespace {

/// The opener's chatter belongs to no result.
class SilentFiles {
 public:
  SilentFiles() {
    ::posix_spawn_file_actions_init(&actions_);
    for (const int descriptor : {0, 1, 2}) {
      ::posix_spawn_file_actions_addopen(&actions_, descriptor, "/dev/null", O_RDWR, 0);
    }
  }
  ~SilentFiles() { ::posix_spawn_file_actions_destroy(&actions_); }
  SilentFiles(const SilentFiles&) = delete;
  SilentFiles& operator=(const SilentFiles&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

void say_not_shown(const std::string& path, const char* why) {
  std::fprintf(stderr, "signalbus: the page cannot be shown: %s; open %s in a browser\n", why,
               path.c_str());
}

}  // namespace

void open_page(const std::string& path) {
  std::string program = "xdg-open";
  std::string argument = path;
  char* const arguments[] = {program.data(), argument.data(), nullptr};
  const SilentFiles files;
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, "xdg-open", files.get(), nullptr, arguments, environ);
  if (error != 0) return say_not_shown(path, "there is no xdg-open here");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  say_not_shown(path, "xdg-open found no browser");
}

}  // namespace signalbus::app
