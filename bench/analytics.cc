// Analytics inside the process, for the part `analytics` of run.py.
//   analytics_bench metrics DATES RETURNS SERIES   all metrics of SERIES series in memory
//   analytics_bench page DAYS NAMES                a report of an account: its numbers, its page
// DATES: int32 days since 1970; RETURNS: doubles, one series after the other; as the peers have
// them.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "analytics/metrics.h"
#include "analytics/performance.h"
#include "report/view_of_performance.h"

namespace signalbus {
namespace {

using Clock = std::chrono::steady_clock;

double millis_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

template <class T>
std::vector<T> read_all(const char* path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path);
    std::exit(1);
  }
  std::vector<T> out(static_cast<std::size_t>(file.tellg()) / sizeof(T));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(out.data()),
            static_cast<std::streamsize>(out.size() * sizeof(T)));
  return out;
}

// ---- metrics ----

/// As the command does it: each series on its own, on all processors when there are many.
double measure_all(const std::vector<analytics::SimpleReturns>& series,
                   const std::vector<TradeDate>& dates) {
  const analytics::Conventions conventions;
  std::vector<std::vector<analytics::MetricValue>> out(series.size());
  const Clock::time_point start = Clock::now();
  const analytics::CalendarRows calendar = analytics::calendar_rows(dates);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < series.size(); i = next++) {
      out[i] = analytics::evaluate_all(
          analytics::facts_of(series[i], nullptr, conventions, nullptr, &calendar));
    }
  };
  std::vector<std::jthread> others;
  const std::size_t workers =
      std::min<std::size_t>(std::thread::hardware_concurrency(), (series.size() + 15) / 16);
  for (std::size_t worker = 1; worker < workers; ++worker) others.emplace_back(work);
  work();
  others.clear();
  return millis_since(start);
}

int bench_metrics(const char* dates_path, const char* returns_path, std::size_t count) {
  std::vector<TradeDate> dates;
  for (const std::int32_t days : read_all<std::int32_t>(dates_path)) {
    dates.push_back(TradeDate::from_days(days));
  }
  const std::vector<double> values = read_all<double>(returns_path);
  std::vector<analytics::SimpleReturns> series;
  for (std::size_t i = 0; i < count; ++i) {
    const auto own = std::span(values).subspan(i * dates.size(), dates.size());
    series.push_back(analytics::SimpleReturns::make(dates, own).value());
  }
  std::vector<double> rounds;
  const std::size_t repeats = count == 1 ? 200 : 5;
  for (std::size_t i = 0; i < repeats; ++i) rounds.push_back(measure_all(series, dates));
  std::sort(rounds.begin(), rounds.end());
  std::printf("metrics=%zu series=%zu inner_ms=%.4f\n", analytics::metric_table().size(), count,
              rounds[rounds.size() / 2]);
  return 0;
}

// ---- page ----

/// The same numbers everywhere and every time.
class Draws {
 public:
  /// About normal, of standard deviation 1: the sum of twelve uniform ones.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(next() >> 11) * 0x1p-53;
    return sum;
  }

 private:
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    return state_ ^= state_ << 17;
  }
  std::uint64_t state_ = 88'172'645'463'325'252U;
};

Price cents(double usd) {
  return Price::from_raw(std::max<std::int64_t>(std::llround(usd * 100), 1) * 10'000'000);
}

/// An account that holds `names` names and trades five of them every day, with a benchmark.
class Account {
 public:
  explicit Account(std::size_t names) : prices_(names, 100.0), held_(names, Quantity::whole(100)) {
    for (std::size_t i = 0; i < names; ++i) {
      const std::string text = "N" + std::to_string(10'000 + i);
      symbols_.push_back(Symbol::parse(text).value());
    }
  }

  analytics::PerformanceFacts days(std::size_t count) {
    analytics::PerformanceFacts facts;
    facts.benchmark = "SPY";
    TradeDate date = TradeDate::from_days(16'437);  // 2015-01-02
    for (std::size_t day = 0; day < count; ++day) {
      facts.days.push_back(next_day(date, day));
      index_ *= 1 + 0.0003 + 0.01 * draws_.normal();
      facts.benchmark_closes.push_back({date, cents(index_)});
      do {
        date = date.plus_days(1);
      } while (date.weekday() == 0 || date.weekday() == 6);
    }
    facts.focus_from = facts.days.back().facts.date;
    for (std::size_t i = 0; i < symbols_.size(); ++i) {
      facts.sectors.emplace(symbols_[i], "Sector " + std::to_string(i % 11));
    }
    return facts;
  }

 private:
  analytics::PastDay next_day(TradeDate date, std::size_t day) {
    analytics::PastDay out{.facts = {.date = date}};
    analytics::DayFacts& facts = out.facts;
    const auto marked = [&](PriceBook& book) {
      for (std::size_t i = 0; i < symbols_.size(); ++i) {
        book.points.push_back({symbols_[i], cents(prices_[i]), std::nullopt});
      }
    };
    if (day == 0) {
      facts.cash_before = cash_;
      marked(facts.prior_closes);
      for (std::size_t i = 0; i < symbols_.size(); ++i)
        facts.opening.push_back({symbols_[i], held_[i]});
    }
    const double market = 0.0003 + 0.008 * draws_.normal();
    for (double& price : prices_) price *= 1 + market + 0.015 * draws_.normal();
    marked(facts.closes);
    for (std::size_t k = 0; k < 5; ++k) trade(out, (day * 5 + k) % symbols_.size(), day);
    facts.closing.emplace();
    for (std::size_t i = 0; i < symbols_.size(); ++i)
      facts.closing->push_back({symbols_[i], held_[i]});
    facts.cash_after = cash_;
    out.recon = {"ok", 0, "recon_report_" + date.compact() + ".csv"};
    return out;
  }

  void trade(analytics::PastDay& day, std::size_t name, std::size_t number) {
    const Side side = number % 2 == 0 ? Side::kBuy : Side::kSell;
    const Price price = cents(prices_[name]);
    const Quantity quantity = Quantity::whole(1);
    const std::string id = "order-" + day.facts.date.compact() + "-" + symbols_[name].text();
    const Money amount = notional_half_even(quantity, price).value();
    held_[name] += side == Side::kBuy ? quantity : -quantity;
    cash_ += side == Side::kBuy ? -amount : amount;
    day.facts.fills.push_back({.execution_id = id,
                               .order_id = OrderId(id),
                               .client_order_id = ClientOrderId(id),
                               .symbol = symbols_[name],
                               .side = side,
                               .quantity = quantity,
                               .price = price,
                               .at = Instant::start_of(day.facts.date)});
    day.trades.push_back({StrategyId("only"), symbols_[name],
                          side == Side::kBuy ? quantity : -quantity,
                          side == Side::kBuy ? -amount : amount});
    day.orders.push_back({.cost = {.id = ClientOrderId(id),
                                   .symbol = symbols_[name],
                                   .side = side,
                                   .ordered = quantity,
                                   .decision = std::nullopt,
                                   .arrival = price,
                                   .end = price,
                                   .fills = {{quantity, price}},
                                   .asked = {{StrategyId("only"), quantity}}},
                          .status = "FILLED",
                          .reason = ""});
  }

  Draws draws_;
  std::vector<Symbol> symbols_;
  std::vector<double> prices_;
  std::vector<Quantity> held_;
  Money cash_ = Money::whole(1'000'000);
  double index_ = 400;
};

int bench_page(std::size_t days, std::size_t names) {
  double numbers = 0;
  double best = 0;
  std::size_t bytes = 0;
  for (int round = 0; round < 5; ++round) {
    analytics::PerformanceFacts facts = Account(names).days(days);
    const Clock::time_point start = Clock::now();
    const analytics::Performance performance = analytics::performance_of(std::move(facts)).value();
    const double counted = millis_since(start);
    report::ViewContext context;
    context.header.title = "Report";
    context.header.account = "bench";
    context.header.mode = "sim";
    const std::string page =
        report::dashboard_html(report::view_of(performance, std::move(context)));
    const double all = millis_since(start);
    if (round == 0 || all < best) {
      best = all;
      numbers = counted;
    }
    bytes = page.size();
    if (performance.totals.days_broken > 0) {
      std::fprintf(stderr, "%zu days do not add up\n", performance.totals.days_broken);
      return 1;
    }
  }
  std::printf("bytes=%zu numbers_ms=%.2f page_ms=%.2f inner_ms=%.2f\n", bytes, numbers,
              best - numbers, best);
  return 0;
}

}  // namespace
}  // namespace signalbus

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const auto number = [&](int i) {
    return static_cast<std::size_t>(std::strtoull(argv[i], nullptr, 10));
  };
  if (what == "metrics" && argc == 5) return signalbus::bench_metrics(argv[2], argv[3], number(4));
  if (what == "page" && argc == 4) return signalbus::bench_page(number(2), number(3));
  std::fputs("usage: analytics_bench metrics DATES RETURNS SERIES | page DAYS NAMES\n", stderr);
  return 2;
}
