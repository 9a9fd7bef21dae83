#include "pipeline/past_orders.h"

#include <algorithm>

namespace signalbus::pipeline {

LastFills last_fills(const PastTrades& trades) {
  LastFills out;
  for (const PastFill& past : trades.fills) {
    Instant& last = out.try_emplace(past.fill.client_order_id.get(), past.fill.at).first->second;
    last = std::max(last, past.fill.at);
  }
  return out;
}

std::optional<double> seconds_to_fill(const ExecutionLogRow& row, const LastFills& fills) {
  const auto last = fills.find(row.client_order_id.get());
  if (!row.submitted_at || last == fills.end() || row.filled_qty < row.qty) return std::nullopt;
  if (last->second < *row.submitted_at) return std::nullopt;
  return static_cast<double>(last->second.micros() - row.submitted_at->micros()) / 1e6;
}

std::optional<Price> decision_of(const ExecutionLogRow& row, bool arrival_is_fresh) {
  const bool has_arrival =
      arrival_is_fresh && row.mode != Mode::kDry && row.submitted_at.has_value();
  return has_arrival ? row.decision_price : std::nullopt;
}

}  // namespace signalbus::pipeline
