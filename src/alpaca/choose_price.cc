#include "alpaca/choose_price.h"

#include "core/text.h"

namespace signalbus::alpaca {
namespace {

std::int64_t age_seconds(Instant at, Instant now) {
  return (now.micros() - at.micros()) / 1'000'000;
}

std::string age_text(std::int64_t seconds) { return with_thousands(seconds) + " s old"; }

Price middle(const Quote& quote) {
  const Int128 sum = Int128{quote.bid.raw()} + quote.ask.raw();
  return Price::from_raw(static_cast<std::int64_t>(divide(sum, 2, Rounding::kHalfEven)));
}

std::string trade_problem(const std::optional<Trade>& trade, Instant now,
                          const PricePolicy& policy) {
  if (!trade) return "there is no latest trade";
  if (!trade->price.is_positive()) return "latest trade has the price " + trade->price.text();
  const std::int64_t age = age_seconds(trade->at, now);
  if (age <= policy.trade_age_max_seconds) return "";
  return "latest trade is " + age_text(age) + ", at most " +
         with_thousands(policy.trade_age_max_seconds) + " s are allowed";
}

}  // namespace

std::string quote_problem(const Quote& quote, Instant now, const PricePolicy& policy) {
  const std::string sides = " (bid " + quote.bid.text() + ", ask " + quote.ask.text() + ")";
  const bool has_bid = quote.bid.is_positive();
  const bool has_ask = quote.ask.is_positive();
  if (!has_bid && !has_ask) return "quote is empty" + sides;
  if (!has_bid || !has_ask) return "quote is one-sided" + sides;
  if (quote.bid > quote.ask) return "quote is crossed" + sides;
  const Int128 spread = (Int128{quote.ask.raw()} - quote.bid.raw()) * 10'000;
  if (spread > Int128{middle(quote).raw()} * policy.spread_max_bps) {
    return "quote is wider than " + std::to_string(policy.spread_max_bps) + " bps" + sides;
  }
  const std::int64_t age = age_seconds(quote.at, now);
  if (age > policy.quote_age_max_seconds) return "quote is " + age_text(age) + sides;
  return "";
}

std::variant<PricePoint, NoPrice> choose_price(const Symbol& symbol, const Snapshot& snapshot,
                                               Instant now, const PricePolicy& policy) {
  const std::string quote = snapshot.latest_quote
                                ? quote_problem(*snapshot.latest_quote, now, policy)
                                : "there is no quote";
  if (quote.empty()) {
    return PricePoint{symbol, middle(*snapshot.latest_quote), snapshot.latest_quote->at};
  }
  const std::string trade = trade_problem(snapshot.latest_trade, now, policy);
  if (trade.empty()) {
    return PricePoint{symbol, snapshot.latest_trade->price, snapshot.latest_trade->at};
  }
  return NoPrice{quote + "; " + trade};
}

}  // namespace signalbus::alpaca
