// alerts, alerts ack: what is out of its limits, and what somebody said of it.
#include <algorithm>

#include "alerts/judge.h"
#include "alerts/sentences.h"
#include "app/commands.h"
#include "app/notifier.h"
#include "app/operator_name.h"
#include "formats/json_writer.h"

namespace signalbus::app {
namespace {

constexpr std::size_t kChanges = 50;

constexpr std::string_view kNoneEver =
    "no alert yet in this mode; `signalbus run` holds the rules against the day at its end\n";

/// A state with the account that it is kept under: the run's, or none.
struct OpenAlert {
  AccountId account;
  AlertState state;
};

Result<std::vector<OpenAlert>> open_alerts(Session& session) {
  SB_TRY(AlertBook * book, session.alert_book());
  SB_TRY(const std::vector<AccountId> accounts, book->alert_accounts(session.mode()));
  std::vector<OpenAlert> out;
  for (const AccountId& account : accounts) {
    SB_TRY(std::vector<AlertState> states, book->alert_states(session.mode(), account));
    for (AlertState& state : states) {
      if (state.level != AlertLevel::kOk) out.push_back({account, std::move(state)});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const OpenAlert& a, const OpenAlert& b) {
    return alerts::gravity(a.state.level) > alerts::gravity(b.state.level);
  });
  return out;
}

Result<std::vector<AlertChange>> newest_changes(Session& session) {
  SB_TRY(AlertBook * book, session.alert_book());
  SB_TRY(const std::vector<AccountId> accounts, book->alert_accounts(session.mode()));
  std::vector<AlertChange> out;
  for (const AccountId& account : accounts) {
    SB_TRY(std::vector<AlertChange> changes,
           book->alert_changes(session.mode(), account, kChanges));
    for (AlertChange& change : changes) out.push_back(std::move(change));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const AlertChange& a, const AlertChange& b) { return a.date > b.date; });
  return out;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.resize(width, ' ');
  return out;
}

std::string page_of(const std::vector<OpenAlert>& open, const std::vector<AlertChange>& changes) {
  std::string out = open.empty() ? "all is within its limits\n" : "";
  for (const auto& [account, state] : open) {
    out += padded(to_text(state.level), 9) + "since " + state.since.iso() + "  " +
           alerts::plain_line(state.sentence) + "\n" + padded("", 9) + state.rule + ", " +
           alerts::plain_line(state.scope);
    if (!state.acknowledged_by.empty()) {
      out += "; seen by " + state.acknowledged_by + ": " + alerts::plain_line(state.reason);
    }
    out += "\n";
  }
  if (!changes.empty()) out += "\nnewest changes\n";
  for (const AlertChange& change : changes) {
    const bool over = change.notice.level == AlertLevel::kOk;
    out += "  " + change.date.iso() + "  " +
           padded(over ? "resolved" : to_text(change.notice.level), 9) +
           alerts::plain_line(change.notice.sentence);
    if (!change.suppressed.empty()) out += "  (not told: " + change.suppressed + ")";
    out += "\n";
  }
  return out;
}

void write_state(formats::JsonWriter& json, const AlertState& state) {
  json.begin_object().key("rule").string(state.rule).key("scope").string(state.scope);
  json.key("level").string(to_text(state.level)).key("since").string(state.since.iso());
  json.key("sentence").string(state.sentence);
  json.key("acknowledged_by").string(state.acknowledged_by);
  json.key("reason").string(state.reason).end_object();
}

std::string json_of(const std::vector<OpenAlert>& open, const std::vector<AlertChange>& changes) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("alerts").key("open").begin_array();
  for (const OpenAlert& alert : open) write_state(json, alert.state);
  json.end_array().key("changes").begin_array();
  for (const AlertChange& change : changes) {
    json.begin_object().key("key").string(change.key).key("rule").string(change.notice.rule);
    json.key("scope").string(change.notice.scope);
    json.key("level").string(to_text(change.notice.level));
    json.key("before").string(to_text(change.before)).key("date").string(change.date.iso());
    json.key("sentence").string(change.notice.sentence);
    json.key("suppressed").string(change.suppressed).end_object();
  }
  json.end_array().end_object();
  return json.take() + "\n";
}

bool has_journal(Session& session) {
  return session.doors().files.exists(session.workspace().journal());
}

/// Whether a rule ever took a level: before that it may be that nothing was judged at all, and
/// nobody can say that all is well.
Result<bool> had_alerts(Session& session) {
  if (!has_journal(session)) return false;  // a look creates nothing
  SB_TRY(AlertBook * book, session.alert_book());
  SB_TRY(const std::vector<AccountId> accounts, book->alert_accounts(session.mode()));
  return !accounts.empty();
}

Error nothing_open(const Options& options, const std::vector<OpenAlert>& open) {
  std::string names;
  for (const OpenAlert& alert : open) {
    names += (names.empty() ? "" : ", ") + alert.state.rule + " (" + alert.state.scope + ")";
  }
  return {ErrorCode::kNotFound, "no alert " + options.rule +
                                    (options.scope.empty() ? "" : " of " + options.scope) +
                                    " is open; open are: " + (names.empty() ? "none" : names)};
}

}  // namespace

Result<int> alerts_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  std::vector<OpenAlert> open;
  std::vector<AlertChange> changes;
  SB_TRY(const bool some, had_alerts(*session));
  if (some) {
    SB_TRY(open, open_alerts(*session));
    if (options.all) {
      SB_TRY(changes, newest_changes(*session));
    }
  }
  print_result(options, some ? page_of(open, changes) : std::string(kNoneEver),
               json_of(open, changes));
  return 0;
}

Result<int> alerts_ack_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  if (options.reason.find_first_not_of(" \t") == std::string::npos) {
    return Error{ErrorCode::kUsage, "--reason is empty; say why nobody needs to hear of it"};
  }
  std::vector<OpenAlert> open;
  if (has_journal(*session)) {
    SB_TRY(open, open_alerts(*session));
  }
  std::vector<OpenAlert> meant;
  for (const OpenAlert& alert : open) {
    const bool fits = options.scope.empty() || options.scope == alert.state.scope;
    if (alert.state.rule == options.rule && fits) meant.push_back(alert);
  }
  if (meant.empty()) return nothing_open(options, open);
  if (meant.size() > 1) {
    return Error{ErrorCode::kUsage, options.rule + " is open in " + std::to_string(meant.size()) +
                                        " scopes, as " + meant.front().state.scope +
                                        "; name one with --scope"};
  }
  const auto seen = alerts::acknowledge(meant.front().state, operator_name(), options.reason);
  SB_TRY(AlertBook * book, session->alert_book());
  SB_TRY_OK(book->record_alerts(
      session->mode(), meant.front().account,
      {.states = {*seen}, .changes = {}, .messages = {}, .at = session->system_clock().now()}));
  const std::vector<OpenAlert> shown = {{meant.front().account, *seen}};
  print_result(options, page_of(shown, {}), json_of(shown, {}));
  return 0;
}

}  // namespace signalbus::app
