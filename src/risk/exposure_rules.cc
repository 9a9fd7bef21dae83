// Gross, net and sector exposure that a batch leads to. A batch that makes the figure smaller
// passes, whatever it still is.
#include <algorithm>
#include <map>

#include "risk/batch_rules.h"
#include "risk/exposure.h"
#include "risk/words.h"

namespace signalbus::risk {
namespace {

/// A figure without and with the batch, 1e-6 USD, not negative.
struct Change {
  Int128 without = 0;
  Int128 with = 0;
};

Words check_change(const Change& change, const std::string& what, std::string_view key,
                   const Limit<Ratio>& limit, const PlanFacts& facts) {
  if (!facts.equity) return not_known("equity of the account", key, limit.origin);
  const bool grows = change.with > change.without;
  if (!grows || !is_above(change.with, limit.value, facts.equity->raw())) return std::nullopt;
  return above(what + " of " + usd(change.with) + " USD of an equity of " + facts.equity->text(),
               key, percent_text(limit.value), limit.origin);
}

Int128 gross_of(Int128 high, Int128 low) { return std::max(size_of(high), size_of(low)); }

}  // namespace

Words max_gross(const BatchView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_gross;
  if (!limit) return std::nullopt;
  const auto names = name_values(view.orders, view.prices, view.facts);
  if (!names.ok()) return not_known(names.error().message, "max_gross_pct", limit->origin);
  const Int128 unnamed = size_of(view.facts.holdings->unnamed_value.raw());
  Change gross{unnamed, unnamed};
  for (const NameValue& name : names.value()) {
    gross.without += gross_of(name.high_without, name.low_without);
    gross.with += gross_of(name.high, name.low);
  }
  return check_change(gross, "gross exposure", "max_gross_pct", *limit, view.facts);
}

Words max_net(const BatchView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_net;
  if (!limit) return std::nullopt;
  const auto names = name_values(view.orders, view.prices, view.facts);
  if (!names.ok()) return not_known(names.error().message, "max_net_pct", limit->origin);
  const Int128 unnamed = view.facts.holdings->unnamed_value.raw();
  Change high{unnamed, unnamed};
  Change low = high;
  for (const NameValue& name : names.value()) {
    high.without += name.high_without;
    high.with += name.high;
    low.without += name.low_without;
    low.with += name.low;
  }
  for (const Change& net : {high, low}) {
    const Change size{size_of(net.without), size_of(net.with)};
    Words words = check_change(size, "net exposure", "max_net_pct", *limit, view.facts);
    if (words) return words;
  }
  return std::nullopt;
}

Words max_sector(const BatchView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_sector;
  if (!limit) return std::nullopt;
  const auto names = name_values(view.orders, view.prices, view.facts);
  if (!names.ok()) return not_known(names.error().message, "max_sector_pct", limit->origin);
  std::map<std::string, Change> sectors;
  for (const NameValue& name : names.value()) {
    const Change change{gross_of(name.high_without, name.low_without),
                        gross_of(name.high, name.low)};
    if (change.with == 0 && change.without == 0) continue;
    const SymbolFacts* known = view.facts.find(name.symbol);
    if (known == nullptr || !known->sector) {
      return not_known("sector of " + name.symbol.text(), "max_sector_pct", limit->origin);
    }
    sectors[*known->sector].without += change.without;
    sectors[*known->sector].with += change.with;
  }
  for (const auto& [sector, change] : sectors) {
    Words words =
        check_change(change, "exposure to sector " + sector, "max_sector_pct", *limit, view.facts);
    if (words) return words;
  }
  return std::nullopt;
}

}  // namespace signalbus::risk
