// The end of a run: its facts and its risk values against the alert rules, and who is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alerts/digest.h"
#include "alerts/judge.h"
#include "ports/alert_book.h"
#include "ports/clock.h"
#include "ports/journal.h"
#include "ports/run_log.h"
#include "settings/settings.h"

namespace signalbus::pipeline {

struct RunOutcome;

/// Where alerts are kept and who is told. A run without a book judges nothing.
struct AlertDoors {
  AlertBook* book = nullptr;
  Clock* wall = nullptr;              ///< The real time: messages wait and expire by it.
  std::vector<std::string> channels;  ///< Names of those that are configured.
};

/// Whose run it was.
struct AlertRequest {
  Mode mode;
  AccountId account;
  TradeDate date;
  std::string run;        ///< "20260105-1"
  std::string outcome;    ///< "done", or what failed.
  bool went_well;         ///< Exit code 0: the dead-man's URL is called.
  bool heartbeat = true;  ///< A quiet run says so, once a day.
};

/// What came of it.
struct AlertOutcome {
  std::vector<AlertState> open;      ///< What is not ok now, worst first.
  std::vector<AlertChange> changes;  ///< Of this run, suppressed ones too.
  std::size_t messages = 0;          ///< Put into the outbox.
};

/// Facts of a run that are watched: failed stages, refused and unresolved orders, the halt,
/// differences, lost notifications. Values that the run cannot know are absent, with the reason.
Result<std::vector<RiskValue>> facts_of_run(const RunOutcome& outcome, const AlertRequest& request,
                                            Journal& journal, const AlertDoors& doors);

/// Judges all values, steps the states and stores them with their messages in one transaction.
/// Doing it again for the same values changes nothing. Sends nothing: see notify/deliver.h.
Result<AlertOutcome> run_alerts(const AlertDoors& doors, const settings::Settings& settings,
                                const AlertRequest& request, const alerts::Evaluation& evaluation,
                                RunLog& log);

/// Whether the run could begin at all: no account, no connection, no session. "" says that it did.
/// Kept under no account, because none may be known.
Result<AlertOutcome> run_start_alert(const AlertDoors& doors, const settings::Settings& settings,
                                     Mode mode, TradeDate date, const std::string& why_not,
                                     RunLog& log);

/// The messages of a digest, one for each channel that wants it.
std::vector<OutboxMessage> compose_messages(const std::vector<std::string>& channels,
                                            const alerts::Digest& digest, Instant now,
                                            std::int64_t give_up_seconds);

/// As the page shows them.
std::vector<AlertNotice> notices_of(const std::vector<AlertState>& open);

}  // namespace signalbus::pipeline
