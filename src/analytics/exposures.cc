#include "analytics/exposures.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "analytics/moments.h"
#include "core/check.h"

namespace signalbus::analytics {
namespace {

double share_of(Money part, Money whole) {
  return whole.is_positive() ? part.to_double() / whole.to_double() : kNan;
}

/// part / whole, 0 for nothing of anything.
double traded_share(Money part, double whole) {
  if (part.is_zero()) return 0;
  return whole > 0 ? part.to_double() / whole : kNan;
}

std::vector<double> sizes_of(std::span<const double> weights) {
  std::vector<double> sizes;
  sizes.reserve(weights.size());
  for (const double w : weights) {
    if (w != 0) sizes.push_back(std::abs(w));
  }
  std::sort(sizes.begin(), sizes.end(), std::greater<>());
  return sizes;
}

double sum_of_first(std::span<const double> sizes, std::size_t count) {
  double sum = 0;
  for (const double w : sizes.first(std::min(count, sizes.size()))) sum += w;
  return sum;
}

}  // namespace

Exposure exposure_of(std::span<const MarkedPosition> positions, Money nav) {
  Exposure out;
  for (const MarkedPosition& position : positions) {
    const bool is_short = position.market_value.is_negative();
    if (position.market_value.is_zero()) continue;
    (is_short ? out.short_value : out.long_value) += position.market_value;
    (is_short ? out.shorts : out.longs) += 1;
  }
  out.gross = share_of(out.gross_value(), nav);
  out.net = share_of(out.net_value(), nav);
  out.long_share = share_of(out.long_value, nav);
  out.short_share = share_of(out.short_value, nav);
  return out;
}

std::vector<double> gross_weights(std::span<const MarkedPosition> positions) {
  const Money gross = exposure_of(positions, Money::zero()).gross_value();
  std::vector<double> out;
  if (gross.is_zero()) return out;
  for (const MarkedPosition& position : positions) {
    out.push_back(std::abs(position.market_value.to_double()) / gross.to_double());
  }
  return out;
}

double top_weight(std::span<const double> weights, std::size_t count) {
  return sum_of_first(sizes_of(weights), count);
}

Concentration concentration_of(std::span<const double> weights) {
  const std::vector<double> sizes = sizes_of(weights);
  Concentration out;
  if (sizes.empty()) return out;
  for (const double w : sizes) out.hhi += w * w;
  const auto n = static_cast<double>(sizes.size());
  out.effective_n = 1 / out.hhi;
  out.normalised_hhi = sizes.size() == 1 ? 1 : (out.hhi - 1 / n) / (1 - 1 / n);
  out.top_1 = sum_of_first(sizes, 1);
  out.top_5 = sum_of_first(sizes, 5);
  out.top_10 = sum_of_first(sizes, 10);
  return out;
}

std::vector<GroupExposure> exposure_by_label(std::span<const MarkedPosition> positions,
                                             std::span<const std::string> labels, Money nav) {
  SB_CHECK(positions.size() == labels.size());
  const Money gross = exposure_of(positions, nav).gross_value();
  std::map<std::string, std::vector<MarkedPosition>> groups;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    groups[labels[i].empty() ? "unknown" : labels[i]].push_back(positions[i]);
  }
  std::vector<GroupExposure> out;
  for (const auto& [label, members] : groups) {
    const Exposure exposure = exposure_of(members, nav);
    const double weight =
        gross.is_zero() ? 0 : exposure.gross_value().to_double() / gross.to_double();
    out.push_back({label, exposure, weight});
  }
  std::stable_sort(out.begin(), out.end(), [](const GroupExposure& a, const GroupExposure& b) {
    return a.exposure.gross_value() > b.exposure.gross_value();
  });
  return out;
}

std::vector<Turnover> turnover_of(std::span<const TurnoverDay> days) {
  std::vector<Turnover> out;
  out.reserve(days.size());
  for (std::size_t i = 0; i < days.size(); ++i) {
    const TurnoverDay& day = days[i];
    const Money gross_before = i == 0 ? Money::zero() : days[i - 1].gross_value;
    const Money nav_before = i == 0 ? day.nav : days[i - 1].nav;
    const double gross = (gross_before.to_double() + day.gross_value.to_double()) / 2;
    const double nav = (nav_before.to_double() + day.nav.to_double()) / 2;
    out.push_back({traded_share(std::min(day.buys, day.sells), nav),
                   traded_share(day.traded(), gross),
                   traded_share(day.traded(), day.nav.to_double())});
  }
  return out;
}

double holding_period_days(std::span<const Turnover> turnover) {
  double sum = 0;
  for (const Turnover& day : turnover) sum += day.one_way;
  return turnover.empty() ? kNan : ratio(static_cast<long double>(turnover.size()), sum);
}

double after_slippage(double day_return, const TurnoverDay& day, double bps) {
  return day_return - traded_share(day.traded(), day.nav.to_double()) * bps / 1e4;
}

double days_to_liquidate(Money value, Money average_daily_volume, double participation) {
  return ratio(std::abs(value.to_double()), participation * average_daily_volume.to_double());
}

}  // namespace signalbus::analytics
