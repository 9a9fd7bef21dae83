// The plan that `execute` finds on disk, and whether it is still the plan that was made.
#include <algorithm>
#include <set>

#include "core/text.h"
#include "execution/derive_orders.h"
#include "inputs/load_market.h"
#include "inputs/load_orders.h"
#include "inputs/load_sleeves.h"
#include "inputs/rows.h"
#include "pipeline/execute_stage.h"
#include "pipeline/plan_stage.h"
#include "sleeves/divide_plan.h"

namespace signalbus::pipeline {
namespace {

/// planned_orders.csv, or orders derived from the rebalance plan when there is no such file.
Result<std::vector<PlannedOrder>> load_orders(Doors& doors, const PlanFiles& paths) {
  const bool has_orders = doors.files.exists(paths.orders_path);
  if (!has_orders && !doors.files.exists(paths.plan_path)) {
    return Error{ErrorCode::kNotFound,
                 paths.orders_path + ": no such file; run `signalbus plan` first"};
  }
  if (has_orders) {
    return inputs::read_planned_orders(doors.files, paths.orders_path);
  }
  doors.log.line(LogLevel::kWarn, "m4",
                 paths.orders_path + " is not there; orders are derived from " + paths.plan_path);
  SB_TRY(const std::vector<PlanRow> rows,
         inputs::read_rebalance_plan(doors.files, paths.plan_path));
  return execution::derive_orders_from_plan(rows);
}

Status check_date(TradeDate planned, std::optional<TradeDate> run_date, const std::string& path) {
  if (!run_date || *run_date == planned) return Ok{};
  return Error{ErrorCode::kUsage, path + ": the plan is for " + planned.iso() + ", --date says " +
                                      run_date->iso() + "; plan that date first"};
}

std::string prices_of(const report::PlanRecord& record) {
  for (const report::PlanSource& source : record.inputs) {
    if (source.role == "prices") return source.path;
  }
  return "";
}

/// A file of the plan that nobody has reason to edit.
Status check_hash(Files& files, const std::string& path, const std::string& sha256) {
  SB_TRY(const std::string bytes, files.read(path, inputs::kTableBytesMax));
  if (sha256_hex(bytes) == sha256) return Ok{};
  return Error{ErrorCode::kInvalidInput, path + ": differs from the plan; plan again"};
}

/// Whose each order is, and what moves inside. Edited orders keep their owners, pro rata; an order
/// that the plan does not have is the account's own.
Result<SleevePlan> load_sleeves(Files& files, const PlanFiles& paths,
                                const report::PlanRecord& record,
                                const std::vector<PlannedOrder>& orders) {
  const std::string shares = planned_shares_path(paths.orders_path);
  const std::string moves = planned_moves_path(paths.orders_path);
  SB_TRY_OK(check_hash(files, shares, record.shares_sha256));
  SB_TRY_OK(check_hash(files, moves, record.moves_sha256));
  SleevePlan out;
  SB_TRY(out.shares, inputs::read_planned_shares(files, shares, orders));
  SB_TRY(out.moves, inputs::read_planned_moves(files, moves));
  for (std::size_t i = 0; i < orders.size(); ++i) {
    out.shares[i] = sleeves::rescale_shares(out.shares[i], orders[i].quantity);
  }
  return out;
}

/// Without plan.json only a dry run goes on: its cash and date cannot be proven.
Result<ExecutablePlan> plan_without_record(const PlanFiles& paths, Mode mode,
                                           std::optional<TradeDate> run_date,
                                           std::vector<PlannedOrder> orders) {
  const std::string json = plan_json_path(paths.orders_path);
  if (mode != Mode::kDry && mode != Mode::kSim) {
    return Error{ErrorCode::kInvalidInput,
                 json + " is not there; run `signalbus plan`, which writes it with the orders"};
  }
  if (!run_date) {
    return Error{ErrorCode::kUsage,
                 json + " is not there, so give the date with --date YYYY-MM-DD"};
  }
  MoneySum buys;
  for (const PlannedOrder& order : orders) {
    if (order.side == Side::kBuy) buys.add(order.notional);
  }
  SB_TRY(const Money needed, buys.total());
  SleevePlan nobodys;
  nobodys.shares.resize(orders.size());
  return ExecutablePlan{std::move(orders), *run_date, needed, Money::zero(),
                        Money::zero(),     "",        "",     std::nullopt,
                        std::move(nobodys)};
}

}  // namespace

Result<ExecutablePlan> load_executable_plan(Doors& doors, const PlanFiles& paths, Mode mode,
                                            std::optional<TradeDate> run_date) {
  SB_TRY(std::vector<PlannedOrder> orders, load_orders(doors, paths));
  const std::string json = plan_json_path(paths.orders_path);
  if (!doors.files.exists(json)) {
    return plan_without_record(paths, mode, run_date, std::move(orders));
  }
  SB_TRY(const report::PlanRecord record, report::load_plan_json(doors.files, json));
  SB_TRY_OK(check_date(record.trade_date, run_date, json));
  const std::string orders_hash = sha256_hex(report::orders_csv(orders));
  std::string plan_hash = record.plan_hash;
  if (orders_hash != record.orders_sha256) {
    if (!paths.accept_edited) {
      return Error{ErrorCode::kInvalidInput,
                   paths.orders_path + ": differs from the plan in " + json +
                       "; plan again, or execute the edited orders with --accept-edited"};
    }
    plan_hash = sha256_hex(record.plan_hash + orders_hash);
    doors.log.line(LogLevel::kWarn, "m4",
                   paths.orders_path + " was edited and accepted as the plan");
  }
  SB_TRY(SleevePlan sleeves, load_sleeves(doors.files, paths, record, orders));
  return ExecutablePlan{std::move(orders),         record.trade_date,
                        record.starting_cash,      record.equity - record.foreign_value,
                        record.rounding_allowance, std::move(plan_hash),
                        prices_of(record),         record.made_at,
                        std::move(sleeves)};
}

ExecutablePlan executable_plan_of(const PlanOutcome& made) {
  const RebalancePlan& plan = made.plan;
  return {plan.orders,
          plan.trade_date,
          plan.starting_cash,
          plan.equity - plan.foreign_value,
          plan.rounding_allowance,
          made.record.plan_hash,
          "",
          made.record.made_at,
          made.sleeves};
}

AccountSeen planned_account(Files& files, const PlanFiles& paths) {
  AccountSeen seen;
  const auto record = report::load_plan_json(files, plan_json_path(paths.orders_path));
  if (record.ok()) seen.equity = record.value().equity;
  Result<Holdings> holdings = inputs::load_positions(files, positions_bod_path(paths.orders_path));
  if (holdings.ok()) seen.holdings = std::move(holdings).value();
  return seen;
}

namespace {

Quantity quantity_in(const Holdings& holdings, const Symbol& symbol) {
  const Holding* found = holdings.find(symbol);
  return found == nullptr ? Quantity::zero() : found->quantity;
}

/// "AAPL 10 -> 12" for each symbol whose quantity differs.
std::vector<std::string> changes(const Holdings& before, const Holdings& now) {
  std::set<Symbol> symbols;
  for (const Holding& holding : before.holdings) symbols.insert(holding.symbol);
  for (const Holding& holding : now.holdings) symbols.insert(holding.symbol);
  std::vector<std::string> out;
  for (const Symbol& symbol : symbols) {
    const Quantity was = quantity_in(before, symbol);
    const Quantity is = quantity_in(now, symbol);
    if (was != is) out.push_back(symbol.text() + " " + was.text() + " -> " + is.text());
  }
  return out;
}

}  // namespace

Status check_plan_is_current(Doors& doors, const PlanFiles& paths, const ExecutablePlan& plan,
                             Broker& broker, TradeDate today, std::int64_t age_max) {
  constexpr std::size_t kShown = 5;
  if (plan.trade_date != today) {
    return Error{ErrorCode::kStale, paths.orders_path + ": the plan is for " +
                                        plan.trade_date.iso() + ", today is " + today.iso() +
                                        " at the exchange; run `signalbus plan` again"};
  }
  if (plan.made_at && doors.clock.now() > plan.made_at->plus_seconds(age_max)) {
    return Error{ErrorCode::kStale, paths.orders_path + ": the plan was made at " +
                                        plan.made_at->rfc3339() + ", more than " +
                                        std::to_string(age_max / 60) +
                                        " minutes ago (execution.plan_max_age); run `signalbus "
                                        "plan` again"};
  }
  const std::string path = positions_bod_path(paths.orders_path);
  if (!doors.files.exists(path)) return Ok{};
  SB_TRY(const Holdings planned, inputs::load_positions(doors.files, path));
  SB_TRY(const Holdings held, broker.positions());
  const std::vector<std::string> changed = changes(planned, held);
  if (changed.empty()) return Ok{};
  std::string words = path + ": the account changed since the plan was made (";
  for (std::size_t i = 0; i < std::min(kShown, changed.size()); ++i) {
    words += (i > 0 ? ", " : "") + changed[i];
  }
  if (changed.size() > kShown) words += ", " + std::to_string(changed.size() - kShown) + " more";
  return Error{ErrorCode::kStale, words + "); run `signalbus plan` again"};
}

}  // namespace signalbus::pipeline
