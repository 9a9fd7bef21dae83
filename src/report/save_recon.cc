#include "report/save_recon.h"

#include <array>

#include "core/paths.h"
#include "formats/csv_writer.h"

namespace signalbus::report {

void save_positions_eod(OutputSet& outputs, const EodBook& book, const std::string& out_dir) {
  constexpr std::array<std::string_view, 8> kHeader = {
      "symbol",   "actual_qty",      "price", "market_value", "weight_percentage",
      "asset_id", "avg_entry_price", "source"};
  formats::CsvWriter csv(kHeader);
  for (const EodPosition& position : book.positions) {
    csv.text(position.symbol.view()).fixed(position.quantity);
    position.price ? csv.fixed(*position.price) : csv.blank();
    csv.fixed(position.market_value).real(position.weight_percentage);
    csv.text(position.asset_id.get());
    position.avg_entry_price ? csv.fixed(*position.avg_entry_price) : csv.blank();
    csv.text(book.source).end_row();
  }
  const double equity = book.equity.to_double();
  csv.text("CASH").fixed(book.cash).fixed(Price::whole(1)).fixed(book.cash);
  csv.real(equity > 0 ? book.cash.to_double() * 100 / equity : 0).blank().blank();
  csv.text(book.source).end_row();
  outputs.add(join_path(out_dir, "positions_eod_" + book.run_date.compact() + ".csv"), csv.take());
}

void save_recon_report(OutputSet& outputs, std::span<const ReconRow> rows, TradeDate run_date,
                       const std::string& out_dir) {
  constexpr std::array<std::string_view, 13> kHeader = {
      "symbol",         "planned_qty",   "actual_qty",       "delta_qty",  "status",
      "target_weight",  "actual_weight", "weight_deviation", "target_qty", "final_qty",
      "qty_difference", "cause",         "explanation"};
  formats::CsvWriter csv(kHeader);
  for (const ReconRow& row : rows) {
    row.symbol ? csv.text(row.symbol->view()) : csv.blank();
    csv.fixed(row.planned_qty).fixed(row.actual_qty).fixed(row.delta_qty).text(to_text(row.status));
    csv.real(row.target_weight).real(row.actual_weight).real(row.weight_deviation);
    csv.fixed(row.target_qty).fixed(row.final_qty).fixed(row.qty_difference);
    csv.text(to_text(row.cause)).text(row.explanation).end_row();
  }
  outputs.add(join_path(out_dir, "recon_report_" + run_date.compact() + ".csv"), csv.take());
}

void save_broker_differences(OutputSet& outputs, std::span<const Difference> differences,
                             TradeDate run_date, const std::string& out_dir) {
  constexpr std::array<std::string_view, 8> kHeader = {
      "key", "subject", "symbol", "journal", "broker", "cause", "state", "explanation"};
  formats::CsvWriter csv(kHeader);
  for (const Difference& difference : differences) {
    csv.text(difference.key).text(to_text(difference.subject)).text(difference.symbol);
    for (const Amount& amount : {difference.expected, difference.actual}) {
      std::visit([&](const auto& value) { csv.fixed(value); }, amount);
    }
    csv.text(to_text(difference.cause));
    csv.text(difference.is_open()      ? "open"
             : difference.acknowledged ? "acknowledged"
                                       : "explained");
    csv.text(difference.sentence).end_row();
  }
  outputs.add(join_path(out_dir, "recon_broker_" + run_date.compact() + ".csv"), csv.take());
}

}  // namespace signalbus::report
