#include "core/time.h"

#include <array>
#include <chrono>

#include "core/text.h"

namespace signalbus {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

std::chrono::year_month_day civil(std::int32_t days) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(days)));
}

/// The number in text[at, at+count), or -1 when a byte is not a digit or the text is too short.
int digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return -1;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

Error not_a_date(std::string_view text) {
  return {ErrorCode::kInvalidInput, quoted(text) + " is not a date like 2025-07-28"};
}

Error not_an_instant(std::string_view text) {
  return {ErrorCode::kInvalidInput, quoted(text) + " is not a time like 2025-07-28T09:00:00Z"};
}

struct ClockTime {
  std::int64_t micros;  // since midnight
  std::size_t size;     // bytes read
};

/// Reads HH:MM:SS[.fraction]; a leap second (60) is refused like any other impossible time.
bool read_clock_time(std::string_view text, ClockTime& out) {
  const int hour = digits_at(text, 0, 2);
  const int minute = digits_at(text, 3, 2);
  const int second = digits_at(text, 6, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  if (text[2] != ':' || text[5] != ':') return false;
  out = {(hour * 3600LL + minute * 60LL + second) * kMicrosPerSecond, 8};
  if (text.size() <= 8 || text[8] != '.') return true;
  std::int64_t unit = 100'000;
  std::size_t i = 9;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
    out.micros += unit * (text[i] - '0');  // digits beyond microseconds add nothing
    unit /= 10;
  }
  out.size = i;
  return i > 9 && i <= 9 + 12;
}

/// Reads `Z` or `+HH:MM` as the offset east of UTC in seconds.
bool read_zone(std::string_view text, std::int64_t& offset_seconds) {
  if (text == "Z" || text == "z") {
    offset_seconds = 0;
    return true;
  }
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const int hours = digits_at(text, 1, 2);
  const int minutes = digits_at(text, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
  offset_seconds = (hours * 3600LL + minutes * 60LL) * (text[0] == '-' ? -1 : 1);
  return true;
}

/// A run writes thousands of times; snprintf was a tenth of it. `width` is at most 6.
void append_digits(std::string& out, std::int64_t value, std::size_t width) {
  std::array<char, 6> digits{};
  std::int64_t rest = value;
  for (std::size_t i = width; i > 0; --i, rest /= 10) {
    digits[i - 1] = static_cast<char>('0' + rest % 10);
  }
  if (value >= 0 && rest == 0) {
    out.append(digits.data(), width);
    return;
  }
  const std::string all = std::to_string(value);  // a year beyond four digits
  if (all.size() < width) out.append(width - all.size(), '0');
  out += all;
}

void append_date(std::string& out, TradeDate date, std::string_view separator) {
  const std::chrono::year_month_day day = civil(date.days());
  append_digits(out, static_cast<int>(day.year()), 4);
  out += separator;
  append_digits(out, static_cast<unsigned>(day.month()), 2);
  out += separator;
  append_digits(out, static_cast<unsigned>(day.day()), 2);
}

}  // namespace

Result<TradeDate> TradeDate::from_civil(int year, int month, int day) {
  const std::chrono::year_month_day ymd{std::chrono::year(year),
                                        std::chrono::month(static_cast<unsigned>(month)),
                                        std::chrono::day(static_cast<unsigned>(day))};
  // chrono keeps month and day in eight bits: 257 would become 1.
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31 || !ymd.ok()) {
    return Error{ErrorCode::kInvalidInput, "day " + std::to_string(year) + "-" +
                                               std::to_string(month) + "-" + std::to_string(day) +
                                               " does not exist between 1900 and 2200"};
  }
  return TradeDate(
      static_cast<std::int32_t>(std::chrono::sys_days(ymd).time_since_epoch().count()));
}

Result<TradeDate> TradeDate::parse(std::string_view text) {
  const bool iso = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (!iso && text.size() != 8) return not_a_date(text);
  const int year = digits_at(text, 0, 4);
  const int month = digits_at(text, iso ? 5 : 4, 2);
  const int day = digits_at(text, iso ? 8 : 6, 2);
  if (year < 0 || month < 0 || day < 0) return not_a_date(text);
  Result<TradeDate> date = from_civil(year, month, day);
  if (!date.ok()) return not_a_date(text);
  return date;
}

int TradeDate::year() const { return static_cast<int>(civil(days_).year()); }
int TradeDate::month() const {
  return static_cast<int>(static_cast<unsigned>(civil(days_).month()));
}
int TradeDate::day() const { return static_cast<int>(static_cast<unsigned>(civil(days_).day())); }

int TradeDate::weekday() const {
  return static_cast<int>(
      std::chrono::weekday(std::chrono::sys_days(std::chrono::days(days_))).c_encoding());
}

std::string TradeDate::iso() const {
  std::string out;
  append_date(out, *this, "-");
  return out;
}

std::string TradeDate::compact() const {
  std::string out;
  append_date(out, *this, "");
  return out;
}

Instant Instant::start_of(TradeDate date) { return Instant(date.days() * kMicrosPerDay); }

Result<Instant> Instant::parse(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) {
    return not_an_instant(text);
  }
  const Result<TradeDate> date = TradeDate::parse(text.substr(0, 10));
  ClockTime time{};
  std::int64_t offset = 0;
  if (!date.ok() || !read_clock_time(text.substr(11), time) ||
      !read_zone(text.substr(11 + time.size), offset)) {
    return not_an_instant(text);
  }
  return Instant(start_of(date.value()).micros() + time.micros - offset * kMicrosPerSecond);
}

TradeDate Instant::utc_date() const {
  std::int64_t days = micros_ / kMicrosPerDay;
  if (micros_ % kMicrosPerDay < 0) --days;
  return TradeDate::from_days(static_cast<std::int32_t>(days));
}

std::string Instant::rfc3339() const {
  const TradeDate date = utc_date();
  const std::int64_t rest = micros_ - start_of(date).micros();
  const std::int64_t seconds = rest / kMicrosPerSecond;
  std::string out;
  out.reserve(32);
  append_date(out, date, "-");
  append_digits(out += 'T', seconds / 3600, 2);
  append_digits(out += ':', seconds / 60 % 60, 2);
  append_digits(out += ':', seconds % 60, 2);
  if (const std::int64_t fraction = rest % kMicrosPerSecond; fraction != 0) {
    append_digits(out += '.', fraction, 6);
    while (out.back() == '0') out.pop_back();
  }
  return out += 'Z';
}

Result<TradeDate> parse_date_cell(std::string_view text) {
  if (text.size() <= 10) return TradeDate::parse(text);
  ClockTime time{};
  std::int64_t offset = 0;
  const std::string_view rest = text.substr(11);
  const bool separated = text[10] == ' ' || text[10] == 'T';
  if (!separated || !read_clock_time(rest, time) ||
      !(rest.size() == time.size || read_zone(rest.substr(time.size), offset))) {
    return not_a_date(text);
  }
  return TradeDate::parse(text.substr(0, 10));
}

}  // namespace signalbus
