#include "risk/run_rules.h"

#include "risk/check_run.h"
#include "risk/words.h"

namespace signalbus::risk {
namespace {

/// A rate of two answers means little.
constexpr std::int64_t kAnswersMin = 5;

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

/// Loss from `mark` to `equity` as a part of `mark`. Without either it cannot be known.
Words loss_above(const std::optional<Money>& equity, const std::optional<Money>& mark,
                 const std::string& mark_name, std::string_view key, const Limit<Ratio>& limit) {
  if (!equity) return not_known("equity of the account", key, limit.origin);
  if (!mark) return not_known(mark_name, key, limit.origin);
  const Int128 lost = static_cast<Int128>(mark->raw()) - equity->raw();
  if (!is_above(lost, limit.value, mark->raw())) return std::nullopt;
  return above("equity is " + equity->text() + " USD, " + usd(lost) + " below the " + mark_name +
                   " of " + mark->text() + ", which",
               key, percent_text(limit.value), limit.origin);
}

std::string time_text(const std::optional<Instant>& instant) {
  return instant ? instant->rfc3339() : "no session";
}

}  // namespace

Words halted_at_start(const StartFacts& facts, const RiskLimits&) {
  if (facts.control.state != TradingState::kHalted) return std::nullopt;
  return "trading is " + describe(facts.control) + "; `signalbus resume --reason TEXT` ends that";
}

Words max_daily_loss(const StartFacts& facts, const RiskLimits& limits) {
  const auto& limit = limits.max_daily_loss;
  if (!limit) return std::nullopt;
  return loss_above(facts.equity, facts.marks.day_start, "equity at the day's start",
                    "max_daily_loss_pct", *limit);
}

Words max_drawdown(const StartFacts& facts, const RiskLimits& limits) {
  const auto& limit = limits.max_drawdown;
  if (!limit) return std::nullopt;
  return loss_above(facts.equity, facts.marks.peak, "highest equity so far", "max_drawdown_pct",
                    *limit);
}

Words trade_window(const SessionFacts* session, const RiskLimits& limits) {
  const auto& limit = limits.trade_window;
  if (!limit) return std::nullopt;
  if (session == nullptr) return not_known("time at the exchange", "trade_window", limit->origin);
  const Instant midnight =
      Instant::start_of(calendar::new_york_date(session->now));  // of a day that is not UTC's
  const std::int64_t local = session->now.micros() - midnight.micros() +
                             calendar::new_york_offset(session->now) * std::int64_t{1'000'000};
  const auto micros = [](calendar::TimeOfDay time) {
    return std::int64_t{time.minutes()} * 60'000'000;
  };
  SB_CHECK(local >= 0 && local < kMicrosPerDay);
  if (local >= micros(limit->value.first) && local <= micros(limit->value.last)) {
    return std::nullopt;
  }
  const auto now = calendar::TimeOfDay::of(static_cast<int>(local / 3'600'000'000),
                                           static_cast<int>(local / 60'000'000 % 60));
  return "it is " + now.text() + " in New York, outside risk.trade_window " +
         limit->value.first.text() + "-" + limit->value.last.text() + set_at(limit->origin);
}

Words require_calendar_agreement(const SessionFacts* session, const RiskLimits& limits) {
  const auto& limit = limits.require_calendar_agreement;
  if (!limit || !limit->value) return std::nullopt;
  if (session == nullptr) {
    return not_known("end of the session", "require_calendar_agreement", limit->origin);
  }
  if (session->closes == session->calendar_closes) return std::nullopt;
  return "the exchange ends its session at " + time_text(session->closes) + ", our calendar says " +
         time_text(session->calendar_closes) + "; risk.require_calendar_agreement refuses" +
         set_at(limit->origin);
}

Words max_reject_rate(const BatchTally& tally, const RiskLimits& limits) {
  const auto& limit = limits.max_reject_rate;
  if (!limit || tally.answered < kAnswersMin) return std::nullopt;
  if (!is_above(tally.rejected, limit->value, tally.answered)) return std::nullopt;
  return above("the broker refused " + std::to_string(tally.rejected) + " of " +
                   std::to_string(tally.answered) + " orders, which",
               "max_reject_rate", percent_text(limit->value), limit->origin);
}

Words max_unknown(const BatchTally& tally, const RiskLimits& limits) {
  const auto& limit = limits.max_unknown;
  if (!limit || tally.unknown <= limit->value) return std::nullopt;
  return above(std::to_string(tally.unknown) + " orders with an unknown outcome", "max_unknown",
               std::to_string(limit->value), limit->origin);
}

}  // namespace signalbus::risk
