#include "exchange_core/sessions.h"

#include "calendar/new_york.h"
#include "exchange_core/lifecycle.h"
#include "exchange_core/matching.h"

namespace signalbus::exchange_core {
namespace {

using calendar::Session;
using calendar::TimeOfDay;

constexpr std::int64_t kMinute = 60;

Instant at_time(TradeDate day, int hour, int minute) {
  return calendar::to_instant(day, TimeOfDay::of(hour, minute));
}

/// The caller promised years that the calendar knows.
template <class T>
T known(const Result<T>& result) {
  SB_CHECK(result.ok());
  return result.value();
}

Session next_session(TradeDate day) { return known(calendar::next_session(day)); }

Instant post_end(const Session& session) {
  return at_time(session.date, session.half_day ? 17 : 20, 0);
}

Instant time_of(Boundary boundary, const Session& session) {
  switch (boundary) {
    case Boundary::kDayStart:
      return at_time(session.date, 4, 0);
    case Boundary::kOpen:
      return session.open;
    case Boundary::kClose:
      return session.close;
    case Boundary::kPostEnd:
      break;
  }
  return post_end(session);
}

SessionPhase phase_before(Boundary boundary) {
  constexpr SessionPhase kPhases[] = {SessionPhase::kClosed, SessionPhase::kPreMarket,
                                      SessionPhase::kRegular, SessionPhase::kPostMarket};
  return kPhases[static_cast<int>(boundary)];
}

/// A whole day in New York as a session.
Session whole_day(TradeDate day) {
  return {day, at_time(day, 0, 0), at_time(day.plus_days(1), 0, 0), false};
}

void expect_next(Clock& clock, Boundary boundary) {
  clock.next_kind = boundary;
  clock.next = time_of(boundary, clock.session);
  clock.phase = phase_before(boundary);
}

void set_now(Clock& clock, Instant now) {
  clock.now = now;
  if (now < clock.day_end) return;
  clock.day = calendar::new_york_date(now);
  clock.day_end = at_time(clock.day.plus_days(1), 0, 0);
}

void day_passes(State& state) {
  expire_due(state, state.clock.session.close);
  close_books(state);
  state.clock.session = whole_day(state.clock.session.date.plus_days(1));
  state.clock.next = state.clock.session.close;
  open_books(state);
}

void work_boundary(State& state, Boundary boundary) {
  Clock& clock = state.clock;
  switch (boundary) {
    case Boundary::kDayStart:
      expect_next(clock, Boundary::kOpen);
      open_books(state);
      match_all(state);
      return;
    case Boundary::kOpen:
      expect_next(clock, Boundary::kClose);
      run_auction(state, OrderTif::kOpg);
      match_all(state);
      return;
    case Boundary::kClose:
      run_auction(state, OrderTif::kCls);
      expect_next(clock, Boundary::kPostEnd);
      // 16:15, when old gtc orders end, lies between two boundaries: they end with the close.
      expire_due(state, clock.now.plus_seconds(15 * kMinute));
      close_books(state);
      match_all(state);
      return;
    case Boundary::kPostEnd:
      expire_due(state, clock.now);
      clock.session = next_session(clock.session.date);
      expect_next(clock, Boundary::kDayStart);
      return;
  }
}

void cross_boundary(State& state) {
  set_now(state.clock, state.clock.next);
  if (state.clock.mode == SessionMode::kAlwaysOpen) {
    day_passes(state);
  } else {
    work_boundary(state, state.clock.next_kind);
  }
}

}  // namespace

Clock start_clock(SessionMode mode, Instant start) {
  const TradeDate day = calendar::new_york_date(start);
  Clock clock{.mode = mode,
              .now = start,
              .phase = SessionPhase::kRegular,
              .session = whole_day(day),
              .next_kind = Boundary::kClose,
              .next = at_time(day.plus_days(1), 0, 0),
              .day = day,
              .day_end = at_time(day.plus_days(1), 0, 0)};
  if (mode == SessionMode::kAlwaysOpen) return clock;
  clock.session = next_session(day.plus_days(-1));
  if (start >= post_end(clock.session)) clock.session = next_session(clock.session.date);
  for (const Boundary boundary :
       {Boundary::kPostEnd, Boundary::kClose, Boundary::kOpen, Boundary::kDayStart}) {
    if (start < time_of(boundary, clock.session)) expect_next(clock, boundary);
  }
  return clock;
}

void advance(State& state, Instant now) {
  if (now <= state.clock.now) return;
  while (state.clock.next <= now) cross_boundary(state);
  set_now(state.clock, now);
  if (!state.rests.empty()) match_rests(state);
}

bool session_takes(const State& state, const Order& order) {
  if (state.clock.mode == SessionMode::kAlwaysOpen || state.clock.in_auction) return true;
  if (order.tif == OrderTif::kOpg || order.tif == OrderTif::kCls) return false;
  if (state.clock.phase == SessionPhase::kRegular) return true;
  return order.extended_hours && state.clock.phase != SessionPhase::kClosed;
}

bool session_fills(const State& state, const Order& order) {
  // What the venue took stays with it overnight (gtc), but rests until it opens.
  return session_takes(state, order);
}

Instant expiry_of(const State& state, OrderTif tif, bool extended_hours) {
  const Clock& clock = state.clock;
  if (tif == OrderTif::kGtc) return at_time(clock.day.plus_days(90), 16, 15);
  if (clock.mode == SessionMode::kAlwaysOpen) return clock.session.close;
  if (extended_hours) return post_end(clock.session);
  const bool missed =
      tif == OrderTif::kOpg ? clock.now >= clock.session.open : clock.now >= clock.session.close;
  const Session session = missed ? next_session(clock.session.date) : clock.session;
  return tif == OrderTif::kOpg ? session.open : session.close;
}

bool auction_takes_orders(const State& state, OrderTif tif) {
  const Clock& clock = state.clock;
  if (clock.mode == SessionMode::kAlwaysOpen) return true;
  const Session& session = clock.session;
  // After its end of the day the session is the next one, and all of it lies ahead.
  if (clock.now >= at_time(session.date, 19, 0)) return true;
  if (tif == OrderTif::kOpg) return clock.now < session.open.plus_seconds(-2 * kMinute);
  return clock.now < session.close.plus_seconds(-10 * kMinute);
}

void close_books(State& state) {
  const TradeDate date = state.clock.session.date;
  for (AssetRecord& record : state.assets) record.close_price = record.asset.quote.last;
  for (AccountRecord& account : state.accounts) {
    account.close_equity = account.equity();
    account.close_maintenance = account.maintenance;
    account.close_date = date;
    account.history.push_back({.date = date,
                               .at = state.clock.now,
                               .equity = account.close_equity,
                               .cash = account.cash,
                               .flow = account.flow_since_point});
    account.flow_since_point = Money::zero();
  }
}

void open_books(State& state) {
  for (AssetRecord& record : state.assets) {
    if (record.close_price.is_zero()) continue;
    record.asset.last_day_price = record.close_price;
  }
  for (AccountRecord& account : state.accounts) {
    account.last_equity = account.close_equity;
    account.last_maintenance = account.close_maintenance;
    account.balance_asof = account.close_date;
    account.opened_today = Money::zero();
    // Flows after the close are not in last_equity yet.
    account.flow_today = account.flow_since_point;
    for (Slot& slot : account.slots) {
      const Price price = state.asset(slot.asset).asset.last_day_price;
      slot.day_cost =
          price.is_zero() ? slot.cost : static_cast<Int128>(slot.qty.raw()) * price.raw();
    }
  }
  cancel_hard_to_borrow(state);
}

}  // namespace signalbus::exchange_core
