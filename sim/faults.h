// What can go wrong in a simulated world, how often it does there, and how often it did.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/rng.h"

namespace signalbus::sim {

/// Each is off in half of all worlds and has a rate of its own, up to a maximum, in the others.
enum class Fault : std::uint8_t {
  // On the way of one request.
  kConnectionRefused,  ///< Nothing left the machine.
  kRequestLost,
  kResponseLost,
  kLatePost,      ///< Arrives up to 30 s later, so after the client gave up.
  kVeryLatePost,  ///< Up to 10 minutes later: after a restart, a halt, the close.
  kDuplicatedPost,
  kErrorBefore,  ///< 5xx, not handled.
  kErrorAfter,   ///< 5xx, handled.
  kRateLimited,  ///< A burst of 429, not handled.
  kForbidden,    ///< 403 of Alpaca's own, not handled.
  kTruncated,
  kGarbled,
  kHtml,
  kSlow,              ///< The answer takes seconds.
  kStaleRead,         ///< An answer that was right seconds ago.
  kHiddenOrder,       ///< A young order is not shown yet.
  kHiddenExecutions,  ///< None is shown, for minutes.
  kAmnesia,           ///< No order is shown any more, for minutes: as after a restored backup.
  kNewWord,           ///< A status that nobody has heard of.
  // In the market and the account.
  kPartialFill,
  kSlowFill,  ///< Accepted; fills seconds or minutes later.
  kAsyncReject,
  kStuckCancel,
  kHaltedSymbol,
  kPriceMove,
  kForeignOrder,
  kForeignCancel,  ///< Somebody cancels an order of ours at the broker.
  kForeignReplace,
  kTakenId,  ///< Another installation's order has the id that ours was to have.
  kCashFlow,
  kSplit,
  kBlockedAsset,
  // On the stream.
  kHintLost,
  kHintTwice,
  kHintLate,
  kStreamSilent,
  kStreamGap,
  // To the process and its machine.
  kKilled,
  kKilledInCommit,
  kPowerLost,
  kPaused,
  kClockStep,
  kSyncFailed,
  kDiskFull,
  kSecondProcess,
  // By people.
  kOperatorHalt,
  kOperatorResume
};
inline constexpr std::size_t kFaults = static_cast<std::size_t>(Fault::kOperatorResume) + 1;

/// "request_lost": the word of output and command line.
std::string_view to_text(Fault fault);

using FaultCounts = std::array<std::uint64_t, kFaults>;

/// The rates of one world, in millionths of its occasions.
class FaultRates {
 public:
  /// Nothing goes wrong.
  FaultRates() = default;
  static FaultRates sample(Rng& rng);

  std::uint32_t of(Fault fault) const { return ppm_[static_cast<std::size_t>(fault)]; }
  void set(Fault fault, std::uint32_t ppm) { ppm_[static_cast<std::size_t>(fault)] = ppm; }

 private:
  std::array<std::uint32_t, kFaults> ppm_{};
};

}  // namespace signalbus::sim
