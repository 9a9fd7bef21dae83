// The life of one order: its states, and the only ways between them (T1 to T19). Pure.
//
// The rules that money depends on: an order whose POST may have left is never given up because the
// broker does not show it; only the broker's own word, or a proof that it cannot come any more,
// ends it. What is known only grows: filled quantities by maximum, executions as a set.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "book/orders.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus::execution {

/// What is known of one order beside its intent.
struct OrderProgress {
  OrderState state = OrderState::kPlanned;
  int posts = 0;  ///< How often it may have been sent.
  OrderId order_id{""};
  Quantity quantity = Quantity::zero();  ///< Asked for.
  Quantity filled = Quantity::zero();    ///< The broker's word, the highest that was heard.
  std::optional<Price> filled_avg_price = std::nullopt;
  Quantity executed = Quantity::zero();  ///< Sum of the executions that are recorded.
  std::optional<Instant> posted_at = std::nullopt;
  std::optional<OrderState> ended_as = std::nullopt;  ///< What the broker says it ended as.
  std::optional<Instant> ended_at = std::nullopt;     ///< When it ended, as the broker says.
  int looks_since_end = 0;
  std::optional<Instant> missing_since = std::nullopt;  ///< First "not found" in a row.
  int missing = 0;                                      ///< "Not found" in a row.
  std::optional<Instant> late_since = std::nullopt;     ///< First of those past the horizon.
  std::string code = {};
  std::string words = {};
};

/// What can happen to an order.
struct Dropped {  ///< It will not be sent: a limit, the halt, a deadline.
  std::string words;
};
struct Posted {};  ///< Its write-ahead is durable; the POST leaves now.
struct Withheld {  ///< Its write-ahead is durable, and the halt came before the POST: it never
                   ///< leaves.
  std::string words;
};
struct Refused {  ///< The broker's definite no to the only POST there ever was.
  std::string code;
  std::string words;
};
struct NoAnswer {  ///< A POST whose outcome is not known: time-out, 5xx, garbage, crash, no of a
                   ///< copy.
  std::string words;
};
struct Seen {  ///< The broker showed the order.
  OrderEvent event;
};
struct Contradicted {  ///< The broker shows something else under the order's id.
  std::string words;
};
/// What holds as of the question may be heard of hours later, when the process was stopped between.
struct Missing {  ///< The broker said "not found".
  bool late;      ///< Past the horizon (see past_horizon), and not in the list of all orders.
  Instant asked;  ///< When it was asked.
};
struct CancelAsked {};
struct Executed {  ///< All executions known of the order, in sum.
  Quantity sum;
};
struct LookedAgain {  ///< Orders and executions were read once more after its end.
  Instant asked;      ///< When that began.
};

using OrderInput = std::variant<Dropped, Posted, Withheld, Refused, NoAnswer, Seen, Contradicted,
                                Missing, CancelAsked, Executed, LookedAgain>;

/// How long to wait before believing, in seconds.
struct Patience {
  std::int64_t settle = 5;       ///< After a POST, before "not found" allows another.
  std::int64_t grace = 10;       ///< After an end without all shares filled, for late executions.
  std::int64_t executions = 60;  ///< After an end, for executions that are missing.
  std::int64_t vanished = 60;    ///< An order that was seen may be missing from answers so long.
};

/// T1 … T19, as the life cycle's table has them.
enum class Rule {
  kNone,
  kT1,
  kT2,
  kT3,
  kT4,
  kT5,
  kT6,
  kT7,
  kT8,
  kT9,
  kT10,
  kT11,
  kT11b,
  kT11c,
  kT11d,
  kT12,
  kT13,
  kT14,
  kT14b,
  kT15,
  kT16,
  kT18,
  kT19
};
std::string_view to_text(Rule rule);  ///< "T11b"; "" for kNone.

/// A row of the table of the life cycle; docs/order-life-cycle.md is made of these.
struct RuleRow {
  Rule rule;
  std::string_view from;  ///< States, separated by blanks; "-" before there is an order.
  std::string_view when;  ///< What happened, and the guard.
  std::string_view then;  ///< What the executor does.
  std::string_view to;    ///< States it can lead to, separated by blanks.
};
std::span<const RuleRow> life_cycle();

/// What an input made of an order.
struct OrderStep {
  Rule rule = Rule::kNone;
  OrderProgress after;
};

/// The order after the input. An input that the state does not know changes nothing (kNone): final
/// states change never.
OrderStep apply(const OrderProgress& before, const OrderInput& input, Instant now,
                const Patience& patience);

/// An execution that stands for those that the broker never showed, so that the books agree with
/// its filled quantity: deterministic id, the price that makes the average right (at least 1e-9
/// USD). `known` are the order's recorded executions. Only for an order in kResolving whose
/// executions are short.
Fill missing_execution(const OrderProgress& order, const Intent& intent,
                       std::span<const Fill> known, Instant now);

/// Seconds between the two looks of the horizon proof.
inline constexpr std::int64_t kBetweenLooks = 60;

/// Whether a POST that was sent can have no effect any more: it is a quarter of an hour old and the
/// session that a DAY order was for closed half an hour ago. `session_close` absent: not known, so
/// never. Two looks without the order past this moment, a minute apart, are the horizon proof.
bool past_horizon(const OrderProgress& order, std::optional<Instant> session_close, Instant now);

}  // namespace signalbus::execution
