// Goal: an answer proves exactly what it proves; "refused" is said only where nothing can exist.
// Method: the table testdata/alpaca/errors.tsv, and the words for people.
#include "alpaca/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "alpaca/testing.h"

namespace signalbus::alpaca {
namespace {

using ::testing::HasSubstr;

Verdict verdict_of(const std::string& word) {
  if (word == "done") return Verdict::kDone;
  if (word == "refused") return Verdict::kRefused;
  if (word == "duplicate") return Verdict::kDuplicate;
  if (word == "unknown") return Verdict::kUnknown;
  SB_CHECK(word == "transient");
  return Verdict::kTransient;
}

TEST(ClassifyTest, FollowsTheTable) {
  std::istringstream lines(testing::read_testdata(SB_TESTDATA, "errors.tsv"));
  std::string line;
  int rows = 0;
  while (std::getline(lines, line)) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream cells(line);
    std::string effect, status, verdict, body;
    std::getline(cells, effect, '\t');
    std::getline(cells, status, '\t');
    std::getline(cells, verdict, '\t');
    std::getline(cells, body);
    const Effect kind = effect == "first"   ? Effect::kWritesFirst
                        : effect == "again" ? Effect::kWritesAgain
                                            : Effect::kReads;
    EXPECT_EQ(classify(kind, std::stoi(status), body), verdict_of(verdict)) << line;
    ++rows;
  }
  EXPECT_GT(rows, 50);
}

TEST(ClassifyTest, NothingButFourStatusesIsDefiniteForAWrite) {
  const std::string body = R"({"code":40310000,"message":"no"})";
  for (int status = 100; status < 600; ++status) {
    if (status >= 200 && status < 300) continue;
    const bool definite = status == 401 || status == 403 || status == 404 || status == 422;
    EXPECT_EQ(classify(Effect::kWritesFirst, status, body),
              definite ? Verdict::kRefused : Verdict::kUnknown)
        << status;
    EXPECT_EQ(classify(Effect::kWritesAgain, status, body), Verdict::kUnknown) << status;
  }
}

TEST(RefusalTest, KeepsCodeWordsAndExtraKeys) {
  const Refusal refusal = refusal_of(
      403,
      R"({"available":"0","code":40310000,"existing_qty":"16","message":"insufficient qty",)"
      R"("related_orders":["a","b"],"n":3})",
      "req-1");
  EXPECT_EQ(refusal.code, 40310000);
  EXPECT_EQ(refusal.code_text(), "40310000");
  EXPECT_EQ(refusal.message, "insufficient qty");
  EXPECT_EQ(*refusal.find("existing_qty"), "16");
  EXPECT_EQ(*refusal.find("related_orders"), "a,b");
  EXPECT_EQ(*refusal.find("n"), "3");
  EXPECT_EQ(refusal.find("message"), nullptr);
  EXPECT_EQ(refusal_of(401, "<html>", "").code_text(), "http_401");
}

TEST(RefusalTest, SaysWhatToDo) {
  const Error keys = error_of(refusal_of(401, "<html>", "r9"), "GET /v2/account");
  EXPECT_EQ(keys.code, ErrorCode::kBrokerRefused);
  EXPECT_THAT(keys.message, HasSubstr("GET /v2/account: Alpaca refused (401)"));
  EXPECT_THAT(keys.message, HasSubstr("(request r9); check APCA_API_KEY_ID"));
  EXPECT_EQ(error_of(refusal_of(404, R"({"message":"order not found"})", ""), "x").code,
            ErrorCode::kNotFound);
  const Error moved = error_of_answer(Verdict::kUnknown, 301, "", "", "POST /v2/orders");
  EXPECT_EQ(moved.code, ErrorCode::kUnknownOutcome);
  EXPECT_EQ(
      moved.message,
      "POST /v2/orders: answer was 301 with an empty body; the service redirects, set the URL "
      "that it redirects to; it may have been done, ask before sending again");
  EXPECT_EQ(error_of_answer(Verdict::kTransient, 503, "<html>", "", "x").message,
            "x: answer was 503 with a page of HTML");
}

}  // namespace
}  // namespace signalbus::alpaca
