#include "report/figures.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "core/text.h"

namespace signalbus::report {

std::string usd_text(Money amount) {
  const auto cents = static_cast<long long>(
      divide(amount.raw(), pow10(Money::kDecimals - 2), Rounding::kHalfEven));
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%02lld", std::llabs(cents % 100));
  const bool small_loss = cents < 0 && cents > -100;  // its whole part has no sign
  return (small_loss ? "-" : "") + with_thousands(cents / 100) + fraction.data();
}

std::string signed_usd_text(Money amount) {
  const std::string text = usd_text(amount);
  return text.starts_with('-') ? text : "+" + text;
}

std::string percent_text(double fraction) {
  if (!std::isfinite(fraction)) return "n/a";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%+.2f %%", fraction * 100);
  return text.data();
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

}  // namespace signalbus::report
