// facts_of_run(): what alert rules see of a run beside its risk.
#include <algorithm>

#include "core/text.h"
#include "pipeline/alert_stage.h"
#include "pipeline/run_once.h"
#include "risk/check_run.h"

namespace signalbus::pipeline {
namespace {

constexpr std::size_t kNamed = 10;  // orders or differences that a sentence names
constexpr std::int64_t kDaySeconds = 86'400;

RiskValue fact(std::string scope, std::string metric, double value, std::string detail) {
  return {.scope = std::move(scope),
          .metric = std::move(metric),
          .value = value,
          .unit = "count",
          .window = "day",
          .n_used = 1,
          .reason = "",
          .detail = std::move(detail)};
}

RiskValue not_known(std::string metric, std::string reason) {
  RiskValue value = fact("portfolio", std::move(metric), 0, "");
  value.value.reset();
  value.n_used = 0;
  value.reason = std::move(reason);
  return value;
}

/// "a, b, c and 4 more"
std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kNamed; ++i)
    out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kNamed) out += " and " + std::to_string(names.size() - kNamed) + " more";
  return out;
}

void add_stages(const RunOutcome& outcome, std::vector<RiskValue>& out) {
  for (const StageReport& stage : outcome.stages) {
    if (stage.state == StageState::kSkipped) continue;  // says nothing of it
    const bool failed = stage.state == StageState::kFailed;
    out.push_back(fact("stage:" + stage.name, "stage_failed", failed ? 1 : 0,
                       failed ? "failed: " + stage.message : ""));
  }
}

bool is_refused(OrderState state) {
  return state == OrderState::kRejected || state == OrderState::kNeverAccepted;
}

/// Only final states end the question; a leg of a bracket may stay open for weeks.
bool is_unresolved(const OrderRecord& order) {
  const OrderState state = order.event.state;
  return !order.intent.is_leg() &&
         (state == OrderState::kUnknown || state == OrderState::kQuarantined ||
          state == OrderState::kSubmitting);
}

std::string name_of(const OrderRecord& order) {
  std::string out =
      std::string(to_text(order.intent.order.side)) + " " + order.intent.order.symbol.text();
  if (!order.event.error.empty()) out += ": " + order.event.error;
  return out;
}

/// By the journal, which also knows of orders that another process of this run sent.
Status add_orders(const AlertRequest& request, Journal& journal, std::vector<RiskValue>& out) {
  std::vector<std::string> refused;
  std::vector<std::string> unresolved;
  SB_TRY(const std::optional<Batch> batch,
         journal.latest_batch({request.mode, request.account, request.date}));
  if (batch) {
    SB_TRY(const std::vector<OrderRecord> orders, journal.orders(*batch));
    for (const OrderRecord& order : orders) {
      if (is_refused(order.event.state)) refused.push_back(name_of(order));
      if (is_unresolved(order)) unresolved.push_back(name_of(order));
    }
  }
  out.push_back(
      fact("portfolio", "orders_refused", static_cast<double>(refused.size()), listed(refused)));
  out.push_back(fact("portfolio", "orders_unresolved", static_cast<double>(unresolved.size()),
                     listed(unresolved)));
  return Ok{};
}

void add_limits(const RunOutcome& outcome, std::vector<RiskValue>& out) {
  constexpr int kLimitExit = 4;
  std::size_t count = outcome.m2 ? outcome.m2->risk_skips : 0;
  if (outcome.m4) count += outcome.m4->refused;
  std::string detail;
  if (!outcome.m2 && !outcome.m4) {  // stages as processes of their own say it by their exit code
    for (const StageReport& stage : outcome.stages) {
      if (stage.exit_code != kLimitExit) continue;
      ++count;
      detail = stage.name + ": " + stage.message;
    }
  }
  out.push_back(fact("portfolio", "orders_over_limit", static_cast<double>(count), detail));
}

void add_differences(const RunOutcome& outcome, std::vector<RiskValue>& out) {
  if (!outcome.open_differences) {
    const auto m5 = std::find_if(outcome.stages.begin(), outcome.stages.end(),
                                 [](const StageReport& stage) { return stage.name == "m5"; });
    const std::string why = m5 == outcome.stages.end() ? "m5 did not run" : "m5: " + m5->message;
    out.push_back(not_known("open_differences", why));
    return;
  }
  const std::vector<std::string>& names = *outcome.open_differences;
  out.push_back(
      fact("portfolio", "open_differences", static_cast<double>(names.size()), listed(names)));
}

Status add_halt(Journal& journal, std::vector<RiskValue>& out) {
  SB_TRY(const ControlRecord control, journal.control());
  const bool halted = control.state == TradingState::kHalted;
  out.push_back(fact("portfolio", "trading_halted", halted ? 1 : 0,
                     halted ? "trading is " + risk::describe(control) : ""));
  return Ok{};
}

Status add_lost(const AlertDoors& doors, std::vector<RiskValue>& out) {
  SB_TRY(const std::vector<OutboxRow> lost,
         doors.book->given_up_since(doors.wall->now().plus_seconds(-kDaySeconds)));
  for (const std::string channel : {"email", "slack", "webhook", "sms"}) {
    std::vector<std::string> subjects;
    for (const OutboxRow& row : lost) {
      if (row.message.channel == channel) {
        subjects.push_back(row.message.subject + " (" + row.answer + ")");
      }
    }
    out.push_back(fact("channel:" + channel, "notifications_lost",
                       static_cast<double>(subjects.size()), listed(subjects)));
  }
  return Ok{};
}

}  // namespace

Result<AlertOutcome> run_start_alert(const AlertDoors& doors, const settings::Settings& settings,
                                     Mode mode, TradeDate date, const std::string& why_not,
                                     RunLog& log) {
  RiskValue value = fact("run", "run_failed", why_not.empty() ? 0 : 1,
                         why_not.empty() ? "" : "the run could not begin: " + why_not);
  const AlertRequest about{.mode = mode,
                           .account = AccountId(""),
                           .date = date,
                           .run = "",
                           .outcome = why_not.empty() ? "the run began" : "the run did not begin",
                           .went_well = false,
                           .heartbeat = false};
  return run_alerts(doors, settings, about,
                    {.date = date, .values = {value}, .measured = {alerts::Source::kStart}}, log);
}

Result<std::vector<RiskValue>> facts_of_run(const RunOutcome& outcome, const AlertRequest& request,
                                            Journal& journal, const AlertDoors& doors) {
  std::vector<RiskValue> out;
  add_stages(outcome, out);
  SB_TRY_OK(add_orders(request, journal, out));
  add_limits(outcome, out);
  add_differences(outcome, out);
  SB_TRY_OK(add_halt(journal, out));
  SB_TRY_OK(add_lost(doors, out));
  return out;
}

}  // namespace signalbus::pipeline
