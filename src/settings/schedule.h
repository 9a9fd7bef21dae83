// SchedulerSettings: when a run starts, what each stage does, and what its failure means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "book/orders.h"
#include "core/ids.h"
#include "core/money.h"
#include "signals/policy.h"

namespace signalbus::settings {

/// What a failed stage means for the run. M5 always follows an M4 that ran, whatever is set here.
enum class OnStageFailure {
  kStop,      ///< Stages that depend on it do not run.
  kSkip,      ///< Reported, and the run counts as done without it. Only m5 and m6.
  kLastGood,  ///< The newest earlier result stands in. Only m1 (its targets).
  kHalt       ///< As stop, and the kill switch goes on: a person has to resume.
};

struct StagePolicy {
  OnStageFailure on_failure = OnStageFailure::kStop;
  std::optional<std::int64_t> timeout_seconds;  ///< 1..86400; absent: no limit.
};

enum class Schedule { kDaily, kWeekly, kMonthly };
enum class PriceSource { kSnapshot, kLatest, kFile };
enum class ReconcileSource { kLogs, kBroker };

/// A time of day at the exchange (New York).
struct TimeOfDay {
  int hour;    ///< 0..23
  int minute;  ///< 0..59
};

struct M1Settings {
  StagePolicy stage;
  signals::MergeMode mode = signals::MergeMode::kSelect;
  std::optional<StrategyId>
      pick;  ///< For select; may be absent when the manifest has one strategy.
  std::vector<std::pair<StrategyId, double>> blend;  ///< For blend: positive, any sum, file order.
};

struct M2Settings {
  StagePolicy stage;
  std::optional<Money> equity;     ///< USD, positive; the broker's wins in sim, paper and live.
  bool fetch_real_prices = false;  ///< False: prices come from a file.
  PriceSource price_source = PriceSource::kFile;  ///< Snapshot when fetch_real_prices is true.
  std::string prices;     ///< Path of a price file; empty: only a flag can name one.
  std::string positions;  ///< Path of a positions file; empty: see product, M2.
};

struct M4Settings {
  StagePolicy stage;
  Mode mode = Mode::kDry;  ///< `--mode` overrides.
  bool run = true;         ///< False: the plan is written and nothing is executed.
};

struct M5Settings {
  StagePolicy stage;
  ReconcileSource source = ReconcileSource::kLogs;
  bool run = true;
};

struct M6Settings {
  StagePolicy stage;
  bool run = true;  ///< Every run ends with the report.
};

struct SchedulerSettings {
  TimeOfDay time{.hour = 9, .minute = 0};  ///< Start of a scheduled run, New York.
  Schedule schedule = Schedule::kDaily;
  int weekday = 1;             ///< 0 Sunday .. 6 Saturday, 1..5 allowed; for weekly.
  int month_day = 1;           ///< 1..28, or -1 for the last day; for monthly.
  bool skip_weekends = false;  ///< Never start on a Saturday or Sunday.
  M1Settings m1;
  M2Settings m2;
  M4Settings m4;
  M5Settings m5;
  M6Settings m6;
};

}  // namespace signalbus::settings
