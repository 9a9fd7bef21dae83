// Alerts as the journal keeps them: states, what became of them, and messages on their way out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "book/monitoring.h"
#include "core/result.h"
#include "core/time.h"

namespace signalbus {

/// What is known of one rule in one scope after an evaluation.
struct AlertState {
  std::string rule;
  std::string scope;
  AlertLevel level = AlertLevel::kOk;
  AlertLevel held = AlertLevel::kOk;  ///< The newest measured level; differs under kUnknown.
  TradeDate since;                    ///< When it took `level`.
  TradeDate judged;                   ///< The newest evaluation that changed anything here.
  /// Evaluations in a row at or beyond the threshold, `judged` included, and before it.
  int warn_streak = 0, critical_streak = 0;
  int warn_before = 0, critical_before = 0;
  int changes = 0;       ///< Notices so far: part of their keys.
  bool told = false;     ///< Somebody was told of the present level.
  bool started = false;  ///< Somebody was told of any level since it was last ok.
  /// When a notice of that level last went out; the index is the level.
  std::array<std::optional<TradeDate>, 4> told_on = {};
  std::string sentence = {};         ///< Of the newest value; empty while ok.
  std::string acknowledged_by = {};  ///< Who has seen the present level; empty: nobody.
  std::string reason = {};           ///< What they said of it.

  friend bool operator==(const AlertState&, const AlertState&) = default;
};

/// A change that somebody hears of, or would have.
struct AlertChange {
  std::string key;  ///< The same change has the same key, whoever computes it and when.
  AlertNotice notice;
  AlertLevel before;       ///< The level it came from; equal to the notice's in a reminder.
  TradeDate date;          ///< Of the evaluation.
  std::string suppressed;  ///< Why nobody is told; empty: it is told.
};

/// One message for one channel. Stored once and sent in the same bytes however often.
struct OutboxMessage {
  std::string key;      ///< Stable: the receiver may use it to drop a second copy.
  std::string channel;  ///< "email", "slack", "webhook", "sms", "dead_man".
  TradeDate date;       ///< Of the run; the budget counts by it.
  AlertLevel level;     ///< Of the worst change in it.
  std::string subject;  ///< One line.
  std::string text;     ///< In the channel's own language.
  std::string html;     ///< E-mail only.
  Instant created;
  Instant expires;  ///< From then on it is given up.
};

enum class DeliveryState { kWaiting, kSent, kGivenUp };
std::string_view to_text(DeliveryState state);  ///< "given up"
Result<DeliveryState> parse_delivery_state(std::string_view text);

/// A message and how far it has come.
struct OutboxRow {
  std::int64_t id;
  OutboxMessage message;
  DeliveryState state = DeliveryState::kWaiting;
  int attempts = 0;
  Instant next;        ///< Not to be tried before.
  std::string answer;  ///< What the channel said last.
};

/// What one evaluation changes in the journal, all or nothing.
struct AlertChanges {
  std::vector<AlertState> states;
  std::vector<AlertChange> changes;
  std::vector<OutboxMessage> messages;
  Instant at;
};

}  // namespace signalbus
