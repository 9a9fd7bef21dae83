// Goal: a secret in a file is read as it is, and only when nobody else can read it.
// Method: real files with their modes in a temporary folder.
#include "storage/secret_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "storage/temp_folder.h"

namespace signalbus::storage {
namespace {

using ::testing::HasSubstr;

class SecretFileTest : public ::testing::Test {
 protected:
  std::string written(const std::string& bytes, mode_t mode = 0600) {
    const std::string path = folder_.path() + "/secret";
    std::ofstream(path, std::ios::binary) << bytes;
    SB_CHECK(::chmod(path.c_str(), mode) == 0);
    return path;
  }
  TempFolder folder_;
};

TEST_F(SecretFileTest, ReadsTheContentWithoutItsLineBreak) {
  const auto secret = resolve_secret(Secret::in_file(written("key-canary\r\n")));
  ASSERT_TRUE(secret.ok()) << secret.error().message;
  EXPECT_EQ(secret.value().reveal(), "key-canary");
}

TEST_F(SecretFileTest, AValueOfItsOwnNeedsNoFile) {
  EXPECT_EQ(resolve_secret(Secret::of("value")).value().reveal(), "value");
  EXPECT_FALSE(resolve_secret(Secret()).value().is_set());
}

TEST_F(SecretFileTest, RefusesWhatOthersCanOpen) {
  for (const mode_t mode : {0640, 0604, 0620, 0666}) {
    const auto secret = resolve_secret(Secret::in_file(written("key-canary", mode)));
    ASSERT_FALSE(secret.ok()) << mode;
    EXPECT_EQ(secret.error().code, ErrorCode::kUsage);
    EXPECT_THAT(secret.error().message, HasSubstr("chmod 600"));
    EXPECT_THAT(secret.error().message, ::testing::Not(HasSubstr("canary")));
  }
}

TEST_F(SecretFileTest, RefusesWhatIsNoSecret) {
  EXPECT_THAT(resolve_secret(Secret::in_file(written(""))).error().message, HasSubstr("is empty"));
  EXPECT_THAT(resolve_secret(Secret::in_file(written(std::string(4097, 'x')))).error().message,
              HasSubstr("4 KiB"));
  EXPECT_THAT(resolve_secret(Secret::in_file(folder_.path())).error().message,
              HasSubstr("no regular file"));
  const auto absent = resolve_secret(Secret::in_file(folder_.path() + "/absent"));
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace signalbus::storage
