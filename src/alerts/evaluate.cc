// judge() and evaluate(): all values against all rules.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "alerts/judge.h"
#include "alerts/sentences.h"

namespace signalbus::alerts {
namespace {

bool is_measured(const Rule& rule, std::span<const Source> measured) {
  return std::find(measured.begin(), measured.end(), rule.watched().source) != measured.end();
}

bool watches(const Rule& rule, const RiskValue& value) {
  return rule.metric == value.metric && rule.covers(value.scope);
}

RiskValue not_given(const Rule& rule, const std::string& scope) {
  return {.scope = scope,
          .metric = rule.metric,
          .value = std::nullopt,
          .unit = std::string(rule.watched().unit),
          .window = "",
          .n_used = 0,
          .reason = "it was not measured"};
}

/// What a state is once what it was about is gone: nothing that could be bad.
Step step_gone(const AlertState& state, TradeDate date, std::string sentence) {
  if (date < state.judged) return {state, std::nullopt};
  AlertState after = state;
  after.level = after.held = AlertLevel::kOk;
  after.since = after.judged = date;
  after.warn_streak = after.critical_streak = after.warn_before = after.critical_before = 0;
  after.sentence.clear();
  after.acknowledged_by.clear();
  after.reason.clear();
  after.told = after.started = false;
  if (state.level == AlertLevel::kOk) return {std::move(after), std::nullopt};
  ++after.changes;
  AlertChange change{.key = date.iso() + "/" + after.rule + "/" + after.scope + "/gone/" +
                            std::to_string(after.changes),
                     .notice = {.rule = after.rule,
                                .scope = after.scope,
                                .level = AlertLevel::kOk,
                                .since = date,
                                .sentence = std::move(sentence),
                                .acknowledged = false},
                     .before = state.level,
                     .date = date,
                     .suppressed = state.started ? "" : "its beginning was not told"};
  return {std::move(after), std::move(change)};
}

/// Days on which nothing happened leave no trace: only `judged` would differ.
bool says_the_same(AlertState a, const AlertState& b) {
  a.judged = b.judged;
  a.warn_before = b.warn_before;
  a.critical_before = b.critical_before;
  return a == b;
}

/// Nothing would be lost if it were forgotten.
bool is_blank(const AlertState& state) {
  return state.level == AlertLevel::kOk && state.held == AlertLevel::kOk &&
         state.warn_streak == 0 && state.critical_streak == 0 && state.changes == 0;
}

class Evaluator {
 public:
  Evaluator(std::span<const AlertState> states, const Evaluation& evaluation)
      : evaluation_(evaluation) {
    for (const AlertState& state : states) known_.insert({{state.rule, state.scope}, state});
  }

  void rule(const Rule& rule) {
    std::set<std::string> seen;
    for (const RiskValue& value : evaluation_.values) {
      if (!watches(rule, value) || !seen.insert(value.scope).second) continue;
      take(step(rule, find(rule.name, value.scope), value, evaluation_.date));
    }
    if (!rule.is_pattern()) {
      if (seen.empty()) {
        take(
            step(rule, find(rule.name, rule.scope), not_given(rule, rule.scope), evaluation_.date));
      }
      return;
    }
    // Of a run, silence says nothing: a stage that was not asked for has not been mended.
    if (rule.watched().source != Source::kAnalysis) return;
    std::vector<Step> gone;
    for (const auto& [name, state] : known_) {
      if (name.first != rule.name || seen.contains(name.second)) continue;
      if (state.level == AlertLevel::kOk && state.warn_streak == 0) continue;
      gone.push_back(
          step_gone(state, evaluation_.date, plain_line(state.scope) + " is not there any more"));
    }
    for (Step& step : gone) take(std::move(step));
  }

  /// A rule that nobody has any more watches nothing.
  void drop_rules_other_than(std::span<const Rule> rules) {
    std::vector<Step> gone;
    for (const auto& [name, state] : known_) {
      const bool is_known = std::any_of(rules.begin(), rules.end(),
                                        [&](const Rule& rule) { return rule.name == name.first; });
      if (is_known || state.level == AlertLevel::kOk) continue;
      gone.push_back(step_gone(state, evaluation_.date, "the rule is not there any more"));
    }
    for (Step& step : gone) take(std::move(step));
  }

  Evaluated finish() && {
    const auto worse = [](AlertLevel a, AlertLevel b) { return gravity(a) > gravity(b); };
    for (const auto& [name, state] : known_) {
      if (state.level != AlertLevel::kOk) out_.open.push_back(state);
    }
    std::stable_sort(out_.open.begin(), out_.open.end(),
                     [&](const auto& a, const auto& b) { return worse(a.level, b.level); });
    std::stable_sort(out_.changes.begin(), out_.changes.end(), [&](const auto& a, const auto& b) {
      return worse(a.notice.level, b.notice.level);
    });
    return std::move(out_);
  }

 private:
  std::optional<AlertState> find(const std::string& rule, const std::string& scope) const {
    const auto found = known_.find({rule, scope});
    return found == known_.end() ? std::nullopt : std::optional(found->second);
  }

  void take(Step step) {
    const std::pair name{step.state.rule, step.state.scope};
    const auto found = known_.find(name);
    const bool changed =
        found == known_.end() ? !is_blank(step.state) : !says_the_same(step.state, found->second);
    if (changed) {
      out_.states.push_back(step.state);
      known_.insert_or_assign(name, std::move(step.state));
    }
    if (step.change) out_.changes.push_back(*std::move(step.change));
  }

  const Evaluation& evaluation_;
  std::map<std::pair<std::string, std::string>, AlertState> known_;
  Evaluated out_;
};

/// The thresholds and the level of the rule that says the worst of the value.
RiskRow row_of(const RiskValue& value, std::span<const Rule> rules,
               std::span<const Source> measured) {
  RiskRow row{.value = value, .threshold_warn = {}, .threshold_critical = {}};
  bool watched = false;
  for (const Rule& rule : rules) {
    if (!is_measured(rule, measured) || !watches(rule, value)) continue;
    const AlertLevel level = level_of(rule, value);
    if (watched && gravity(level) <= gravity(row.level)) continue;
    row.threshold_warn = rule.warn;
    row.threshold_critical = rule.critical;
    row.level = level;
    watched = true;
  }
  if (!watched && !value.value) row.level = AlertLevel::kUnknown;
  return row;
}

}  // namespace

std::vector<RiskRow> judge(std::span<const RiskValue> values, std::span<const Rule> rules,
                           std::span<const Source> measured) {
  std::vector<RiskRow> rows;
  for (const RiskValue& value : values) rows.push_back(row_of(value, rules, measured));
  for (const Rule& rule : rules) {
    if (rule.is_pattern() || !is_measured(rule, measured)) continue;
    const bool given = std::any_of(rows.begin(), rows.end(),
                                   [&](const RiskRow& row) { return watches(rule, row.value); });
    if (!given) rows.push_back(row_of(not_given(rule, rule.scope), rules, measured));
  }
  return rows;
}

Evaluated evaluate(std::span<const Rule> rules, std::span<const AlertState> states,
                   const Evaluation& evaluation) {
  Evaluator evaluator(states, evaluation);
  for (const Rule& rule : rules) {
    if (is_measured(rule, evaluation.measured)) evaluator.rule(rule);
  }
  evaluator.drop_rules_other_than(rules);
  return std::move(evaluator).finish();
}

}  // namespace signalbus::alerts
