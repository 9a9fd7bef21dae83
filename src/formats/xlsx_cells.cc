// The rules by which spreadsheets store numbers and dates (ECMA-376 part 1, 18.8.30 and 18.17.4).
#include "formats/xlsx_cells.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/text.h"
#include "core/time.h"

namespace signalbus::formats {
namespace {

constexpr std::int32_t kLastDay = 2'932'896;  // 9999-12-31
constexpr std::int32_t kEpoch1900 = -25'569;  // 1899-12-30, right from March 1900 on
constexpr std::int32_t kEpoch1904 = -24'107;  // 1904-01-01
constexpr std::int64_t kNoSuchDay = 60;       // 1900-02-29, kept from Lotus 1-2-3
constexpr std::int64_t kDaySeconds = 86'400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

Error invalid(std::string_view raw, const std::string& what) {
  return {ErrorCode::kInvalidInput, "cell holds " + quoted(raw) + ", " + what};
}

bool starts_with_general(std::string_view code) {
  constexpr std::string_view kGeneral = "general";
  return code.size() >= kGeneral.size() &&
         std::equal(kGeneral.begin(), kGeneral.end(), code.begin(),
                    [](char a, char b) { return a == lower(b); });
}

/// `h`, `mm`, `sss`: a bracket that asks for elapsed time; others are colours, locales, conditions.
bool is_elapsed(std::string_view bracket) {
  return !bracket.empty() &&
         std::string_view("hms").find(lower(bracket[0])) != std::string_view::npos &&
         std::all_of(bracket.begin(), bracket.end(),
                     [&](char c) { return lower(c) == lower(bracket[0]); });
}

/// A decimal number taken apart: digits without leading zeros, and the power of ten of the last.
struct Digits {
  bool negative = false;
  std::string digits;
  long exponent = 0;
};

/// Reads [+-]digits[.digits][E[+-]digits]; nothing else.
std::optional<Digits> take_apart(std::string_view raw) {
  Digits out;
  std::size_t i = 0;
  if (i < raw.size() && (raw[i] == '-' || raw[i] == '+')) out.negative = raw[i++] == '-';
  const std::size_t begin = i;
  std::size_t count = 0;
  bool fraction = false;
  for (; i < raw.size() && (is_digit(raw[i]) || (raw[i] == '.' && !fraction)); ++i) {
    if (raw[i] == '.') {
      fraction = true;
      continue;
    }
    ++count;
    if (fraction) --out.exponent;
    if (!out.digits.empty() || raw[i] != '0') out.digits += raw[i];
  }
  if (count == 0 || i == begin) return std::nullopt;
  if (i < raw.size() && lower(raw[i]) == 'e') {
    ++i;
    if (i < raw.size() && raw[i] == '+') ++i;
    long power = 0;
    const auto [end, error] = std::from_chars(raw.data() + i, raw.data() + raw.size(), power);
    if (error != std::errc() || std::abs(power) > 1'000'000) return std::nullopt;
    out.exponent += power;
    i = static_cast<std::size_t>(end - raw.data());
  }
  if (i != raw.size()) return std::nullopt;
  return out;
}

std::string clock_text(std::int64_t seconds) {
  char buffer[40];
  const int size =
      std::snprintf(buffer, sizeof buffer, "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                    static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return {buffer, static_cast<std::size_t>(size)};
}

}  // namespace

std::optional<CellAddress> parse_cell_address(std::string_view text) {
  CellAddress out{0, 0};
  std::size_t i = 0;
  for (; i < text.size() && i < 3 && text[i] >= 'A' && text[i] <= 'Z'; ++i) {
    out.column = out.column * 26 + static_cast<std::uint32_t>(text[i] - 'A' + 1);
  }
  const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), out.row);
  if (i == 0 || error != std::errc() || end != text.data() + text.size() ||
      out.column > kXlsxColumnsMax || out.row == 0 || out.row > kXlsxRowsMax) {
    return std::nullopt;
  }
  --out.column;
  return out;
}

std::string cell_address(CellAddress address) {
  std::string letters;
  for (std::uint32_t rest = address.column + 1; rest > 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters + std::to_string(address.row);
}

bool is_builtin_date_format(std::uint32_t id) {
  // 27-36 and 50-58 are dates in the East Asian editions, undefined elsewhere; 46 is elapsed time.
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || id == 45 || id == 47 ||
         (id >= 50 && id <= 58);
}

bool is_date_format(std::string_view code) {
  bool found = false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == ';') break;  // further sections are for negative numbers, zero and text
    if (c == '"') {
      i = std::min(code.find('"', i + 1), code.size());
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;  // the next character is a literal, a width, a filler
    } else if (c == '[') {
      const std::size_t close = std::min(code.find(']', i), code.size());
      if (is_elapsed(code.substr(i + 1, close - i - 1))) return false;
      i = close;
    } else if (starts_with_general(code.substr(i))) {
      i += 6;
    } else if (std::string_view("ymdhs").find(lower(c)) != std::string_view::npos) {
      found = true;
    }
  }
  return found;
}

bool is_number_text(std::string_view raw) {
  if (!raw.empty() && raw[0] == '-') raw.remove_prefix(1);
  if (raw.empty() || !is_digit(raw[0])) return false;
  const std::size_t point = raw.find('.');
  const std::string_view whole = raw.substr(0, point);
  if (!std::all_of(whole.begin(), whole.end(), is_digit)) return false;
  if (whole.size() > 1 && whole[0] == '0') return false;
  if (point == std::string_view::npos) return whole[0] != '0';
  const std::string_view fraction = raw.substr(point + 1);
  return !fraction.empty() && fraction.back() != '0' &&
         std::all_of(fraction.begin(), fraction.end(), is_digit);
}

Result<std::string> number_text(std::string_view raw) {
  constexpr std::size_t kPlainDigitsMax = 18;  // longer ones stay as the file has them: 1E+300
  if (is_number_text(raw)) return std::string(raw);
  std::optional<Digits> number = take_apart(raw);
  if (!number) return invalid(raw, "which is not a number");
  while (number->exponent < 0 && !number->digits.empty() && number->digits.back() == '0') {
    number->digits.pop_back();
    ++number->exponent;
  }
  if (number->digits.empty()) return std::string("0");
  const auto size = static_cast<long>(number->digits.size()) + number->exponent;
  if (number->exponent < 0 || size > static_cast<long>(kPlainDigitsMax)) return std::string(raw);
  number->digits.append(static_cast<std::size_t>(number->exponent), '0');
  return (number->negative ? "-" : "") + number->digits;
}

Result<std::string> serial_text(std::string_view raw, bool date_1904) {
  double serial = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), serial);
  if (error != std::errc() || end != raw.data() + raw.size()) {
    return invalid(raw, "which is not a date serial");
  }
  const std::int32_t days_max = kLastDay - (date_1904 ? kEpoch1904 : kEpoch1900);
  if (!(serial >= 0 && serial < days_max + 1)) return invalid(raw, "which is outside of all dates");
  const std::int64_t seconds = std::llround(serial * static_cast<double>(kDaySeconds));
  const std::int64_t day = seconds / kDaySeconds;
  const std::string clock = clock_text(seconds % kDaySeconds);
  if (day == 0 && !date_1904) return clock;
  if (day == kNoSuchDay && !date_1904) return invalid(raw, "29 February 1900, which never was");
  // Before the day that never was, serials count from one day later.
  const std::int32_t epoch = date_1904          ? kEpoch1904
                             : day < kNoSuchDay ? kEpoch1900 + 1
                                                : kEpoch1900;
  const std::string date = TradeDate::from_days(epoch + static_cast<std::int32_t>(day)).iso();
  return seconds % kDaySeconds == 0 ? date : date + " " + clock;
}

Result<std::string> iso_cell_text(std::string_view raw) {
  std::string_view text = raw;
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  const Result<TradeDate> date = parse_date_cell(text);
  if (!date.ok()) return invalid(raw, "which is not a date like 2018-03-01");
  if (text.size() <= 10) return date.value().iso();
  const std::string_view clock = text.substr(11);
  const bool midnight =
      std::all_of(clock.begin(), clock.end(), [](char c) { return !is_digit(c) || c == '0'; });
  return date.value().iso() + (midnight ? "" : " " + std::string(clock));
}

std::string unescaped(std::string_view text) {
  constexpr std::size_t kSize = 7;  // _xHHHH_
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const char* digits = text.data() + i + 2;
    if (text.size() - i >= kSize && text[i] == '_' && text[i + 1] == 'x' && text[i + 6] == '_' &&
        std::from_chars(digits, digits + 4, code, 16).ptr == digits + 4 && code < 0x80) {
      out += static_cast<char>(code);
      i += kSize - 1;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace signalbus::formats
