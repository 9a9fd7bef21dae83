// Doubles for Alpaca's service: answers that a test wrote down, and requests as they came.
#pragma once

#include <deque>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "alpaca/channel.h"
#include "ports/testing/doubles.h"

namespace signalbus::alpaca::testing {

using signalbus::testing::TestClock;

/// Answers in their order; when they run out, the last one again.
class ScriptedSender final : public HttpSender {
 public:
  using Answer = std::function<Result<net::HttpResponse>(const net::HttpRequest&)>;

  Result<net::HttpResponse> send(const net::HttpRequest& request,
                                 std::chrono::milliseconds deadline) override {
    requests.push_back(request);
    deadlines.push_back(deadline);
    SB_CHECK(!answers.empty());
    const Answer answer = answers.front();
    if (answers.size() > 1) answers.pop_front();
    return answer(request);
  }

  ScriptedSender& then(int status, std::string body, net::Headers headers = {}) {
    answers.emplace_back([=](const net::HttpRequest&) -> Result<net::HttpResponse> {
      return net::HttpResponse{status, headers, body};
    });
    return *this;
  }
  ScriptedSender& fails(ErrorCode code, std::string message = "connection lost") {
    answers.emplace_back(
        [=](const net::HttpRequest&) -> Result<net::HttpResponse> { return Error{code, message}; });
    return *this;
  }
  ScriptedSender& asks(Answer answer) {
    answers.push_back(std::move(answer));
    return *this;
  }

  std::deque<Answer> answers;
  std::vector<net::HttpRequest> requests;
  std::vector<std::chrono::milliseconds> deadlines;
};

class CollectedCalls final : public CallObserver {
 public:
  void called(const CallRecord& record) override { records.push_back(record); }
  std::vector<CallRecord> records;
};

/// Looks like no other text, so that finding it anywhere proves a leak.
inline constexpr const char* kCanaryKey = "PKCANARYKEY7431";
inline constexpr const char* kCanarySecret = "canary-secret-9f2d81aa";

inline Keys canary_keys() { return {Secret::of(kCanaryKey), Secret::of(kCanarySecret)}; }

/// A channel on a scripted service, on a clock that moves only when somebody sleeps.
struct Service {
  explicit Service(ChannelOptions options = {})
      : channel(sender, canary_keys(), clock, [this] { return random; }, options, &calls) {}

  TestClock clock{"2026-09-28T15:00:00Z"};
  std::uint32_t random = 0x80000000;  // half of every ceiling
  ScriptedSender sender;
  CollectedCalls calls;
  Channel channel;
};

/// Of the folder alpaca in `testdata`.
inline std::string read_testdata(const std::string& testdata, const std::string& name) {
  std::ifstream file(testdata + "/alpaca/" + name, std::ios::binary);
  SB_CHECK(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

/// An order as Alpaca answers, with the given members changed or added: `{"qty", "\"5\""}`.
inline std::string order_body(const std::vector<net::Field>& changes = {}) {
  std::vector<net::Field> fields = {{"id", R"("61e69015-8549-4bfd-b9c3-01e75843f47d")"},
                                    {"client_order_id", R"("sb_20250829_AAPL_0")"},
                                    {"created_at", R"("2026-09-28T15:00:00.123456789Z")"},
                                    {"updated_at", R"("2026-09-28T15:00:00.123456789Z")"},
                                    {"submitted_at", R"("2026-09-28T15:00:00.12Z")"},
                                    {"symbol", R"("AAPL")"},
                                    {"asset_class", R"("us_equity")"},
                                    {"qty", R"("2")"},
                                    {"notional", "null"},
                                    {"filled_qty", R"("0")"},
                                    {"filled_avg_price", "null"},
                                    {"order_class", R"("")"},
                                    {"type", R"("market")"},
                                    {"side", R"("buy")"},
                                    {"time_in_force", R"("day")"},
                                    {"limit_price", "null"},
                                    {"status", R"("pending_new")"},
                                    {"extended_hours", "false"},
                                    {"legs", "null"}};
  for (const net::Field& change : changes) {
    bool known = false;
    for (net::Field& field : fields) {
      if (field.name != change.name) continue;
      field.value = change.value;
      known = true;
    }
    if (!known) fields.push_back(change);
  }
  std::string out;
  for (const net::Field& field : fields) {
    out += (out.empty() ? "{\"" : ",\"") + field.name + "\":" + field.value;
  }
  return out + "}";
}

}  // namespace signalbus::alpaca::testing
