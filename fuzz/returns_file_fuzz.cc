// A file of returns or prices, as CSV: series with ascending dates and values that can be, or an
// error that names the file; and whatever was read, every metric of it is a number or has a reason.
#include <cmath>

#include "analytics/metrics.h"
#include "app/returns_file.h"
#include "one_file.h"

namespace {

using namespace signalbus;

void check_series(const app::NamedReturns& series) {
  const auto dates = series.returns.dates();
  const auto values = series.returns.values();
  SB_CHECK(dates.size() == values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    SB_CHECK(std::isfinite(values[i]) && values[i] >= -1);
    SB_CHECK(i == 0 || dates[i - 1] < dates[i]);
  }
}

void check_metrics(const analytics::SimpleReturns& returns,
                   const analytics::SimpleReturns& benchmark) {
  const analytics::Facts facts = analytics::facts_of(returns, &benchmark, {});
  for (const analytics::MetricValue& value : analytics::evaluate_all(facts)) {
    SB_CHECK(!value.reason.empty() || std::isfinite(value.value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  testing::MemoryFiles files;
  files.contents["r.csv"] = fuzz_text(data, size);
  for (const bool are_prices : {false, true}) {
    const auto read = app::load_returns(files, "r.csv", are_prices);
    const auto* series = value_or_named_error(read, "r.csv");
    if (series == nullptr) continue;
    SB_CHECK(!series->empty());
    for (const app::NamedReturns& one : *series) check_series(one);
    check_metrics(series->front().returns, series->back().returns);
  }
  return 0;
}
