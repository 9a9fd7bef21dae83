#include "pipeline/plan_stage.h"

#include <algorithm>
#include <cstdlib>

#include "core/text.h"
#include "inputs/file_prices.h"
#include "inputs/recorded_reads.h"
#include "pipeline/fetch_prices.h"
#include "pipeline/plan_within_limits.h"
#include "planning/map_targets.h"
#include "report/save_sleeves.h"
#include "sleeves/divide_plan.h"
#include "sleeves/fold.h"
#include "sleeves/hold.h"

namespace signalbus::pipeline {
namespace {

using planning::PlanInput;

/// What a plan is made of.
struct Loaded {
  std::optional<SymbolMapping> mapping;
  PriceBook prices;
  Holdings holdings;
  std::vector<AssetRule> asset_rules;  ///< Sorted by symbol; none where nobody was asked.
  std::optional<Money> broker_equity;
  std::vector<report::PlanSource> sources;
};

Status load_mapping_if_any(Doors& doors, Files& files, const PlanRequest& request, Loaded& loaded) {
  if (!request.mapping_required && !files.exists(request.mapping_path)) {
    doors.log.line(LogLevel::kInfo, "m2",
                   "no mapping file " + request.mapping_path + ": asset ids are taken as symbols");
    return Ok{};
  }
  Result<SymbolMapping> mapping =
      inputs::load_mapping(files, request.mapping_path, request.mapping_columns);
  if (!mapping.ok() && mapping.error().code == ErrorCode::kNotFound) {
    return Error{
        ErrorCode::kNotFound,
        mapping.error().message +
            "; put the table there, or remove the mapping block from config.yaml when your "
            "files use symbols as asset ids"};
  }
  if (!mapping.ok()) return std::move(mapping).error();
  loaded.mapping = std::move(mapping).value();
  return Ok{};
}

/// A missing input says which setting names it.
template <class T>
Result<T> or_named(Result<T> loaded, const std::string& remedy) {
  if (loaded.ok() || loaded.error().code != ErrorCode::kNotFound) return loaded;
  return Error{ErrorCode::kNotFound, loaded.error().message + "; " + remedy};
}

/// Ages of prices and dates of runs mean nothing when the two clocks disagree.
Status check_clock(Venue& venue, const Clock& clock, std::int64_t skew_max_seconds) {
  SB_TRY(const VenueClock theirs, venue.clock());
  if (theirs.simulated) return Ok{};
  const std::int64_t skew = std::abs(clock.now().micros() - theirs.now.micros());
  if (skew <= skew_max_seconds * 1'000'000) return Ok{};
  return Error{ErrorCode::kLimitExceeded,
               "our clock and the exchange's differ by " + std::to_string(skew / 1'000'000) +
                   " s, above risk.max_clock_skew of " + std::to_string(skew_max_seconds) +
                   " s; let this machine's time be set by NTP"};
}

/// Positions: a file that was named, else the broker's. "None" needs an answer that says so: a
/// failed request must not look like an empty account.
Status load_holdings(Files& files, const PlanSources& ask, const PlanRequest& request,
                     Loaded& loaded) {
  if (ask.broker != nullptr) {
    SB_TRY(const BrokerAccount account, ask.broker->account());
    SB_TRY_OK(check_account(account, request.account_id));
    loaded.broker_equity = account.equity;
  }
  if (!request.positions_path.empty()) {
    SB_TRY(loaded.holdings, or_named(inputs::load_positions(files, request.positions_path),
                                     "put the positions there, or name another file with "
                                     "--positions or scheduler.m2.positions"));
  } else if (ask.broker != nullptr) {
    SB_TRY(loaded.holdings, ask.broker->positions());
  }
  for (Holding& holding : loaded.holdings.holdings) {
    if (request.traded_symbols.contains(holding.symbol)) holding.origin = HoldingOrigin::kJournal;
  }
  return Ok{};
}

Status load_prices(Files& files, const PlanSources& ask, const PlanRequest& request,
                   Loaded& loaded) {
  if (ask.venue != nullptr) {
    SB_TRY(loaded.asset_rules, ask.venue->asset_rules(symbols_to_price(
                                   request.targets, loaded.mapping, loaded.holdings)));
  }
  inputs::FilePrices file(files, request.prices_path);
  MarketData& market = ask.market != nullptr ? *ask.market : file;
  SB_TRY(
      loaded.prices,
      or_named(fetch_prices_for_targets(market, request.targets, loaded.mapping, loaded.holdings),
               "put the prices there, or name another file with --prices or scheduler.m2.prices"));
  return Ok{};
}

Result<Loaded> load_inputs(Doors& doors, const PlanSources& ask, const PlanRequest& request) {
  Loaded loaded;
  inputs::RecordedReads files(doors.files);
  SB_TRY_OK(load_mapping_if_any(doors, files, request, loaded));
  SB_TRY_OK(load_holdings(files, ask, request, loaded));
  SB_TRY_OK(load_prices(files, ask, request, loaded));
  const std::pair<const char*, const std::string*> roles[] = {
      {"mapping", &request.mapping_path},
      {"prices", &request.prices_path},
      {"positions", &request.positions_path}};
  for (const auto& [role, path] : roles) {
    const std::string hash = files.hash_of(*path);
    if (!hash.empty()) loaded.sources.push_back({role, path_below(request.root, *path), hash});
  }
  return loaded;
}

/// Flag, else the broker's, else cash plus holdings at today's prices when the positions file says
/// what cash there is, else the configuration.
Result<Money> equity_of(const PlanRequest& request, const Loaded& loaded) {
  if (request.equity) return *request.equity;
  if (loaded.broker_equity) return *loaded.broker_equity;
  if (!loaded.holdings.cash) {
    if (request.configured_equity) return *request.configured_equity;
    return Error{
        ErrorCode::kUsage,
        "no equity: give --equity, set scheduler.m2.equity, or a CASH row in the positions"};
  }
  MoneySum equity;
  equity.add(*loaded.holdings.cash);
  for (const Holding& holding : loaded.holdings.holdings) {
    const PricePoint* point = loaded.prices.find(holding.symbol);
    if (point == nullptr) {
      equity.add(holding.market_value.value_or(Money::zero()));
      continue;
    }
    SB_TRY(const Money value, notional_half_even(holding.quantity, point->price));
    equity.add(value);
  }
  return equity.total();
}

/// Who owns what before the plan, and who asked for what.
struct Sleeves {
  SleeveBook book;
  Contributions contributions;
  HeldSleeves held;
};

/// Divides the account as the plan sees it: cash is what equity leaves besides the holdings. What a
/// strategy owns is ours to trade, also where only a crossing brought it.
Result<Sleeves> divide_account(const PlanRequest& request, Money equity, Loaded& loaded) {
  MoneySum cash;
  cash.add(equity);
  cash.add(-loaded.holdings.unnamed_value);
  for (const Holding& holding : loaded.holdings.holdings) {
    const PricePoint* point = loaded.prices.find(holding.symbol);
    Money value = holding.market_value.value_or(Money::zero());
    if (point != nullptr) {
      SB_TRY(value, notional_half_even(holding.quantity, point->price));
    }
    cash.add(-value);
  }
  SB_TRY(const Money total, cash.total());
  Sleeves out{{},
              request.contributions.contributions
                  ? *request.contributions.contributions
                  : sleeves::contributions_of_targets(request.targets),
              {}};
  SB_TRY(out.book, sleeves::fold_sleeves(*request.history.entries, request.history.flows,
                                         sleeves::AccountNow{loaded.holdings, total}));
  const std::set<Symbol> owned = sleeves::owned_symbols(out.book);
  for (Holding& holding : loaded.holdings.holdings) {
    if (owned.contains(holding.symbol)) holding.origin = HoldingOrigin::kJournal;
  }
  SB_TRY(out.held, sleeves::held_sleeves(out.book, out.contributions));
  return out;
}

void log_plan(Doors& doors, const RebalancePlan& plan) {
  for (const std::string& note : plan.notes) doors.log.line(LogLevel::kWarn, "m2", note);
  doors.log.line(LogLevel::kInfo, "m2",
                 counted(plan.orders.size(), "order") + ": sells " + plan.sell_notional.text() +
                     " USD, buys " + plan.buy_notional.text() + " USD, cash after " +
                     plan.cash_after.text() + " USD");
}

/// What broker and journal differ over is asked at this moment, not read from the last report: a
/// name may have been traded by hand, or explained, since.
Status quarantine_differences(Doors& doors, const PlanSources& ask, const PlanRequest& request,
                              PlanInput& input) {
  if (ask.broker == nullptr || ask.journal == nullptr || !request.check) return Ok{};
  SB_TRY(const BrokerCheck check, check_broker(doors, {*ask.broker, *ask.journal}, *request.check));
  input.quarantined = check.recon.blocked;
  input.no_buys = check.recon.cash_blocked;
  return Ok{};
}

void note_quarantine(const PlanInput& input, RebalancePlan& plan) {
  if (!input.quarantined.empty()) {
    plan.notes.push_back("broker and journal differ over " +
                         counted(input.quarantined.size(), "name") +
                         ", which stay as they are until you have looked into it: `signalbus "
                         "reconcile --source broker`");
  }
  if (input.no_buys) plan.notes.push_back("nothing is bought: " + *input.no_buys);
}

}  // namespace

Status check_account(const BrokerAccount& account, const std::string& wanted) {
  if (!wanted.empty() && wanted != account.id.get() && wanted != account.number) {
    return Error{ErrorCode::kUsage, "the keys are of account " + account.number + " (" +
                                        account.id.get() + "), alpaca.account_id says " + wanted +
                                        "; use that account's keys, or change the setting"};
  }
  if (account.blocked.empty()) return Ok{};
  return Error{ErrorCode::kBrokerRefused, "account " + account.number + ": " + account.blocked +
                                              "; nothing is planned until the broker lifts it"};
}

std::string plan_json_path(const std::string& orders_path) {
  return join_path(parent_path(orders_path), "plan.json");
}

std::string positions_bod_path(const std::string& orders_path) {
  return join_path(parent_path(orders_path), "positions_bod.csv");
}

std::string planned_shares_path(const std::string& orders_path) {
  return join_path(parent_path(orders_path), "planned_shares.csv");
}

std::string planned_moves_path(const std::string& orders_path) {
  return join_path(parent_path(orders_path), "planned_moves.csv");
}

Result<std::string> find_latest_positions_file(const Files& files, const std::string& outputs_dir,
                                               TradeDate before) {
  constexpr std::string_view kPrefix = "positions_eod_";
  SB_TRY(const std::vector<std::string> names, files.list(outputs_dir));
  std::string newest;
  for (const std::string& name : names) {
    if (!name.starts_with(kPrefix) || !has_extension(name, ".csv")) continue;
    const std::string_view date = std::string_view(name).substr(kPrefix.size(), 8);
    const Result<TradeDate> parsed = TradeDate::parse(date);
    if (!parsed.ok() || name.size() != kPrefix.size() + 12 || parsed.value() >= before) continue;
    newest = std::max(newest, name);
  }
  return newest.empty() ? newest : join_path(outputs_dir, newest);
}

Result<PlanDecision> decide_plan(Doors& doors, const PlanSources& ask, const PlanRequest& request) {
  if (ask.venue != nullptr) {
    SB_TRY_OK(check_clock(*ask.venue, doors.clock, request.clock_skew_max_seconds));
  }
  SB_TRY(Loaded loaded, load_inputs(doors, ask, request));
  SB_TRY(const Money equity, equity_of(request, loaded));
  SB_TRY(const Sleeves sleeves, divide_account(request, equity, loaded));
  SB_TRY(const planning::MappedTargets mapped,
         planning::map_targets_to_symbols(request.targets, loaded.mapping, loaded.prices,
                                          loaded.holdings));
  PlanInput input{.targets = mapped,
                  .prices = loaded.prices,
                  .holdings = loaded.holdings,
                  .equity = equity,
                  .now = doors.clock.now(),
                  .asset_rules = std::move(loaded.asset_rules),
                  .refused = {},
                  .held = sleeves.held};
  SB_TRY_OK(quarantine_differences(doors, ask, request, input));
  ControlRecord control;
  if (ask.journal != nullptr) {
    SB_TRY(control, ask.journal->control());
  }
  SB_TRY(RebalancePlan plan, plan_within_limits(doors, ask, input, request));
  note_quarantine(input, plan);
  // After the plan: what is wrong with the targets themselves says so first.
  Status adds_up = sleeves::check_contributions(sleeves.contributions, request.targets);
  if (!adds_up.ok()) return std::move(adds_up).error().in(request.contributions.path);
  SB_TRY(SleevePlan divided, sleeves::divide_plan({.plan = plan,
                                                   .contributions = sleeves.contributions,
                                                   .book = sleeves.book,
                                                   .prices = loaded.prices,
                                                   .blacklist = request.policy.blacklist}));
  PlanDecision decision{.plan = std::move(plan),
                        .prices = std::move(loaded.prices),
                        .holdings = std::move(loaded.holdings),
                        .sleeves = std::move(divided),
                        .sources = std::move(loaded.sources),
                        .control = std::move(control),
                        .risk_skips = input.refused.size(),
                        .prices_fetched = ask.market != nullptr,
                        .orders_csv = {},
                        .plan_csv = {},
                        .positions_bod_csv = {}};
  decision.orders_csv = report::orders_csv(decision.plan.orders);
  decision.plan_csv = report::plan_csv(decision.plan.rows);
  decision.positions_bod_csv = report::positions_bod_csv(decision.holdings, decision.prices);
  return decision;
}

Result<PlanOutcome> save_plan(Doors& doors, const PlanRequest& request, PlanDecision decision) {
  decision.sources.insert(
      decision.sources.begin(),
      {"targets", path_below(request.root, request.targets_path), request.targets_sha256});
  const KnownContributions& contributions = request.contributions;
  if (!contributions.sha256.empty()) {
    decision.sources.insert(
        decision.sources.begin() + 1,
        {"contributions", path_below(request.root, contributions.path), contributions.sha256});
  }
  report::OutputSet outputs;
  outputs.add(request.orders_path, std::move(decision.orders_csv));
  outputs.add(request.plan_path, std::move(decision.plan_csv));
  report::save_planned_shares(outputs, decision.plan.orders, decision.sleeves.shares,
                              planned_shares_path(request.orders_path));
  report::save_planned_moves(outputs, decision.sleeves.moves,
                             planned_moves_path(request.orders_path));
  if (decision.prices_fetched) {
    report::save_prices_to_csv(outputs, decision.prices, request.prices_path);
    decision.sources.push_back({"prices", path_below(request.root, request.prices_path),
                                sha256_hex(outputs.files().back().bytes)});
  }
  report::PlanRecord record =
      report::make_plan_record(decision.plan,
                               {outputs.files()[0].bytes, outputs.files()[1].bytes,
                                outputs.files()[2].bytes, outputs.files()[3].bytes},
                               request.settings, std::move(decision.sources), doors.clock.now());
  report::save_plan_json(outputs, record, plan_json_path(request.orders_path));
  outputs.add(positions_bod_path(request.orders_path), std::move(decision.positions_bod_csv));
  SB_TRY_OK(outputs.commit(doors.files));
  log_plan(doors, decision.plan);
  return PlanOutcome{.plan = std::move(decision.plan),
                     .record = std::move(record),
                     .prices = std::move(decision.prices),
                     .holdings = std::move(decision.holdings),
                     .sleeves = std::move(decision.sleeves),
                     .control = std::move(decision.control),
                     .risk_skips = decision.risk_skips,
                     .files = outputs.paths()};
}

Result<PlanOutcome> run_plan(Doors& doors, const PlanSources& ask, const PlanRequest& request) {
  SB_TRY(PlanDecision decision, decide_plan(doors, ask, request));
  return save_plan(doors, request, std::move(decision));
}

}  // namespace signalbus::pipeline
