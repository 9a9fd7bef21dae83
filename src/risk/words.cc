#include "risk/words.h"

namespace signalbus::risk {

std::string set_at(const std::string& origin) { return origin.empty() ? "" : " (" + origin + ")"; }

std::string percent_text(Ratio ratio) {
  return format_scaled(ratio.raw(), Ratio::kDecimals - 2) + "%";
}

std::string usd(Int128 raw) { return format_scaled(raw, Money::kDecimals); }

std::string above(const std::string& what, std::string_view key, const std::string& limit,
                  const std::string& origin) {
  return what + " is above risk." + std::string(key) + " " + limit + set_at(origin);
}

std::string not_known(const std::string& what, std::string_view key, const std::string& origin) {
  return what + " is not known, needed by risk." + std::string(key) + set_at(origin) +
         "; provide it, or turn the limit off";
}

Int128 value_up(Int128 quantity, Price price) {
  constexpr int kDrop = Quantity::kDecimals + Price::kDecimals - Money::kDecimals;
  return divide(quantity * price.raw(), pow10(kDrop), Rounding::kAwayFromZero);
}

bool is_above(Int128 amount, Ratio ratio, Int128 of) {
  return amount * pow10(Ratio::kDecimals) > of * ratio.raw();
}

}  // namespace signalbus::risk
