// M6: the account's past -> profit, risk snapshot, dashboard, digest.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/rule.h"
#include "analytics/performance.h"
#include "book/monitoring.h"
#include "core/result.h"
#include "pipeline/read_past.h"
#include "pipeline/workspace.h"
#include "ports/alert_book.h"
#include "settings/settings.h"

namespace signalbus::pipeline {

/// What a report is about: the part of the days that its first page adds up. Charts and metrics are
/// of all days.
enum class Period { kDay, kWeek, kMonth, kInception };
Result<Period> parse_period(std::string_view text);  ///< day, week, month, inception

struct AnalyzeRequest {
  PastRequest past;
  Period period = Period::kDay;
  std::string out_dir;
  std::string runs_dir;  ///< data/runs; the page links to it where it lies beside out_dir.
  std::string version;   ///< Of the program.
  std::vector<alerts::Rule> rules;  ///< What the values are held against.
  /// The day that data should reach; absent: the last day of the report.
  std::optional<TradeDate> as_of = std::nullopt;
};

struct AnalyzeDoors {
  Journal* journal = nullptr;  ///< Absent: files alone.
  ActivityBook* activities = nullptr;
  AlertBook* alerts = nullptr;  ///< What was open before; absent: every rule begins anew.
};

struct AnalyzeOutcome {
  analytics::Performance performance;
  std::vector<RiskValue> values;  ///< What alert rules look at.
  std::vector<RiskRow> risk;
  std::string summary;  ///< The digest, as in summary.txt.
  std::vector<std::string> notes;
  std::vector<std::string> files;
  std::string dashboard;  ///< Path of the page.

  std::string words() const;  ///< "504 days, +0.30 % on the last"
};

/// Nothing is fetched. On any error nothing was written. kNotFound without end-of-day positions in
/// the range; errors of files and journal as they are.
Result<AnalyzeOutcome> run_analyze(Doors& doors, const AnalyzeDoors& ask,
                                   const AnalyzeRequest& request);

/// From the settings, for all days up to `end` (absent: all).
AnalyzeRequest make_analyze_request(const Workspace& workspace, const settings::Settings& settings,
                                    Mode mode, AccountId account, std::optional<TradeDate> end);

/// Whose past the mode's is, without asking the broker: "dry", the configured account, or the only
/// one that the journal knows. kUsage where it knows several.
Result<AccountId> analyzed_account(const settings::Settings& settings, Mode mode,
                                   ActivityBook* activities);

}  // namespace signalbus::pipeline
