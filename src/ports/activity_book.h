// What happened to the account beside its orders, as the journal keeps it, and looking back at
// runs. Implementations: SqliteJournal (storage), which tests use in memory.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "book/orders.h"
#include "core/result.h"

namespace signalbus {

/// A cash flow and the run date whose positions and cash were the first to contain it. Brokers book
/// activities days after the date that they carry.
struct KeptFlow {
  CashFlow flow;
  TradeDate seen;
};

/// A run as the journal has it.
struct RunSummary {
  RunRecord run;
  std::optional<int> exit_code;  ///< Absent while it runs, and for one that died.
  std::string outcome;
};

/// Called from one thread. Functions that write return only after the change is durable; errors as
/// those of Journal.
class ActivityBook {
 public:
  virtual ~ActivityBook() = default;

  /// Keeps those whose id is new to the mode and account; the others change nothing.
  virtual Status record_flows(Mode mode, const AccountId& account, std::span<const CashFlow> flows,
                              TradeDate seen) = 0;
  /// Those first seen from `from` to `to`, both included, in the order in which they were kept.
  virtual Result<std::vector<KeptFlow>> kept_flows(Mode mode, const AccountId& account,
                                                   TradeDate from, TradeDate to) = 0;

  /// Every account that the mode ever opened a batch for, by id.
  virtual Result<std::vector<AccountId>> traded_accounts(Mode mode) = 0;
  /// The newest `count` runs, newest first, of all modes.
  virtual Result<std::vector<RunSummary>> newest_runs(std::size_t count) = 0;
};

}  // namespace signalbus
