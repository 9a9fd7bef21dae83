// Row by row: planned against filled against target, with the cause of every difference.
#include "reconcile/reconcile.h"

#include <algorithm>
#include <map>

#include "core/text.h"

namespace signalbus::reconcile {
namespace {

/// Signed shares that the planned orders of each symbol add up to (a flip has two). The orders are
/// what was to be executed: edited and accepted ones differ from the plan's rows.
std::map<Symbol, Quantity> planned_quantities(std::span<const PlannedOrder> orders) {
  std::map<Symbol, Quantity> out;
  for (const PlannedOrder& order : orders) {
    const Quantity shares = order.side == Side::kBuy ? order.quantity : -order.quantity;
    out.try_emplace(order.symbol, Quantity::zero()).first->second += shares;
  }
  return out;
}

/// Executed orders of one symbol, for the cause of a difference.
using OrdersBySymbol = std::multimap<Symbol, const ExecutionLogRow*>;

struct Explanation {
  Cause cause;
  std::string words;
};

/// Why planned and filled differ, from the final states of the orders.
Explanation explain_shortfall(const Symbol& symbol, const OrdersBySymbol& executed) {
  const auto [begin, end] = executed.equal_range(symbol);
  if (begin == end) return {Cause::kUnknown, "no order was logged for it"};
  for (auto at = begin; at != end; ++at) {
    const ExecutionLogRow& row = *at->second;
    const std::string words = "order " + row.client_order_id.get() + " ended " +
                              std::string(to_text(row.status)) +
                              (row.error.empty() ? "" : ": " + row.error);
    switch (row.status) {
      case OrderState::kRejected:
      case OrderState::kNeverAccepted:
      case OrderState::kAbandoned:
        return {Cause::kRejected, words};
      case OrderState::kPartial:
      case OrderState::kCanceled:
      case OrderState::kExpired:
        return {Cause::kPartialFill,
                words + "; " + row.filled_qty.text() + " of " + row.qty.text() + " filled"};
      case OrderState::kFilled:
      case OrderState::kSimulated:
        break;
      case OrderState::kPlanned:
      case OrderState::kSubmitting:
      case OrderState::kUnknown:
      case OrderState::kLive:
      case OrderState::kCancelling:
      case OrderState::kResolving:
      case OrderState::kQuarantined:
        return {Cause::kUnknown, words + ", so its fate is open; run reconcile --source broker"};
    }
  }
  return {Cause::kUnknown, "every order is final, yet planned and filled shares differ"};
}

std::string reason_of(const PlanRow& row) {
  std::string out(to_text(row.code));
  if (!row.words.empty()) out += (out.empty() ? "" : ": ") + row.words;
  return out;
}

/// Why the final position is not the target although everything planned was done.
Explanation explain_residual(const PlanRow& row, Quantity difference, int quantity_decimals) {
  const Quantity lot =
      Quantity::from_raw(static_cast<std::int64_t>(pow10(Quantity::kDecimals - quantity_decimals)));
  if (row.code != ReasonCode::kNone && row.code != ReasonCode::kUnchanged) {
    return {Cause::kSkipped, reason_of(row)};
  }
  if (difference.abs() < lot) return {Cause::kRounding, "less than one lot of " + lot.text()};
  return {Cause::kRounding, row.words.empty() ? "orders are cut to whole lots" : row.words};
}

/// A log may tell of one order several times (unknown, then filled): the newest row counts.
std::vector<ExecutionLogRow> newest_states(std::span<const ExecutionLogRow> executed) {
  std::map<ClientOrderId, std::size_t> place;
  std::vector<ExecutionLogRow> out;
  for (const ExecutionLogRow& row : executed) {
    const auto [at, first] = place.try_emplace(row.client_order_id, out.size());
    if (first || row.client_order_id.get().empty()) {
      out.push_back(row);
    } else if (row.updated_at >= out[at->second].updated_at) {
      out[at->second] = row;
    }
  }
  return out;
}

ReconRow base_row(const PlanRow& row, Quantity planned) {
  return {.symbol = row.symbol,
          .asset_id = row.asset_id,
          .planned_qty = planned,
          .actual_qty = Quantity::zero(),
          .delta_qty = Quantity::zero(),
          .status = ReconStatus::kOk,
          .target_weight = row.target_weight,
          .actual_weight = 0,
          .weight_deviation = 0,
          .target_qty = row.target_qty,
          .final_qty = row.current_qty,
          .qty_difference = Quantity::zero(),
          .cause = Cause::kNone,
          .explanation = {}};
}

void judge(ReconRow& row, const PlanRow& plan, const OrdersBySymbol& executed, int decimals) {
  row.delta_qty = row.actual_qty - row.planned_qty;
  row.qty_difference = row.final_qty - row.target_qty;
  Explanation why{Cause::kNone, ""};
  const Quantity held_before = row.final_qty - row.actual_qty;
  if (!row.delta_qty.is_zero()) {
    row.status = ReconStatus::kMismatch;
    why = explain_shortfall(*row.symbol, executed);
  } else if (held_before != plan.current_qty) {
    row.status = ReconStatus::kMismatch;
    why = {Cause::kUnknown, held_before.text() +
                                " shares were held at the start of the day, the plan assumed " +
                                plan.current_qty.text()};
  } else if (plan.action == Action::kSkip) {
    row.status = ReconStatus::kSkipped;
    why = {Cause::kSkipped, reason_of(plan)};
    if (!row.symbol) why.words = "asset " + row.asset_id.get() + ": " + why.words;
  } else if (!row.qty_difference.is_zero()) {
    why = explain_residual(plan, row.qty_difference, decimals);
  }
  row.cause = why.cause;
  row.explanation = std::move(why.words);
}

/// A symbol that traded, was ordered or is held although the plan has no row for it.
ReconRow unplanned_row(const Symbol& symbol, Quantity planned, Quantity traded, Quantity held,
                       const OrdersBySymbol& executed) {
  ReconRow row{.symbol = symbol,
               .asset_id = AssetId(""),
               .planned_qty = planned,
               .actual_qty = traded,
               .delta_qty = traded - planned,
               .status = ReconStatus::kMismatch,
               .target_weight = 0,
               .actual_weight = 0,
               .weight_deviation = 0,
               .target_qty = Quantity::zero(),
               .final_qty = held,
               .qty_difference = held,
               .cause = traded.is_zero() ? Cause::kUnknown : Cause::kManualTrade,
               .explanation = traded.is_zero() ? "held at the start of the day, unknown to the plan"
                                               : "traded without being in the plan"};
  if (planned.is_zero()) return row;
  // An order that was added to the planned ones by hand: done as ordered, or not.
  const bool done = row.delta_qty.is_zero();
  const Explanation why = done ? Explanation{Cause::kNone, "ordered without a row in the plan"}
                               : explain_shortfall(symbol, executed);
  row.status = done ? ReconStatus::kOk : ReconStatus::kMismatch;
  row.cause = why.cause;
  row.explanation = why.words;
  return row;
}

/// The plan's own prices, overridden by the given ones.
PriceBook prices_of(const ReconInput& input) {
  std::map<Symbol, PricePoint> merged;
  for (const PlanRow& row : input.plan) {
    if (row.symbol && row.price) {
      merged.insert_or_assign(*row.symbol, PricePoint{*row.symbol, *row.price, std::nullopt});
    }
  }
  for (const PricePoint& point : input.prices.points) merged.insert_or_assign(point.symbol, point);
  PriceBook out;
  for (const auto& [symbol, point] : merged) out.points.push_back(point);
  return out;
}

std::vector<ReconRow> compare(const ReconInput& input, std::span<const ExecutionLogRow> log,
                              std::span<const Traded> traded, const Holdings& final_holdings) {
  OrdersBySymbol executed;
  for (const ExecutionLogRow& row : log) executed.emplace(row.symbol, &row);
  std::map<Symbol, Quantity> open;  // symbols not yet accounted for by a plan row
  for (const Holding& holding : final_holdings.holdings) {
    open.insert_or_assign(holding.symbol, Quantity::zero());
  }
  for (const Traded& trade : traded) open.insert_or_assign(trade.symbol, trade.net);
  const std::map<Symbol, Quantity> planned = planned_quantities(input.orders);
  for (const auto& [symbol, shares] : planned) open.try_emplace(symbol, Quantity::zero());
  const auto ordered = [&](const Symbol& symbol) {
    const auto at = planned.find(symbol);
    return at == planned.end() ? Quantity::zero() : at->second;
  };

  const auto held = [&](const Symbol& symbol) {
    const Holding* holding = final_holdings.find(symbol);
    return holding == nullptr ? Quantity::zero() : holding->quantity;
  };
  std::vector<ReconRow> rows;
  for (const PlanRow& plan : input.plan) {
    ReconRow row = base_row(plan, plan.symbol ? ordered(*plan.symbol) : Quantity::zero());
    if (plan.symbol) {
      const auto at = open.find(*plan.symbol);
      if (at != open.end()) row.actual_qty = at->second;
      row.final_qty = held(*plan.symbol);
      open.erase(*plan.symbol);
    }
    judge(row, plan, executed, input.quantity_decimals);
    rows.push_back(std::move(row));
  }
  for (const auto& [symbol, net] : open) {
    rows.push_back(unplanned_row(symbol, ordered(symbol), net, held(symbol), executed));
  }
  return rows;
}

/// Names the asset of positions that the plan knows by id, so that the next run reads it back.
void name_assets(std::vector<EodPosition>& positions, std::span<const PlanRow> plan) {
  std::map<Symbol, AssetId> ids;
  for (const PlanRow& row : plan) {
    if (row.symbol) ids.insert_or_assign(*row.symbol, row.asset_id);
  }
  for (EodPosition& position : positions) {
    const auto at = ids.find(position.symbol);
    if (at != ids.end() && position.asset_id.get().empty()) position.asset_id = at->second;
  }
}

}  // namespace

Result<ReconResult> reconcile_from_logs(const ReconInput& input) {
  const std::vector<ExecutionLogRow> executed = newest_states(input.executed);
  SB_TRY(const std::vector<Traded> traded, sum_fills(executed));
  SB_TRY(const Holdings final_holdings, build_eod_positions(input.opening, traded));
  const PriceBook prices = prices_of(input);
  MoneySum cash;
  cash.add(input.starting_cash);
  for (const Traded& trade : traded) {
    cash.add(trade.sold);
    cash.add(-trade.bought);
  }
  SB_TRY(const Money cash_total, cash.total());
  MoneySum equity = cash;
  SB_TRY(const std::vector<EodPosition> valued,
         calculate_weight_percentages(final_holdings, prices, Money::zero()));
  for (const EodPosition& position : valued) equity.add(position.market_value);
  SB_TRY(const Money equity_total, equity.total());
  SB_TRY(std::vector<EodPosition> positions,
         calculate_weight_percentages(final_holdings, prices, equity_total));
  name_assets(positions, input.plan);
  ReconResult out{.rows = compare(input, executed, traded, final_holdings),
                  .eod = {.run_date = input.run_date,
                          .positions = {},
                          .cash = cash_total,
                          .equity = equity_total,
                          .source = input.mode == Mode::kDry ? "simulated" : "journal"}};
  calculate_weight_deviations(out.rows, positions, equity_total);
  out.eod.positions = std::move(positions);
  return out;
}

}  // namespace signalbus::reconcile
