// M2's files: planned orders, the rebalance plan, plan.json, and the positions the day begins with.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "book/market.h"
#include "book/plan.h"
#include "core/result.h"
#include "ports/files.h"
#include "report/outputs.h"

namespace signalbus::report {

/// What positions_bod.csv says: the holdings at the plan's prices, as far as there are any.
Holdings value_holdings(Holdings holdings, const PriceBook& prices);
/// symbol,price of everything in the book.
void save_prices_to_csv(OutputSet& outputs, const PriceBook& prices, const std::string& path);

/// The bytes of planned_orders.csv: what the plan's hash covers.
std::string orders_csv(std::span<const PlannedOrder> orders);
/// The bytes of rebalance_plan.csv.
std::string plan_csv(std::span<const PlanRow> rows);
/// The bytes of positions_bod.csv: symbol,qty,market_value,asset_id,avg_entry_price.
std::string positions_bod_csv(const Holdings& holdings, const PriceBook& prices);

/// A file that went into the plan.
struct PlanSource {
  std::string role;  ///< "targets", "prices", …
  std::string path;
  std::string sha256;
};

/// A setting that shaped the plan, as text.
struct PlanSetting {
  std::string key;
  std::string value;
};

/// plan.json: what `execute` must find unchanged.
struct PlanRecord {
  TradeDate trade_date;
  Instant made_at;
  Money equity;
  Money foreign_value;
  Money investable;
  Money starting_cash;
  Money rounding_allowance;
  std::string orders_sha256;  ///< Of planned_orders.csv.
  std::string plan_sha256;    ///< Of rebalance_plan.csv.
  std::string shares_sha256;  ///< Of planned_shares.csv.
  std::string moves_sha256;   ///< Of planned_moves.csv.
  std::vector<PlanSetting> policy;
  std::vector<PlanSource> inputs;
  std::string plan_hash;  ///< SHA-256 over all of the above.
};

/// The CSV files that belong to a plan, as they will be on disk.
struct PlanBytes {
  std::string_view orders;
  std::string_view plan;
  std::string_view shares;
  std::string_view moves;
};

/// Fills hashes from the bytes of the CSV files.
PlanRecord make_plan_record(const RebalancePlan& plan, const PlanBytes& bytes,
                            std::vector<PlanSetting> policy, std::vector<PlanSource> inputs,
                            Instant made_at);

void save_plan_json(OutputSet& outputs, const PlanRecord& record, const std::string& path);

/// kInvalidInput when the file is malformed or its hash does not match its content.
Result<PlanRecord> load_plan_json(Files& files, const std::string& path);

}  // namespace signalbus::report
