#include "exchange/history.h"

#include <algorithm>
#include <charconv>

#include "calendar/exchange_calendar.h"
#include "calendar/new_york.h"
#include "core/text.h"

namespace signalbus::exchange {
namespace {

using calendar::TimeOfDay;

Instant midnight(TradeDate date) { return calendar::to_instant(date, TimeOfDay::of(0, 0)); }

std::optional<std::size_t> table_index(const Venue& venue, core::AssetNumber asset) {
  const Symbol& symbol = venue.core().asset(asset).terms.symbol;
  const auto symbols = venue.prices().symbols();
  const auto at = std::lower_bound(symbols.begin(), symbols.end(), symbol);
  if (at == symbols.end() || *at != symbol) return std::nullopt;
  return static_cast<std::size_t>(at - symbols.begin());
}

/// What later splits and dividends make of the prices of a day.
class Adjuster {
 public:
  Adjuster(const Venue& venue, core::AssetNumber asset, Adjustment wanted)
      : venue_(venue), wanted_(wanted), today_(calendar::new_york_date(venue.now())) {
    const Symbol& symbol = venue.core().asset(asset).terms.symbol;
    for (const CorporateAction& action : venue.actions()) {
      const bool counts = action.is_split ? wanted.split : wanted.dividend;
      if (counts && action.symbol == symbol && action.ex_date <= today_) actions_.push_back(action);
    }
    index_ = table_index(venue, asset);
  }

  DayBar adjusted(DayBar bar, TradeDate date) const {
    for (const CorporateAction& action : actions_) {
      if (action.ex_date <= date) continue;
      if (action.is_split) {
        scale(bar, action.denominator, action.numerator);
        bar.volume = bar.volume / action.denominator * action.numerator;
      } else if (const Price before = close_before(action.ex_date); before > action.amount) {
        scale(bar, (before - action.amount).raw(), before.raw());
      }
    }
    return bar;
  }

 private:
  Price close_before(TradeDate date) const {
    if (!index_) return Price::zero();
    return venue_.prices().close_until(*index_, date.plus_days(-1)).value_or(Price::zero());
  }

  static void scale(DayBar& bar, std::int64_t numerator, std::int64_t denominator) {
    for (Price* price : {&bar.open, &bar.high, &bar.low, &bar.close}) {
      const auto raw = multiply_divide(price->raw(), numerator, denominator, Rounding::kHalfEven);
      if (raw.ok()) *price = Price::from_raw(static_cast<std::int64_t>(raw.value()));
    }
  }

  const Venue& venue_;
  Adjustment wanted_;
  TradeDate today_;
  std::vector<CorporateAction> actions_;
  std::optional<std::size_t> index_;
};

/// The daily bar of a date as far as it may be seen.
class DaySource {
 public:
  DaySource(const Venue& venue, core::AssetNumber asset, Adjustment wanted)
      : venue_(venue),
        last_(venue.core().asset(asset).quote.last),
        index_(table_index(venue, asset)),
        adjuster_(venue, asset, wanted) {}

  std::optional<DayBar> bar(TradeDate date, const DaySpan& span) const {
    if (span.open > venue_.now() || last_.is_zero()) return std::nullopt;
    const DayBar now{last_, last_, last_, last_, 0};
    if (!venue_.prices().is_daily() || !index_) return now;
    const auto row = venue_.prices().bar(*index_, date);
    if (!row) return std::nullopt;
    if (span.close > venue_.now()) return now;  // high, low and volume are not known yet
    return adjuster_.adjusted(*row, date);
  }

 private:
  const Venue& venue_;
  Price last_;
  std::optional<std::size_t> index_;
  Adjuster adjuster_;
};

/// The first day of the week or of the month group that a day belongs to.
TradeDate group_start(TradeDate date, Timeframe timeframe) {
  if (timeframe.unit == BarUnit::kWeek) return date.plus_days(-((date.weekday() + 6) % 7));
  const int month = (date.month() - 1) / timeframe.count * timeframe.count + 1;
  return TradeDate::from_civil(date.year(), month, 1).value();
}

void merge(HistoryBar& into, const DayBar& bar) {
  into.high = std::max(into.high, bar.high);
  into.low = std::min(into.low, bar.low);
  into.close = bar.close;
  into.volume += bar.volume;
}

/// Walks the sessions of a range and makes bars of them.
class BarMaker {
 public:
  BarMaker(const Venue& venue, core::AssetNumber asset, const BarRange& range,
           std::size_t count_max)
      : venue_(venue),
        range_(range),
        count_max_(count_max),
        source_(venue, asset, range.adjustment) {}

  std::vector<HistoryBar> make() {
    const TradeDate last = calendar::new_york_date(std::min(range_.end, venue_.now()));
    TradeDate date =
        std::max(calendar::new_york_date(range_.start), TradeDate::from_civil(1990, 1, 2).value());
    if (range_.timeframe.unit == BarUnit::kWeek || range_.timeframe.unit == BarUnit::kMonth) {
      date = group_start(date, range_.timeframe);
    }
    for (; date <= last && bars_.size() <= count_max_; date = date.plus_days(1)) {
      const auto span = day_span(venue_, date);
      if (!span) continue;
      const auto bar = source_.bar(date, *span);
      if (bar) add(date, *span, *bar);
    }
    if (bars_.size() > count_max_) bars_.resize(count_max_, bars_.front());
    return std::move(bars_);
  }

 private:
  void add(TradeDate date, const DaySpan& span, const DayBar& bar) {
    if (range_.timeframe.unit == BarUnit::kMinute) {
      add_minutes(span, bar);
      return;
    }
    const TradeDate start =
        range_.timeframe.unit == BarUnit::kDay ? date : group_start(date, range_.timeframe);
    const Instant at = midnight(start);
    if (!bars_.empty() && bars_.back().start == at) {
      merge(bars_.back(), bar);
    } else if (at >= range_.start && at <= range_.end) {
      bars_.push_back({at, bar.open, bar.high, bar.low, bar.close, bar.volume});
    }
  }

  void add_minutes(const DaySpan& span, const DayBar& bar) {
    const std::int64_t step = std::int64_t{range_.timeframe.count} * 60'000'000;
    const std::int64_t minutes =
        std::max<std::int64_t>((span.close.micros() - span.open.micros()) / 60'000'000, 1);
    const std::int64_t end = std::min(span.close.micros(), venue_.now().micros() + 1);
    for (std::int64_t at = span.open.micros() / step * step; at < end && bars_.size() <= count_max_;
         at += step) {
      const Instant start = Instant::from_micros(at);
      if (start < range_.start) continue;
      if (start > range_.end) return;
      bars_.push_back({start, bar.close, bar.close, bar.close, bar.close,
                       bar.volume / minutes * range_.timeframe.count});
    }
  }

  const Venue& venue_;
  BarRange range_;
  std::size_t count_max_;
  DaySource source_;
  std::vector<HistoryBar> bars_;
};

}  // namespace

Result<Timeframe> parse_timeframe(std::string_view text) {
  const Error error{ErrorCode::kInvalidInput, "invalid timeframe: " + std::string(text)};
  int count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failed != std::errc() || count < 1) return error;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if ((unit == "Min" || unit == "T") && count <= 59) return Timeframe{BarUnit::kMinute, count};
  if ((unit == "Hour" || unit == "H") && count <= 23) {
    return Timeframe{BarUnit::kMinute, count * 60};
  }
  if ((unit == "Day" || unit == "D") && count == 1) return Timeframe{BarUnit::kDay, 1};
  if ((unit == "Week" || unit == "W") && count == 1) return Timeframe{BarUnit::kWeek, 1};
  if ((unit == "Month" || unit == "M") && 12 % count == 0) {
    return Timeframe{BarUnit::kMonth, count};
  }
  return error;
}

std::optional<DaySpan> day_span(const Venue& venue, TradeDate date) {
  if (venue.settings().clock.kind == ClockKind::kOpen) {
    return DaySpan{midnight(date), midnight(date.plus_days(1))};
  }
  const auto session = calendar::session(date);
  if (!session.ok()) return std::nullopt;
  return DaySpan{session.value().open, session.value().close};
}

std::vector<HistoryBar> bars_of(const Venue& venue, core::AssetNumber asset, const BarRange& range,
                                std::size_t count_max) {
  return BarMaker(venue, asset, range, count_max).make();
}

DailyPair daily_pair(const Venue& venue, core::AssetNumber asset) {
  DailyPair pair;
  // Two weeks hold two sessions, whatever the holidays.
  const BarRange range{
      venue.now().plus_seconds(std::int64_t{-14} * 86'400), venue.now(), {BarUnit::kDay, 1}, {}};
  const auto bars = bars_of(venue, asset, range, 100);
  if (!bars.empty()) pair.today = bars.back();
  if (bars.size() > 1) pair.before = bars[bars.size() - 2];
  return pair;
}

Instant price_time(const Venue& venue) {
  if (venue.core().phase() == core::SessionPhase::kRegular) return venue.now();
  const TradeDate today = calendar::new_york_date(venue.now());
  const auto session = calendar::session(today);
  if (session.ok() && session.value().close <= venue.now()) return session.value().close;
  const auto previous = calendar::previous_session(today);
  return previous.ok() ? previous.value().close : venue.now();
}

}  // namespace signalbus::exchange
