// What is known of the strategies' sleeves before a stage decides: history and contributions.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "book/orders.h"
#include "book/recon.h"
#include "book/sleeves.h"
#include "book/targets.h"
#include "core/result.h"
#include "ports/broker.h"
#include "ports/files.h"
#include "ports/journal.h"

namespace signalbus::pipeline {

/// What per-strategy books are folded from.
struct SleeveHistory {
  SleeveEntries entries = std::make_shared<std::vector<SleeveEntry>>();
  std::vector<CashFlow> flows;  ///< Of the account, all since the first entry.
};

/// Reads the journal, and asks the broker, where there is one, what changed the account without an
/// order since the first entry. In dry mode of each day only the last batch counts: a day that is
/// run again starts from the same positions.
Result<SleeveHistory> load_sleeve_history(Journal& journal, Mode mode, const AccountId& account,
                                          Broker* broker);

/// What each strategy owns at the end of a day.
struct SleeveReport {
  std::vector<SleeveResult> results;
  std::vector<std::string> files;  ///< sleeves_YYYYMMDD.csv, sleeve_positions_YYYYMMDD.csv
};

/// Divides the account as `eod` shows it among the strategies, and writes that down. Nothing where
/// no strategy ever owned anything.
Result<SleeveReport> report_sleeves(Files& files, const SleeveHistory& history, const EodBook& eod,
                                    const std::string& folder);

/// Strategies that own something: what signals.on_failure: hold_sleeve can hold.
Result<std::set<StrategyId>> strategies_with_a_sleeve(const SleeveHistory& history);

/// What each strategy asked for, and where it stands.
struct KnownContributions {
  std::optional<Contributions> contributions = std::nullopt;  ///< Absent: nobody wrote it down.
  std::string path = {};
  std::string sha256 = {};  ///< Of the file; empty while it is not written.
};

/// Reads target_contributions_YYYYMMDD.csv beside the targets; absent when there is none. With
/// `needed` that is kNotFound: where a quarantined strategy may have to be held, targets alone do
/// not tell, and its positions would be sold.
Result<KnownContributions> find_contributions(Files& files, const std::string& targets_path,
                                              TradeDate trade_date, bool needed);

}  // namespace signalbus::pipeline
