// Goal: a secret is read only from a file that nobody else can read, and no message tells it.
// Method: real files with real modes.
#include "storage/secret_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "storage/temp_folder.h"

namespace signalbus::storage {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SecretFileTest : public ::testing::Test {
 protected:
  Result<Secret> read(const std::string& bytes, mode_t mode) {
    folder_.put("s", bytes);
    EXPECT_EQ(::chmod((folder_ / "s").c_str(), mode), 0);
    return resolved_secret(Secret::in_file(folder_ / "s"));
  }
  TempFolder folder_;
};

TEST_F(SecretFileTest, ReadsAPrivateFileWithoutItsLineBreak) {
  EXPECT_EQ(read("canary-1\n", 0600).value().reveal(), "canary-1");
  EXPECT_EQ(read("canary-1", 0400).value().reveal(), "canary-1");
  EXPECT_EQ(read("canary-1\r\n", 0600).value().file(), "");
}

TEST_F(SecretFileTest, LeavesOtherSecretsAlone) {
  EXPECT_EQ(resolved_secret(Secret::of("x")).value().reveal(), "x");
  EXPECT_FALSE(resolved_secret(Secret()).value().is_set());
}

TEST_F(SecretFileTest, RefusesFilesThatOthersCanRead) {
  for (const mode_t mode : {mode_t{0644}, mode_t{0640}, mode_t{0604}, mode_t{0660}, mode_t{0620}}) {
    const Result<Secret> secret = read("canary-1", mode);
    ASSERT_FALSE(secret.ok()) << mode;
    EXPECT_EQ(secret.error().code, ErrorCode::kUsage);
    EXPECT_THAT(secret.error().message, HasSubstr("chmod 600"));
    EXPECT_THAT(secret.error().message, Not(HasSubstr("canary")));
  }
}

TEST_F(SecretFileTest, RefusesWhatIsNoShortFile) {
  EXPECT_FALSE(read("", 0600).ok());
  EXPECT_FALSE(read("\n", 0600).ok());
  EXPECT_TRUE(read(std::string(4096, 'x'), 0600).ok());
  EXPECT_FALSE(read(std::string(4097, 'x'), 0600).ok());
  EXPECT_FALSE(resolved_secret(Secret::in_file(folder_ / "missing")).ok());
  EXPECT_FALSE(resolved_secret(Secret::in_file(folder_.path())).ok());
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  EXPECT_FALSE(resolved_secret(Secret::in_file(folder_ / "fifo")).ok());
}

}  // namespace
}  // namespace signalbus::storage
