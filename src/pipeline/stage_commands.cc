// The specification's separate commands, for --isolate.
#include "core/decimal.h"
#include "pipeline/run_once.h"

namespace signalbus::pipeline {
namespace {

std::string blend_text(const settings::M1Settings& m1) {
  std::string out;
  for (const auto& [id, weight] : m1.blend) {
    out += (out.empty() ? "" : ",") + id.get() + "=" + format_double(weight);
  }
  return out;
}

}  // namespace

std::vector<std::string> build_m1_cmd(const Workspace& workspace,
                                      const settings::Settings& settings, TradeDate run_date) {
  const settings::M1Settings& m1 = settings.scheduler.m1;
  std::vector<std::string> out = {"signals",
                                  "--manifest",
                                  workspace.manifest_file,
                                  "--config",
                                  workspace.config_file,
                                  "--root",
                                  workspace.root,
                                  "--date",
                                  run_date.iso(),
                                  "--out",
                                  workspace.targets(run_date)};
  const bool select = m1.mode == signals::MergeMode::kSelect;
  out.insert(out.end(), {"--mode", select ? "select" : "blend"});
  if (select && m1.pick) out.insert(out.end(), {"--pick", m1.pick->get()});
  if (!select) out.insert(out.end(), {"--blend", blend_text(m1)});
  return out;
}

std::vector<std::string> build_m2_cmd(const Workspace& workspace, const std::string& targets_path,
                                      TradeDate run_date) {
  return {"plan",       "--config", workspace.config_file, "--root", workspace.root, "--targets",
          targets_path, "--date",   run_date.iso()};
}

std::vector<std::string> build_m4_cmd(const Workspace& workspace, Mode mode, TradeDate run_date,
                                      bool again) {
  std::vector<std::string> out = {"execute",      "--config", workspace.config_file,      "--root",
                                  workspace.root, "--mode",   std::string(to_text(mode)), "--date",
                                  run_date.iso()};
  if (again) out.emplace_back("--again");
  return out;
}

std::vector<std::string> build_m5_cmd(const Workspace& workspace,
                                      const settings::Settings& settings, Mode mode,
                                      TradeDate run_date) {
  return {"reconcile",
          "--config",
          workspace.config_file,
          "--root",
          workspace.root,
          "--mode",
          std::string(to_text(mode)),
          "--date",
          run_date.iso(),
          "--source",
          reconciles_with_broker(settings, mode) ? "broker" : "logs",
          "--out-dir",
          workspace.outputs()};
}

std::vector<std::string> build_m6_cmd(const Workspace& workspace, Mode mode, TradeDate run_date) {
  return {"analyze",      "--config",  workspace.config_file,      "--root",
          workspace.root, "--mode",    std::string(to_text(mode)), "--end",
          run_date.iso(), "--out-dir", workspace.outputs()};
}

}  // namespace signalbus::pipeline
