// RiskLimits: the limits of the `risk:` block, each remembering where it was set.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "book/plan.h"
#include "calendar/new_york.h"
#include "core/ids.h"
#include "core/money.h"

namespace signalbus::risk {

/// A limit and its place ("config.yaml:12"), which every refusal names.
template <class T>
struct Limit {
  T value;
  std::string origin;
};
template <class T>
using MaybeLimit = std::optional<Limit<T>>;

enum class OnOrderBreach {
  kSkip,       ///< That order is skipped, the rest goes on.
  kRefusePlan  ///< One breach refuses everything.
};

/// Times of day in New York, both included.
struct TradeWindow {
  calendar::TimeOfDay first;
  calendar::TimeOfDay last;
};

/// An absent limit is not checked; live mode requires every one (settings/ sees to it). What each
/// means, and where it is checked: the table in rules.cc, which docs/risk-controls.md is made of.
struct RiskLimits {
  MaybeLimit<Quantity> max_share_per_order;
  MaybeLimit<Money> max_notional_per_order;
  MaybeLimit<Money> max_total_notional;
  MaybeLimit<Ratio> price_tolerance;
  MaybeLimit<Ratio> min_cash_buffer;
  MaybeLimit<bool> reject_if_price_missing;

  MaybeLimit<std::set<OrderType>> allowed_types;
  MaybeLimit<std::set<TimeInForce>> allowed_tif;
  MaybeLimit<std::set<Symbol>> restricted_symbols;
  MaybeLimit<std::set<Symbol>> universe;
  MaybeLimit<std::int64_t> max_quote_age_seconds;
  MaybeLimit<Ratio> max_prev_close_move;
  MaybeLimit<Ratio> max_adv;
  MaybeLimit<bool> require_etb;
  MaybeLimit<std::int64_t> max_executions_per_symbol;
  MaybeLimit<std::int64_t> max_attempts;

  MaybeLimit<Money> max_position_notional;
  MaybeLimit<Ratio> max_weight;
  MaybeLimit<Ratio> max_gross;
  MaybeLimit<Ratio> max_net;
  MaybeLimit<Ratio> max_sector;

  MaybeLimit<Money> max_daily_notional;
  MaybeLimit<std::int64_t> max_daily_orders;
  MaybeLimit<Money> max_open_notional;
  MaybeLimit<std::int64_t> max_open_orders;
  MaybeLimit<Ratio> max_vs_last_batch;  ///< A factor: 3 is three times.

  MaybeLimit<Ratio> max_daily_loss;
  MaybeLimit<Ratio> max_drawdown;
  MaybeLimit<TradeWindow> trade_window;
  MaybeLimit<bool> require_calendar_agreement;
  MaybeLimit<Ratio> max_reject_rate;
  MaybeLimit<std::int64_t> max_unknown;

  bool allow_short = false;  ///< weights.allow_short
  OnOrderBreach on_order_breach = OnOrderBreach::kSkip;
};

}  // namespace signalbus::risk
