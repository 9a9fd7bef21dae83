// The words of alerts: values with their units, and one sentence for each change.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "alerts/rule.h"
#include "book/alerts.h"

namespace signalbus::alerts {

/// "-16.2 %", "23.5 bps", "1.25 USD", "3", "2 days".
std::string value_text(double value, std::string_view unit);

/// "AAPL: weight is 21.3 %, critical is above 20 %", or what happened, for events.
std::string sentence_of(const Rule& rule, const RiskValue& value, AlertLevel level);

/// One line of printable text: control characters and those that turn the direction of writing
/// become spaces, broken UTF-8 becomes U+FFFD, and more than `max` bytes end in "...".
std::string plain_line(std::string_view text, std::size_t max = 500);

/// Worst first: critical, warn, unknown, ok.
int gravity(AlertLevel level);

}  // namespace signalbus::alerts
