#include "execution/life_cycle_page.h"

#include "execution/order_machine.h"

namespace signalbus::execution {
namespace {

constexpr std::string_view kHead = R"(# The life of an order

Generated from the table that the executor is tested against (`src/execution/order_machine.cc`); do not edit.

An order is an *intent* of a batch. Each step below is one durable record in the journal; a POST leaves only
after the record that says so. What was sent and cannot be seen at the broker is not given up: it is asked for,
and sent again under the same id with the same bytes, which the broker accepts once. It ends only by the
broker's own word, or by the horizon proof: the request is a quarter of an hour old, the session it was for has
been over for half an hour, and two looks a minute apart find it neither by its id nor in the list of all orders.

| state | meaning |
|---|---|
| PLANNED | nothing was sent |
| SUBMITTING | the record of the POST is durable; it may or may not have left |
| UNKNOWN | it may be at the broker; its funds stay reserved |
| LIVE | at the broker, not ended |
| CANCELLING | its end was asked for; it may still fill |
| RESOLVING | ended at the broker; its executions are being collected |
| QUARANTINED | the broker contradicts the journal; a person must decide |
| FILLED PARTIAL CANCELED EXPIRED REJECTED | final, with every execution known |
| ABANDONED | final: never sent, with its reason |
| NEVER_ACCEPTED | final: sent, and proven never to have arrived |
| SIMULATED | final: mode dry |

| step | from | when | then | to |
|---|---|---|---|---|
)";

constexpr std::string_view kTail = R"(
T5 (the broker says that the id exists) is answered inside the Alpaca adapter: it asks for the order and gives
it as T4 or T9 do. T17 (a new attempt for what was not filled) does not exist: what a batch did not fill, the
next run plans anew from what is held.

Times, all settings of `execution:` in docs/configuration.md: `settle_seconds` before "not found" allows another
copy, `grace_seconds` after a cancel or expiry for late executions, `fill_wait_seconds` for a phase to fill,
`end_wait_seconds` for what was canceled to end.
)";

}  // namespace

std::string life_cycle_markdown() {
  std::string out(kHead);
  for (const RuleRow& row : life_cycle()) {
    out += "| " + std::string(to_text(row.rule)) + " | " + std::string(row.from) + " | " +
           std::string(row.when) + " | " + std::string(row.then) + " | " + std::string(row.to) +
           " |\n";
  }
  out += kTail;
  return out;
}

}  // namespace signalbus::execution
