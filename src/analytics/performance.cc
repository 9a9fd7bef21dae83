#include "analytics/performance.h"

#include "analytics/performance_parts.h"

namespace signalbus::analytics {
namespace {

constexpr std::size_t kEpisodes = 10;

/// Cumulative return and drawdown of each day; a day without money at work changes neither.
void add_curves(Performance& out) {
  double level = 1;
  double peak = 1;
  for (const AccountDay& day : out.days) {
    level *= 1 + (day.ret.defined ? day.ret.value : 0);
    peak = std::max(peak, level);
    out.cumulative.push_back(level - 1);
    out.drawdown.push_back(level / peak - 1);
  }
}

/// The date of the equity that the first return is measured from.
Conventions with_base(Conventions conventions, const std::vector<AccountDay>& days) {
  if (!conventions.base_date) {
    TradeDate before = days.front().date().plus_days(-1);
    while (before.weekday() == 0 || before.weekday() == 6) before = before.plus_days(-1);
    conventions.base_date = before;
  }
  return conventions;
}

void add_statistics(Performance& out) {
  const BenchmarkReturns& benchmark = out.benchmark;
  out.metrics = metric_columns(out.returns, benchmark, out.conventions);
  out.rolling = rolling_of(out.days, out.returns, benchmark, out.conventions);
  out.drawdowns = deepest_episodes(drawdown_episodes(out.returns, Baseline::kFromStart), kEpisodes);
  out.months = bucket_returns(out.returns, BucketSize::kMonth);
  out.years = bucket_returns(out.returns, BucketSize::kYear);
  out.benchmark_months = bucket_returns(benchmark.returns, BucketSize::kMonth);
  out.benchmark_years = bucket_returns(benchmark.returns, BucketSize::kYear);
  out.histogram = histogram_of(out.returns);
  BootstrapSettings settings;
  settings.periods_per_year = out.conventions.periods_per_year;
  settings.rf = out.conventions.rf();
  out.intervals = bootstrap(out.returns.values(), settings);
}

}  // namespace

Result<Performance> performance_of(PerformanceFacts facts) {
  if (facts.days.empty()) {
    return Error{ErrorCode::kInvalidInput, "performance: there is no day to report on"};
  }
  Performance out;
  SB_TRY(out.days, account_days(facts.days));
  out.conventions = with_base(facts.conventions, out.days);
  out.returns = returns_of_days(out.days);
  out.benchmark = benchmark_returns(out.days, facts);
  add_curves(out);
  add_statistics(out);
  SB_TRY(out.attribution, attribute_days(out.days, facts));
  SB_TRY(out.names, name_totals(out.days, facts.days, facts.sectors, out.attribution.symbol));
  const std::size_t first = focus_first(out.days, facts.focus_from);
  out.focus = focus_of(out.days, out.benchmark.days, first);
  SB_TRY(out.costs, costs_of(facts.days, first));
  SB_TRY(out.orders, costed_orders(facts.days, first));
  out.totals = totals_of(out.days);
  out.factors = attribute_to_factors(out.returns, facts.factors);
  out.against_benchmark = attribute_to_benchmark(out.days, facts);
  SB_TRY(out.liquidity, account_liquidity(out.days, facts));
  out.sectors = std::move(facts.sectors);
  return out;
}

}  // namespace signalbus::analytics
