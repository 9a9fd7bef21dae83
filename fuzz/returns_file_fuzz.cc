// A file of returns or prices, as CSV: series with ascending dates and values that can be, or an
// error that names the file; and whatever was read, every metric of it is a number or has a reason.
#include <cmath>
#include <optional>
#include <utility>

#include "analytics/metrics.h"
#include "app/returns_file.h"
#include "one_file.h"

namespace {

using namespace signalbus;

void check_series(const analytics::SimpleReturns& returns) {
  const auto dates = returns.dates();
  const auto values = returns.values();
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
  const auto read = app::load_values(files, "r.csv");
  const auto* columns = value_or_named_error(read, "r.csv");
  if (columns == nullptr) return 0;
  for (const bool are_prices : {false, true}) {
    std::optional<analytics::SimpleReturns> before;
    for (std::size_t i = 0; i < columns->count(); ++i) {
      auto returns = app::returns_in(*columns, i, are_prices);
      if (value_or_named_error(returns, "r.csv") == nullptr) continue;
      check_series(returns.value());
      if (i < 2) check_metrics(returns.value(), before ? *before : returns.value());
      before = std::move(returns).value();
    }
  }
  return 0;
}
