// docs/risk-controls.md, made of the table of rules.
#include "risk/rules.h"

namespace signalbus::risk {
namespace {

constexpr std::string_view kIntroduction =
    R"(<!-- Generated from src/risk/rules.cc; SB_UPDATE_DOCS=1 and the risk test rewrite it. -->
# Risk controls

Every rule below is checked where the third column says: on the **plan**, at the exit **gate**
(inside the transaction that makes an order's write-ahead durable, right before it is sent), at the
**start** of a run, and **while** a batch is sent. The rules are modelled on SEC 15c3-5, MiFID II
RTS 6, FINRA 15-09 and FIA's best practices; signalbus is not a broker-dealer and claims no
compliance.

- A value equal to its limit passes. A limit that is absent is not checked.
- A limit whose data is missing refuses, and names what is missing. So a limit is never on in name
  only.
- Mode `live` does not start until every key in the column *live* is in the file: `value` must have
  one, `or off` may say `off` (for a list, `[]`). Elsewhere `off` is the same as no key.
- A refusal names the value, the limit and the line that set it. An order that a rule refuses is
  skipped and the rest goes on (`risk.on_order_breach: refuse_plan` refuses the whole plan instead);
  exit code 4. A batch that a rule refuses sends nothing; exit code 4. A rule that **halts** sets
  the trading state to HALTED, for every mode and until `signalbus resume`; exit code 9.
- An order that may have been sent before is asked only what *resend* says, and counts once.

)";

constexpr std::string_view kStates = R"(
## Trading states

`signalbus status` and the header of every plan show the state: NORMAL, REDUCE_ONLY (only orders
towards a position of zero), SELL_ONLY (only sales of what is held) or HALTED (nothing is sent, open
orders are canceled). `signalbus halt [--reason TEXT]` sets HALTED at once, also while another
process trades: it writes one row to the journal, which the gate reads in the transaction of every
order. Only `signalbus resume --reason TEXT [--to STATE]` ends it. The state, who set it and why
survive a restart.

Deposits and withdrawals are neither gain nor loss: the day's first equity and the highest ever are
compared as they would be with all that came and went since.

## Overrides

`signalbus override RULE --reason TEXT [--for 30m]` lets one breach of one rule pass, once: that of
the first order that needs it, which it stays bound to until the order has left, or that of the
batch. It is used up only where the batch then passes, and is kept in the journal with its reason,
also after it was used or has expired (at most a day). Rules without `once` in the column *override* cannot be passed: mend what they found, or change the
configuration.

## Enforced elsewhere

| control | where |
|---|---|
| signal freshness | `max_age_days` of the strategy (strategy_manifest.yaml): M1 |
| turnover of a plan | `planning.max_turnover`: M2 shrinks all orders by one factor |
| smallest order | `execution.min_order_notional`: M2 |
| session guard | `execution.close_guard_seconds`: nothing is sent so shortly before the close |
| clock skew | `risk.max_clock_skew`: before a plan is made |
| account pin, environment | `alpaca.account_id`, `alpaca.environment`, `--live-confirm`: before anything is asked of the broker |
| message rate | the broker's limit per minute: the client waits, cancels first |
| one order, one id | `idempotency`: an order id depends on account, date, batch, leg, attempt, symbol and side |
| kill switch | `signalbus halt`, a row of the journal; there is no kill file |
| reconciliation | `signalbus reconcile`: an unknown cause blocks its name until it is acknowledged |

Not built: notifications of fills (breaches: docs/alerts.md), authorised operators, confirmation by a second
person, a dead-man switch, cancel on disconnect, self-assessment reports, stress runs.
)";

std::string_view breach_text(OnBreach on_breach) {
  switch (on_breach) {
    case OnBreach::kSkipOrder:
      return "order skipped, 4";
    case OnBreach::kRefuseBatch:
      return "batch refused, 4";
    case OnBreach::kRefuseRun:
      return "nothing is sent, 4";
    case OnBreach::kHalt:
      return "halts, 9";
    case OnBreach::kByState:
      return "HALTED: nothing is sent, 9; else order skipped, 4";
  }
  return "";
}

std::string_view live_text(InLive in_live) {
  switch (in_live) {
    case InLive::kValue:
      return "value";
    case InLive::kMayBeOff:
      return "or off";
    case InLive::kNotAsked:
      return "";
  }
  return "";
}

std::string places_text(const Checks& checks) {
  const std::pair<bool, const char*> places[] = {{checks.at_plan(), "plan"},
                                                 {checks.at_gate(), "gate"},
                                                 {checks.at_start(), "start"},
                                                 {checks.tally != nullptr, "while"}};
  std::string out;
  for (const auto& [checked, place] : places) {
    if (checked) out += (out.empty() ? "" : ", ") + std::string(place);
  }
  return out;
}

std::string row_of(const Rule& rule, const RiskLimits& defaults) {
  const std::string key =
      rule.key.empty() ? std::string(rule.name) + " (built in)" : "`" + std::string(rule.key) + "`";
  const std::string value = rule.value == nullptr ? "always" : limit_text(rule.name, defaults);
  const std::string places = places_text(rule.checks);
  std::string out = "|";
  for (const std::string_view cell :
       {std::string_view(key), rule.unit, std::string_view(places), std::string_view(value),
        breach_text(rule.on_breach), live_text(rule.in_live),
        std::string_view(rule.may_be_overridden() ? "once" : ""),
        std::string_view(rule.resend == Resend::kAsked ? "asked" : ""), rule.meaning,
        rule.source}) {
    out += " " + std::string(cell) + " |";
  }
  return out + "\n";
}

}  // namespace

std::string risk_controls_markdown() {
  const RiskLimits defaults;
  std::string out(kIntroduction);
  out +=
      "| key | unit | checked | default | at a breach, exit code | live | override | resend | "
      "meaning | modelled on |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Rule& rule : rule_table()) out += row_of(rule, defaults);
  return out + std::string(kStates);
}

}  // namespace signalbus::risk
