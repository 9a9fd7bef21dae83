#include "core/ids.h"

#include <algorithm>

#include "core/text.h"

namespace signalbus {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

std::string_view without_leading_zeros(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

}  // namespace

Result<Symbol> Symbol::parse(std::string_view text) {
  const bool allowed = std::all_of(text.begin(), text.end(), [](char c) {
    return is_upper(c) || is_digit(c) || c == '.' || c == '/' || c == '-';
  });
  if (text.empty() || text.size() > kSize || !allowed) {
    return Error{ErrorCode::kInvalidInput,
                 "symbol " + quoted(text) + " is not 1 to 16 of A-Z 0-9 . / - (upper case)"};
  }
  Symbol symbol;
  std::copy(text.begin(), text.end(), symbol.bytes_.begin());
  return symbol;
}

Result<AssetId> parse_asset_id(std::string_view text) {
  const bool allowed = std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != ',' && c != '"' && c != '\'' && c != '\\';
  });
  const bool formula = !text.empty() && (text.front() == '=' || text.front() == '+' ||
                                         text.front() == '-' || text.front() == '@');
  if (text.empty() || text.size() > 64 || !allowed || formula) {
    return Error{ErrorCode::kInvalidInput,
                 "asset id " + quoted(text) +
                     " is not 1 to 64 printable characters without space, "
                     "comma or quote, the first not = + - or @"};
  }
  return AssetId(std::string(text));
}

Result<StrategyId> parse_strategy_id(std::string_view text) {
  const bool allowed = std::all_of(text.begin(), text.end(), [](char c) {
    return is_upper(c) || is_lower(c) || is_digit(c) || c == '_' || c == '-';
  });
  if (text.empty() || text.size() > 48 || !allowed || text.front() == '-') {
    return Error{ErrorCode::kInvalidInput,
                 "strategy id " + quoted(text) + " is not 1 to 48 of A-Z a-z 0-9 _ -"};
  }
  return StrategyId(std::string(text));
}

bool asset_id_less(const AssetId& a, const AssetId& b) {
  const std::string& left = a.get();
  const std::string& right = b.get();
  const bool left_number = std::all_of(left.begin(), left.end(), is_digit);
  const bool right_number = std::all_of(right.begin(), right.end(), is_digit);
  if (left_number != right_number) return left_number;
  if (left_number) {
    const std::string_view x = without_leading_zeros(left);
    const std::string_view y = without_leading_zeros(right);
    if (x.size() != y.size()) return x.size() < y.size();
    if (x != y) return x < y;
  }
  return left < right;
}

}  // namespace signalbus
