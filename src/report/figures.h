// Figures for people: money with thousands, percent, columns of text.
#pragma once

#include <string>

#include "core/money.h"

namespace signalbus::report {

std::string usd_text(Money amount);         ///< "1,234,567.89", to the nearest cent.
std::string signed_usd_text(Money amount);  ///< The same with + or -.
/// "+1.23 %"; "n/a" for NaN and infinities.
std::string percent_text(double fraction);
/// Filled with blanks; longer text stays as it is.
std::string padded(std::string text, std::size_t width);
std::string right(const std::string& text, std::size_t width);

}  // namespace signalbus::report
