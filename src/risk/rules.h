// The table of risk rules: name, key, what is checked where, and what a breach does. Everything
// that checks walks this table; docs/risk-controls.md is made of it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "risk/limits.h"

namespace signalbus::risk {

struct OrderView;
struct BatchView;
struct ExitView;
struct StartFacts;
struct SessionFacts;
struct BatchTally;

/// The words of a breach; nothing when the rule agrees.
using Words = std::optional<std::string>;

enum class OnBreach {
  kSkipOrder,    ///< That order is not planned or sent; exit 4.
  kRefuseBatch,  ///< At planning the batch, at the gate that order; exit 4.
  kRefuseRun,    ///< Nothing is sent; exit 4.
  kHalt,         ///< The trading state becomes HALTED; exit 9.
  kByState       ///< HALTED: exit 9; REDUCE_ONLY, SELL_ONLY: the order is skipped, exit 4.
};

/// What live mode asks of the key.
enum class InLive {
  kValue,     ///< It must have a value.
  kMayBeOff,  ///< It must be there; `off` (or an empty list) is an answer.
  kNotAsked   ///< Built in, or it has a safe default.
};

/// Whether a person may let one breach pass.
enum class Overriding { kOnce, kNever };

/// Whether the gate asks again when the order was sent before.
enum class Resend { kAsked, kNotAsked };

/// Where a rule is checked, and how; null: not there. All are pure.
struct Checks {
  Words (*order)(const OrderView&, const RiskLimits&) = nullptr;       ///< Plan, and gate.
  Words (*batch)(const BatchView&, const RiskLimits&) = nullptr;       ///< Plan.
  Words (*exit)(const ExitView&, const RiskLimits&) = nullptr;         ///< Gate.
  Words (*session)(const SessionFacts*, const RiskLimits&) = nullptr;  ///< Run start, and gate.
  Words (*start)(const StartFacts&, const RiskLimits&) = nullptr;      ///< Run start.
  Words (*tally)(const BatchTally&, const RiskLimits&) = nullptr;      ///< While a batch is sent.

  bool at_plan() const { return order != nullptr || batch != nullptr; }
  bool at_gate() const { return order != nullptr || exit != nullptr || session != nullptr; }
  bool at_start() const { return session != nullptr || start != nullptr; }
};

struct Rule {
  std::string_view name;     ///< "max_share_per_order": in verdicts, plans and overrides.
  std::string_view key;      ///< "risk.max_share_per_order"; empty when it is built in.
  std::string_view unit;     ///< Of the key; empty when it is built in.
  std::string_view meaning;  ///< One sentence.
  std::string_view source;   ///< What it is modelled on.
  OnBreach on_breach;
  InLive in_live;
  Overriding overriding;
  Resend resend;
  Checks checks;
  std::string (*value)(const RiskLimits&) = nullptr;  ///< The limit as text; "": not set.
  std::string_view absent = "not limited";            ///< What "not set" amounts to.

  bool may_be_overridden() const { return overriding == Overriding::kOnce; }
};

/// In the order in which they are asked: the first breach is the one that is told.
std::span<const Rule> rule_table();

/// Null for a name that no rule has.
const Rule* find_rule(std::string_view name);

/// The limit as text ("5%", "1000"), or what its absence amounts to ("not limited"). `name` must be
/// a rule's.
std::string limit_text(std::string_view name, const RiskLimits& limits);

/// docs/risk-controls.md: every rule, what is enforced elsewhere, and what is not built.
std::string risk_controls_markdown();

}  // namespace signalbus::risk
