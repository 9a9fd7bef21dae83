// The blocks that decide about orders: mapping, execution, planning, signals, weights,
// idempotency. The limits: parse_risk.cc.
#include <algorithm>

#include "core/text.h"
#include "settings/parse.h"

namespace signalbus::settings {
namespace {

constexpr Ratio kOne = Ratio::from_raw(1'000'000'000);
constexpr Ratio kTenthOfPercent = Ratio::from_raw(1'000'000);
constexpr Ratio kHalf = Ratio::from_raw(500'000'000);
constexpr Ratio kSmallest = Ratio::from_raw(1);

/// Take profit and stop loss of a bracket buy, both or neither.
void read_bracket(Block& block, planning::PlanPolicy& out) {
  const bool bracket =
      block.choice<bool>("mode_on_buy", {{"simple", false}, {"bracket", true}}, false);
  const FractionRule rule{.low = kTenthOfPercent,
                          .high = kHalf,
                          .hint = "write 0.1% to 50%, as 2% or 0.02 for two percent"};
  const std::optional<Ratio> take_profit = block.fraction("tp_pct", rule);
  const std::optional<Ratio> stop_loss = block.fraction("sl_pct", rule);
  for (const char* key : {"tp_pct", "sl_pct"}) {
    if (block.has(key) && !bracket) {
      block.refuse(key, "has a meaning only with mode_on_buy: bracket; add that or remove this");
    }
    if (!block.has(key) && bracket) {
      block.refuse("mode_on_buy", "bracket needs " + std::string(key) + "; add it, as 2%");
    }
  }
  if (bracket && out.order_type == OrderType::kLimit) {
    block.refuse("mode_on_buy",
                 "bracket with order_type: limit is not in this version yet; write order_type: "
                 "market or mode_on_buy: simple");
  }
  if (bracket && take_profit && stop_loss) {
    out.bracket_on_buy = {.take_profit = *take_profit, .stop_loss = *stop_loss};
  }
}

/// Order type, and how far from the reference price it may fill.
void read_order_type(Block& block, planning::PlanPolicy& out) {
  out.order_type = block.choice<OrderType>(
      "order_type", {{"market", OrderType::kMarket}, {"limit", OrderType::kLimit}}, out.order_type);
  const bool limit = out.order_type == OrderType::kLimit;
  const std::optional<std::int64_t> collar_bps = block.integer("collar_bps", {1, 2'000});
  if (limit && !collar_bps) {
    block.refuse("order_type", "limit needs collar_bps; add it, as 50 for half a percent");
  }
  if (!limit && collar_bps) {
    block.refuse("collar_bps",
                 "has a meaning only with order_type: limit; add that or remove this");
  }
  if (collar_bps) out.collar = Ratio::from_raw(*collar_bps * 100'000);
}

void read_band(Block block, planning::NoTradeBand& out) {
  const FractionRule rule{.low = kSmallest,
                          .high = kHalf,
                          .hint = "write a fraction above 0 and up to 0.5, as 0.005 or 0.5%"};
  out.absolute = block.fraction("absolute", rule);
  out.relative = block.fraction(
      "relative", {.low = kSmallest,
                   .high = kOne,
                   .hint = "write a fraction of the target above 0 and up to 1, as 0.25 or 25%"});
  out.trade_to_edge = block.choice<bool>("trade_to", {{"target", false}, {"edge", true}}, false);
  if (block.has("trade_to") && !block.has("absolute") && !block.has("relative")) {
    block.refuse("trade_to", "has no band to apply to; add absolute or relative");
  }
}

}  // namespace

void read_mapping(Block& root, Settings& out) {
  Block block = root.map("mapping");
  MappingSettings& mapping = out.mapping;
  mapping.is_explicit = root.has("mapping");
  mapping.file = block.path("file", mapping.file);
  mapping.id_column = block.text("id_column", mapping.id_column);
  mapping.symbol_column = block.text("symbol_column", mapping.symbol_column);
  if (mapping.id_column == mapping.symbol_column) {
    block.refuse("symbol_column", "was " + quoted(mapping.symbol_column) +
                                      ", the same as id_column; name the two columns");
  }
}

void read_execution(Block& root, Settings& out) {
  Block block = root.map("execution");
  planning::PlanPolicy& plan = out.planning;
  out.execution.out_orders = block.path("out_orders", out.execution.out_orders);
  out.execution.out_plan = block.path("out_plan", out.execution.out_plan);
  if (out.execution.out_orders == out.execution.out_plan) {
    block.refuse("out_plan", "was " + quoted(out.execution.out_plan) +
                                 ", the same file as out_orders; name two files");
  }
  plan.time_in_force = block.choice<TimeInForce>(
      "time_in_force", {{"DAY", TimeInForce::kDay}, {"GTC", TimeInForce::kGtc}},
      plan.time_in_force);
  plan.quantity_decimals =
      static_cast<int>(block.integer("quantity_decimals", {0, 9}, plan.quantity_decimals));
  if (plan.time_in_force == TimeInForce::kGtc && plan.quantity_decimals > 0) {
    block.refuse("time_in_force",
                 "GTC is for whole shares, since Alpaca takes fractional orders as DAY only; write "
                 "DAY, or add quantity_decimals: 0");
  }
  if (const auto value = block.money("min_order_notional")) plan.min_order_notional = *value;
  read_order_type(block, plan);
  read_bracket(block, plan);
  if (const auto count = block.integer("max_orders", {1, 100'000})) {
    plan.max_orders = static_cast<std::size_t>(*count);
  }
  out.execution.plan_max_age_seconds =
      block.duration("plan_max_age").value_or(out.execution.plan_max_age_seconds);
  out.execution.settle_seconds =
      block.integer("settle_seconds", {0, 600}, out.execution.settle_seconds);
  out.execution.grace_seconds =
      block.integer("grace_seconds", {0, 600}, out.execution.grace_seconds);
  out.execution.fill_wait_seconds =
      block.integer("fill_wait_seconds", {1, 86'400}, out.execution.fill_wait_seconds);
  out.execution.end_wait_seconds =
      block.integer("end_wait_seconds", {0, 3600}, out.execution.end_wait_seconds);
  out.execution.poll_seconds = block.integer("poll_seconds", {1, 60}, out.execution.poll_seconds);
  out.execution.close_guard_seconds =
      block.integer("close_guard_seconds", {0, 3600}, out.execution.close_guard_seconds);
}

void read_planning(Block& root, Settings& out) {
  using planning::ForeignPositions;
  Block block = root.map("planning");
  planning::PlanPolicy& plan = out.planning;
  plan.foreign_positions = block.choice<ForeignPositions>("foreign_positions",
                                                          {{"auto", ForeignPositions::kAuto},
                                                           {"keep", ForeignPositions::kKeep},
                                                           {"sell", ForeignPositions::kSell},
                                                           {"refuse", ForeignPositions::kRefuse}},
                                                          plan.foreign_positions);
  read_band(block.map("band"), plan.band);
  plan.max_turnover = block.fraction(
      "max_turnover", {.low = kSmallest,
                       .high = Ratio::from_raw(2'000'000'000),
                       .hint = "write a fraction of equity above 0 and up to 2, as 0.3 or 30%"});
  const FractionRule coverage{
      .low = Ratio::zero(), .high = kOne, .hint = "write a fraction from 0 to 1, as 0.25 or 25%"};
  plan.min_coverage = block.fraction("min_coverage", coverage).value_or(plan.min_coverage);
  plan.max_price_age_seconds = block.duration("max_price_age");
  plan.allow_liquidation = block.boolean("allow_liquidation", plan.allow_liquidation);
}

void read_signals(Block& root, Settings& out) {
  using signals::DateMatch;
  using signals::OnFailure;
  Block block = root.map("signals");
  signals::SignalPolicy& policy = out.signals;
  policy.date_match = block.choice<DateMatch>(
      "date_match", {{"latest", DateMatch::kLatest}, {"exact", DateMatch::kExact}},
      policy.date_match);
  policy.rescale_limit = block.number("rescale_limit", 0, 1).value_or(policy.rescale_limit);
  policy.max_turnover = block.number("max_turnover", 0, 2);
  policy.on_failure = block.choice<OnFailure>("on_failure",
                                              {{"stop", OnFailure::kStop},
                                               {"drop", OnFailure::kDrop},
                                               {"hold_sleeve", OnFailure::kHoldSleeve}},
                                              policy.on_failure);
}

void read_weights(Block& root, Settings& out) {
  Block block = root.map("weights");
  signals::WeightPolicy& weights = out.weights;
  weights.allow_short = block.boolean("allow_short", weights.allow_short);
  weights.allow_cash = block.boolean("allow_cash", weights.allow_cash);
  weights.max_gross = block.number("max_gross", 0.01, 4).value_or(weights.max_gross);
  if (block.has("max_gross") && !weights.allow_short) {
    block.refuse("max_gross", "has a meaning only with allow_short: true; add that or remove this");
  }
  weights.max_weight = block.number("max_weight", 0.0001, 1);
  for (std::string& name : block.texts("blacklist")) {
    const Result<AssetId> id = parse_asset_id(name);
    if (!id.ok() && !Symbol::parse(name).ok()) block.refuse("blacklist", id.error().message);
    weights.blacklist.insert(std::move(name));
  }
  out.planning.allow_short = weights.allow_short;
  out.planning.blacklist = weights.blacklist;
}

void read_idempotency(Block& root, Settings& out) {
  Block block = root.map("idempotency");
  if (!block.boolean("enable_client_order_id", true)) {
    block.refuse("enable_client_order_id",
                 "false is refused: without it a re-run could double orders; write true or remove "
                 "the key");
  }
  std::string& prefix = out.idempotency.client_order_id_prefix;
  prefix = block.text("client_order_id_prefix", prefix);
  const bool plain = std::all_of(prefix.begin(), prefix.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  if (prefix.empty() || prefix.size() > 16 || !plain) {
    block.refuse("client_order_id_prefix",
                 "was " + quoted(prefix) + "; write 1 to 16 of A-Z, a-z and 0-9");
  }
}

}  // namespace signalbus::settings
