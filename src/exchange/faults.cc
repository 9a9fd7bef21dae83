#include "exchange/faults.h"

#include <algorithm>

namespace signalbus::exchange {
namespace {

std::uint64_t mixed(std::uint64_t value) {  // SplitMix64's finaliser
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

/// `*` stands for any run of characters.
bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_order_verb(FaultVerb verb) {
  return verb == FaultVerb::kPartialFill || verb == FaultVerb::kAsyncReject ||
         verb == FaultVerb::kStuckPendingCancel;
}
bool is_world_verb(FaultVerb verb) {
  return verb == FaultVerb::kHaltSymbol || verb == FaultVerb::kSplit ||
         verb == FaultVerb::kForeignOrder;
}
bool is_message_verb(FaultVerb verb) {
  switch (verb) {
    case FaultVerb::kDropResponse:
    case FaultVerb::kDelay:
    case FaultVerb::kTruncate:
    case FaultVerb::kGarble:
    case FaultVerb::kDuplicate:
    case FaultVerb::kReorder:
    case FaultVerb::kSilence:
    case FaultVerb::kClose:
      return true;
    default:
      return false;
  }
}

bool names_request(const FaultRule& rule, const Occasion& occasion) {
  if (rule.target == FaultTarget::kAny) return true;
  return rule.target == FaultTarget::kRequest &&
         (rule.method == "*" || rule.method == occasion.method) &&
         glob_matches(rule.path, occasion.path);
}

/// Whether a rule of that target and verb is about occasions of that kind at all.
bool concerns(const FaultRule& rule, const Occasion& occasion) {
  const bool order_lag = rule.verb == FaultVerb::kLag && occasion.method != "GET";
  switch (occasion.kind) {
    case Occasion::Kind::kRequest:
      return names_request(rule, occasion) && !is_order_verb(rule.verb) && !order_lag &&
             rule.verb != FaultVerb::kReorder;
    case Occasion::Kind::kOrder:
      return (is_order_verb(rule.verb) || order_lag) &&
             (rule.target == FaultTarget::kFill || names_request(rule, occasion)) &&
             (rule.symbol.empty() || rule.symbol == occasion.symbol);
    case Occasion::Kind::kFill:
      return rule.target == FaultTarget::kFill && is_world_verb(rule.verb);
    case Occasion::Kind::kMessage:
      if (rule.target == FaultTarget::kFill) {
        return occasion.is_fill && is_message_verb(rule.verb);
      }
      if (rule.target == FaultTarget::kAny) return is_message_verb(rule.verb);
      return rule.target == FaultTarget::kStream &&
             (is_message_verb(rule.verb) || rule.verb == FaultVerb::kLag);
  }
  return false;
}

}  // namespace

void FaultPlan::add(std::vector<FaultRule> rules) {
  for (FaultRule& rule : rules) rules_.push_back({std::move(rule), next_number_++, 0, 0});
}

bool FaultPlan::fires(Entry& entry, const Occasion& occasion) const {
  const FaultRule& rule = entry.rule;
  if (!rule.key_id.empty() && rule.key_id != occasion.key_id) return false;
  if (!concerns(rule, occasion)) return false;
  const std::uint64_t turn = entry.seen++;
  if (turn < rule.after) return false;
  if (rule.times && entry.fired >= *rule.times) return false;
  const std::uint64_t random = mixed(mixed(mixed(seed_) ^ entry.number) ^ turn) % 1'000'000'000;
  if (random >= static_cast<std::uint64_t>(rule.probability.raw())) return false;
  ++entry.fired;
  return true;
}

std::vector<FaultRule> FaultPlan::fire(const Occasion& occasion) {
  std::vector<FaultRule> fired;
  for (Entry& entry : rules_) {
    if (fires(entry, occasion)) fired.push_back(entry.rule);
  }
  return fired;
}

}  // namespace signalbus::exchange
