#include "reconcile/broker_report.h"

#include <algorithm>
#include <map>

namespace signalbus::reconcile {
namespace {

/// The difference that says most about a symbol: an open one, else one of trading, else
/// bookkeeping.
const Difference* telling_difference(const BrokerRecon& recon, std::string_view symbol) {
  const Difference* best = nullptr;
  const auto rank = [](const Difference& d) {
    return d.is_open() ? 2 : is_bookkeeping(d.cause) ? 0 : 1;
  };
  for (const Difference& difference : recon.differences) {
    if (difference.subject == Subject::kCash || difference.symbol != symbol) continue;
    if (best == nullptr || rank(difference) > rank(*best)) best = &difference;
  }
  return best;
}

void tell_difference(ReconRow& row, const Difference& difference) {
  const bool has_cause = row.cause != Cause::kNone && row.cause != Cause::kRounding;
  if (is_bookkeeping(difference.cause)) {
    if (has_cause) return;
  } else {
    const bool was_mismatch = row.status == ReconStatus::kMismatch;
    row.status = ReconStatus::kMismatch;
    // A shortfall of our own order keeps its cause, unless something else is not explained.
    if (was_mismatch && has_cause && row.cause != Cause::kUnknown && !difference.is_open()) return;
  }
  row.cause = difference.cause;
  row.explanation = difference.sentence;
}

ReconRow unplanned_row(const Symbol& symbol) {
  return {.symbol = symbol,
          .asset_id = AssetId(""),
          .planned_qty = Quantity::zero(),
          .actual_qty = Quantity::zero(),
          .delta_qty = Quantity::zero(),
          .status = ReconStatus::kOk,
          .target_weight = 0,
          .actual_weight = 0,
          .weight_deviation = 0,
          .target_qty = Quantity::zero(),
          .final_qty = Quantity::zero(),
          .qty_difference = Quantity::zero(),
          .cause = Cause::kNone,
          .explanation = {}};
}

void add_missing_rows(std::vector<ReconRow>& rows, const BrokerRecon& recon) {
  std::set<Symbol> known;
  for (const ReconRow& row : rows) {
    if (row.symbol) known.insert(*row.symbol);
  }
  for (const Difference& difference : recon.differences) {
    const Result<Symbol> symbol = Symbol::parse(difference.symbol);
    if (difference.subject == Subject::kCash || !symbol.ok()) continue;
    if (known.insert(symbol.value()).second) rows.push_back(unplanned_row(symbol.value()));
  }
}

EodBook book_of(const BrokerView& broker, const std::map<Symbol, AssetId>& asset_ids,
                TradeDate run_date) {
  EodBook book{.run_date = run_date,
               .positions = {},
               .cash = broker.account.cash,
               .equity = broker.account.equity,
               .source = "broker"};
  for (const Holding& holding : broker.positions.holdings) {
    const auto id = asset_ids.find(holding.symbol);
    const Money value = holding.market_value.value_or(Money::zero());
    const double whole = book.equity.to_double();
    book.positions.push_back(
        {.symbol = holding.symbol,
         .quantity = holding.quantity,
         .price = holding.market_value ? price_of(value, holding.quantity) : std::nullopt,
         .market_value = value,
         .weight_percentage = whole > 0 ? value.to_double() * 100 / whole : 0,
         .asset_id = id == asset_ids.end() ? AssetId("") : id->second,
         .avg_entry_price = holding.avg_entry_price});
  }
  return book;
}

}  // namespace

std::optional<Price> price_of(Money market_value, Quantity quantity) {
  if (quantity.is_zero()) return std::nullopt;
  // USD in 1e-6, shares in 1e-9: with n decimals the price is value x 10^(n+3) / quantity.
  for (int decimals = 2; decimals <= Price::kDecimals; ++decimals) {
    const Int128 scaled = divide(Int128{market_value.raw()} * pow10(decimals + 3), quantity.raw(),
                                 Rounding::kHalfEven);
    const Result<Price> price = Price::narrow(scaled * pow10(Price::kDecimals - decimals));
    if (!price.ok()) return std::nullopt;
    const Result<Money> back = notional_half_even(quantity, price.value());
    const bool exact = back.ok() && back.value() == market_value;
    if (exact || decimals == Price::kDecimals) return price.value();
  }
  return std::nullopt;
}

ReconResult tell_by_broker(ReconResult from_logs, const BrokerView& broker,
                           const BrokerRecon& recon, TradeDate run_date) {
  add_missing_rows(from_logs.rows, recon);
  std::map<Symbol, AssetId> asset_ids;
  for (ReconRow& row : from_logs.rows) {
    if (!row.symbol) continue;
    if (!row.asset_id.get().empty()) asset_ids.emplace(*row.symbol, row.asset_id);
    const Holding* held = broker.positions.find(*row.symbol);
    row.final_qty = held == nullptr ? Quantity::zero() : held->quantity;
    row.qty_difference = row.final_qty - row.target_qty;
    const Difference* difference = telling_difference(recon, row.symbol->view());
    if (difference != nullptr) tell_difference(row, *difference);
  }
  ReconResult out{.rows = std::move(from_logs.rows), .eod = book_of(broker, asset_ids, run_date)};
  calculate_weight_deviations(out.rows, out.eod.positions, out.eod.equity);
  return out;
}

}  // namespace signalbus::reconcile
