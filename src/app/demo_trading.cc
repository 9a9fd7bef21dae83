#include "app/demo_trading.h"

#include <algorithm>

#include "calendar/new_york.h"
#include "reconcile/broker_recon.h"

namespace signalbus::app {
namespace {

constexpr int kRunsMax = 10;  // of one day: faults are rare, so that many in a row are a bug

Counts difference(const Counts& now, const Counts& before) {
  Counts out;
  for (const auto& [word, count] : now) {
    const auto at = before.find(word);
    const std::int64_t fresh = count - (at == before.end() ? 0 : at->second);
    if (fresh > 0) out.emplace(word, fresh);
  }
  return out;
}

/// Between exchange and journal, whatever was planned.
std::int64_t differences_of(const pipeline::BrokerCheck& check) {
  const auto& all = check.recon.differences;
  return std::count_if(all.begin(), all.end(), [](const Difference& difference) {
    return !reconcile::is_bookkeeping(difference.cause);
  });
}

/// A stage that failed for another reason than a fault is the end of the demo.
Status check_stages(const pipeline::RunOutcome& outcome) {
  for (const pipeline::StageReport& stage : outcome.stages) {
    if (stage.state != pipeline::StageState::kFailed) continue;
    return Error{ErrorCode::kInvalidInput,
                 outcome.run.run_date.iso() + ": " + stage.name + ": " + stage.message};
  }
  return Ok{};
}

}  // namespace

Result<std::unique_ptr<DemoTrading>> DemoTrading::open(Session& session, const Options& options) {
  std::unique_ptr<DemoTrading> trading(new DemoTrading(session, options));
  SB_TRY_OK(trading->start());
  return trading;
}

Status DemoTrading::start() {
  if (!pipeline::reconciles_with_broker(session_.settings(), Mode::kSim) ||
      session_.mode() != Mode::kSim) {
    return Error{ErrorCode::kUsage, session_.workspace().config_file +
                                        ": the demo trades on the embedded exchange and asks it "
                                        "every day; set scheduler.m4.mode: sim and "
                                        "scheduler.m5.source: broker again"};
  }
  SB_TRY(manifest_, session_.manifest());
  SB_TRY(guard_, AccountGuard::take(session_, "demo"));
  SB_TRY(Journal * journal, session_.journal());
  SB_TRY_OK(guard_->take_over(session_));
  SB_TRY_OK(session_.connect());
  SB_TRY(link_, session_.alpaca());
  runner_ = std::make_unique<DayRunner>(DayRunner{session_, options_, manifest_, *journal});
  return Ok{};
}

/// Runs the day again as long as its orders have no end, which is what the exit code 6 asks for.
Result<pipeline::RunOutcome> DemoTrading::run_to_the_end(DemoDay& day) {
  Clock& clock = session_.doors().clock;
  const int unknown = exit_code_of(ErrorCode::kUnknownOutcome);
  while (day.runs < kRunsMax) {
    if (day.runs > 0) clock.sleep_until(clock.now().plus_seconds(60));
    ++day.runs;
    Result<pipeline::RunOutcome> done = runner_->run(day.date);
    const int code = done.ok() ? done.value().exit_code : exit_code_of(done.error().code);
    if (code != unknown) return done;
  }
  return Error{ErrorCode::kUnknownOutcome,
               day.date.iso() + ": " + std::to_string(kRunsMax) +
                   " runs did not bring the day to its end; look into logs/scheduler.log"};
}

Status DemoTrading::count(const pipeline::RunOutcome& outcome, DemoDay& day) {
  SB_TRY_OK(check_stages(outcome));
  SB_CHECK(outcome.m4 && outcome.m5 && outcome.m5->broker);
  for (const OrderRecord& order : outcome.m4->orders) {
    ++day.orders;
    if (order.event.state != OrderState::kFilled) ++day.unfilled;
    if (order.intent.posts > 1) day.sent_again += order.intent.posts - 1;
  }
  SB_TRY(const std::vector<Fill> fills, runner_->journal.fills(outcome.m4->batch));
  day.fills = static_cast<std::int64_t>(fills.size());
  const pipeline::BrokerCheck& check = *outcome.m5->broker;
  day.equity = check.view.account.equity;
  day.cash = check.view.account.cash;
  day.positions = static_cast<std::int64_t>(check.view.positions.holdings.size());
  day.differences = differences_of(check);
  return Ok{};
}

Status DemoTrading::count_faults(DemoDay& day) {
  SB_TRY(const Counts faults, session_.sim()->faults_fired());
  day.faults = difference(faults, faults_before_);
  faults_before_ = faults;
  day.asked_again = link_->calls().repeats() - asked_again_before_;
  asked_again_before_ = link_->calls().repeats();
  return Ok{};
}

Result<DemoDay> DemoTrading::trade(TradeDate date) {
  const settings::TimeOfDay& time = session_.settings().scheduler.time;
  session_.doors().clock.sleep_until(
      calendar::to_instant(date, calendar::TimeOfDay::of(time.hour, time.minute)));
  DemoDay day{.date = date};
  SB_TRY(const pipeline::RunOutcome outcome, run_to_the_end(day));
  SB_TRY_OK(count(outcome, day));
  SB_TRY_OK(count_faults(day));
  return day;
}

}  // namespace signalbus::app
