// Goal: DiskFiles keeps the Files contract: reads only regular files, writes all or nothing.
// Method: real files in a folder of the test; failing system calls through the SystemCalls seam.
#include "storage/disk_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "storage/temp_folder.h"

namespace signalbus::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kMiB = 1 << 20;

class DiskFilesTest : public ::testing::Test {
 protected:
  Status write(DiskFiles& files, std::vector<NewFile> list) { return files.write(list); }
  static Status link(DiskFiles& files, std::string from, std::string to) {
    const FileLink one{std::move(from), std::move(to)};
    return files.link_or_copy(std::span(&one, 1));
  }
  std::vector<std::string> all_names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TempFolder folder_;
  DiskFiles files_;
};

TEST_F(DiskFilesTest, ReadsTheWholeFileWithAllItsBytes) {
  const std::string bytes("a\0b\n\xff", 5);
  folder_.put("f", bytes);

  EXPECT_EQ(files_.read(folder_ / "f", kMiB).value(), bytes);
  EXPECT_EQ(files_.read(folder_ / "f", 5).value(), bytes);
  folder_.put("empty", "");
  EXPECT_EQ(files_.read(folder_ / "empty", 0).value(), "");
}

TEST_F(DiskFilesTest, ReadsAFileWhoseSizeTheKernelDoesNotTell) {
  const auto text = files_.read("/proc/self/status", kMiB);

  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_THAT(text.value(), HasSubstr("Pid:"));
  EXPECT_EQ(files_.read("/proc/self/status", 10).error().code, ErrorCode::kInvalidInput);
}

TEST_F(DiskFilesTest, RefusesAFileLargerThanTheLimitAndSaysBoth) {
  folder_.put("f", std::string(1'001, 'x'));

  const auto text = files_.read(folder_ / "f", 1'000);

  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(text.error().message,
            folder_ / "f" + ": has 1,001 bytes, more than the limit of 1,000");
}

TEST_F(DiskFilesTest, SaysThatAFileIsNotThere) {
  folder_.put("f", "");

  for (const std::string& path : {folder_ / "absent", folder_ / "f/below", folder_ / "no/where"}) {
    const auto text = files_.read(path, kMiB);
    ASSERT_FALSE(text.ok());
    EXPECT_EQ(text.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(text.error().message, path + ": no such file");
  }
}

TEST_F(DiskFilesTest, RefusesWhatIsNoRegularFileWithoutWaiting) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);

  EXPECT_EQ(files_.read(folder_ / "pipe", kMiB).error().message,
            folder_ / "pipe" + ": is a named pipe, not a regular file");
  EXPECT_EQ(files_.read(folder_.path(), kMiB).error().message,
            folder_.path() + ": is a folder, not a regular file");
  EXPECT_EQ(files_.open("/dev/zero").error().message, "/dev/zero: is a device, not a regular file");
}

TEST_F(DiskFilesTest, SaysWhyAFileCannotBeOpened) {
  folder_.put("f", "x");
  ::chmod((folder_ / "f").c_str(), 0);
  const auto read_as_nobody = [&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) std::_Exit(9);  // root may read everything
    const auto text = files_.read(folder_ / "f", kMiB);
    if (!text.ok()) std::fputs(text.error().message.c_str(), stderr);
    ::_exit(text.ok() ? 0 : exit_code_of(text.error().code));
  };

  EXPECT_EXIT(read_as_nobody(), ::testing::ExitedWithCode(7),
              "/f: cannot open: Permission denied; check owner and mode");
}

TEST_F(DiskFilesTest, OpensAFileForReadingInWindows) {
  folder_.put("f", "0123456789");
  const auto source = files_.open(folder_ / "f").value();
  std::string window(4, '.');

  EXPECT_EQ(source->size(), 10u);
  EXPECT_EQ(source->name(), folder_ / "f");
  EXPECT_EQ(source->read_at(3, window).value(), 4u);
  EXPECT_EQ(window, "3456");
  EXPECT_EQ(source->read_at(8, window).value(), 2u);
  EXPECT_EQ(source->read_at(10, window).value(), 0u);
  EXPECT_EQ(source->read_at(~std::uint64_t{0}, window).value(), 0u);
}

TEST_F(DiskFilesTest, NoticesThatAFileBecameShorterWhileItWasRead) {
  folder_.put("f", "0123456789");
  const auto source = files_.open(folder_ / "f").value();
  std::filesystem::resize_file(folder_ / "f", 4);
  std::string window(8, '.');

  const auto count = source->read_at(0, window);

  ASSERT_FALSE(count.ok());
  EXPECT_EQ(count.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(count.error().message, HasSubstr("became shorter"));
}

TEST_F(DiskFilesTest, WritesNewFilesReplacesOldOnesAndMakesFolders) {
  folder_.put("old", "before");

  const Status written = write(files_, {{folder_ / "old", "after"}, {folder_ / "a/b/new", "n"}});

  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(folder_.get("old"), "after");
  EXPECT_EQ(folder_.get("a/b/new"), "n");
  EXPECT_THAT(all_names(), ElementsAre("a", "old"));
}

TEST_F(DiskFilesTest, AReaderOfTheOldFileKeepsReadingTheOldBytes) {
  folder_.put("f", "before");
  const auto source = files_.open(folder_ / "f").value();

  ASSERT_TRUE(write(files_, {{folder_ / "f", "after!"}}).ok());

  std::string window(6, '.');
  EXPECT_EQ(source->read_at(0, window).value(), 6u);
  EXPECT_EQ(window, "before");
}

TEST_F(DiskFilesTest, NewFilesAreReadableByOthersAsTheUmaskSays) {
  const mode_t old = ::umask(027);
  ASSERT_TRUE(write(files_, {{folder_ / "f", "x"}}).ok());
  ::umask(old);

  struct stat info{};
  ASSERT_EQ(::stat((folder_ / "f").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
}

TEST_F(DiskFilesTest, WritesOnThroughShortAndInterruptedWrites) {
  SystemCalls calls = SystemCalls::real();
  int call = 0;
  calls.write = [&](int fd, const char* bytes, std::size_t count) -> long {
    if (++call % 3 == 0) {
      errno = EINTR;
      return -1;
    }
    return ::write(fd, bytes, std::min<std::size_t>(count, 7));
  };
  DiskFiles files(calls);
  const std::string bytes = "the quick brown fox jumps over the lazy dog";

  ASSERT_TRUE(write(files, {{folder_ / "f", bytes}}).ok());

  EXPECT_EQ(folder_.get("f"), bytes);
}

TEST_F(DiskFilesTest, AFailedWriteLeavesEveryTargetAsItWas) {
  folder_.put("a", "old a");
  SystemCalls calls = SystemCalls::real();
  calls.write = [](int fd, const char* bytes, std::size_t count) -> long {
    if (std::string_view(bytes, count) != "new b") return ::write(fd, bytes, count);
    errno = ENOSPC;
    return -1;
  };
  DiskFiles files(calls);

  const Status written = write(files, {{folder_ / "a", "new a"}, {folder_ / "b", "new b"}});

  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kStorage);
  EXPECT_THAT(written.error().message,
              HasSubstr(folder_ / "b" + ": cannot write: No space left on device; "));
  EXPECT_THAT(written.error().message, EndsWith("KiB are free there, free more, then run again"));
  EXPECT_THAT(all_names(), ElementsAre("a"));
  EXPECT_EQ(folder_.get("a"), "old a");
}

TEST_F(DiskFilesTest, AFailedRenameSaysWhatHadBeenReplacedAlready) {
  SystemCalls calls = SystemCalls::real();
  calls.rename = [](const char* from, const char* to) {
    if (!std::string_view(to).ends_with("/b")) return std::rename(from, to);
    errno = EIO;
    return -1;
  };
  DiskFiles files(calls);

  const Status written =
      write(files, {{folder_ / "a", "1"}, {folder_ / "b", "2"}, {folder_ / "c", "3"}});

  ASSERT_FALSE(written.ok());
  EXPECT_EQ(
      written.error().message,
      folder_ / "b" + ": cannot replace: Input/output error; already replaced: " + (folder_ / "a"));
  EXPECT_THAT(all_names(), ElementsAre("a"));
}

TEST_F(DiskFilesTest, SyncsEveryFileBeforeTheFirstRenameAndEachFolderOnceAfterwards) {
  std::filesystem::create_directory(folder_ / "d");
  std::vector<std::string> order;
  SystemCalls calls = SystemCalls::real();
  calls.fsync = [&](int fd) {
    struct stat info{};
    ::fstat(fd, &info);
    order.push_back(S_ISDIR(info.st_mode) ? "folder" : "file");
    return ::fsync(fd);
  };
  calls.rename = [&](const char* from, const char* to) {
    order.push_back("rename");
    return std::rename(from, to);
  };
  DiskFiles files(calls);

  ASSERT_TRUE(
      write(files, {{folder_ / "a", "1"}, {folder_ / "b", "2"}, {folder_ / "d/c", "3"}}).ok());

  EXPECT_THAT(
      order, ElementsAre("file", "file", "file", "rename", "rename", "rename", "folder", "folder"));
}

TEST_F(DiskFilesTest, SyncsTheParentOfAFolderItMade) {
  std::vector<ino_t> synced;
  SystemCalls calls = SystemCalls::real();
  calls.fsync = [&](int fd) {
    struct stat info{};
    ::fstat(fd, &info);
    synced.push_back(info.st_ino);
    return ::fsync(fd);
  };
  DiskFiles files(calls);

  ASSERT_TRUE(write(files, {{folder_ / "x/f", "1"}}).ok());

  struct stat parent{};
  ASSERT_EQ(::stat(folder_.path().c_str(), &parent), 0);
  EXPECT_THAT(synced, ::testing::Contains(parent.st_ino));
}

TEST_F(DiskFilesTest, AFailedSyncEndsTheProcessWithTheStorageCode) {
  folder_.put("f", "old");
  SystemCalls calls = SystemCalls::real();
  calls.fsync = [](int) {
    errno = EIO;
    return -1;
  };
  DiskFiles files(calls);

  EXPECT_EXIT((void)write(files, {{folder_ / "f", "new"}}), ::testing::ExitedWithCode(7),
              "signalbus: .*/f: sync failed: Input/output error; what was written may be lost");
  EXPECT_EQ(folder_.get("f"), "old");
}

TEST_F(DiskFilesTest, AFileSystemThatSyncsNoFoldersIsNoFailure) {
  SystemCalls calls = SystemCalls::real();
  calls.fsync = [](int fd) {
    struct stat info{};
    ::fstat(fd, &info);
    if (!S_ISDIR(info.st_mode)) return ::fsync(fd);
    errno = EINVAL;
    return -1;
  };
  DiskFiles files(calls);

  EXPECT_TRUE(write(files, {{folder_ / "f", "new"}}).ok());
}

TEST_F(DiskFilesTest, RefusesToReplaceAFolderByAFile) {
  std::filesystem::create_directory(folder_ / "d");

  const Status written = write(files_, {{folder_ / "a", "1"}, {folder_ / "d", "2"}});

  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().message, folder_ / "d" + ": is a folder where a file is to be written");
  EXPECT_THAT(all_names(), ElementsAre("d"));
}

TEST_F(DiskFilesTest, SaysThatAFileStandsWhereAFolderIsNeeded) {
  folder_.put("f", "x");

  EXPECT_EQ(write(files_, {{folder_ / "f/below", "1"}}).error().message,
            folder_ / "f" + ": is a file where a folder is needed; move it away, then run again");
}

TEST_F(DiskFilesTest, LinksAFileSoThatItSurvivesTheReplacementOfTheOriginal) {
  folder_.put("out.csv", "first");

  ASSERT_TRUE(link(files_, folder_ / "out.csv", folder_ / "runs/1/out.csv").ok());
  EXPECT_EQ(std::filesystem::hard_link_count(folder_ / "out.csv"), 2u);
  ASSERT_TRUE(write(files_, {{folder_ / "out.csv", "second"}}).ok());

  EXPECT_EQ(folder_.get("runs/1/out.csv"), "first");
}

TEST_F(DiskFilesTest, CopiesWhereTheFileSystemCannotLink) {
  folder_.put("a", "bytes");
  for (const int error : {EXDEV, EPERM, EMLINK}) {
    SystemCalls calls = SystemCalls::real();
    calls.link = [error](const char*, const char*) {
      errno = error;
      return -1;
    };
    DiskFiles files(calls);

    const Status copied = link(files, folder_ / "a", folder_ / "b");

    ASSERT_TRUE(copied.ok()) << copied.error().message;
    EXPECT_EQ(folder_.get("b"), "bytes");
    EXPECT_EQ(std::filesystem::hard_link_count(folder_ / "b"), 1u);
    std::filesystem::remove(folder_ / "b");
  }
}

// Twice: the second link is one of a file to itself, which rename(2) leaves alone.
TEST_F(DiskFilesTest, LinkingReplacesAnOlderTargetAndLeavesNoTemporaryName) {
  folder_.put("a", "new");
  folder_.put("b", "old");

  ASSERT_TRUE(link(files_, folder_ / "a", folder_ / "b").ok());
  ASSERT_TRUE(link(files_, folder_ / "a", folder_ / "b").ok());

  EXPECT_EQ(folder_.get("b"), "new");
  EXPECT_THAT(all_names(), ElementsAre("a", "b"));
}

TEST_F(DiskFilesTest, LinksManyFilesWithOneSyncOfTheirFolder) {
  for (const char* name : {"a", "b", "c"}) folder_.put(name, name);
  std::vector<FileLink> links;
  for (const char* name : {"a", "b", "c"}) {
    links.push_back({folder_ / name, folder_ / ("runs/" + std::string(name))});
  }
  static int syncs = 0;
  SystemCalls calls = SystemCalls::real();
  calls.fsync = [](int fd) {
    ++syncs;
    return ::fsync(fd);
  };
  DiskFiles files(calls);

  ASSERT_TRUE(files.link_or_copy(links).ok());

  EXPECT_EQ(syncs, 2);  // runs/ and the folder that gained it
  EXPECT_EQ(folder_.get("runs/c"), "c");
}

TEST_F(DiskFilesTest, LinkingSaysThatTheOriginalIsNotThere) {
  EXPECT_EQ(link(files_, folder_ / "absent", folder_ / "b").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(all_names(), IsEmpty());
}

TEST_F(DiskFilesTest, ListsNamesSortedWithoutTemporaryOnes) {
  for (const char* name : {"b.csv", "a.csv", ".tmp-123-0", ".hidden"}) folder_.put(name, "");

  EXPECT_THAT(files_.list(folder_.path()).value(), ElementsAre(".hidden", "a.csv", "b.csv"));
  EXPECT_THAT(files_.list(folder_ / "absent").value(), IsEmpty());
  EXPECT_EQ(files_.list(folder_ / "a.csv").error().code, ErrorCode::kInvalidInput);
}

TEST_F(DiskFilesTest, TellsWhetherSomethingExists) {
  folder_.put("f", "");

  EXPECT_TRUE(files_.exists(folder_ / "f"));
  EXPECT_TRUE(files_.exists(folder_.path()));
  EXPECT_FALSE(files_.exists(folder_ / "absent"));
}

TEST_F(DiskFilesTest, MakesFoldersThatMayExist) {
  EXPECT_TRUE(files_.make_folders(folder_ / "a/b/c").ok());
  EXPECT_TRUE(files_.make_folders(folder_ / "a/b/c").ok());
  EXPECT_TRUE(files_.make_folders(folder_ / "a/b/c/").ok());
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "a/b/c"));
}

TEST_F(DiskFilesTest, AFullDiskLeavesTheOldFileAndNoTemporaryName) {
  folder_.put("f", "old");
  const pid_t child = ::fork();
  if (child == 0) {  // the limit stays in the child: it stands for a disk that is full
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 1'000, .rlim_max = 1'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Status written = write(files_, {{folder_ / "f", std::string(5'000, 'x')}});
    ::_exit(!written.ok() && written.error().code == ErrorCode::kStorage ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
  EXPECT_EQ(folder_.get("f"), "old");
  EXPECT_THAT(all_names(), ElementsAre("f"));
}

}  // namespace
}  // namespace signalbus::storage
