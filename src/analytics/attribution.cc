#include "analytics/attribution.h"

#include <algorithm>
#include <map>

#include "analytics/linking.h"
#include "core/check.h"
#include "sleeves/share_out.h"

namespace signalbus::analytics {
namespace {

using Groups = std::map<std::string, Money>;

void add(Groups& groups, std::string_view label, Money pnl) {
  // At the end: names come in order, and then nothing is searched.
  const auto at = groups.try_emplace(groups.end(), std::string(label.empty() ? "unknown" : label),
                                     Money::zero());
  at->second += pnl;
}

std::vector<PnlPart> parts_of(const Groups& groups) {
  std::vector<PnlPart> out;
  out.reserve(groups.size());
  for (const auto& [label, pnl] : groups) out.push_back({label, pnl});
  return out;
}

/// What belongs to no name, where there is any.
void add_rest(Groups& groups, const DayPnl& day) {
  Money named = Money::zero();
  for (const NamePnl& name : day.names) named += name.pnl();
  const Money rest = day.profit() - named - day.fees;
  if (!day.fees.is_zero()) add(groups, kFeesLabel, day.fees);
  if (!rest.is_zero()) add(groups, kCashLabel, rest);
}

std::vector<PnlPart> grouped(const DayPnl& day,
                             const std::function<std::string(const NamePnl&)>& label_of) {
  Groups groups;
  for (const NamePnl& name : day.names) add(groups, label_of(name), name.pnl());
  add_rest(groups, day);
  return parts_of(groups);
}

std::string side_of(const NamePnl& name) {
  const Quantity held = name.opening.is_zero() ? name.closing : name.opening;
  if (held.is_zero()) return "round trip";
  return held.is_negative() ? "short" : "long";
}

/// Every label of any day, with its place.
std::map<std::string, std::size_t> places_of(std::span<const AttributedDay> days) {
  std::map<std::string, std::size_t> places;
  for (const AttributedDay& day : days) {
    auto next = places.begin();  // a day has mostly the labels of the one before, in their order
    for (const PnlPart& part : day.parts) {
      if (next == places.end() || next->first != part.label) {
        next = places.try_emplace(part.label, 0).first;
      }
      ++next;
    }
  }
  std::size_t next = 0;
  for (auto& [label, place] : places) place = next++;
  return places;
}

}  // namespace

std::vector<PnlPart> pnl_by_symbol(const DayPnl& day) {
  std::vector<PnlPart> out;
  out.reserve(day.names.size() + 2);
  for (const NamePnl& name : day.names) out.push_back({name.symbol.text(), name.pnl()});
  Groups rest;
  add_rest(rest, day);
  for (const auto& [label, pnl] : rest) out.push_back({label, pnl});
  return out;
}

std::vector<PnlPart> pnl_by_sector(const DayPnl& day, const LabelOf& sector_of) {
  return grouped(day, [&](const NamePnl& name) { return sector_of(name.symbol); });
}

std::vector<PnlPart> pnl_by_side(const DayPnl& day) { return grouped(day, side_of); }

std::vector<PnlPart> pnl_by_strategy(const DayPnl& account,
                                     std::span<const std::pair<StrategyId, DayPnl>> strategies) {
  Groups groups;
  Money rest = account.profit();
  for (const auto& [id, day] : strategies) {
    add(groups, id.get(), day.profit());
    rest -= day.profit();
  }
  if (!rest.is_zero()) add(groups, kAccountLabel, rest);
  return parts_of(groups);
}

std::vector<StrategyShare> share_fill(Quantity filled, std::span<const StrategyShare> asked) {
  std::vector<std::int64_t> weights;
  for (const StrategyShare& share : asked) {
    SB_CHECK(share.quantity.is_positive());
    weights.push_back(share.quantity.raw());
  }
  const std::vector<std::int64_t> parts = sleeves::share_out(filled.raw(), weights);
  std::vector<StrategyShare> out;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    out.push_back({asked[i].strategy_id, Quantity::from_raw(parts[i])});
  }
  return out;
}

Attribution attribute(std::span<const AttributedDay> days) {
  const std::map<std::string, std::size_t> places = places_of(days);
  Attribution out;
  std::vector<Money> sums(places.size(), Money::zero());
  std::vector<PeriodContribution> periods;
  for (const AttributedDay& day : days) {
    PeriodContribution period{std::vector<double>(places.size(), 0)};
    auto next = places.begin();
    for (const PnlPart& part : day.parts) {
      if (next == places.end() || next->first != part.label) next = places.find(part.label);
      const std::size_t at = next->second;
      ++next;
      sums[at] += part.pnl;
      out.pnl += part.pnl;
      if (!day.base.is_positive()) continue;
      period.parts[at] += part.pnl.to_double() / day.base.to_double();
    }
    if (day.base.is_positive()) {
      periods.push_back(std::move(period));
    } else {
      ++out.days_without_base;
    }
  }
  const LinkedContributions linked = link_carino(periods);
  out.ret = linked.total;
  out.days_linked = linked.periods;
  for (const auto& [label, place] : places) {
    out.rows.push_back({label, sums[place], linked.parts.empty() ? 0 : linked.parts[place]});
  }
  std::stable_sort(out.rows.begin(), out.rows.end(),
                   [](const AttributionRow& a, const AttributionRow& b) {
                     return a.contribution > b.contribution;
                   });
  return out;
}

}  // namespace signalbus::analytics
