// Where everything of a workspace lies (specification §1), and the doors a stage works through.
#pragma once

#include <string>

#include "core/paths.h"
#include "core/time.h"
#include "ports/clock.h"
#include "ports/files.h"
#include "ports/progress.h"
#include "ports/run_log.h"

namespace signalbus::pipeline {

/// The adapters that every stage may use.
struct Doors {
  Files& files;
  Clock& clock;
  RunLog& log;
  Progress& progress;
};

/// Paths below the workspace root.
struct Workspace {
  std::string root;
  std::string config_file;
  std::string manifest_file;

  std::string at(std::string_view path) const { return join_path(root, path); }
  std::string targets(TradeDate date) const {
    return at("data/intermediate/targets_consolidated_" + date.compact() + ".parquet");
  }
  std::string outputs() const { return at("data/outputs"); }
  std::string in_outputs(std::string_view name) const { return join_path(outputs(), name); }
  std::string positions_eod(TradeDate date) const {
    return in_outputs("positions_eod_" + date.compact() + ".csv");
  }
  std::string market() const { return at("data/market"); }
  std::string run_folder(TradeDate date, int number) const {
    return at("data/runs/" + date.compact() + "-" + std::to_string(number));
  }
  std::string logs() const { return at("logs"); }
  std::string journal() const { return at("state/signalbus.db"); }
  std::string lock(std::string_view mode) const {
    return at("state/" + std::string(mode) + ".lock");
  }
};

}  // namespace signalbus::pipeline
