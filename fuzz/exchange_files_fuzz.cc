// What the exchange is given: prices, assets, corporate actions, fees, keys, and the texts of its
// options. The first byte says which.
#include "exchange/auth.h"
#include "exchange/call.h"
#include "exchange/prices.h"
#include "exchange/settings.h"
#include "exchange/venue_files.h"
#include "one_file.h"

namespace {

using namespace signalbus;
using namespace signalbus::exchange;

constexpr const char* kPath = "in/t.csv";

void check_prices(Files& files) {
  const auto read = PriceTable::load(files, kPath);
  const PriceTable* table = value_or_named_error(read, kPath);
  if (table == nullptr) return;
  for (std::size_t symbol = 0; symbol < table->symbols().size(); ++symbol) {
    SB_CHECK(symbol == 0 || table->symbols()[symbol - 1] < table->symbols()[symbol]);
    for (std::size_t day = 0; day < table->dates().size(); ++day) {
      const TradeDate date = table->dates()[day];
      SB_CHECK(day == 0 || table->dates()[day - 1] < date);
      const auto bar = table->bar(symbol, date);
      if (!bar) continue;
      SB_CHECK(bar->low > Price::zero() && bar->low <= bar->high && bar->volume >= 0);
      SB_CHECK(table->close_until(symbol, date) == bar->close);
    }
  }
}

/// Keys and secrets are in no message.
void check_keys(testing::MemoryFiles& files) {
  files.contents[kPath] += "\nPKQQQQQQQQ,sssssssecret,zzzzzzzz";
  const auto read = load_keys(files, kPath);
  if (read.ok()) return;
  SB_CHECK(read.error().message.find("sssssssecret") == std::string::npos);
  SB_CHECK(read.error().message.find("PKQQQQQQQQ") == std::string::npos);
}

void check_texts(const std::string& text) {
  (void)parse_clock(text);
  (void)parse_rate(text);
  (void)parse_boolean(text);
  (void)parse_exchange(text);
  (void)parse_time(text);
  (void)parse_day(text);
  const auto seconds = parse_duration(text);
  SB_CHECK(!seconds.ok() || seconds.value() > 0);
  const auto ratio = parse_split_ratio(text);
  SB_CHECK(!ratio.ok() || (ratio.value().numerator > 0 && ratio.value().denominator > 0));
  SB_CHECK(base64_decoded(text).value_or("").size() <= text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  testing::MemoryFiles files;
  const std::string text = fuzz_text(data + 1, size - 1);
  files.contents[kPath] = text;
  switch (data[0]) {
    case 'a':
      (void)value_or_named_error(load_assets(files, kPath), kPath);
      break;
    case 'b':
      (void)value_or_named_error(load_actions(files, kPath), kPath);
      break;
    case 'c':
      (void)value_or_named_error(load_fees(files, kPath), kPath);
      break;
    case 'd':
      check_keys(files);
      break;
    case 'e':
      check_texts(text);
      break;
    default:
      check_prices(files);
  }
  return 0;
}
