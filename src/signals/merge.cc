#include "signals/merge.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "core/decimal.h"
#include "core/text.h"
#include "signals/constraints.h"

namespace signalbus::signals {
namespace {

constexpr double kBlendSumTolerance = 1e-9;

std::string list_ids(const std::vector<StrategySpec>& manifest) {
  std::string out;
  for (const StrategySpec& spec : manifest) out += (out.empty() ? "" : ", ") + spec.id.get();
  return out;
}

Result<StrategySpec> find_spec(const std::vector<StrategySpec>& manifest, const StrategyId& id) {
  std::vector<std::string> known;
  for (const StrategySpec& spec : manifest) {
    if (spec.id == id) return spec;
    known.push_back(spec.id.get());
  }
  return Error{ErrorCode::kUsage, "strategy " + quoted(id.get()) + " is not in the manifest (" +
                                      list_ids(manifest) + ")" + did_you_mean(id.get(), known)};
}

Result<std::vector<StrategySpec>> blended_strategies(const std::vector<StrategySpec>& manifest,
                                                     const MergeRequest& request) {
  if (request.blend.empty()) {
    return Error{ErrorCode::kUsage, "blend needs weights, for example --blend " +
                                        manifest.front().id.get() + "=0.6,...; the manifest has " +
                                        list_ids(manifest)};
  }
  std::set<StrategyId> named;
  for (const auto& [id, weight] : request.blend) {
    SB_TRY_OK(find_spec(manifest, id));
    if (!(weight > 0) || !std::isfinite(weight)) {
      return Error{ErrorCode::kUsage, "blend weight of " + id.get() + " is " +
                                          format_double(weight) +
                                          ", it must be above 0; leave the strategy out instead"};
    }
    if (!named.insert(id).second) {
      return Error{ErrorCode::kUsage, "blend names " + id.get() + " twice"};
    }
  }
  std::vector<StrategySpec> used;
  std::copy_if(manifest.begin(), manifest.end(), std::back_inserter(used),
               [&](const StrategySpec& spec) { return named.contains(spec.id); });
  return used;
}

/// One-way turnover between two signals: half the sum of absolute weight changes.
double turnover_between(const std::vector<SignalRow>& now, const std::vector<SignalRow>& before) {
  std::map<AssetId, double> change;
  for (const SignalRow& row : now) change.insert_or_assign(row.asset_id, row.weight);
  for (const SignalRow& row : before) {
    const auto [at, inserted] = change.try_emplace(row.asset_id, 0.0);
    at->second -= row.weight;
  }
  double sum = 0;
  for (const auto& [id, delta] : change) sum += std::abs(delta);
  return sum / 2;
}

Result<StrategySignal> check_strategy(const LoadedStrategy& loaded, TradeDate run_date,
                                      const SignalPolicy& policy) {
  const StrategySpec& spec = loaded.spec;
  const std::string place = "strategy " + spec.id.get() + " (" + spec.path + ")";
  if (!loaded.newest) {
    return Error{ErrorCode::kStale,
                 place + ": no signal on or before " + run_date.iso() +
                     (loaded.earliest ? ", the earliest is " + loaded.earliest->iso()
                                      : ", the file has no such row")};
  }
  if (policy.date_match == DateMatch::kExact && *loaded.newest != run_date) {
    return Error{ErrorCode::kStale, place + ": no signal for exactly " + run_date.iso() +
                                        " (signals.date_match: exact), the newest before is " +
                                        loaded.newest->iso()};
  }
  const int age_days = run_date.days() - loaded.newest->days();
  if (age_days > spec.max_age_days) {
    return Error{ErrorCode::kStale,
                 place + ": newest signal is of " + loaded.newest->iso() + ", " +
                     counted(static_cast<std::size_t>(age_days), "day") + " before " +
                     run_date.iso() + ", max_age_days is " + std::to_string(spec.max_age_days) +
                     "; refresh the file, or raise max_age_days in the manifest"};
  }
  if (policy.max_turnover && !loaded.previous_rows.empty()) {
    const double turnover = turnover_between(loaded.rows, loaded.previous_rows);
    if (turnover > *policy.max_turnover) {
      return Error{ErrorCode::kInvalidInput,
                   place + ": turnover since its previous signal is " + format_double(turnover) +
                       ", above signals.max_turnover " + format_double(*policy.max_turnover)};
    }
  }
  return StrategySignal{spec.id, *loaded.newest, loaded.rows};
}

/// By id, so that the order in which strategies were named changes no sum, note or byte.
template <class T>
std::vector<const T*> by_strategy(const std::vector<T>& items) {
  std::vector<const T*> out;
  for (const T& item : items) out.push_back(&item);
  std::stable_sort(out.begin(), out.end(),
                   [](const T* a, const T* b) { return a->strategy_id < b->strategy_id; });
  return out;
}

/// A strategy after its constraints, with its share of the blend.
struct Part {
  StrategyUse use;
  std::vector<SignalRow> rows;
};

double requested_weight(const MergeRequest& request, const StrategyId& id) {
  if (request.mode == MergeMode::kSelect) return 1;
  for (const auto& [name, weight] : request.blend) {
    if (name == id) return weight;
  }
  SB_CHECK(false);
  return 0;
}

/// Strategies in quarantine, and what a reader must know of them.
struct Quarantine {
  const MergeRequest& request;
  OnFailure policy;
  std::vector<HeldStrategy>& held;
  std::vector<std::string>& notes;

  /// The others go on without this one, or the error says why they do not.
  Status set_aside(const StrategyId& id, const Error& error) {
    if (policy == OnFailure::kStop) return error;
    if (policy == OnFailure::kDrop) {
      notes.push_back("strategy " + id.get() +
                      " dropped (signals.on_failure: drop): " + error.message);
      return Ok{};
    }
    if (!request.sleeves.contains(id)) {
      return Error{error.code, error.message +
                                   "; it owns nothing yet that signals.on_failure: hold_sleeve "
                                   "could hold, so nothing is traded"};
    }
    notes.push_back("strategy " + id.get() +
                    " keeps what it holds (signals.on_failure: hold_sleeve): " + error.message);
    held.push_back({id, error.message});
    return Ok{};
  }
};

Status set_failures_aside(const PickedSignals& picked, Quarantine& quarantine) {
  const std::vector<const StrategyFailure*> failures = by_strategy(picked.failures);
  std::optional<Error> errors;
  for (const StrategyFailure* failure : failures) {
    Status aside = picked.signals.empty()
                       ? Status(failure->error)  // nothing is left that could go on
                       : quarantine.set_aside(failure->strategy_id, failure->error);
    if (aside.ok()) continue;
    if (errors) {
      errors->message += "\n" + aside.error().message;
    } else {
      errors = std::move(aside).error();
    }
  }
  if (errors) return std::move(*errors);
  return Ok{};
}

Result<std::vector<Part>> constrain_parts(const PickedSignals& picked, const MergeRequest& request,
                                          const SignalPolicy& signals, const WeightPolicy& weights,
                                          Quarantine& quarantine) {
  std::vector<std::string>& notes = quarantine.notes;
  std::vector<Part> parts;
  for (const StrategySignal* picked_signal : by_strategy(picked.signals)) {
    const StrategySignal& signal = *picked_signal;
    Result<Normalized> normalized =
        enforce_constraints_and_normalize(signal.rows, weights, signals);
    if (!normalized.ok()) {
      Error error = std::move(normalized).error().in("strategy " + signal.strategy_id.get());
      if (picked.signals.size() == 1) return error;
      SB_TRY_OK(quarantine.set_aside(signal.strategy_id, error));
      continue;
    }
    Normalized part = std::move(normalized).value();
    for (const std::string& note : part.notes) {
      notes.push_back("strategy " + signal.strategy_id.get() + ": " + note);
    }
    const StrategyUse use{signal.strategy_id, signal.signal_date, part.rows.size(), part.raw_sum,
                          requested_weight(request, signal.strategy_id)};
    parts.push_back({use, std::move(part.rows)});
  }
  if (parts.empty()) {
    return Error{ErrorCode::kInvalidInput, "every strategy failed its checks: " +
                                               (notes.empty() ? std::string() : notes.back())};
  }
  return parts;
}

void scale_blend(std::vector<Part>& parts, std::vector<std::string>& notes) {
  double sum = 0;
  for (const Part& part : parts) sum += part.use.blend_weight;
  if (std::abs(sum - 1) > kBlendSumTolerance) {
    notes.push_back("blend weights summed to " + format_double(sum) + " and were scaled to 1");
  }
  for (Part& part : parts) part.use.blend_weight /= sum;
}

Contributions contributions_of(const std::vector<Part>& parts, TradeDate trade_date) {
  Contributions out{trade_date, {}};
  for (const Part& part : parts) {
    for (const SignalRow& row : part.rows) {
      out.rows.push_back({row.asset_id, part.use.strategy_id, part.use.signal_date, row.weight,
                          part.use.blend_weight, row.weight * part.use.blend_weight});
    }
  }
  const auto before = [](const Contribution& a, const Contribution& b) {
    return asset_id_less(a.asset_id, b.asset_id);
  };
  if (!std::is_sorted(out.rows.begin(), out.rows.end(), before)) {  // only a blend is not
    std::stable_sort(out.rows.begin(), out.rows.end(), before);
  }
  return out;
}

using AsofOfAsset = std::map<AssetId, Instant, decltype(&asset_id_less)>;

/// Newest asof of each asset over the parts: the target is as fresh as its freshest reason.
AsofOfAsset newest_asof(const std::vector<Part>& parts) {
  AsofOfAsset out(&asset_id_less);
  for (const Part& part : parts) {
    auto next = out.begin();  // rows and map have one order, so the place is known
    for (const SignalRow& row : part.rows) {
      const auto at = out.try_emplace(next, row.asset_id, row.asof);
      at->second = std::max(at->second, row.asof);
      next = std::next(at);
    }
  }
  return out;
}

TargetBook sum_contributions(const Contributions& contributions, const std::vector<Part>& parts,
                             const MergeRequest& request) {
  TradeDate oldest = parts.front().use.signal_date;
  for (const Part& part : parts) oldest = std::min(oldest, part.use.signal_date);
  const StrategyId id =
      request.mode == MergeMode::kBlend ? StrategyId("blend") : parts.front().use.strategy_id;
  const AsofOfAsset asof = newest_asof(parts);
  auto newest = asof.begin();
  TargetBook book{request.run_date, {}};
  for (const Contribution& row : contributions.rows) {
    if (book.targets.empty() || book.targets.back().asset_id != row.asset_id) {
      while (newest->first != row.asset_id) ++newest;  // both stand in one order
      book.targets.push_back({row.asset_id, 0, newest->second, id, oldest});
    }
    book.targets.back().weight += row.contribution;
  }
  return book;
}

}  // namespace

Result<std::vector<StrategySpec>> strategies_for(const std::vector<StrategySpec>& manifest,
                                                 const MergeRequest& request) {
  SB_CHECK(!manifest.empty());
  if (request.mode == MergeMode::kBlend) return blended_strategies(manifest, request);
  if (!request.pick && manifest.size() > 1) {
    return Error{ErrorCode::kUsage, "select needs --pick, or scheduler.m1.pick: the manifest has " +
                                        std::to_string(manifest.size()) + " strategies (" +
                                        list_ids(manifest) + ")"};
  }
  if (!request.pick) return std::vector<StrategySpec>{manifest.front()};
  SB_TRY(StrategySpec spec, find_spec(manifest, *request.pick));
  return std::vector<StrategySpec>{std::move(spec)};
}

PickedSignals pick_latest_per_strategy(const std::vector<LoadedStrategy>& loaded,
                                       TradeDate run_date, const SignalPolicy& policy) {
  PickedSignals picked;
  for (const LoadedStrategy& strategy : loaded) {
    Result<StrategySignal> signal = check_strategy(strategy, run_date, policy);
    if (signal.ok()) {
      picked.signals.push_back(std::move(signal).value());
    } else {
      picked.failures.push_back({strategy.spec.id, std::move(signal).error()});
    }
  }
  return picked;
}

Result<MergedTargets> merge_for_date(const PickedSignals& picked, const MergeRequest& request,
                                     const SignalPolicy& signals, const WeightPolicy& weights) {
  MergedTargets out{.book = {request.run_date, {}},
                    .contributions = {request.run_date, {}, {}},
                    .strategies = {},
                    .notes = {}};
  std::vector<HeldStrategy> held;
  Quarantine quarantine{request, signals.on_failure, held, out.notes};
  SB_TRY_OK(set_failures_aside(picked, quarantine));
  SB_TRY(std::vector<Part> parts, constrain_parts(picked, request, signals, weights, quarantine));
  if (request.mode == MergeMode::kBlend) scale_blend(parts, out.notes);
  out.contributions = contributions_of(parts, request.run_date);
  std::sort(held.begin(), held.end(), [](const HeldStrategy& a, const HeldStrategy& b) {
    return a.strategy_id < b.strategy_id;
  });
  out.contributions.held = std::move(held);
  out.book = sum_contributions(out.contributions, parts, request);
  for (const Part& part : parts) out.strategies.push_back(part.use);
  return out;
}

}  // namespace signalbus::signals
