#include "pipeline/sleeve_history.h"

#include "inputs/load_sleeves.h"
#include "inputs/recorded_reads.h"
#include "report/save_sleeves.h"
#include "report/save_targets.h"
#include "sleeves/fold.h"
#include "sleeves/hold.h"
#include "sleeves/results.h"

namespace signalbus::pipeline {

Result<SleeveHistory> load_sleeve_history(Journal& journal, Mode mode, const AccountId& account,
                                          Broker* broker) {
  SleeveHistory out;
  SB_TRY(const std::span<const SleeveEntry> entries, journal.sleeve_entries(mode, account));
  if (mode == Mode::kDry) {
    out.entries = sleeves::keep_last_batch_of_each_day(entries);
  } else {
    out.entries.assign(entries.begin(), entries.end());
  }
  if (broker == nullptr || out.entries.empty()) return out;
  const std::string& first = out.entries.front().batch_id.get();
  SB_TRY(const TradeDate since, TradeDate::parse(std::string_view(first).substr(0, 8)));
  SB_TRY(out.flows, broker->cash_flows(since));
  return out;
}

Result<SleeveReport> report_sleeves(Files& files, const SleeveHistory& history, const EodBook& eod,
                                    const std::string& folder) {
  SleeveReport out;
  if (history.entries.empty()) return out;
  Holdings holdings;
  PriceBook prices;
  for (const EodPosition& position : eod.positions) {
    holdings.holdings.push_back({position.symbol, position.quantity, std::nullopt,
                                 position.market_value, std::nullopt, HoldingOrigin::kJournal});
    if (position.price) prices.points.push_back({position.symbol, *position.price, std::nullopt});
  }
  SB_TRY(const SleeveBook book, sleeves::fold_sleeves(history.entries, history.flows,
                                                      sleeves::AccountNow{holdings, eod.cash}));
  SB_TRY(out.results, sleeves::sleeve_results(book, prices));
  report::OutputSet outputs;
  report::save_sleeves(outputs, out.results, eod.run_date, folder);
  SB_TRY_OK(outputs.commit(files));
  out.files = outputs.paths();
  return out;
}

Result<std::set<StrategyId>> strategies_with_a_sleeve(const SleeveHistory& history) {
  SB_TRY(const SleeveBook book,
         sleeves::fold_sleeves(history.entries, history.flows, std::nullopt));
  return sleeves::strategies_with_a_sleeve(book);
}

Result<KnownContributions> find_contributions(Files& files, const std::string& targets_path,
                                              TradeDate trade_date, bool needed) {
  KnownContributions out{.path = report::contributions_path(targets_path, trade_date)};
  if (!files.exists(out.path)) {
    if (!needed) return out;
    return Error{ErrorCode::kNotFound,
                 out.path +
                     ": is not there, and with signals.on_failure: hold_sleeve it says "
                     "whose positions must be kept; run signals, which writes it"};
  }
  inputs::RecordedReads recorded(files);
  SB_TRY(out.contributions, inputs::load_contributions(recorded, out.path));
  out.sha256 = recorded.hash_of(out.path);
  return out;
}

}  // namespace signalbus::pipeline
