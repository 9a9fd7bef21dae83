#include "analytics/sector_attribution.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <span>

namespace signalbus::analytics {
namespace {

constexpr int kCloseDaysBefore = 7;  // a weight may be of a day without a session
constexpr double kNoWeight = 1e-9;
// Closes are unadjusted: a split looks like such a move, and would be counted as one.
constexpr double kMoveMax = 1.9;
constexpr double kMoveMin = 0.55;

constexpr const char* kCash = "_cash";
constexpr std::array kRest = {"_trading", "_fees", "_other"};
enum Rest : std::size_t { kTrading, kFees, kOther };

using Closes = std::span<const NameClose>;

/// The closes of each name.
std::map<Symbol, Closes> by_symbol(Closes closes) {
  std::map<Symbol, Closes> out;
  for (std::size_t begin = 0; begin < closes.size();) {
    std::size_t end = begin;
    while (end < closes.size() && closes[end].symbol == closes[begin].symbol) ++end;
    out.emplace(closes[begin].symbol, closes.subspan(begin, end - begin));
    begin = end;
  }
  return out;
}

/// The newest on or before the date, at most `days_before` older; null when there is none.
const NameClose* close_at(Closes closes, TradeDate date, int days_before) {
  const auto after = std::upper_bound(closes.begin(), closes.end(), date,
                                      [](TradeDate d, const NameClose& c) { return d < c.date; });
  if (after == closes.begin()) return nullptr;
  const NameClose& newest = *std::prev(after);
  return newest.date < date.plus_days(-days_before) ? nullptr : &newest;
}

/// One part of the benchmark on one day.
struct Part {
  std::string_view sector;
  double weight;
  double ret;
};

/// The benchmark's parts, day after day.
class Benchmark {
 public:
  explicit Benchmark(const PerformanceFacts& facts)
      : facts_(facts), closes_(by_symbol(facts.benchmark_parts.closes)) {}

  std::string_view sector_of_part(const BenchmarkWeight& part) const {
    if (!part.sector.empty()) return part.sector;
    return part.symbol ? std::string_view(sector_of(facts_.sectors, *part.symbol)) : kCash;
  }

  /// The newest weights of a date up to `day`; empty before the first.
  std::span<const BenchmarkWeight> weights_at(TradeDate day) const {
    const std::span<const BenchmarkWeight> all = facts_.benchmark_parts.weights;
    const auto end = std::upper_bound(
        all.begin(), all.end(), day,
        [](TradeDate d, const BenchmarkWeight& weight) { return d < weight.date; });
    if (end == all.begin()) return {};
    const auto begin = std::lower_bound(
        all.begin(), end, std::prev(end)->date,
        [](const BenchmarkWeight& weight, TradeDate d) { return weight.date < d; });
    return {begin, end};
  }

  /// Weights at the close of `before` and returns from there to `day`.
  Result<std::vector<Part>> parts(TradeDate before, TradeDate day, int days_before) const {
    std::vector<Part> out;
    double sum = 0;
    for (const BenchmarkWeight& part : weights_at(before)) {
      Part made{sector_of_part(part), part.weight, 0};
      if (part.symbol && part.weight != 0) {
        SB_TRY(const NameClose* then, need(*part.symbol, part.date, kCloseDaysBefore));
        SB_TRY(const NameClose* base, need(*part.symbol, before, days_before));
        SB_TRY(const NameClose* now, need(*part.symbol, day, 0));
        made.weight *= base->close.to_double() / then->close.to_double();
        const double move = now->close.to_double() / base->close.to_double();
        if (move > kMoveMax || move < kMoveMin) return moved_too_much(*base, *now);
        made.ret = move - 1;
      }
      sum += made.weight;
      out.push_back(made);
    }
    for (Part& part : out) part.weight /= sum;
    return out;
  }

 private:
  Result<const NameClose*> need(const Symbol& symbol, TradeDate date, int days_before) const {
    const auto at = closes_.find(symbol);
    const NameClose* close =
        at == closes_.end() ? nullptr : close_at(at->second, date, days_before);
    if (close != nullptr) return close;
    return Error{ErrorCode::kNotFound, "data/market has no close of " + symbol.text() + " on " +
                                           date.iso() + ", which " + facts_.benchmark_parts.file +
                                           " has; add it with `signalbus prices --start " +
                                           date.iso() + "`"};
  }
  static Error moved_too_much(const NameClose& base, const NameClose& now) {
    return {ErrorCode::kNotFound, now.symbol.text() + " closes at " + base.close.text() + " on " +
                                      base.date.iso() + " and at " + now.close.text() + " on " +
                                      now.date.iso() +
                                      ", which may be a split; give its sector by a fund"};
  }

  const PerformanceFacts& facts_;
  std::map<Symbol, Closes> closes_;
};

/// What a sector of the account had and earned on a day, as fractions of the day's base.
struct Own {
  double value = 0;  ///< Of the evening before.
  double net = 0;    ///< Bought less sold.
  double earned = 0;

  /// Money that came to work counts from the morning, money that left until the evening.
  double weight() const {
    const bool grows = (net > 0 && value >= 0) || (net < 0 && value <= 0);
    return grows ? value + net : value;
  }
};

std::map<std::string, Own> own_sectors(const AccountDay& day, const Sectors& sectors) {
  std::map<std::string, Own> out;
  const double base = day.base().to_double();
  for (const NamePnl& name : day.pnl.names) {
    Own& own = out[sector_of(sectors, name.symbol)];
    const Money net = name.bought - name.sold;
    const Money before = name.market_value - name.overnight - name.trading - net;
    own.value += before.to_double() / base;
    // A round trip leaves a gain, not an investment.
    if (name.closing != name.opening) own.net += net.to_double() / base;
    own.earned += name.pnl().to_double() / base;
  }
  return out;
}

/// A day's segments and what no segment earned.
struct Day {
  std::vector<Segment> segments;
  std::array<double, kRest.size()> rest{};
};

/// Ours into segments that have their names already.
void add_own(const AccountDay& day, const Sectors& sectors, Day& out) {
  const std::map<std::string, Own> own = own_sectors(day, sectors);
  const double base = day.base().to_double();
  double invested = 0;
  double explained = 0;
  const auto put = [&](Segment& segment, double weight, double earned) {
    explained += earned;
    // More than all of it is not earned in a day with what is held: it was traded for.
    if (std::abs(weight) >= kNoWeight && std::abs(earned) <= std::abs(weight)) {
      segment.weight = weight;
      segment.ret = earned / weight;
    } else {
      out.rest[kTrading] += earned;
    }
    invested += segment.weight;
  };
  for (Segment& segment : out.segments) {
    const auto at = own.find(segment.name);
    if (at != own.end()) put(segment, at->second.weight(), at->second.earned);
  }
  Segment& cash = out.segments.back();
  put(cash, 1 - invested, day.pnl.interest.to_double() / base);
  out.rest[kFees] = day.pnl.fees.to_double() / base;
  out.rest[kOther] = day.ret.value - explained - out.rest[kFees];
}

void add_theirs(std::span<const Part> parts, std::vector<Segment>& segments) {
  std::map<std::string_view, std::pair<double, double>> sums;  // weight, weight x return
  for (const Part& part : parts) {
    auto& [weight, earned] = sums[part.sector];
    weight += part.weight;
    earned += part.weight * part.ret;
  }
  for (Segment& segment : segments) {
    const auto at = sums.find(segment.name);
    if (at == sums.end() || !(std::abs(at->second.first) >= kNoWeight)) continue;
    segment.benchmark_weight = at->second.first;
    segment.benchmark_ret = at->second.second / at->second.first;
  }
}

/// Every sector that any of the days has on either side, then cash.
std::vector<Segment> empty_segments(std::span<const AccountDay> days, const Benchmark& benchmark,
                                    const PerformanceFacts& facts) {
  std::set<std::string> names;
  for (const AccountDay& day : days) {
    for (const NamePnl& name : day.pnl.names) names.insert(sector_of(facts.sectors, name.symbol));
  }
  for (const BenchmarkWeight& part : facts.benchmark_parts.weights) {
    names.emplace(benchmark.sector_of_part(part));
  }
  names.erase(kCash);
  std::vector<Segment> out;
  for (const std::string& name : names) out.push_back({name, 0, 0, {}, {}});
  out.push_back({kCash, 0, 0, {}, {}});
  return out;
}

/// The rows of the linked effects; those of the rest only where there is any.
void add_rows(const std::vector<Segment>& segments, const LinkedEffects& linked,
              const std::vector<std::pair<double, double>>& weights, SectorAttribution& out) {
  const double days = static_cast<double>(out.days);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    out.rows.push_back(
        {segments[i].name, weights[i].first / days, weights[i].second / days, linked.effects[i]});
  }
  for (std::size_t i = 0; i < kRest.size(); ++i) {
    const Effects& effects = linked.effects[segments.size() + i];
    if (std::abs(effects.selection) > 1e-12) out.rows.push_back({kRest[i], 0, 0, effects});
  }
}

/// The index of the first day with weights before it, and the date of its base.
struct Begin {
  std::size_t day;
  TradeDate base;
};
std::optional<Begin> begin_of(const std::vector<AccountDay>& days, const Benchmark& benchmark) {
  for (std::size_t i = 0; i < days.size(); ++i) {
    const TradeDate base = i == 0 ? days[0].date().plus_days(-1) : days[i - 1].date();
    if (!benchmark.weights_at(base).empty()) return Begin{i, base};
  }
  return std::nullopt;
}

Result<SectorAttribution> attributed(const std::vector<AccountDay>& days,
                                     const PerformanceFacts& facts) {
  const Benchmark benchmark(facts);
  const std::optional<Begin> begin = begin_of(days, benchmark);
  if (!begin) {
    return Error{ErrorCode::kNotFound, facts.benchmark_parts.file + " has no weights before " +
                                           days.back().date().iso() +
                                           "; add those of an earlier date"};
  }
  SectorAttribution out{.first = days[begin->day].date()};
  const std::vector<Segment> empty =
      empty_segments(std::span(days).subspan(begin->day), benchmark, facts);
  std::vector<BrinsonPeriod> periods;
  std::vector<std::pair<double, double>> weights(empty.size());
  TradeDate base = begin->base;
  for (std::size_t i = begin->day; i < days.size(); ++i) {
    SB_TRY(const std::vector<Part> parts,
           benchmark.parts(base, days[i].date(), i == 0 ? kCloseDaysBefore : 0));
    base = days[i].date();
    if (!days[i].ret.defined) continue;
    Day day{.segments = empty};
    add_own(days[i], facts.sectors, day);
    add_theirs(parts, day.segments);
    SB_TRY(BrinsonPeriod period, brinson_fachler(day.segments));
    for (const double rest : day.rest) {
      period.ret += rest;
      period.effects.push_back({0, rest, 0});
    }
    periods.push_back(std::move(period));
    for (std::size_t s = 0; s < empty.size(); ++s) {
      weights[s].first += day.segments[s].weight;
      weights[s].second += day.segments[s].benchmark_weight;
    }
  }
  if (periods.empty()) {
    return Error{ErrorCode::kNotFound, "no money was at work since " + out.first.iso()};
  }
  SB_TRY(const LinkedEffects linked, link_effects_carino(periods));
  out.days = periods.size();
  out.ret = linked.ret;
  out.benchmark_ret = linked.benchmark_ret;
  add_rows(empty, linked, weights, out);
  return out;
}

}  // namespace

SectorAttribution attribute_to_benchmark(const std::vector<AccountDay>& days,
                                         const PerformanceFacts& facts) {
  if (facts.benchmark_parts.file.empty()) {
    return {.rows = {},
            .reason =
                "nobody told what the benchmark is made of; set analytics.benchmark_weights "
                "to a file of date,symbol,weight"};
  }
  Result<SectorAttribution> made = attributed(days, facts);
  if (made.ok()) return std::move(made).value();
  return {.rows = {}, .reason = made.error().message};
}

}  // namespace signalbus::analytics
