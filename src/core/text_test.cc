// Goal: text that reaches a person or a hash is exactly what it should be.
// Method: published vectors for hashes; hostile bytes for messages.
#include "core/text.h"

#include <gtest/gtest.h>

#include <climits>

#include "core/result.h"

namespace signalbus {
namespace {

TEST(QuotedTest, ShowsControlBytesAsHexAndCutsLongText) {
  EXPECT_EQ(quoted(""), "''");
  EXPECT_EQ(quoted("AAPL"), "'AAPL'");
  EXPECT_EQ(quoted("a\nb\x1b[31m\x7f"), "'a\\x0ab\\x1b[31m\\x7f'");
  EXPECT_EQ(signalbus::quoted(std::string("\0", 1)), "'\\x00'");
  EXPECT_EQ(quoted("\xC3\xA9"), "'\\xc3\\xa9'");
  EXPECT_EQ(signalbus::quoted(std::string(40, 'x')), "'" + std::string(40, 'x') + "'");
  EXPECT_EQ(signalbus::quoted(std::string(41, 'x')), "'" + std::string(40, 'x') + "...'");
}

TEST(DidYouMeanTest, SuggestsTheNearestWithinTwoEdits) {
  const std::string words[] = {"momentum", "value", "quality"};
  EXPECT_EQ(did_you_mean("momentom", words), ", did you mean 'momentum'?");
  EXPECT_EQ(did_you_mean("vaue", words), ", did you mean 'value'?");
  EXPECT_EQ(did_you_mean("momentummm", words), ", did you mean 'momentum'?");
  EXPECT_EQ(did_you_mean("momentummmm", words), "");
  EXPECT_EQ(did_you_mean("carry", words), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
  EXPECT_EQ(did_you_mean(std::string(1'000'000, 'm'), words), "");
}

// FIPS 180-4 examples.
TEST(Sha256Test, AgreesWithPublishedVectors) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// Python: base64.b32encode(hashlib.sha256(text).digest()).lower().rstrip(b"=").
TEST(Sha256Test, Base32AgreesWithPython) {
  const std::string abc = "xj4bnp4pahh6uqkbidpf3lrceoyagyndsylxvhfucd7wd4qacwwq";
  const std::string empty = "4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbkq";
  EXPECT_EQ(sha256_base32("abc", 52), abc);
  EXPECT_EQ(sha256_base32("abc", 10), abc.substr(0, 10));
  EXPECT_EQ(sha256_base32("", 52), empty);
  EXPECT_EQ(sha256_base32("abc", 0), "");
}

TEST(CountsTest, ReadAsSentencesNeedThem) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1'000), "1,000");
  EXPECT_EQ(with_thousands(1'234'567), "1,234,567");
  EXPECT_EQ(with_thousands(-1'234), "-1,234");
  EXPECT_EQ(with_thousands(LLONG_MIN), "-9,223,372,036,854,775,808");
  EXPECT_EQ(counted(1, "order"), "1 order");
  EXPECT_EQ(counted(0, "order"), "0 orders");
  EXPECT_EQ(counted(1'285, "order"), "1,285 orders");
}

TEST(ResultTest, EachErrorHasTheExitCodeThatScriptsKnow) {
  struct Case {
    ErrorCode code;
    int exit_code;
  };
  const Case cases[] = {
      {ErrorCode::kUsage, 2},       {ErrorCode::kInvalidInput, 3},   {ErrorCode::kNotFound, 3},
      {ErrorCode::kStale, 3},       {ErrorCode::kLimitExceeded, 4},  {ErrorCode::kBrokerRefused, 5},
      {ErrorCode::kUnavailable, 6}, {ErrorCode::kUnknownOutcome, 6}, {ErrorCode::kStorage, 7},
      {ErrorCode::kLocked, 8},      {ErrorCode::kHalted, 9},
  };
  for (const Case& sample : cases) EXPECT_EQ(exit_code_of(sample.code), sample.exit_code);
}

TEST(ResultTest, TryReturnsTheErrorAndAddsNothing) {
  const auto half = [](int value) -> Result<int> {
    if (value % 2 != 0) return Error{ErrorCode::kInvalidInput, "odd"};
    return value / 2;
  };
  const auto quarter = [&](int value) -> Result<int> {
    SB_TRY(const int once, half(value));
    SB_TRY(const int twice, half(once));
    return twice;
  };

  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().message, "odd");
  EXPECT_EQ(Error(quarter(6).error()).in("quarter(6)").message, "quarter(6): odd");
}

TEST(ResultDeathTest, TakingTheValueOfAnErrorEndsTheProcess) {
  const Result<int> failed = Error{ErrorCode::kStale, "old"};
  const Result<int> fine = 1;
  EXPECT_DEATH((void)failed.value(), "internal check failed: ok\\(\\)");
  EXPECT_DEATH((void)fine.error(), "internal check failed: !ok\\(\\)");
}

}  // namespace
}  // namespace signalbus
