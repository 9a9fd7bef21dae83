// status, halt, resume, override: what may be traded at all, and who said so.
#include <algorithm>
#include <cstdio>

#include "app/account_guard.h"
#include "app/commands.h"
#include "app/operator_name.h"
#include "app/session.h"
#include "core/text.h"
#include "executor/plain_wait.h"
#include "formats/json_writer.h"
#include "pipeline/requests.h"
#include "risk/check_run.h"
#include "risk/overrides.h"

namespace signalbus::app {
namespace {

/// An open batch with its orders that are not final.
struct OpenBatch {
  Batch batch;
  std::vector<Intent> open;
  std::size_t orders;  ///< All of them.
};

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t") == std::string::npos;
}

/// Sent, and nobody knows that it has ended.
bool may_be_live(const Intent& intent) {
  return !is_final(intent.state) && intent.state != OrderState::kPlanned;
}

Result<std::vector<OpenBatch>> open_batches(Journal& journal) {
  std::vector<OpenBatch> out;
  SB_TRY(const std::vector<Batch> batches, journal.all_open_batches());
  for (const Batch& batch : batches) {
    SB_TRY(std::vector<Intent> intents, journal.intents(batch));
    const std::size_t orders = intents.size();
    std::erase_if(intents, [](const Intent& intent) { return is_final(intent.state); });
    out.push_back({batch, std::move(intents), orders});
  }
  return out;
}

std::size_t count_live(const std::vector<OpenBatch>& batches) {
  std::size_t live = 0;
  for (const OpenBatch& open : batches) {
    live +=
        static_cast<std::size_t>(std::count_if(open.open.begin(), open.open.end(), may_be_live));
  }
  return live;
}

void write_control(formats::JsonWriter& json, const ControlRecord& control) {
  json.key("state").string(to_text(control.state));
  json.key("reason").string(control.reason).key("by").string(control.by);
  json.key("since").string(control.at ? control.at->rfc3339() : "");
}

std::string control_json(std::string_view command, const ControlRecord& control) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string(command);
  write_control(json, control);
  json.end_object();
  return json.take() + "\n";
}

std::string status_json(const ControlRecord& control, const std::vector<OpenBatch>& batches) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("status");
  write_control(json, control);
  json.key("batches").begin_array();
  for (const OpenBatch& open : batches) {
    json.begin_object().key("batch_id").string(open.batch.id().get());
    json.key("mode").string(to_text(open.batch.key.mode));
    json.key("opened_at").string(open.batch.opened_at.rfc3339());
    json.key("orders").integer(static_cast<std::int64_t>(open.orders));
    json.key("open").begin_array();
    for (const Intent& intent : open.open) {
      json.begin_object().key("client_order_id").string(intent.client_order_id.get());
      json.key("symbol").string(intent.order.symbol.view());
      json.key("side").string(to_text(intent.order.side));
      json.key("qty").fixed(intent.asked_quantity());
      json.key("state").string(to_text(intent.state)).end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return json.take() + "\n";
}

std::string status_page(const ControlRecord& control, const std::vector<OpenBatch>& batches) {
  constexpr std::size_t kShown = 20;
  std::string out = "trading is " + risk::describe(control) + "\n";
  if (batches.empty()) out += "no batch is open\n";
  for (const OpenBatch& open : batches) {
    out += "batch " + open.batch.id().get() + " of mode " +
           std::string(to_text(open.batch.key.mode)) + " is open since " +
           open.batch.opened_at.rfc3339() + ": " + std::to_string(open.open.size()) + " of " +
           counted(open.orders, "order") + " without a final state\n";
    for (std::size_t i = 0; i < open.open.size() && i < kShown; ++i) {
      const Intent& intent = open.open[i];
      std::string line = "  " + std::string(to_text(intent.state));
      line.resize(16, ' ');
      out += line + std::string(to_text(intent.order.side)) + " " + intent.asked_quantity().text() +
             " " + intent.order.symbol.text() + "\n";
    }
    if (open.open.size() > kShown) {
      out += "  and " + std::to_string(open.open.size() - kShown) + " more\n";
    }
  }
  return out;
}

/// Looks once a second until no order of an open batch may be live; says so when that changes.
Status wait_until_calm(const Options& options, Session& session, Journal& journal) {
  std::size_t told = 0;
  while (true) {
    SB_TRY(const std::vector<OpenBatch> batches, open_batches(journal));
    const std::size_t live = count_live(batches);
    if (live == 0) return Ok{};
    if (live != told && !options.quiet) {
      std::fprintf(stderr, "waiting: %s may still be live\n", counted(live, "order").c_str());
    }
    told = live;
    Clock& clock = session.system_clock();
    clock.sleep_until(clock.now().plus_seconds(1));
  }
}

/// What a resumed run will meet again at once.
std::string warning_after(const ControlRecord& before) {
  if (!before.by.starts_with("risk.")) return "";
  return "note: " + before.by + " halts again while its breach stands; `signalbus override " +
         before.by.substr(5) + "` lets one run pass\n";
}

Result<executor::Outcome> sweep(Session& session, Journal& journal) {
  const PriceBook none;
  SB_TRY(const pipeline::ExecuteDoors doors, session.execute_doors(none));
  executor::PlainWait wait(session.doors().clock);
  const executor::Doors ports{doors.broker,          journal,
                              session.doors().clock, doors.hints != nullptr ? *doors.hints : wait,
                              session.doors().log,   doors.venue};
  const pipeline::ExecuteRequest request = pipeline::make_execute_request(
      session.workspace(), session.settings(), session.mode(), session.run_date(), false);
  return executor::sweep(ports, request.key.mode, request.key.account, request.id_prefix,
                         request.policy);
}

/// What a halt did about open orders.
struct Swept {
  std::string words;
  int exit_code = 0;
};

/// Cancels what is open of the configured mode, unless another process holds the account: that one
/// does it.
Result<Swept> sweep_unless_held(Session& session, Journal& journal) {
  if (session.mode() == Mode::kDry) return Swept{};
  Result<AccountGuard> guard = AccountGuard::take(session, "halt");
  if (!guard.ok()) {
    if (guard.error().code != ErrorCode::kLocked) return std::move(guard).error();
    return Swept{"the process that trades the account cancels its open orders: " +
                 guard.error().message + "\n"};
  }
  SB_TRY(const std::vector<OpenBatch> open, open_batches(journal));
  if (open.empty()) return Swept{};
  SB_TRY_OK(guard.value().take_over(session));
  const Status connected = session.connect();
  if (!connected.ok()) {
    return Swept{"open orders could not be canceled (" + connected.error().message + "); " +
                     counted(count_live(open), "order") + " may still be live: run halt again\n",
                 exit_code_of(ErrorCode::kUnknownOutcome)};
  }
  SB_TRY(const executor::Outcome swept, sweep(session, journal));
  Swept out{"open orders are canceled\n"};
  if (swept.unresolved > 0) {
    out = {counted(swept.unresolved, "order") + " may still be live; run halt again\n",
           exit_code_of(ErrorCode::kUnknownOutcome)};
  }
  for (const std::string& note : swept.notes) out.words += "  " + note + "\n";
  return out;
}

}  // namespace

Result<int> status_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  ControlRecord control;
  std::vector<OpenBatch> batches;
  if (session->doors().files.exists(session->workspace().journal())) {  // a look creates nothing
    SB_TRY(Journal * journal, session->journal());
    SB_TRY(control, journal->control());
    SB_TRY(batches, open_batches(*journal));
  }
  print_result(options, status_page(control, batches), status_json(control, batches));
  return 0;
}

Result<int> halt_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  SB_TRY(Journal * journal, session->journal());
  const ControlRecord control{
      .state = TradingState::kHalted,
      .reason = is_blank(options.reason) ? "no reason was given" : options.reason,
      .by = operator_name(),
      .at = session->doors().clock.now()};
  SB_TRY_OK(journal->set_control(control));
  if (session->config_problem()) {
    std::fprintf(stderr, "signalbus: halted although the configuration cannot be read: %s\n",
                 session->config_problem()->message.c_str());
  }
  Swept swept;
  if (!session->config_problem()) {
    SB_TRY(swept, sweep_unless_held(*session, *journal));
  }
  if (options.wait) SB_TRY_OK(wait_until_calm(options, *session, *journal));
  print_result(options,
               "trading is " + risk::describe(control) + "\n" + swept.words +
                   "`signalbus status` shows open orders; `signalbus resume --reason TEXT` ends "
                   "the halt\n",
               control_json("halt", control));
  return swept.exit_code;
}

Result<int> resume_command(const Options& options) {
  if (options.resume_to == TradingState::kHalted) {
    return Error{ErrorCode::kUsage, "--to HALTED: that is what `signalbus halt` does"};
  }
  if (is_blank(options.reason)) {
    return Error{ErrorCode::kUsage, "--reason is empty; say why trading may go on"};
  }
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  SB_TRY(Journal * journal, session->journal());
  SB_TRY(const ControlRecord before, journal->control());
  const ControlRecord control{.state = options.resume_to,
                              .reason = options.reason,
                              .by = operator_name(),
                              .at = session->doors().clock.now()};
  SB_TRY_OK(journal->set_control(control));
  print_result(options,
               "trading was " + risk::describe(before) + "\ntrading is " + risk::describe(control) +
                   "\n" + warning_after(before),
               control_json("resume", control));
  return 0;
}

Result<int> override_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  SB_TRY(const Override permission,
         risk::make_override(options.rule, options.reason, operator_name(),
                             session->doors().clock.now(),
                             options.for_seconds.value_or(risk::kOverrideSecondsDefault)));
  SB_TRY(Journal * journal, session->journal());
  SB_TRY_OK(journal->add_override(permission));
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("override").key("rule").string(permission.rule);
  json.key("reason").string(permission.reason).key("by").string(permission.by);
  json.key("at").string(permission.at.rfc3339());
  json.key("expires_at").string(permission.expires_at.rfc3339()).end_object();
  print_result(options, risk::describe(permission) + "\n", json.take() + "\n");
  return 0;
}

}  // namespace signalbus::app
