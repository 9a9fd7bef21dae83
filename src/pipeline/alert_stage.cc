#include "pipeline/alert_stage.h"

#include <algorithm>

#include "alerts/sentences.h"
#include "core/text.h"
#include "pipeline/alert_messages.h"

namespace signalbus::pipeline {
namespace {

using alerts::DigestKind;

alerts::Digest digest_of(const AlertRequest& request, const AlertOutcome& outcome) {
  alerts::Digest digest{.kind = DigestKind::kChanges,
                        .mode = std::string(to_text(request.mode)),
                        .account = request.account.get(),
                        .run = request.run,
                        .date = request.date,
                        .outcome = request.outcome,
                        .changes = outcome.changes,
                        .open = outcome.open,
                        .notes = {}};
  std::erase_if(digest.changes,
                [](const AlertChange& change) { return !change.suppressed.empty(); });
  return digest;
}

/// Takes away what is beyond a channel's messages of a day; critical ones always stay.
Status keep_within_budget(const AlertDoors& doors, const settings::Settings& settings, RunLog& log,
                          std::vector<OutboxMessage>& messages) {
  std::vector<OutboxMessage> kept;
  for (OutboxMessage& message : messages) {
    SB_TRY(const std::size_t used, doors.book->messages_of(message.channel, message.date));
    const bool fits = used < static_cast<std::size_t>(settings.notify.max_per_day);
    if (fits || message.level == AlertLevel::kCritical) {
      kept.push_back(std::move(message));
      continue;
    }
    log.line(LogLevel::kWarn, "alerts",
             message.channel + " had its " + std::to_string(used) +
                 " messages of the day (notify.max_per_day): nothing more until tomorrow, except "
                 "what is critical");
  }
  messages = std::move(kept);
  return Ok{};
}

/// The channels that had nothing of that date yet.
Result<std::vector<std::string>> silent_today(const AlertDoors& doors, TradeDate date) {
  std::vector<std::string> out;
  for (const std::string& channel : doors.channels) {
    SB_TRY(const std::size_t used, doors.book->messages_of(channel, date));
    if (used == 0) out.push_back(channel);
  }
  return out;
}

/// What goes into the outbox: the changes, or the day's heartbeat, and a ping after a good run.
Result<std::vector<OutboxMessage>> messages_for(const AlertDoors& doors,
                                                const settings::Settings& settings,
                                                const AlertRequest& request, AlertOutcome& outcome,
                                                RunLog& log) {
  const Instant now = doors.wall->now();
  const std::int64_t give_up = settings.notify.give_up_seconds;
  alerts::Digest digest = digest_of(request, outcome);
  std::vector<OutboxMessage> messages;
  if (!digest.changes.empty()) {
    messages = compose_messages(doors.channels, digest, now, give_up);
    const bool wanted = !messages.empty();
    SB_TRY_OK(keep_within_budget(doors, settings, log, messages));
    if (wanted && messages.empty()) {
      for (AlertChange& change : outcome.changes) {
        if (change.suppressed.empty()) change.suppressed = "notify.max_per_day was reached";
      }
    }
  } else if (settings.notify.heartbeat && request.heartbeat) {
    digest.kind = DigestKind::kHeartbeat;
    SB_TRY(const std::vector<std::string> channels, silent_today(doors, digest.date));
    messages = compose_messages(channels, digest, now, give_up);
  }
  const bool pings =
      std::find(doors.channels.begin(), doors.channels.end(), kDeadMan) != doors.channels.end();
  if (pings && request.went_well) messages.push_back(ping_of(digest, now));
  return messages;
}

void log_changes(const AlertOutcome& outcome, RunLog& log) {
  for (const AlertChange& change : outcome.changes) {
    const bool critical = change.notice.level == AlertLevel::kCritical;
    const bool good = change.notice.level == AlertLevel::kOk;
    std::string text = std::string(good ? "resolved" : to_text(change.notice.level)) + ": " +
                       change.notice.sentence;
    if (!change.suppressed.empty()) text += " (not told: " + change.suppressed + ")";
    log.line(critical ? LogLevel::kError
             : good   ? LogLevel::kInfo
                      : LogLevel::kWarn,
             "alerts", text);
  }
}

}  // namespace

std::vector<AlertNotice> notices_of(const std::vector<AlertState>& open) {
  std::vector<AlertNotice> out;
  for (const AlertState& state : open) {
    out.push_back({.rule = state.rule,
                   .scope = state.scope,
                   .level = state.level,
                   .since = state.since,
                   .sentence = state.sentence,
                   .acknowledged = !state.acknowledged_by.empty()});
  }
  return out;
}

Result<AlertOutcome> run_alerts(const AlertDoors& doors, const settings::Settings& settings,
                                const AlertRequest& request, const alerts::Evaluation& evaluation,
                                RunLog& log) {
  const std::vector<alerts::Rule>& rules = settings.analytics.alert_rules;
  SB_TRY(const std::vector<AlertState> states,
         doors.book->alert_states(request.mode, request.account));
  alerts::Evaluated judged = alerts::evaluate(rules, states, evaluation);
  AlertOutcome outcome{.open = std::move(judged.open), .changes = std::move(judged.changes)};
  SB_TRY(std::vector<OutboxMessage> messages, messages_for(doors, settings, request, outcome, log));
  outcome.messages = messages.size();
  SB_TRY_OK(doors.book->record_alerts(request.mode, request.account,
                                      {.states = std::move(judged.states),
                                       .changes = outcome.changes,
                                       .messages = std::move(messages),
                                       .at = doors.wall->now()}));
  log_changes(outcome, log);
  return outcome;
}

}  // namespace signalbus::pipeline
