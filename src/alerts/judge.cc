#include "alerts/judge.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "alerts/sentences.h"

namespace signalbus::alerts {
namespace {

bool beyond(Op op, double value, double threshold) {
  switch (op) {
    case Op::kBelow:
      return value < threshold;
    case Op::kAtMost:
      return value <= threshold;
    case Op::kAtLeast:
      return value >= threshold;
    case Op::kAbove:
      return value > threshold;
  }
  return false;
}

bool beyond(const Rule& rule, const std::optional<double>& threshold, double value) {
  return threshold && beyond(rule.op, value, *threshold);
}

/// Whether a level that was taken is kept: its threshold, moved back by the hysteresis.
bool keeps(const Rule& rule, const std::optional<double>& threshold, double value) {
  if (!threshold) return false;
  const bool low = rule.op == Op::kBelow || rule.op == Op::kAtMost;
  return beyond(rule.op, value, low ? *threshold + rule.hysteresis : *threshold - rule.hysteresis);
}

bool has_value(const RiskValue& value) { return value.value && std::isfinite(*value.value); }

AlertState fresh_state(const Rule& rule, const RiskValue& value, TradeDate date) {
  AlertState state{.rule = rule.name, .scope = value.scope, .since = date, .judged = date};
  return state;
}

/// Counts the evaluation; one of the same date takes the place of the one before.
void count_streaks(const Rule& rule, double value, TradeDate date, bool is_new, AlertState& state) {
  if (is_new || date > state.judged) {
    state.warn_before = state.warn_streak;
    state.critical_before = state.critical_streak;
  }
  const bool critical = beyond(rule, rule.critical, value);
  const bool warn = critical || beyond(rule, rule.warn, value);
  // Beyond `for_days` the number says nothing more, and a state that does not change is not stored.
  const auto next = [&](bool bad, int before) {
    return bad ? std::min(before + 1, rule.for_days) : 0;
  };
  state.warn_streak = next(warn, state.warn_before);
  state.critical_streak = next(critical, state.critical_before);
}

AlertLevel measured_level(const Rule& rule, double value, const AlertState& state) {
  const bool was_critical = state.held == AlertLevel::kCritical;
  const bool was_warn = was_critical || state.held == AlertLevel::kWarn;
  if (state.critical_streak >= rule.for_days && beyond(rule, rule.critical, value)) {
    return AlertLevel::kCritical;
  }
  if (was_critical && keeps(rule, rule.critical, value)) return AlertLevel::kCritical;
  const bool warns = beyond(rule, rule.warn, value) || beyond(rule, rule.critical, value);
  if (rule.warn && state.warn_streak >= rule.for_days && warns) return AlertLevel::kWarn;
  if (was_warn && keeps(rule, rule.warn, value)) return AlertLevel::kWarn;
  return AlertLevel::kOk;
}

std::size_t index_of(AlertLevel level) { return static_cast<std::size_t>(level); }

/// Why nobody hears of the level now; empty: it is told.
std::string suppression(const Rule& rule, const AlertState& before, AlertLevel level,
                        TradeDate date) {
  if (level == AlertLevel::kOk) return before.started ? "" : "its beginning was not told";
  const bool worse = gravity(level) > gravity(before.held);
  if (!before.acknowledged_by.empty() && !worse && level != AlertLevel::kUnknown) {
    return "acknowledged by " + before.acknowledged_by;
  }
  const std::optional<TradeDate>& last = before.told_on[index_of(level)];
  if (last && date.days() - last->days() < rule.cool_down_days) {
    return "told on " + last->iso() + ", cool-down is " + std::to_string(rule.cool_down_days) +
           " days";
  }
  return "";
}

AlertChange change_of(const AlertState& before, const AlertState& after, std::string sentence,
                      TradeDate date, std::string suppressed) {
  const std::string level(to_text(after.level));
  return {.key = date.iso() + "/" + after.rule + "/" + after.scope + "/" + level + "/" +
                 std::to_string(after.changes),
          .notice = {.rule = after.rule,
                     .scope = after.scope,
                     .level = after.level,
                     .since = after.since,
                     .sentence = std::move(sentence),
                     .acknowledged = !after.acknowledged_by.empty()},
          .before = before.level,
          .date = date,
          .suppressed = std::move(suppressed)};
}

/// Notes that the change was told or not, and gives it.
AlertChange tell(const AlertState& before, AlertState& after, std::string sentence, TradeDate date,
                 std::string suppressed) {
  ++after.changes;
  const bool is_told = suppressed.empty() && after.level != AlertLevel::kOk;
  after.told = is_told;
  after.started = after.level != AlertLevel::kOk && (before.started || is_told);
  if (is_told) after.told_on[index_of(after.level)] = date;
  return change_of(before, after, std::move(sentence), date, std::move(suppressed));
}

/// The level lasts, and nobody has heard of it yet, or long ago.
bool is_due_again(const Rule& rule, const AlertState& state, TradeDate date) {
  if (state.level == AlertLevel::kOk || !state.acknowledged_by.empty()) return false;
  if (!state.told) return suppression(rule, state, state.level, date).empty();
  if (state.level == AlertLevel::kUnknown || rule.remind_days == 0) return false;
  const std::optional<TradeDate>& last = state.told_on[index_of(state.level)];
  return last && date.days() - last->days() >= rule.remind_days;
}

/// Back to where it was before it could not be measured, or from never having been measured.
bool is_silent_return(const AlertState& before, AlertLevel level) {
  return before.level == AlertLevel::kUnknown && level == AlertLevel::kOk &&
         before.held == AlertLevel::kOk;
}

void take_level(AlertState& after, const AlertState& before, AlertLevel level, TradeDate date) {
  after.level = level;
  after.since = date;
  const bool worse = level != AlertLevel::kUnknown && gravity(level) > gravity(before.held);
  if (worse || level == AlertLevel::kOk) {  // what was acknowledged is over
    after.acknowledged_by.clear();
    after.reason.clear();
  }
  if (level != AlertLevel::kUnknown) after.held = level;
}

}  // namespace

AlertLevel level_of(const Rule& rule, const RiskValue& value) {
  if (!has_value(value)) return AlertLevel::kUnknown;
  if (beyond(rule, rule.critical, *value.value)) return AlertLevel::kCritical;
  return beyond(rule, rule.warn, *value.value) ? AlertLevel::kWarn : AlertLevel::kOk;
}

Step step(const Rule& rule, const std::optional<AlertState>& previous, const RiskValue& value,
          TradeDate date) {
  if (previous && date < previous->judged) return {*previous, std::nullopt};
  const AlertState before = previous ? *previous : fresh_state(rule, value, date);
  AlertState after = before;
  AlertLevel level = AlertLevel::kUnknown;
  if (has_value(value)) {
    count_streaks(rule, *value.value, date, !previous, after);
    level = measured_level(rule, *value.value, after);
  }
  std::string sentence = sentence_of(rule, value, level);
  after.sentence = level == AlertLevel::kOk ? "" : sentence;
  after.judged = date;
  const bool is_no_news = level == AlertLevel::kUnknown && value.is_expected;
  std::optional<AlertChange> change;
  if (level != before.level) {
    take_level(after, before, level, date);
    if (is_silent_return(before, level)) {
      after.told = after.started = false;
    } else {
      change = tell(before, after, std::move(sentence), date,
                    is_no_news ? "nothing is wrong" : suppression(rule, before, level, date));
    }
  } else if (!is_no_news && is_due_again(rule, before, date)) {
    change = tell(before, after, std::move(sentence), date, "");
  }
  return {std::move(after), std::move(change)};
}

std::optional<AlertState> acknowledge(AlertState state, const std::string& by,
                                      const std::string& reason) {
  if (state.level == AlertLevel::kOk) return std::nullopt;
  state.acknowledged_by = by;
  state.reason = reason;
  return state;
}

}  // namespace signalbus::alerts
