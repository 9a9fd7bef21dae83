// One message of a run: all that changed and all that is open, in the words of each channel. Pure.
//
// Sentences may carry anything (a symbol, a strategy's name, an error's text). Every function here
// makes that inert for where its text goes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "book/alerts.h"

namespace signalbus::alerts {

enum class DigestKind { kChanges, kHeartbeat, kTest };

struct Digest {
  DigestKind kind = DigestKind::kChanges;
  std::string mode;     ///< "paper"
  std::string account;  ///< As its owner knows it; may be empty.
  std::string run;      ///< "20260105-1"; empty: no run.
  TradeDate date;
  std::string outcome;               ///< "done", or what failed.
  std::vector<AlertChange> changes;  ///< Those that are told, worst first.
  std::vector<AlertState> open;      ///< Everything that is not ok.
  std::vector<std::string> notes;    ///< What else a reader must know.
};

/// One line: "[signalbus paper] 1 critical, 2 warnings on 2026-01-05".
std::string subject_of(const Digest& digest);
/// Plain text for a mail.
std::string text_of(const Digest& digest);
/// A whole HTML document without scripts, links and pictures.
std::string html_of(const Digest& digest);
/// For Slack: &, < and > are escaped, so nobody is called and nothing is linked.
std::string slack_of(const Digest& digest);
/// At most 300 bytes.
std::string sms_of(const Digest& digest);

/// The worst level among the changes; kOk for none.
AlertLevel worst_of(const Digest& digest);

}  // namespace signalbus::alerts
