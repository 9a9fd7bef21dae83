#include "pipeline/plan_within_limits.h"

#include "pipeline/execute_stage.h"
#include "pipeline/risk_facts.h"
#include "pipeline/risk_refusal.h"
#include "risk/check_orders.h"

namespace signalbus::pipeline {
namespace {

/// What the gate is told at planning time. A halt stops the execution, not the plan of it.
Result<risk::PlanFacts> facts_of(Files& files, const PlanSources& ask, const PlanRequest& request,
                                 const RebalancePlan& plan, const planning::PlanInput& input,
                                 Instant now) {
  const FactSources sources{ask.journal, ask.broker, ask.venue, ask.market, request.sectors_path};
  const BatchKey key{request.mode, request.account, plan.trade_date};
  SB_TRY(risk::PlanFacts facts, gather_risk_facts(files, sources, key, request.risk, plan.orders,
                                                  {plan.equity, std::optional(input.holdings)}));
  if (facts.control.state == TradingState::kHalted) facts.control = {};
  if (ask.broker != nullptr && ask.journal != nullptr) {
    SB_TRY(facts.granted, ask.journal->unused_overrides(now));
  }
  return facts;
}

void note_passes(const std::vector<risk::Pass>& passed, RebalancePlan& plan) {
  for (const risk::Pass& pass : passed) {
    const std::string name = pass.symbol ? pass.symbol->text() + ": " : "";
    plan.notes.push_back(name + pass.breach.words + "; passes once by the override of " +
                         pass.used.by + " (" + pass.used.reason + ")");
  }
}

}  // namespace

/// Plans, asks the risk gate, and plans again without the names it refused: what remains then only
/// shrinks, so the second answer is final; a third round would be a bug.
Result<RebalancePlan> plan_within_limits(Doors& doors, const PlanSources& ask,
                                         planning::PlanInput& input, const PlanRequest& request) {
  constexpr int kRoundsMax = 10;
  std::optional<risk::PlanFacts> facts;
  for (int round = 0; round < kRoundsMax; ++round) {
    SB_TRY(RebalancePlan plan, planning::plan_orders(input, request.policy));
    if (!facts) {  // those of the first round: later ones have fewer names
      SB_TRY(facts, facts_of(doors.files, ask, request, plan, input, doors.clock.now()));
    }
    const risk::AccountState account{plan.starting_cash, plan.equity - plan.foreign_value,
                                     plan.rounding_allowance};
    // At planning time the market price is the reference price.
    const risk::RiskVerdict verdict = risk::risk_check_orders(
        plan.orders, reference_prices(plan.orders), account, request.risk, *facts);
    // With names refused the batch lacks their sells; it is judged when none is refused any more.
    const bool plans_again = !verdict.refused.empty() &&
                             request.risk.on_order_breach != risk::OnOrderBreach::kRefusePlan;
    if (!plans_again) {
      SB_TRY_OK(refuse_batch_if(verdict.batch));
      note_passes(verdict.passed, plan);
      return plan;
    }
    for (const risk::RefusedOrder& refused : verdict.refused) {
      input.refused.insert_or_assign(refused.order.symbol, refused.breach.words);
    }
  }
  return Error{ErrorCode::kLimitExceeded, "risk limits left no stable plan after 10 rounds"};
}

}  // namespace signalbus::pipeline
