#include "app/demo_trading.h"

#include <algorithm>

#include "calendar/new_york.h"

namespace signalbus::app {
namespace {

constexpr int kRunsMax = 10;  // of one day: faults are rare, so that many in a row are a bug

/// As the exchange books an execution: to the cent, half to even.
Money cents_of(const Fill& fill) {
  const Int128 exact = Int128{fill.quantity.raw()} * fill.price.raw();  // 1e-18 USD
  const Int128 cents = divide(exact, pow10(16), Rounding::kHalfEven);
  const Result<Money> money = Money::narrow(cents * pow10(Money::kDecimals - 2));
  SB_CHECK(money.ok());  // a fill of the demo's own exchange
  return money.value();
}

/// Whether running the day again is what a person would do.
bool is_transient(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kUnknownOutcome;
}

Counts difference(const Counts& now, const Counts& before) {
  Counts out;
  for (const auto& [word, count] : now) {
    const auto at = before.find(word);
    const std::int64_t fresh = count - (at == before.end() ? 0 : at->second);
    if (fresh > 0) out.emplace(word, fresh);
  }
  return out;
}

std::int64_t unexplained(const pipeline::ReconcileOutcome& outcome) {
  const auto& rows = outcome.result.rows;
  return std::count_if(rows.begin(), rows.end(), [](const ReconRow& row) {
    return row.status == ReconStatus::kMismatch && row.cause == Cause::kUnknown;
  });
}

/// A stage that failed for another reason than a fault is the end of the demo.
Result<pipeline::RunOutcome> done_stages(pipeline::RunOutcome outcome) {
  for (const pipeline::StageReport& stage : outcome.stages) {
    if (stage.state != pipeline::StageState::kFailed) continue;
    return Error{ErrorCode::kInvalidInput,
                 outcome.run.run_date.iso() + ": " + stage.name + ": " + stage.message};
  }
  return outcome;
}

}  // namespace

void DemoBooks::add(const Fill& fill) {
  const bool buys = fill.side == Side::kBuy;
  const Money value = cents_of(fill);
  cash += buys ? -value : value;
  Quantity& held = positions.try_emplace(fill.symbol, Quantity::zero()).first->second;
  held += buys ? fill.quantity : -fill.quantity;
  if (held.is_zero()) positions.erase(fill.symbol);
}

Result<std::unique_ptr<DemoTrading>> DemoTrading::open(Session& session, const Options& options,
                                                       TradeDate next) {
  std::unique_ptr<DemoTrading> trading(new DemoTrading(session, options));
  SB_TRY_OK(trading->start(next));
  return trading;
}

Status DemoTrading::start(TradeDate next) {
  if (session_.mode() != Mode::kSim) {
    return Error{ErrorCode::kUsage, session_.workspace().config_file +
                                        ": scheduler.m4.mode is no longer sim; the demo trades on "
                                        "the embedded exchange only"};
  }
  SB_TRY(manifest_, session_.manifest());
  SB_TRY(guard_, AccountGuard::take(session_, "demo"));
  SB_TRY(Journal * journal, session_.journal());
  SB_TRY_OK(guard_->take_over(session_));
  SB_TRY_OK(session_.connect());
  SB_TRY(link_, session_.alpaca());
  runner_ = std::make_unique<DayRunner>(DayRunner{session_, options_, manifest_, *journal});
  books_.cash = session_.settings().sim.cash;
  return recall(next);
}

/// What earlier calls traded in this workspace. A day that they did not finish counts when it is.
Status DemoTrading::recall(TradeDate next) {
  const AccountId account = pipeline::account_of(session_.settings(), Mode::kSim);
  SB_TRY(const std::vector<Batch> batches,
         runner_->journal.batches_since(Mode::kSim, account, Instant::from_micros(0)));
  for (const Batch& batch : batches) {
    if (batch.key.run_date >= next) continue;
    SB_TRY(const std::vector<Fill> fills, runner_->journal.fills(batch));
    for (const Fill& fill : fills) books_.add(fill);
  }
  return Ok{};
}

void DemoTrading::wait_a_minute() {
  Clock& clock = session_.doors().clock;
  clock.sleep_until(clock.now().plus_seconds(60));
}

/// A question that a fault may have hit is asked again, as a person would.
template <class Ask>
auto DemoTrading::asked(Ask ask) -> decltype(ask()) {
  auto answer = ask();
  for (int turn = 1; turn < kRunsMax && !answer.ok() && is_transient(answer.error().code); ++turn) {
    wait_a_minute();
    answer = ask();
  }
  return answer;
}

/// Runs the day again as long as its orders have no end, which is what the exit code 6 asks for.
Result<pipeline::RunOutcome> DemoTrading::run_to_the_end(DemoDay& day) {
  const int unknown = exit_code_of(ErrorCode::kUnknownOutcome);
  while (true) {
    ++day.runs;
    Result<pipeline::RunOutcome> done = runner_->run(day.date);
    const bool again =
        done.ok() ? done.value().exit_code == unknown : is_transient(done.error().code);
    if (!again) return done.ok() ? done_stages(std::move(done).value()) : done;
    if (day.runs == kRunsMax) break;
    wait_a_minute();
  }
  return Error{ErrorCode::kUnknownOutcome,
               day.date.iso() + ": " + std::to_string(kRunsMax) +
                   " runs did not bring the day to its end; look into logs/scheduler.log"};
}

Status DemoTrading::count(const pipeline::RunOutcome& outcome, DemoDay& day) {
  if (outcome.m5) day.differences += unexplained(*outcome.m5);
  if (!outcome.m4) return Ok{};
  for (const OrderRecord& order : outcome.m4->orders) {
    ++day.orders;
    if (order.event.state != OrderState::kFilled) ++day.unfilled;
    if (order.intent.posts > 1) day.sent_again += order.intent.posts - 1;
  }
  SB_TRY(const std::vector<Fill> fills, runner_->journal.fills(outcome.m4->batch));
  day.fills = static_cast<std::int64_t>(fills.size());
  for (const Fill& fill : fills) books_.add(fill);
  return Ok{};
}

/// The exchange's word against the books: cash, and every position.
Status DemoTrading::compare(DemoDay& day) {
  SB_TRY(const BrokerAccount account, asked([&] { return link_->broker().account(); }));
  SB_TRY(const Holdings held, asked([&] { return link_->broker().positions(); }));
  day.equity = account.equity;
  day.cash = account.cash;
  day.positions = static_cast<std::int64_t>(held.holdings.size());
  if (account.cash != books_.cash) ++day.differences;
  std::map<Symbol, Quantity> theirs;
  for (const Holding& holding : held.holdings) theirs.emplace(holding.symbol, holding.quantity);
  for (const auto& [symbol, quantity] : books_.positions) {
    const auto at = theirs.find(symbol);
    if (at == theirs.end() || at->second != quantity) ++day.differences;
    if (at != theirs.end()) theirs.erase(at);
  }
  day.differences += static_cast<std::int64_t>(theirs.size());
  return Ok{};
}

Result<DemoDay> DemoTrading::trade(TradeDate date) {
  const settings::TimeOfDay& time = session_.settings().scheduler.time;
  session_.doors().clock.sleep_until(
      calendar::to_instant(date, calendar::TimeOfDay::of(time.hour, time.minute)));
  DemoDay day{.date = date};
  SB_TRY(const pipeline::RunOutcome outcome, run_to_the_end(day));
  SB_TRY_OK(count(outcome, day));
  SB_TRY_OK(compare(day));
  SB_TRY(const Counts faults, session_.sim()->faults_fired());
  day.faults = difference(faults, faults_before_);
  faults_before_ = faults;
  day.asked_again = link_->calls().repeats() - asked_again_before_;
  asked_again_before_ = link_->calls().repeats();
  return day;
}

}  // namespace signalbus::app
