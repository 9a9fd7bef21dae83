#include "report/save_targets.h"

#include <array>

#include "core/paths.h"
#include "formats/csv_writer.h"
#include "formats/parquet.h"

namespace signalbus::report {
namespace {

using formats::CsvWriter;

std::string targets_csv(const TargetBook& book) {
  constexpr std::array<std::string_view, 6> kHeader = {"trade_date", "asset_id",    "target_weight",
                                                       "asof",       "strategy_id", "signal_date"};
  CsvWriter csv(kHeader);
  for (const Target& target : book.targets) {
    csv.date(book.trade_date).text(target.asset_id.get()).real(target.weight).instant(target.asof);
    csv.text(target.strategy_id.get()).date(target.signal_date).end_row();
  }
  return csv.take();
}

/// Views point into the book, which outlives the table.
formats::Table targets_table(const TargetBook& book) {
  formats::Table table;
  table.name = "targets";
  formats::DateColumn trade_dates;
  formats::TextColumn assets;
  formats::DoubleColumn weights;
  formats::InstantColumn asofs;
  formats::TextColumn strategies;
  formats::DateColumn signal_dates;
  for (const Target& target : book.targets) {
    trade_dates.push_back(book.trade_date);
    assets.emplace_back(target.asset_id.get());
    weights.push_back(target.weight);
    asofs.push_back(target.asof);
    strategies.emplace_back(target.strategy_id.get());
    signal_dates.push_back(target.signal_date);
    table.lines.push_back(table.lines.size() + 1);
  }
  table.columns.push_back({"trade_date", std::move(trade_dates)});
  table.columns.push_back({"asset_id", std::move(assets)});
  table.columns.push_back({"target_weight", std::move(weights)});
  table.columns.push_back({"asof", std::move(asofs)});
  table.columns.push_back({"strategy_id", std::move(strategies)});
  table.columns.push_back({"signal_date", std::move(signal_dates)});
  return table;
}

}  // namespace

Status save_targets(OutputSet& outputs, const TargetBook& targets, const std::string& path) {
  if (has_extension(path, ".parquet")) {
    SB_TRY(std::string bytes, formats::write_parquet(targets_table(targets)));
    outputs.add(path, std::move(bytes));
    return Ok{};
  }
  if (has_extension(path, ".csv")) {
    outputs.add(path, targets_csv(targets));
    return Ok{};
  }
  return Error{ErrorCode::kUsage, path + ": targets are written as .parquet or .csv"};
}

std::string contributions_path(const std::string& targets_path, TradeDate trade_date) {
  return join_path(parent_path(targets_path),
                   "target_contributions_" + trade_date.compact() + ".csv");
}

void save_contributions(OutputSet& outputs, const Contributions& contributions,
                        const std::string& targets_path) {
  constexpr std::array<std::string_view, 8> kHeader = {
      "trade_date",      "asset_id",     "strategy_id",  "signal_date",
      "strategy_weight", "blend_weight", "contribution", "quarantined"};
  CsvWriter csv(kHeader);
  for (const HeldStrategy& held : contributions.held) {
    csv.date(contributions.trade_date).text("*").text(held.strategy_id.get()).blank();
    csv.blank().blank().blank().text(held.reason).end_row();
  }
  for (const Contribution& row : contributions.rows) {
    csv.date(contributions.trade_date).text(row.asset_id.get()).text(row.strategy_id.get());
    csv.date(row.signal_date).real(row.strategy_weight).real(row.blend_weight);
    csv.real(row.contribution).blank().end_row();
  }
  outputs.add(contributions_path(targets_path, contributions.trade_date), csv.take());
}

}  // namespace signalbus::report
