// Goal: no two instances hold one account, however they start and end.
// Method: a second process is a forked child; the kernel, not this process, decides.
#include "storage/account_lock.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "storage/temp_folder.h"

namespace signalbus::storage {
namespace {

using ::testing::HasSubstr;

const LockHolder kWho{"signalbus run --once", Instant::parse("2025-08-29T13:00:00Z").value()};

class AccountLockTest : public ::testing::Test {
 protected:
  /// What acquire says in another process: 0, or the exit code of its error.
  int acquire_elsewhere() const {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto lock = AccountLock::acquire(path_, kWho);
      ::_exit(lock.ok() ? 0 : exit_code_of(lock.error().code));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  }

  TempFolder folder_;
  std::string path_ = folder_ / "state/dry-ACC1.lock";
};

TEST_F(AccountLockTest, OneHolderAtATime) {
  {
    const auto lock = AccountLock::acquire(path_, kWho);
    ASSERT_TRUE(lock.ok()) << lock.error().message;
    EXPECT_EQ(acquire_elsewhere(), 8);
  }
  EXPECT_EQ(acquire_elsewhere(), 0);
}

TEST_F(AccountLockTest, SaysWhoHoldsItSinceWhenAndWithWhichCommand) {
  const auto held = AccountLock::acquire(path_, kWho);
  ASSERT_TRUE(held.ok());

  const auto second = AccountLock::acquire(path_, {"other", kWho.since});

  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kLocked);
  EXPECT_EQ(second.error().message,
            path_ + ": held by pid " + std::to_string(::getpid()) +
                " since 2025-08-29T13:00:00Z: signalbus run --once; wait until it ends or stop it, "
                "two must not trade one account");
}

TEST_F(AccountLockTest, AKilledHolderLeavesNothingBehind) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = AccountLock::acquire(path_, kWho);
    if (lock.ok() && ::write(ready[1], "x", 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(acquire_elsewhere(), 8);

  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);

  EXPECT_EQ(acquire_elsewhere(), 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(AccountLockTest, AnotherAccountIsAnotherLock) {
  const auto first = AccountLock::acquire(path_, kWho);
  const auto second = AccountLock::acquire(folder_ / "state/dry-ACC2.lock", kWho);

  EXPECT_TRUE(first.ok());
  EXPECT_TRUE(second.ok());
}

TEST_F(AccountLockTest, ProgramsStartedMeanwhileDoNotInheritIt) {
  const auto lock = AccountLock::acquire(path_, kWho);
  ASSERT_TRUE(lock.ok());

  EXPECT_EQ(::fcntl(lock.value().fd(), F_GETFD), FD_CLOEXEC);
}

TEST_F(AccountLockTest, AChildAdoptsTheLockThatItsParentHandedDown) {
  const auto lock = AccountLock::acquire(path_, kWho);
  ASSERT_TRUE(lock.ok());
  ::setenv("SB_TEST_LOCK", lock.value().hand_down().value().c_str(), 1);
  EXPECT_EQ(::fcntl(lock.value().fd(), F_GETFD), 0);

  const pid_t child = ::fork();
  if (child == 0) {
    const auto adopted = AccountLock::adopt(path_, "SB_TEST_LOCK");
    ::_exit(adopted.ok() ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  ::unsetenv("SB_TEST_LOCK");

  EXPECT_EQ(status, 0);
  EXPECT_EQ(acquire_elsewhere(), 8);  // the child's end did not drop the parent's lock
}

TEST_F(AccountLockTest, RefusesADescriptorThatIsNotTheLock) {
  const auto lock = AccountLock::acquire(path_, kWho);
  ASSERT_TRUE(lock.ok());
  folder_.put("other", "");
  const FileDescriptor other(::open((folder_ / "other").c_str(), O_RDWR | O_CLOEXEC));
  const FileDescriptor unlocked(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  const std::string handed[] = {"",
                                "x",
                                "3x",
                                "-1",
                                "0",
                                "99999",
                                std::to_string(other.get()),
                                std::to_string(unlocked.get())};
  for (const std::string& text : handed) {
    ::setenv("SB_TEST_LOCK", text.c_str(), 1);

    const auto adopted = AccountLock::adopt(path_, "SB_TEST_LOCK");

    ASSERT_FALSE(adopted.ok()) << text;
    EXPECT_EQ(adopted.error().code, ErrorCode::kLocked);
    EXPECT_THAT(adopted.error().message, HasSubstr("is not the lock of " + path_));
  }
  ::unsetenv("SB_TEST_LOCK");
  EXPECT_EQ(AccountLock::adopt(path_, "SB_TEST_LOCK").error().message,
            "SB_TEST_LOCK: is not set, so no lock was handed down");
}

TEST_F(AccountLockTest, RefusesASymbolicLink) {
  folder_.put("elsewhere", "");
  std::filesystem::create_directory(folder_ / "state");
  std::filesystem::create_symlink(folder_ / "elsewhere", path_);

  EXPECT_EQ(AccountLock::acquire(path_, kWho).error().code, ErrorCode::kStorage);
}

TEST_F(AccountLockTest, ShowsAHostileNoteHarmlessly) {
  const auto held = AccountLock::acquire(path_, {"\x1b[31m\nred", kWho.since});
  ASSERT_TRUE(held.ok());

  EXPECT_THAT(AccountLock::acquire(path_, kWho).error().message, HasSubstr(": ?[31m; wait"));
}

}  // namespace
}  // namespace signalbus::storage
