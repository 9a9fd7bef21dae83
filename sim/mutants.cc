#include "sim/mutants.h"

#include <algorithm>

namespace signalbus::sim {

using execution::Mutation;

const std::vector<Mutant>& mutants() {
  static const std::vector<Mutant> all = {
      {"m1", Mutation::kNoWriteAhead, "the POST leaves before its record is durable"},
      {"m2", Mutation::kNewIdPerRetry, "a resend gets an id of its own"},
      {"m3", Mutation::kMissingIsRejected, "one \"not found\" ends an order"},
      {"m4", Mutation::kNoExecutionDedup, "an execution that is told twice is booked twice"},
      {"m5", Mutation::kSyncErrorIgnored, "the journal goes on after a failed sync"},
      {"m6", Mutation::kBuysDoNotWait, "buys leave while sells are open"},
      {"m7", Mutation::kRefusalOfResendEnds, "a refusal of a second copy is final"},
      {"m8", Mutation::kHaltNotChecked, "the write-ahead does not look at the trading state"},
      {"m9", Mutation::kNoFence, "a process that was replaced may still write"},
      {"m10", Mutation::kThreeMissingReject, "the third \"not found\" ends an order"}};
  return all;
}

void become(const Mutant& mutant) { execution::g_mutation = mutant.mutation; }

std::optional<Mutant> find_mutant(const std::string& name) {
  const auto& all = mutants();
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const Mutant& mutant) { return mutant.name == name; });
  return at == all.end() ? std::nullopt : std::optional<Mutant>(*at);
}

std::optional<Failure> hunt(const Mutant& mutant, std::span<const std::uint64_t> likely,
                            std::uint64_t seeds_max) {
  become(mutant);
  std::optional<Failure> found;
  const auto meet = [&](std::uint64_t seed) {
    const Verdict verdict = tell_story(seed, {});
    if (!verdict.violation) return;
    found = Failure{seed, verdict.violation->invariant, verdict.violation->words};
  };
  for (std::size_t i = 0; i < likely.size() && !found; ++i) meet(likely[i]);
  for (std::uint64_t seed = 1; seed <= seeds_max && !found; ++seed) meet(seed);
  execution::g_mutation = Mutation::kNone;
  return found;
}

}  // namespace signalbus::sim
