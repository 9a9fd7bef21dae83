#include "pipeline/requests.h"

#include "settings/describe.h"

namespace signalbus::pipeline {
namespace {

/// The settings that shape a plan, as plan.json records them.
std::vector<report::PlanSetting> plan_settings(const settings::Settings& settings) {
  std::vector<report::PlanSetting> out;
  for (const settings::DescribedKey& row : settings::describe(settings)) {
    const std::string_view key = row.key;
    const bool shapes = key.starts_with("planning.") || key.starts_with("execution.") ||
                        key.starts_with("risk.") || key.starts_with("weights.");
    if (shapes && !key.starts_with("execution.out_")) out.push_back({std::string(key), row.value});
  }
  return out;
}

/// The file that prices are read from, or written to when they come from market data.
Result<std::string> price_file(const Workspace& workspace, const settings::Settings& settings,
                               TradeDate date) {
  const settings::M2Settings& m2 = settings.scheduler.m2;
  if (prices_come_from_market(settings)) {
    const std::string folder = parent_path(workspace.at(settings.execution.out_orders));
    return join_path(folder, "prices_" + date.compact() + ".csv");
  }
  if (m2.prices.empty()) {
    return Error{ErrorCode::kUsage,
                 "no prices: give --prices FILE or set scheduler.m2.prices (columns symbol,price), "
                 "or take them from Alpaca with --fetch-real-prices"};
  }
  return workspace.at(m2.prices);
}

}  // namespace

bool prices_come_from_market(const settings::Settings& settings) {
  const settings::M2Settings& m2 = settings.scheduler.m2;
  return m2.fetch_real_prices || m2.price_source != settings::PriceSource::kFile;
}

SignalsRequest make_signals_request(const Workspace& workspace, const settings::Settings& settings,
                                    const Manifest& manifest, TradeDate run_date) {
  const settings::M1Settings& m1 = settings.scheduler.m1;
  return {.root = workspace.root,
          .manifest = manifest,
          .merge = {run_date, m1.mode, m1.pick, m1.blend},
          .signals = settings.signals,
          .weights = settings.weights,
          .out_path = workspace.targets(run_date)};
}

Result<PlanRequest> make_plan_request(const Workspace& workspace,
                                      const settings::Settings& settings, const Files& files,
                                      Mode mode, TargetBook targets,
                                      std::set<Symbol> traded_symbols) {
  SB_TRY(std::string prices, price_file(workspace, settings, targets.trade_date));
  const settings::M2Settings& m2 = settings.scheduler.m2;
  std::string positions = m2.positions.empty() ? "" : workspace.at(m2.positions);
  // Simulated positions feed dry runs only; in the other modes the broker is asked.
  if (positions.empty() && mode == Mode::kDry) {
    SB_TRY(positions, find_latest_positions_file(files, workspace.outputs(), targets.trade_date));
  }
  const TradeDate date = targets.trade_date;
  return PlanRequest{
      .mode = mode,
      .account = account_of(settings, mode),
      .root = workspace.root,
      .targets = std::move(targets),
      .targets_path = workspace.targets(date),
      .targets_sha256 = {},
      .mapping_path = workspace.at(settings.mapping.file),
      .mapping_required = settings.mapping.is_explicit,
      .mapping_columns = {settings.mapping.id_column, settings.mapping.symbol_column},
      .prices_path = std::move(prices),
      .positions_path = std::move(positions),
      .equity = std::nullopt,
      .configured_equity = m2.equity,
      .account_id = settings.alpaca.account_id,
      .clock_skew_max_seconds = settings.alpaca.clock_skew_max_seconds,
      .traded_symbols = std::move(traded_symbols),
      .policy = settings.planning,
      .risk = settings.risk,
      .sectors_path = settings.sectors_file.empty() ? "" : workspace.at(settings.sectors_file),
      .settings = plan_settings(settings),
      .orders_path = workspace.at(settings.execution.out_orders),
      .plan_path = workspace.at(settings.execution.out_plan),
      .check = make_broker_check_request(settings, mode, false)};
}

namespace {

executor::Policy policy_of(const settings::ExecutionSettings& execution) {
  executor::Policy policy;
  policy.patience.settle = execution.settle_seconds;
  policy.patience.grace = execution.grace_seconds;
  policy.fill_wait = execution.fill_wait_seconds;
  policy.end_wait = execution.end_wait_seconds;
  policy.poll = execution.poll_seconds;
  policy.close_guard = execution.close_guard_seconds;
  return policy;
}

}  // namespace

ExecuteRequest make_execute_request(const Workspace& workspace, const settings::Settings& settings,
                                    Mode mode, TradeDate run_date, bool again) {
  return {.key = {mode, account_of(settings, mode), run_date},
          .again = again,
          .id_prefix = settings.idempotency.client_order_id_prefix,
          .risk = settings.risk,
          .sectors_path = settings.sectors_file.empty() ? "" : workspace.at(settings.sectors_file),
          .policy = policy_of(settings.execution),
          .quantity_decimals = settings.planning.quantity_decimals,
          .min_notional = settings.planning.min_order_notional,
          .log_path = workspace.in_outputs("execution_log.csv"),
          .fills_path = workspace.in_outputs("filled_orders.csv")};
}

PlanFiles plan_files(const Workspace& workspace, const settings::Settings& settings) {
  return {.orders_path = workspace.at(settings.execution.out_orders),
          .plan_path = workspace.at(settings.execution.out_plan)};
}

ReconcileRequest make_reconcile_request(const Workspace& workspace,
                                        const settings::Settings& settings, Mode mode,
                                        TradeDate run_date) {
  return {.run_date = run_date,
          .mode = mode,
          .orders_path = workspace.at(settings.execution.out_orders),
          .plan_path = workspace.at(settings.execution.out_plan),
          .log_path = workspace.in_outputs("execution_log.csv"),
          .positions_path = {},
          .prices_path = {},
          .equity = settings.scheduler.m2.equity,
          .quantity_decimals = settings.planning.quantity_decimals,
          .out_dir = workspace.outputs()};
}

BrokerCheckRequest make_broker_check_request(const settings::Settings& settings, Mode mode,
                                             bool may_write) {
  return {.mode = mode,
          .account = account_of(settings, mode),
          .id_prefix = settings.idempotency.client_order_id_prefix,
          .may_write = may_write};
}

bool reconciles_with_broker(const settings::Settings& settings, Mode mode) {
  return mode != Mode::kDry && settings.scheduler.m5.source == settings::ReconcileSource::kBroker;
}

AccountId account_of(const settings::Settings& settings, Mode mode) {
  return AccountId(mode == Mode::kDry ? "dry" : settings.alpaca.account_id);
}

}  // namespace signalbus::pipeline
