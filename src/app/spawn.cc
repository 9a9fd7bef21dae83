#include "app/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "app/account_guard.h"
#include "storage/descriptor.h"

extern char** environ;

namespace signalbus::app {
namespace {

Error cannot_start(const std::string& program, int code) {
  return {ErrorCode::kStorage, "cannot start " + program + ": " + std::strerror(code)};
}

/// Waits for the child at most that long; true when it has ended.
bool wait_for(pid_t child, std::optional<std::int64_t> seconds) {
  if (!seconds) return true;  // waitpid then waits without a limit
  const storage::FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  if (!process.is_open()) return true;
  pollfd ready{process.get(), POLLIN, 0};
  return ::poll(&ready, 1, static_cast<int>(*seconds * 1000)) != 0;
}

/// A stage that did its work printed {"command":…}; one that failed printed {"error":…} or nothing.
std::string result_in(int descriptor) {
  std::string out;
  std::array<char, 64 << 10> part{};
  for (;;) {
    const ssize_t count =
        ::pread(descriptor, part.data(), part.size(), static_cast<off_t>(out.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;  // memory: there is nothing that could fail
    out.append(part.data(), static_cast<std::size_t>(count));
  }
  return out.starts_with("{\"command\"") ? out : "";
}

int exit_code_of_status(int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return 128 + WTERMSIG(status);
}

Result<int> wait_with_limit(pid_t child, const std::string& stage,
                            std::optional<std::int64_t> seconds) {
  int status = 0;
  if (!wait_for(child, seconds)) {
    constexpr std::int64_t kGraceSeconds = 5;
    ::kill(child, SIGTERM);
    if (!wait_for(child, kGraceSeconds)) ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return Error{ErrorCode::kUnknownOutcome, "`" + stage +
                                                 "` took longer than its timeout_seconds of " +
                                                 std::to_string(*seconds) + " and was ended"};
  }
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return exit_code_of_status(status);
}

}  // namespace

pipeline::Spawn make_spawn(const std::string& program, const Options& options,
                           const std::string& lock_handle) {
  ::setenv(kLockVariable, lock_handle.c_str(), 1);
  std::vector<std::string> common = {"--json"};
  if (options.debug) common.emplace_back("--debug");
  if (options.now) common.insert(common.end(), {"--now", options.now->rfc3339()});
  return [program, common](
             const std::vector<std::string>& arguments,
             std::optional<std::int64_t> timeout_seconds) -> Result<pipeline::SpawnAnswer> {
    std::vector<std::string> words = {program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    words.insert(words.end(), common.begin(), common.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    pid_t child = 0;
    const storage::FileDescriptor result(::memfd_create("result", MFD_CLOEXEC));
    if (!result.is_open()) return cannot_start(program, errno);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, result.get(), STDOUT_FILENO);
    const int code =
        ::posix_spawn(&child, program.c_str(), &actions, nullptr, pointers.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (code != 0) return cannot_start(program, code);
    SB_TRY(const int ended, wait_with_limit(child, arguments.front(), timeout_seconds));
    return pipeline::SpawnAnswer{ended, result_in(result.get())};
  };
}

}  // namespace signalbus::app
