#include "risk/overrides.h"

#include <algorithm>

#include "core/text.h"
#include "risk/grants.h"
#include "risk/rules.h"

namespace signalbus::risk {
namespace {

constexpr std::string_view kBlock = "risk.";

std::string_view bare(std::string_view rule) {
  return rule.starts_with(kBlock) ? rule.substr(kBlock.size()) : rule;
}

std::vector<std::string> overridable_names() {
  std::vector<std::string> names;
  for (const Rule& rule : rule_table()) {
    if (rule.may_be_overridden()) names.emplace_back(rule.name);
  }
  return names;
}

}  // namespace

bool Grants::let_through(const Rule& rule, const Breach& breach, std::vector<Pass>& passed) {
  if (!rule.may_be_overridden()) return false;
  const auto at = std::find_if(left_.begin(), left_.end(), [&](const Override& permission) {
    return permission.rule == rule.name;
  });
  if (at == left_.end()) return false;
  passed.push_back({breach, *at});
  left_.erase(at);
  return true;
}

Status check_may_override(std::string_view rule) {
  const Rule* found = find_rule(bare(rule));
  if (found == nullptr) {
    const std::vector<std::string> names = overridable_names();
    const std::string hint = did_you_mean(bare(rule), names);
    return Error{
        ErrorCode::kUsage,
        "no rule " + quoted(rule) + (hint.empty() ? "; docs/risk-controls.md lists them" : hint)};
  }
  if (found->may_be_overridden()) return Ok{};
  return Error{ErrorCode::kUsage,
               "rule " + std::string(found->name) + " cannot be overridden; " +
                   (found->key.empty() ? "it is built in, mend what it found"
                                       : "change " + std::string(found->key) +
                                             " in the configuration, if that is meant")};
}

Result<Override> make_override(std::string_view rule, std::string_view reason,
                               const std::string& by, Instant at, std::int64_t seconds) {
  SB_TRY_OK(check_may_override(rule));
  if (reason.find_first_not_of(" \t") == std::string_view::npos) {
    return Error{ErrorCode::kUsage, "--reason is empty; say why the rule may be passed"};
  }
  if (seconds < 1 || seconds > kOverrideSecondsMax) {
    return Error{ErrorCode::kUsage,
                 "--for was " + std::to_string(seconds) + " s; write at least 1s and at most 1d"};
  }
  return Override{.rule = std::string(bare(rule)),
                  .reason = std::string(reason),
                  .by = by,
                  .at = at,
                  .expires_at = at.plus_seconds(seconds)};
}

std::string describe(const Override& permission) {
  const Rule* rule = find_rule(permission.rule);
  SB_CHECK(rule != nullptr);
  return "the next breach of " + std::string(rule->key) + " passes, once, until " +
         permission.expires_at.rfc3339();
}

}  // namespace signalbus::risk
