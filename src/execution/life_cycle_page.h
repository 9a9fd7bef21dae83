// The page docs/order-life-cycle.md: the table of the state machine, as text.
#pragma once

#include <string>

namespace signalbus::execution {

/// Markdown; a test compares it with the committed page.
std::string life_cycle_markdown();

}  // namespace signalbus::execution
