// The end-of-day books and closes that the past is read from; part of read_past.h.
#pragma once

#include <span>
#include <vector>

#include "book/benchmark.h"
#include "book/market.h"
#include "book/recon.h"
#include "pipeline/read_past.h"

namespace signalbus::pipeline {

/// The books of the range, and the one before it where there is one.
struct PastBooks {
  std::vector<EodBook> all;
  bool has_opening = false;
  std::vector<std::string> notes = {};  ///< Files that are no day's books, and why.

  std::span<const EodBook> days() const { return std::span(all).subspan(has_opening ? 1U : 0U); }
};

/// kNotFound without any in the range.
Result<PastBooks> read_books(Files& files, const PastRequest& request);

/// Closes of data/market of every name that was held, of the benchmark and of its parts.
struct PastMarket {
  std::vector<DailyBar> bars;  ///< By symbol, then date.

  const DailyBar* find(const Symbol& symbol, TradeDate date) const;
};
Result<PastMarket> read_market(Files& files, const PastRequest& request, const PastBooks& books,
                               std::span<const BenchmarkWeight> benchmark);

/// Of the file that the request names; empty without one.
Result<analytics::FactorReturns> read_factors(Files& files, const PastRequest& request);

/// Of the bars that have a volume; 0 is what a source says that knows none.
std::vector<analytics::SessionVolume> volumes_of(const PastMarket& market);

/// Parts of the benchmark with their closes. A file that is not there is an error.
Result<std::vector<BenchmarkWeight>> read_benchmark_weights(Files& files,
                                                            const PastRequest& request);
analytics::BenchmarkParts parts_of(const PastRequest& request, const PastMarket& market,
                                   std::vector<BenchmarkWeight> weights);

/// The benchmark's closes: of `market`, or of the file that the request names.
Status add_benchmark(Files& files, const PastRequest& request, const PastMarket& market,
                     analytics::PerformanceFacts& facts);

/// A day with its closes and what was observed in the evening; no trades yet.
analytics::PastDay day_of(const EodBook& book, const PastMarket& market);

/// What the books are before the first day: the book before it, else what its trades and flows,
/// which must be there already, leave over.
Status begin_first_day(const PastBooks& books, const PastMarket& market,
                       analytics::DayFacts& first);

}  // namespace signalbus::pipeline
