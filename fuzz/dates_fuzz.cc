// Dates and times: against an independent reading of the digits, and text and value as inverses.
#include <cstdio>
#include <string>

#include "core/check.h"
#include "core/time.h"

namespace {

using namespace signalbus;

int days_in(int year, int month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool all_digits(const std::string& text) {
  return text.find_first_not_of("0123456789") == std::string::npos;
}

/// Whether the text is YYYY-MM-DD or YYYYMMDD of a day that exists, counted by hand.
bool is_day(std::string text) {
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') text.erase(7, 1).erase(4, 1);
  if (text.size() != 8 || !all_digits(text)) return false;
  const int year = std::stoi(text.substr(0, 4));
  const int month = std::stoi(text.substr(4, 2));
  const int day = std::stoi(text.substr(6, 2));
  return year >= 1900 && year <= 2200 && month >= 1 && month <= 12 && day >= 1 &&
         day <= days_in(year, month);
}

void check_date(const std::string& text) {
  const Result<TradeDate> date = TradeDate::parse(text);
  SB_CHECK(date.ok() == is_day(text));
  if (!date.ok()) return;
  SB_CHECK((text.size() == 10 ? date.value().iso() : date.value().compact()) == text);
  SB_CHECK(TradeDate::from_civil(date.value().year(), date.value().month(), date.value().day())
               .value() == date.value());
  SB_CHECK(parse_date_cell(text).value() == date.value());
}

void check_instant(const std::string& text) {
  const Result<Instant> instant = Instant::parse(text);
  if (!instant.ok()) return;
  SB_CHECK(is_day(text.substr(0, 10)));
  const TradeDate day = instant.value().utc_date();
  SB_CHECK(Instant::start_of(day) <= instant.value());
  SB_CHECK(instant.value() < Instant::start_of(day.plus_days(1)));
  // An offset may carry a time over the first or last day that dates can hold.
  const std::string canonical = instant.value().rfc3339();
  if (day.year() >= 1900 && day.year() <= 2200) {
    SB_CHECK(Instant::parse(canonical).value() == instant.value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size > 64) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_date(text);
  check_instant(text);
  const Result<TradeDate> cell = parse_date_cell(text);
  SB_CHECK(!cell.ok() || is_day(text.substr(0, 10)) || is_day(text.substr(0, 8)));
  return 0;
}
