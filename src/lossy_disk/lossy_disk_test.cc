// Goal: the disk loses what a power loss may lose, nothing else, and SQLite runs on it.
#include "lossy_disk/lossy_disk.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <set>

namespace signalbus::lossy_disk {
namespace {

std::string bytes_of(const LossyFile& file) { return file.read(0, file.size()); }

std::string piece(char letter) { return std::string(kPieceBytes, letter); }

TEST(LossyFileTest, KeepsWhatWasSyncedAndEitherBytesOfWhatWasNot) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    LossyFile file;
    file.write(0, piece('a') + piece('a'));
    file.sync();
    file.write(0, piece('b') + piece('b'));
    Luck luck(seed);
    file.lose_power(luck);
    seen.insert(std::string(1, bytes_of(file)[0]) + bytes_of(file)[kPieceBytes]);
    EXPECT_EQ(file.size(), 2 * kPieceBytes);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"aa", "ab", "ba", "bb"}));
}

TEST(LossyFileTest, KeepsAnyOfTheVersionsThatAPieceHadSinceTheSync) {
  std::set<char> seen;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    LossyFile file(piece('a'));
    file.write(0, piece('b'));
    file.write(0, piece('c'));
    Luck luck(seed);
    file.lose_power(luck);
    seen.insert(bytes_of(file)[0]);
  }
  EXPECT_EQ(seen, (std::set<char>{'a', 'b', 'c'}));
}

TEST(LossyFileTest, MayLoseATruncationAndAGrowth) {
  std::set<std::size_t> seen;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    LossyFile file(piece('a') + piece('a'));
    file.truncate(kPieceBytes);
    file.write(2 * kPieceBytes, piece('b'));
    Luck luck(seed);
    file.lose_power(luck);
    seen.insert(file.size() / kPieceBytes);
  }
  EXPECT_EQ(seen, (std::set<std::size_t>{1, 2, 3}));
}

TEST(LossyFileTest, ASyncThatFailedIsNotMadeGoodByTheNext) {
  std::set<char> seen;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    LossyFile file(piece('a'));
    file.write(0, piece('b'));
    Luck luck(seed);
    file.fail_sync(luck);
    EXPECT_EQ(bytes_of(file), piece('b'));
    file.sync();
    file.lose_power(luck);
    seen.insert(bytes_of(file)[0]);
  }
  EXPECT_EQ(seen, (std::set<char>{'a', 'b'}));
}

TEST(LossyFileTest, EvictsOnlyWhatIsNeitherOnTheDiskNorDirty) {
  bool reverted = false;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    LossyFile file(piece('a') + piece('a') + piece('a'));
    file.write(0, piece('b'));
    Luck luck(seed);
    file.fail_sync(luck);
    file.write(kPieceBytes, piece('c'));
    file.evict(luck);
    reverted = reverted || bytes_of(file)[0] == 'a';
    EXPECT_EQ(bytes_of(file).substr(kPieceBytes), piece('c') + piece('a'));
  }
  EXPECT_TRUE(reverted);
}

/// A connection for the tests below.
class Connection {
 public:
  explicit Connection(const DiskMount& mount) {
    sqlite3_open_v2("db", &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, mount.vfs());
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { sqlite3_close(handle_); }

  int run(const char* sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); }
  /// The first column of the first row; -1 when there is none.
  int ask(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_, sql, -1, &statement, nullptr) != SQLITE_OK) return -1;
    const int found = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;
    sqlite3_finalize(statement);
    return found;
  }

 private:
  sqlite3* handle_ = nullptr;
};

constexpr const char* kSetUp =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (n); "
    "INSERT INTO t VALUES (1)";

TEST(LossyDiskTest, TwoConnectionsShareADatabaseInWalMode) {
  LossyDisk disk;
  DiskMount one(disk);
  DiskMount two(disk);
  Connection a(one);
  Connection b(two);
  ASSERT_EQ(a.run(kSetUp), SQLITE_OK);
  EXPECT_EQ(b.ask("SELECT count(*) FROM t"), 1);
  ASSERT_EQ(b.run("INSERT INTO t VALUES (2)"), SQLITE_OK);
  EXPECT_EQ(a.ask("SELECT count(*) FROM t"), 2);

  ASSERT_EQ(a.run("BEGIN IMMEDIATE"), SQLITE_OK);
  EXPECT_EQ(b.run("BEGIN IMMEDIATE"), SQLITE_BUSY);
}

TEST(LossyDiskTest, AKilledProcessLeavesItsWritesAndItsLocksAreFree) {
  LossyDisk disk;
  DiskMount one(disk);
  Connection a(one);
  ASSERT_EQ(a.run(kSetUp), SQLITE_OK);
  ASSERT_EQ(a.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)"), SQLITE_OK);

  one.kill();

  DiskMount two(disk);
  Connection b(two);
  EXPECT_EQ(b.run("INSERT INTO t VALUES (3)"), SQLITE_OK);
  EXPECT_EQ(b.ask("SELECT sum(n) FROM t"), 4);
  EXPECT_NE(a.run("COMMIT"), SQLITE_OK);
}

TEST(LossyDiskTest, CommitsWithSyncSurviveAPowerLossAndOthersMayNot) {
  bool lost = false;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    LossyDisk disk;
    DiskMount mount(disk);
    Connection a(mount);
    ASSERT_EQ(a.run(kSetUp), SQLITE_OK);
    ASSERT_EQ(a.run("INSERT INTO t VALUES (2)"), SQLITE_OK);
    ASSERT_EQ(a.run("PRAGMA synchronous = OFF; INSERT INTO t VALUES (3)"), SQLITE_OK);

    disk.lose_power(seed);

    DiskMount after(disk);
    Connection b(after);
    const int count = b.ask("SELECT count(*) FROM t");
    EXPECT_TRUE(count == 2 || count == 3) << count;
    lost = lost || count == 2;
  }
  EXPECT_TRUE(lost);
}

TEST(LossyDiskTest, FaultsComeOnceAtTheirTime) {
  LossyDisk disk;
  DiskMount mount(disk);
  Connection a(mount);
  ASSERT_EQ(a.run(kSetUp), SQLITE_OK);

  disk.fail({DiskFault::Kind::kNoSpace, DiskFault::At::kWrite, 1});
  EXPECT_EQ(a.run("INSERT INTO t VALUES (2)"), SQLITE_FULL);
  EXPECT_FALSE(disk.fault_is_pending());
  disk.fail({DiskFault::Kind::kIoError, DiskFault::At::kSync, 0});
  EXPECT_EQ(a.run("INSERT INTO t VALUES (2)"), SQLITE_IOERR);
  EXPECT_EQ(a.run("INSERT INTO t VALUES (2)"), SQLITE_OK);
  disk.fail({DiskFault::Kind::kKill, DiskFault::At::kAny, 0});
  EXPECT_NE(a.run("INSERT INTO t VALUES (2)"), SQLITE_OK);
  EXPECT_TRUE(mount.is_dead());
}

TEST(LossyDiskTest, ACopyIsADiskOfItsOwn) {
  LossyDisk disk;
  {
    DiskMount mount(disk);
    Connection a(mount);
    ASSERT_EQ(a.run(kSetUp), SQLITE_OK);
  }
  LossyDisk copy(disk);
  DiskMount mount(copy);
  Connection a(mount);
  ASSERT_EQ(a.run("DELETE FROM t"), SQLITE_OK);
  DiskMount other(disk);
  Connection b(other);
  EXPECT_EQ(b.ask("SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace signalbus::lossy_disk
