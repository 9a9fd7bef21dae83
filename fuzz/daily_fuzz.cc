// The history of days, as CSV: what is read is sorted, there once and above 0, and an evening's
// equity is the sum of its rows. Two files of one folder stand apart by the line `---`.
#include <algorithm>

#include "inputs/load_daily.h"
#include "one_file.h"

namespace {

using namespace signalbus;

bool by_date(const DailyBar& a, const DailyBar& b) {
  return std::pair(a.date, a.symbol) < std::pair(b.date, b.symbol);
}
bool by_symbol(const DailyBar& a, const DailyBar& b) {
  return std::pair(a.symbol, a.date) < std::pair(b.symbol, b.date);
}

/// Each date and symbol once, in that order, with a close above 0.
void check_bars(const std::vector<DailyBar>& bars, bool (*less)(const DailyBar&, const DailyBar&)) {
  for (std::size_t i = 0; i < bars.size(); ++i) {
    SB_CHECK(bars[i].close > Price::zero());
    SB_CHECK(i == 0 || less(bars[i - 1], bars[i]));
  }
}

void check_folder(testing::MemoryFiles& files, const std::vector<DailyBar>& one) {
  inputs::DailyRange range{.from = TradeDate::parse("2021-01-01").value(),
                           .to = TradeDate::parse("2021-12-31").value(),
                           .symbols = {}};
  for (const DailyBar& bar : one) range.symbols.insert(bar.symbol);
  const auto found = inputs::load_market_folder(files, "market", range);
  if (!found.ok()) return;
  check_bars(found.value(), by_symbol);
  for (const DailyBar& bar : found.value()) {
    SB_CHECK(range.from <= bar.date && bar.date <= range.to && range.symbols.contains(bar.symbol));
  }
  for (const DailyBar& bar : one) {  // nothing in the range was lost
    if (bar.date < range.from || range.to < bar.date) continue;
    SB_CHECK(std::binary_search(found.value().begin(), found.value().end(), bar, by_symbol));
  }
}

void check_evening(testing::MemoryFiles& files) {
  const std::string path = "market/daily_2021.csv";
  const auto book = inputs::load_positions_eod(files, path, TradeDate::parse("2021-01-04").value());
  const EodBook* evening = value_or_named_error(book, path);
  if (evening == nullptr) return;
  MoneySum sum;
  sum.add(evening->cash);
  for (std::size_t i = 0; i < evening->positions.size(); ++i) {
    sum.add(evening->positions[i].market_value);
    SB_CHECK(i == 0 || evening->positions[i - 1].symbol < evening->positions[i].symbol);
  }
  SB_CHECK(sum.total().value() == evening->equity);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text = fuzz_text(data, size);
  constexpr std::string_view kBetween = "\n---\n";
  const std::size_t cut = text.find(kBetween);
  testing::MemoryFiles files;
  files.contents["market/daily_2021.csv"] = text.substr(0, cut);
  if (cut != std::string::npos) {
    files.contents["market/more.csv"] = text.substr(cut + kBetween.size());
  }
  const auto bars = inputs::load_daily_bars(files, "market/daily_2021.csv");
  if (const auto* read = value_or_named_error(bars, "market/daily_2021.csv")) {
    check_bars(*read, by_date);
    check_folder(files, *read);
  }
  check_evening(files);
  return 0;
}
