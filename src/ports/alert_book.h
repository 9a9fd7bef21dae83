// Where alerts live: their states, what was told, and the outbox of messages on their way.
// Implementation: SqliteJournal (storage), so that a state and its messages are one transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "book/alerts.h"
#include "book/orders.h"
#include "core/ids.h"
#include "core/result.h"

namespace signalbus {

/// Called from one thread. What writes returns after the change is durable; kStorage as in
/// ports/journal.h. Nothing here is fenced: a message may be sent while another process trades.
class AlertBook {
 public:
  virtual ~AlertBook() = default;

  /// Every account of the mode that ever had a state; "" is that of runs that could not begin.
  virtual Result<std::vector<AccountId>> alert_accounts(Mode mode) = 0;

  /// The newest state of every rule and scope that ever was anything but ok.
  virtual Result<std::vector<AlertState>> alert_states(Mode mode, const AccountId& account) = 0;

  /// Stores states, changes and messages, all or nothing. A change or a message whose key is known
  /// changes nothing: whoever evaluates a run again, after a crash too, tells nothing twice.
  virtual Status record_alerts(Mode mode, const AccountId& account,
                               const AlertChanges& changes) = 0;

  /// The newest changes first, suppressed ones too.
  virtual Result<std::vector<AlertChange>> alert_changes(Mode mode, const AccountId& account,
                                                         std::size_t limit) = 0;

  /// Messages that wait and may be tried at that moment, in the order they were stored.
  virtual Result<std::vector<OutboxRow>> due_messages(Instant at, std::size_t limit) = 0;

  /// Counts an attempt before it is made, and puts the next one off until `next`. False when the
  /// message is not due any more: another process has it, or has sent it.
  virtual Result<bool> claim_message(std::int64_t id, Instant at, Instant next) = 0;

  /// How the attempt ended: kWaiting leaves it due at the time of its claim. `answer` in a few
  /// words, without secrets.
  virtual Status mark_message(std::int64_t id, DeliveryState state, const std::string& answer,
                              Instant at) = 0;

  /// The newest messages first; only those that wait, or all.
  virtual Result<std::vector<OutboxRow>> messages(bool only_waiting, std::size_t limit) = 0;

  /// How many messages of a date were stored for the channel: what a day's budget counts.
  virtual Result<std::size_t> messages_of(const std::string& channel, TradeDate date) = 0;

  /// Messages given up since that moment, with their channels and answers.
  virtual Result<std::vector<OutboxRow>> given_up_since(Instant at) = 0;
};

}  // namespace signalbus
