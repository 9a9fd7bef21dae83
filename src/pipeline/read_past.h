// The past of an account: its days, fills, flows and orders read in bulk, for analytics.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analytics/past.h"
#include "core/result.h"
#include "ports/activity_book.h"
#include "ports/files.h"
#include "ports/journal.h"

namespace signalbus::pipeline {

struct PastRequest {
  Mode mode;
  AccountId account;               ///< As the journal's batches have it.
  std::optional<TradeDate> start;  ///< Absent: the first day there is.
  std::optional<TradeDate> end;    ///< Absent: the last one.
  std::string outputs;             ///< Where M5 writes.
  std::string log_path;            ///< execution_log.csv
  std::string market;              ///< data/market
  std::string sectors_path;        ///< Empty: no sector is known.
  std::string benchmark;           ///< A symbol or a file of data/market's format; empty: none.
  std::string benchmark_weights;   ///< What it is made of; empty: nobody told.
  std::string factors;             ///< A file of their returns; empty: none.
  double rf_annual = 0;
  /// Orders are sent at prices of that moment, not at those of the plan; else nobody knows what
  /// the delay between the two cost.
  bool arrival_is_fresh = false;
};

/// Whom to ask. Without a journal the files alone speak: the specification's input of M6.
struct PastDoors {
  Files& files;
  Journal* journal = nullptr;
  ActivityBook* activities = nullptr;
};

/// A name's way from its target, of the last day.
struct Drift {
  std::string symbol;
  double target_weight, actual_weight, deviation;
  std::string cause;
};

struct Past {
  analytics::PerformanceFacts facts;
  std::vector<Drift> drift;
  std::set<std::string> strategies;
  std::vector<std::string> notes;  ///< What a reader must know ("2 sessions have no positions").
  std::size_t missing_sessions = 0;
};

/// Reads everything once. kNotFound when there are no end-of-day positions in the range; errors of
/// files, which name the place, and of the journal.
Result<Past> read_past(const PastDoors& doors, const PastRequest& request);

}  // namespace signalbus::pipeline
