// Call: one authenticated request on its way to a route, and the ways to answer it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/venue.h"
#include "formats/json.h"
#include "net/http.h"

namespace signalbus::exchange {

/// Parameters of a query, decoded. A name given twice counts once, the first time.
class Query {
 public:
  Query() = default;
  explicit Query(std::vector<net::Field> fields) : fields_(std::move(fields)) {}

  /// nullptr when it is absent or empty: Alpaca's clients write both.
  const std::string* find(std::string_view name) const;
  std::string_view get(std::string_view name, std::string_view fallback = {}) const;
  bool flag(std::string_view name) const;                      ///< true in any case, or 1.
  std::vector<std::string> list(std::string_view name) const;  ///< Cut at commas, spaces trimmed.

 private:
  std::vector<net::Field> fields_;
};

struct Call {
  Venue& venue;
  VenueAccount& account;
  const net::HttpRequest& http;
  const Query& query;
  const std::vector<std::string>& captured;  ///< The path's variable segments, decoded.
  core::SubmitHooks hooks = {};              ///< What the fault layer wants of a new order.
  std::int64_t held_for = 0;                 ///< Seconds, see Venue::submit.
  std::int64_t lag = 0;  ///< Seconds that orders are invisible after their birth.

  const core::Exchange& exchange() const { return venue.core(); }
  /// A line of the log, with the account's number: keys are secrets.
  void say(std::string_view line) const;
};

/// JSON with Alpaca's content type.
net::HttpResponse json_answer(std::string body, int status = 200);
/// 204.
net::HttpResponse empty_answer();
/// {"code", "message"}.
net::HttpResponse refusal_answer(int status, int code, std::string_view message);
net::HttpResponse refusal_answer(const core::Refusal& refusal);
/// The body of a refusal alone, as it also stands inside a 207.
void append_refusal(std::string& out, const core::Refusal& refusal);

net::HttpResponse invalid_parameter(std::string_view message);  ///< 422 / 40010001
net::HttpResponse not_found(std::string_view message);          ///< 404 / 40410000

/// A date-time with zone, one without (UTC), or a date (midnight UTC). kInvalidInput for others.
Result<Instant> parse_time(std::string_view text);
/// The date of any of these, as it is written.
Result<TradeDate> parse_day(std::string_view text);
/// A whole number between the two. kInvalidInput for others.
struct CountRange {
  std::int64_t low;
  std::int64_t high;
};
Result<std::int64_t> parse_count(std::string_view text, CountRange range);

}  // namespace signalbus::exchange
