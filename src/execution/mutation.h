// Deliberate breakages of the execution protocol, for the simulator to catch. A product build has
// none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace signalbus::execution {

/// Each removes one safeguard (the numbers are those of docs/simulation.md).
enum class Mutation {
  kNone,
  kNoWriteAhead,         ///< m1: the POST leaves before its record is durable.
  kNewIdPerRetry,        ///< m2: a resend gets an id of its own.
  kMissingIsRejected,    ///< m3: one "not found" ends the order.
  kNoExecutionDedup,     ///< m4: an execution that is told twice is booked twice.
  kSyncErrorIgnored,     ///< m5: the journal goes on after a failed sync.
  kBuysDoNotWait,        ///< m6: buys leave while sells are open.
  kRefusalOfResendEnds,  ///< m7: a refusal of a second copy counts as final.
  kHaltNotChecked,       ///< m8: the write-ahead does not look at the trading state.
  kNoFence,              ///< m9: a holder that was replaced may still write.
  kThreeMissingReject    ///< m10: the third "not found" ends the order.
};

#ifdef SB_MUTATIONS
inline Mutation g_mutation = Mutation::kNone;
inline bool mutated(Mutation which) { return g_mutation == which; }
/// How often each rule of the life cycle happened, by its number.
inline std::array<std::uint64_t, 32> g_rule_counts{};
inline void count_rule(std::size_t rule) { ++g_rule_counts.at(rule); }
#else
constexpr bool mutated(Mutation) { return false; }
constexpr void count_rule(std::size_t) {}
#endif

}  // namespace signalbus::execution
