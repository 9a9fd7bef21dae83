// Alerts and messages as tests store them.
#pragma once

#include <string>

#include "book/alerts.h"
#include "storage/journal_sample.h"

namespace signalbus::storage {

inline AlertState sample_state(AlertLevel level) {
  AlertState state{.rule = "drawdown",
                   .scope = "portfolio",
                   .level = level,
                   .held = AlertLevel::kWarn,
                   .since = date("2026-01-05"),
                   .judged = date("2026-01-06"),
                   .warn_streak = 1,
                   .critical_streak = 2,
                   .warn_before = 3,
                   .critical_before = 4,
                   .changes = 5,
                   .told = true,
                   .started = true};
  state.told_on = {std::nullopt, date("2026-01-02"), std::nullopt, date("2026-01-03")};
  state.sentence = "it's 'bad'";
  state.acknowledged_by = "me";
  state.reason = "known";
  return state;
}

inline AlertChange sample_change(const std::string& key) {
  return {.key = key,
          .notice = {.rule = "drawdown",
                     .scope = "portfolio",
                     .level = AlertLevel::kCritical,
                     .since = date("2026-01-05"),
                     .sentence = "bad",
                     .acknowledged = false},
          .before = AlertLevel::kWarn,
          .date = date("2026-01-06"),
          .suppressed = "cool-down"};
}

inline OutboxMessage sample_message(const std::string& key, const std::string& channel = "email") {
  return {.key = key,
          .channel = channel,
          .date = date("2026-01-06"),
          .level = AlertLevel::kCritical,
          .subject = "subject",
          .text = "text",
          .html = "<p>",
          .created = kNine,
          .expires = kNine.plus_seconds(3600)};
}

}  // namespace signalbus::storage
