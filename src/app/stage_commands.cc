// signals, plan, execute: the specification's scripts as commands.
#include "app/account_guard.h"
#include "app/commands.h"
#include "app/session.h"
#include "app/stage_json.h"
#include "calendar/new_york.h"
#include "core/text.h"
#include "dry_broker/dry_broker.h"
#include "formats/parquet.h"
#include "inputs/load_market.h"
#include "inputs/rows.h"
#include "pipeline/run_text.h"

namespace signalbus::app {
namespace {

using pipeline::Workspace;

std::string notes_text(const std::vector<std::string>& notes) {
  std::string out;
  for (const std::string& note : notes) out += "  note: " + note + "\n";
  return out;
}

/// `a=0.6,b=0.4`
Result<std::vector<std::pair<StrategyId, double>>> parse_blend(const std::string& text) {
  std::vector<std::pair<StrategyId, double>> out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos) {
      return Error{ErrorCode::kUsage, "--blend: " + quoted(part) + " is not like drl=0.6"};
    }
    Result<StrategyId> id = parse_strategy_id(part.substr(0, equals));
    Result<double> weight = parse_double(part.substr(equals + 1));
    if (!id.ok()) return Error{ErrorCode::kUsage, "--blend: " + id.error().message};
    if (!weight.ok()) return Error{ErrorCode::kUsage, "--blend: " + weight.error().message};
    out.emplace_back(std::move(id).value(), weight.value());
    begin = end + 1;
  }
  return out;
}

/// Flags win over the configuration; a mode given by flag drops what the other mode needs.
Status apply_signal_flags(const Options& options, settings::M1Settings& m1) {
  if (options.merge_mode == "select") m1.mode = signals::MergeMode::kSelect;
  if (options.merge_mode == "blend") m1.mode = signals::MergeMode::kBlend;
  if (!options.pick.empty()) {
    Result<StrategyId> id = parse_strategy_id(options.pick);
    if (!id.ok()) return Error{ErrorCode::kUsage, "--pick: " + id.error().message};
    m1.pick = std::move(id).value();
  }
  if (!options.blend.empty()) {
    SB_TRY(m1.blend, parse_blend(options.blend));
  }
  const bool blends = m1.mode == signals::MergeMode::kBlend;
  if (blends && !options.pick.empty()) {
    return Error{ErrorCode::kUsage, "--pick belongs to --mode select, --blend to --mode blend"};
  }
  if (!blends && !options.blend.empty()) {
    return Error{ErrorCode::kUsage, "--blend needs --mode blend"};
  }
  return Ok{};
}

void apply_plan_flags(const Options& options, settings::M2Settings& m2) {
  if (!options.price_source.empty()) {
    m2.price_source = options.price_source == "file"     ? settings::PriceSource::kFile
                      : options.price_source == "latest" ? settings::PriceSource::kLatest
                                                         : settings::PriceSource::kSnapshot;
    m2.fetch_real_prices = options.price_source != "file";
  } else if (!options.prices.empty() && !options.fetch_real_prices) {
    m2.fetch_real_prices = false;
    m2.price_source = settings::PriceSource::kFile;
  }
  if (options.fetch_real_prices) m2.fetch_real_prices = true;
}

/// Whether the named date has a batch already: then its stored orders count, not the files.
Result<bool> has_stored_batch(Session& session, const Options& options) {
  if (!options.date) return false;
  SB_TRY(Journal * journal, session.journal());
  const AccountId account = pipeline::account_of(session.settings(), session.mode());
  SB_TRY(const auto latest, journal->latest_batch({session.mode(), account, *options.date}));
  return execution::decide_batch(latest, options.again).kind !=
         execution::BatchDecision::Kind::kOpenNew;
}

/// Beyond dry a plan is executed on its day and on the account it was made for.
Status check_plan(Session& session, const pipeline::PlanFiles& paths,
                  const pipeline::ExecutablePlan& plan) {
  if (session.mode() == Mode::kDry) return Ok{};
  SB_TRY(AlpacaLink * link, session.alpaca());
  const TradeDate today = calendar::new_york_date(session.doors().clock.now());
  return pipeline::check_plan_is_current(session.doors(), paths, plan, link->broker(), today,
                                         session.settings().execution.plan_max_age_seconds);
}

/// What the gate compares reference prices with: the market's of this moment where prices come from
/// it, else the plan's price file.
Result<PriceBook> market_now(Session& session,
                             const std::optional<pipeline::ExecutablePlan>& plan) {
  if (!plan || session.mode() == Mode::kDry ||
      !pipeline::prices_come_from_market(session.settings())) {
    return pipeline::gate_prices(session.doors().files, session.workspace(), plan);
  }
  SB_TRY(AlpacaLink * link, session.alpaca());
  std::vector<Symbol> symbols;
  for (const PlannedOrder& order : plan->orders) symbols.push_back(order.symbol);
  std::sort(symbols.begin(), symbols.end());
  symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
  return link->prices(session.settings().scheduler.m2.price_source).prices(symbols);
}

/// What the journal knows of who owns what; nothing where there is no journal yet.
Result<pipeline::SleeveHistory> sleeve_history(Session& session, Broker* broker) {
  if (!session.doors().files.exists(session.workspace().journal())) {
    return pipeline::SleeveHistory();
  }
  SB_TRY(Journal * journal, session.journal());
  return pipeline::load_sleeve_history(
      *journal, session.mode(), pipeline::account_of(session.settings(), session.mode()), broker);
}

bool holds_sleeves(Session& session) {
  return session.settings().signals.on_failure == signals::OnFailure::kHoldSleeve;
}

}  // namespace

Result<int> signals_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  SB_TRY_OK(apply_signal_flags(options, session->settings().scheduler.m1));
  SB_TRY(const pipeline::Manifest manifest, session->manifest());
  pipeline::SignalsRequest request = pipeline::make_signals_request(
      session->workspace(), session->settings(), manifest, session->run_date());
  request.out_path = or_default(options.out, request.out_path);
  if (holds_sleeves(*session)) {
    SB_TRY(const pipeline::SleeveHistory history, sleeve_history(*session, nullptr));
    SB_TRY(request.merge.sleeves, pipeline::strategies_with_a_sleeve(history));
  }
  std::optional<formats::ParquetPreload> preload;
  if (has_extension(request.out_path, ".parquet")) preload.emplace();
  SB_TRY(const pipeline::SignalsOutcome done, pipeline::run_signals(session->doors(), request));
  StageJson json("signals");
  json.count("targets", done.merged.book.targets.size());
  print_result(options,
               pipeline::signals_section(done.merged) + notes_text(done.merged.notes) +
                   pipeline::files_section(done.files, session->workspace()),
               json.take(done.merged.notes, done.files));
  return 0;
}

/// A newcomer plans before there are signals: then it says what makes them.
Result<TargetBook> load_targets(Files& files, const std::string& path,
                                std::optional<TradeDate> date) {
  Result<TargetBook> targets = inputs::load_targets(files, path, date);
  if (targets.ok() || targets.error().code != ErrorCode::kNotFound) return targets;
  return Error{ErrorCode::kNotFound, targets.error().message + "; run `signalbus signals` first"};
}

Result<int> plan_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  const Workspace& workspace = session->workspace();
  pipeline::Doors& doors = session->doors();
  apply_plan_flags(options, session->settings().scheduler.m2);
  if (!options.prices.empty())
    session->settings().scheduler.m2.prices = absolute_path(options.prices);
  const std::string targets_path =
      or_default(options.targets, workspace.targets(session->run_date()));
  SB_TRY(TargetBook targets, load_targets(doors.files, targets_path, options.date));
  if (options.date && targets.trade_date != *options.date) {
    return Error{ErrorCode::kUsage, targets_path + ": targets are for " + targets.trade_date.iso() +
                                        ", --date says " + options.date->iso()};
  }
  SB_TRY_OK(session->connect());
  std::set<Symbol> traded;
  if (doors.files.exists(workspace.journal())) {
    SB_TRY(Journal * journal, session->journal());
    SB_TRY(traded,
           journal->traded_symbols(session->mode(),
                                   pipeline::account_of(session->settings(), session->mode())));
  }
  SB_TRY(pipeline::PlanRequest request,
         pipeline::make_plan_request(workspace, session->settings(), doors.files, session->mode(),
                                     std::move(targets), std::move(traded)));
  request.targets_path = absolute_path(targets_path);
  SB_TRY(request.contributions,
         pipeline::find_contributions(doors.files, request.targets_path, request.targets.trade_date,
                                      holds_sleeves(*session)));
  SB_TRY(const std::string bytes, doors.files.read(targets_path, inputs::kTableBytesMax));
  request.targets_sha256 = sha256_hex(bytes);
  request.equity = options.equity;
  if (!options.positions.empty()) request.positions_path = absolute_path(options.positions);
  request.orders_path = or_default(options.out_orders, request.orders_path);
  request.plan_path = or_default(options.out_plan, request.plan_path);
  SB_TRY(const pipeline::PlanSources ask, session->plan_sources());
  SB_TRY(request.history, sleeve_history(*session, ask.broker));
  SB_TRY(const pipeline::PlanOutcome done, pipeline::run_plan(doors, ask, request));
  StageJson json("plan");
  json.count("orders", done.plan.orders.size()).count("rows", done.plan.rows.size());
  print_result(options,
               pipeline::plan_section(done) + notes_text(done.plan.notes) + "\n" +
                   pipeline::files_section(done.files, workspace),
               json.take(done.plan.notes, done.files));
  return done.risk_skips > 0 ? 4 : 0;
}

Result<int> execute_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  const Workspace& workspace = session->workspace();
  pipeline::Doors& doors = session->doors();
  SB_TRY(const AccountGuard guard, AccountGuard::take(*session, "execute"));
  pipeline::PlanFiles paths = pipeline::plan_files(workspace, session->settings());
  paths.orders_path = or_default(options.orders, paths.orders_path);
  paths.plan_path = or_default(options.plan, paths.plan_path);
  paths.accept_edited = options.accept_edited;
  SB_TRY_OK(guard.take_over(*session));
  SB_TRY_OK(session->connect());
  std::optional<pipeline::ExecutablePlan> plan;
  SB_TRY(const bool stored, has_stored_batch(*session, options));
  if (!stored) {
    SB_TRY(plan, pipeline::load_executable_plan(doors, paths, session->mode(), options.date));
  }
  if (plan) SB_TRY_OK(check_plan(*session, paths, *plan));
  SB_TRY(const PriceBook market, market_now(*session, plan));
  pipeline::ExecuteRequest request =
      pipeline::make_execute_request(workspace, session->settings(), session->mode(),
                                     plan ? plan->trade_date : *options.date, options.again);
  if (session->mode() == Mode::kDry) {
    request.rehearsal = pipeline::planned_account(doors.files, paths);
  }
  SB_TRY(const pipeline::ExecuteDoors execute, session->execute_doors(market));
  SB_TRY(const pipeline::ExecuteOutcome done, pipeline::run_execute(doors, execute, plan, request));
  StageJson json("execute");
  json.count("orders", done.orders.size()).count("refused", done.refused);
  json.count("rows_added", done.rows_added);
  print_result(options,
               pipeline::execution_section(done) + pipeline::files_section(done.files, workspace),
               json.take({}, done.files));
  return done.exit_code();
}

}  // namespace signalbus::app
