#include "sim/faults.h"

namespace signalbus::sim {
namespace {

struct Entry {
  Fault fault;
  std::string_view word;
  std::uint32_t ppm_max;  // of the occasions named
};

constexpr std::array<Entry, kFaults> kTable = {{
    {Fault::kConnectionRefused, "connection_refused", 100'000},  // requests
    {Fault::kRequestLost, "request_lost", 200'000},
    {Fault::kResponseLost, "response_lost", 300'000},
    {Fault::kLatePost, "late_post", 200'000},  // POSTs
    {Fault::kVeryLatePost, "very_late_post", 30'000},
    {Fault::kDuplicatedPost, "duplicated_post", 50'000},
    {Fault::kErrorBefore, "error_before", 150'000},  // requests
    {Fault::kErrorAfter, "error_after", 200'000},
    {Fault::kRateLimited, "rate_limited", 20'000},
    {Fault::kForbidden, "forbidden", 100'000},
    {Fault::kTruncated, "truncated", 30'000},
    {Fault::kGarbled, "garbled", 30'000},
    {Fault::kHtml, "html", 30'000},
    {Fault::kSlow, "slow", 50'000},
    {Fault::kStaleRead, "stale_read", 300'000},  // GETs that were asked before
    {Fault::kHiddenOrder, "hidden_order", 500'000},
    {Fault::kHiddenExecutions, "hidden_executions", 20'000},  // minutes
    {Fault::kAmnesia, "amnesia", 2'000},                      //
    {Fault::kNewWord, "new_word", 50'000},                    // answers
    {Fault::kPartialFill, "partial_fill", 300'000},           // orders
    {Fault::kSlowFill, "slow_fill", 500'000},
    {Fault::kAsyncReject, "async_reject", 100'000},
    {Fault::kStuckCancel, "stuck_cancel", 100'000},
    {Fault::kHaltedSymbol, "halted_symbol", 30'000},       // minutes of a session
    {Fault::kPriceMove, "price_move", 500'000},            //
    {Fault::kForeignOrder, "foreign_order", 50'000},       //
    {Fault::kForeignCancel, "foreign_cancel", 50'000},     //
    {Fault::kForeignReplace, "foreign_replace", 20'000},   //
    {Fault::kTakenId, "taken_id", 50'000},                 // POSTs that were lost
    {Fault::kCashFlow, "cash_flow", 30'000},               //
    {Fault::kSplit, "split", 100'000},                     // nights
    {Fault::kBlockedAsset, "blocked_asset", 20'000},       // minutes
    {Fault::kHintLost, "hint_lost", 600'000},              // messages
    {Fault::kHintTwice, "hint_twice", 400'000},            //
    {Fault::kHintLate, "hint_late", 500'000},              //
    {Fault::kStreamSilent, "stream_silent", 20'000},       // minutes
    {Fault::kStreamGap, "stream_gap", 50'000},             //
    {Fault::kKilled, "killed", 20'000},                    // calls of a port
    {Fault::kKilledInCommit, "killed_in_commit", 10'000},  // commits
    {Fault::kPowerLost, "power_lost", 500'000},            // of all deaths
    {Fault::kPaused, "paused", 10'000},                    // calls of a port
    {Fault::kClockStep, "clock_step", 2'000},              // calls of a port
    {Fault::kSyncFailed, "sync_failed", 5'000},            // syncs
    {Fault::kDiskFull, "disk_full", 5'000},                // commits
    {Fault::kSecondProcess, "second_process", 10'000},     // calls of a port
    {Fault::kOperatorHalt, "operator_halt", 10'000},       //
    {Fault::kOperatorResume, "operator_resume", 500'000}   // minutes
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kFaults; ++i) {
    if (static_cast<std::size_t>(kTable[i].fault) != i) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::string_view to_text(Fault fault) { return kTable[static_cast<std::size_t>(fault)].word; }

FaultRates FaultRates::sample(Rng& rng) {
  FaultRates out;
  for (const Entry& entry : kTable) {
    // Both draws always: a world keeps its other rates when one is forced.
    const bool on = rng.chance(500'000);
    const auto ppm = static_cast<std::uint32_t>(rng.below(entry.ppm_max)) + 1;
    if (on) out.set(entry.fault, ppm);
  }
  return out;
}

}  // namespace signalbus::sim
