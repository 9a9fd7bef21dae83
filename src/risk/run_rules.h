// Rules of a run: its time, its losses, how its orders fare. Internal to risk/.
#pragma once

#include "risk/facts.h"
#include "risk/limits.h"
#include "risk/rules.h"

namespace signalbus::risk {

Words halted_at_start(const StartFacts& facts, const RiskLimits& limits);
Words max_daily_loss(const StartFacts& facts, const RiskLimits& limits);
Words max_drawdown(const StartFacts& facts, const RiskLimits& limits);

Words trade_window(const SessionFacts* session, const RiskLimits& limits);
Words require_calendar_agreement(const SessionFacts* session, const RiskLimits& limits);

Words max_reject_rate(const BatchTally& tally, const RiskLimits& limits);
Words max_unknown(const BatchTally& tally, const RiskLimits& limits);

}  // namespace signalbus::risk
