// A session at the exchange, one request per line as `METHOD TARGET BODY`: every answer has a
// status of HTTP and, where it says so, JSON that can be read, whatever came before it.
#include "exchange/service.h"
#include "one_file.h"
#include "ports/clock.h"

namespace {

using namespace signalbus;
using namespace signalbus::exchange;

constexpr std::size_t kRequestsMax = 12;

class StandingClock final : public Clock {
 public:
  Instant now() const override { return now_; }
  std::int64_t monotonic_micros() const override { return 0; }
  void sleep_until(Instant deadline) override { now_ = deadline; }

 private:
  Instant now_ = Instant::parse("2021-01-04T15:00:00Z").value();
};

VenueInputs two_prices() {
  testing::MemoryFiles files;
  files.contents["p.csv"] =
      "date,symbol,close\n2021-01-04,AAPL,200.25\n2021-01-04,SPY,500\n2021-01-05,AAPL,201\n"
      "2021-01-05,SPY,505.5\n";
  return {.prices = PriceTable::load(files, "p.csv").value()};
}

net::HttpRequest request_of(std::string_view line) {
  const std::size_t first = std::min(line.find(' '), line.size());
  const std::size_t second = std::min(line.find(' ', first + 1), line.size());
  net::HttpRequest request{
      .method = std::string(line.substr(0, first)),
      .target = first < second ? std::string(line.substr(first + 1, second - first - 1)) : "",
      .headers = {},
      .body = second < line.size() ? std::string(line.substr(second + 1)) : ""};
  request.headers.add("Host", "127.0.0.1:8080");
  request.headers.add("APCA-API-KEY-ID", "K");
  request.headers.add("APCA-API-SECRET-KEY", "s");
  return request;
}

void check_reply(const Reply& reply) {
  const int status = reply.response.status;
  SB_CHECK(status >= 200 && status <= 599);
  SB_CHECK(status != 500);  // only a state that cannot be written, and there is none
  const std::string* type = reply.response.headers.find("content-type");
  if (type == nullptr || type->find("json") == std::string::npos) return;
  SB_CHECK(formats::parse_json(reply.response.body, "answer", 64 << 20).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const VenueInputs inputs = two_prices();
  const std::string text = fuzz_text(data, size);
  StandingClock clock;
  Venue venue(
      VenueSettings{.clock = parse_clock("2021-01-04@0").value(), .requests_per_minute = {}},
      inputs, clock);
  Service service(venue, KeyRing{});
  SB_CHECK(venue.start(nullptr).ok());
  std::size_t from = 0;
  for (std::size_t i = 0; i < kRequestsMax && from < text.size(); ++i) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const net::HttpRequest request = request_of(std::string_view(text).substr(from, end - from));
    const Reply reply = service.answer(request, true);
    const bool faulty = request.target.starts_with("/admin/v1/faults");
    if (faulty) return 0;  // from then on it may answer whatever it was told to
    check_reply(reply);
    from = end + 1;
  }
  return 0;
}
