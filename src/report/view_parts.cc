#include "report/view_parts.h"

#include "report/figures.h"

namespace signalbus::report {

LiquidityView liquidity_view(const analytics::Liquidity& liquidity) {
  const analytics::BookLiquidity& book = liquidity.book;
  const analytics::Capacity& capacity = liquidity.capacity;
  return {.days = book.days,
          .slowest = book.slowest,
          .reason = book.reason,
          .capacity_usd = capacity.reason.empty() ? capacity.capital : kNone,
          .capacity_scale = capacity.reason.empty() ? capacity.scale : kNone,
          .capacity_reason = capacity.reason,
          .largest_share = capacity.largest};
}

BrinsonView brinson_view(const analytics::SectorAttribution& attribution) {
  BrinsonView out{.note = "", .reason = attribution.reason, .rows = {}};
  if (!out.reason.empty()) return out;
  out.note = "Since " + attribution.first.iso() +
             ", linked (Cari\u00f1o): " + percent_text(attribution.ret) + " against " +
             percent_text(attribution.benchmark_ret) + " of the benchmark's parts.";
  out.active = attribution.ret - attribution.benchmark_ret;
  for (const analytics::SectorEffects& row : attribution.rows) {
    out.rows.push_back({row.sector, row.weight, row.benchmark_weight, row.effects.allocation,
                        row.effects.selection, row.effects.interaction});
  }
  return out;
}

FactorsView factors_view(const analytics::FactorView& factors) {
  FactorsView out{.note = "", .reason = factors.reason, .rows = {}};
  if (!out.reason.empty()) return out;
  out.note = "Since " + factors.first.iso() +
             ", linked (Cari\u00f1o). The exposures of a day are " + "those of the " +
             std::to_string(analytics::kFactorWindow) + " days before it.";
  for (std::size_t i = 0; i < factors.factors.size(); ++i) {
    const analytics::FactorPart& part = factors.parts.parts[i];
    out.rows.push_back({factors.factors[i], part.exposure, factors.newest[i], part.tilt,
                        part.timing, part.common()});
  }
  out.specific = factors.parts.specific;
  out.total = factors.parts.total;
  return out;
}

}  // namespace signalbus::report
