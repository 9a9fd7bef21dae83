#include "risk/check_run.h"

#include "risk/grants.h"

namespace signalbus::risk {
namespace {

ControlRecord halt_by(const Rule& rule, std::string words, Instant now) {
  return {.state = TradingState::kHalted,
          .reason = std::move(words),
          .by = std::string(rule.key),
          .at = now};
}

/// The words of a rule before a run, by whichever of its checks are made there.
Words words_at_start(const Rule& rule, const StartFacts& facts, const RiskLimits& limits) {
  if (rule.checks.start != nullptr) return rule.checks.start(facts, limits);
  if (rule.checks.session == nullptr) return std::nullopt;
  return rule.checks.session(facts.session ? &*facts.session : nullptr, limits);
}

}  // namespace

Status StartVerdict::status() const {
  if (refused.empty()) return Ok{};
  std::string message;
  for (const Breach& breach : refused) message += (message.empty() ? "" : "\n") + breach.words;
  return Error{halted ? ErrorCode::kHalted : ErrorCode::kLimitExceeded, std::move(message)};
}

StartVerdict check_start(const StartFacts& facts, const RiskLimits& limits,
                         std::span<const Rule> rules) {
  StartVerdict verdict;
  Grants grants(facts.granted);
  const bool already = facts.control.state == TradingState::kHalted;
  verdict.halted = already;
  for (const Rule& rule : rules) {
    Words words = words_at_start(rule, facts, limits);
    if (!words) continue;
    Breach breach{rule.name, std::move(*words)};
    if (grants.let_through(rule, breach, verdict.passed)) continue;
    // Equity that nobody can tell is a reason not to start, not one to stop for good.
    const bool known = facts.equity && facts.marks.day_start && facts.marks.peak;
    const bool lost = rule.on_breach == OnBreach::kHalt && known;
    if (lost && !already && !verdict.halt) {
      verdict.halt = halt_by(rule, breach.words, facts.now);
      verdict.halted = true;
    }
    verdict.refused.push_back(std::move(breach));
  }
  return verdict;
}

std::optional<ControlRecord> check_breaker(const BatchTally& tally, Instant now,
                                           const RiskLimits& limits, std::span<const Rule> rules) {
  for (const Rule& rule : rules) {
    Words words = rule.checks.tally == nullptr ? std::nullopt : rule.checks.tally(tally, limits);
    if (words) return halt_by(rule, std::move(*words), now);
  }
  return std::nullopt;
}

std::string describe(const ControlRecord& control) {
  std::string out(to_text(control.state));
  if (!control.by.empty()) out += " by " + control.by;
  if (control.at) out += " since " + control.at->rfc3339();
  if (!control.reason.empty()) out += ": " + control.reason;
  return out;
}

}  // namespace signalbus::risk
