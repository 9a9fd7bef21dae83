#include "sim/totals.h"

#include <algorithm>
#include <sstream>

#include "execution/mutation.h"
#include "execution/order_machine.h"

namespace signalbus::sim {
namespace {

using execution::Rule;

/// Not of an order's input: T1 is the opening of a batch, T5 a POST that is answered with "exists",
/// T7 a copy that is refused.
constexpr const char* kRuleT1 = "rule T1";
constexpr const char* kRuleT5 = "rule T5";
constexpr const char* kRuleT7 = "rule T7";

std::vector<std::string> rule_names() {
  std::vector<std::string> names = {kRuleT1, kRuleT5};
  for (const execution::RuleRow& row : execution::life_cycle()) {
    if (row.rule != Rule::kT1) names.push_back("rule " + std::string(to_text(row.rule)));
  }
  return names;
}

std::string fault_name(std::size_t fault) {
  return "fault " + std::string(to_text(static_cast<Fault>(fault)));
}

}  // namespace

void Totals::add(std::uint64_t seed, const Verdict& verdict) {
  ++counts_["seeds"];
  counts_["orders"] += verdict.orders;
  counts_["lives"] += verdict.lives;
  counts_["events"] += verdict.events;
  counts_["simulated seconds"] += static_cast<std::uint64_t>(verdict.simulated_seconds);
  counts_[kRuleT1] += verdict.orders;
  for (std::size_t i = 0; i < kFaults; ++i) counts_[fault_name(i)] += verdict.faults.at(i);
  for (const auto& [name, count] : verdict.seen) counts_["seen " + name] += count;
  const auto add_seen = [&](const char* rule, const char* what) {
    const auto seen = verdict.seen.find(what);
    if (seen != verdict.seen.end()) counts_[rule] += seen->second;
  };
  add_seen(kRuleT5, "POST 422 exists");
  add_seen(kRuleT7, "copy refused");
  if (verdict.violation) {
    add_failure({seed, verdict.violation->invariant, verdict.violation->words});
  }
}

void Totals::add_rules() {
  for (const execution::RuleRow& row : execution::life_cycle()) {
    const std::uint64_t count = execution::g_rule_counts.at(static_cast<std::size_t>(row.rule));
    if (count > 0) counts_["rule " + std::string(to_text(row.rule))] += count;
  }
}

std::string Totals::text() const {
  std::string out;
  for (const auto& [name, count] : counts_) {
    out += "count\t" + std::to_string(count) + "\t" + name + "\n";
  }
  for (const Failure& failure : failures_) {
    std::string words = failure.words;
    std::replace(words.begin(), words.end(), '\n', ' ');
    out +=
        "failure\t" + std::to_string(failure.seed) + "\t" + failure.invariant + "\t" + words + "\n";
  }
  return out;
}

void Totals::read(std::string_view text) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string kind, number, name, rest;
    std::getline(fields, kind, '\t');
    std::getline(fields, number, '\t');
    std::getline(fields, name, '\t');
    std::getline(fields, rest);
    if (kind == "count") counts_[name] += std::stoull(number);
    if (kind == "failure") failures_.push_back({std::stoull(number), name, rest});
  }
}

std::uint64_t Totals::of(const std::string& name) const {
  const auto at = counts_.find(name);
  return at == counts_.end() ? 0 : at->second;
}

std::vector<std::string> Totals::never_seen() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kFaults; ++i) {
    if (of(fault_name(i)) == 0) out.push_back(fault_name(i));
  }
  for (const std::string& rule : rule_names()) {
    if (of(rule) == 0) out.push_back(rule);
  }
  return out;
}

std::string Totals::report() const {
  std::string out = std::to_string(of("seeds")) + " seeds: " + std::to_string(of("orders")) +
                    " orders, " + std::to_string(of("lives")) + " starts of the program, " +
                    std::to_string(of("simulated seconds") / 3'600) + " simulated hours, " +
                    std::to_string(of("events")) + " events\n";
  for (const std::string kind : {"fault ", "rule ", "seen "}) {
    std::string line = kind + ":";
    for (const auto& [name, count] : counts_) {
      if (name.starts_with(kind))
        line += " " + name.substr(kind.size()) + "=" + std::to_string(count);
    }
    out += line + "\n";
  }
  return out;
}

}  // namespace signalbus::sim
