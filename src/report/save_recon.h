// M5's files: end-of-day positions and the reconciliation report.
#pragma once

#include <span>
#include <string>

#include "book/recon.h"
#include "report/outputs.h"

namespace signalbus::report {

/// positions_eod_YYYYMMDD.csv in `out_dir`, with the CASH row last.
void save_positions_eod(OutputSet& outputs, const EodBook& book, const std::string& out_dir);

/// recon_report_YYYYMMDD.csv in `out_dir`.
void save_recon_report(OutputSet& outputs, std::span<const ReconRow> rows, TradeDate run_date,
                       const std::string& out_dir);

/// recon_broker_YYYYMMDD.csv in `out_dir`: where broker and journal differ, one row each; the
/// header alone when they agree.
void save_broker_differences(OutputSet& outputs, std::span<const Difference> differences,
                             TradeDate run_date, const std::string& out_dir);

}  // namespace signalbus::report
