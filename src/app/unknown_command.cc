#include "app/unknown_command.h"

#include <algorithm>

#include "core/text.h"

namespace signalbus::app {

std::string unknown_command(const std::vector<std::string>& arguments) {
  const std::vector<std::string> known = {"run",     "signals", "plan",   "execute",  "reconcile",
                                          "analyze", "init",    "config", "doctor",   "exchange",
                                          "status",  "halt",    "resume", "override", "audit",
                                          "demo",    "metrics", "prices", "alerts",   "notify"};
  if (arguments.empty() || arguments.front().starts_with("-") ||
      std::find(known.begin(), known.end(), arguments.front()) != known.end()) {
    return "";
  }
  const std::string hint = did_you_mean(arguments.front(), known);
  return "signalbus: no command " + quoted(arguments.front()) +
         (hint.empty() ? ", see `signalbus --help`" : hint) + "\n";
}

}  // namespace signalbus::app
