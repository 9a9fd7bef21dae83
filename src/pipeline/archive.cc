#include "pipeline/archive.h"

#include <algorithm>
#include <map>

#include "core/text.h"
#include "formats/json_writer.h"
#include "pipeline/stage_words.h"
#include "report/save_targets.h"
#include "settings/describe.h"

namespace signalbus::pipeline {
namespace {

/// SHA-256 of a file of any size, read in windows.
Result<std::string> hash_file(Files& files, const std::string& path, std::span<char> window) {
  SB_TRY(const std::unique_ptr<ByteSource> source, files.open(path));
  Sha256 hash;
  for (std::uint64_t offset = 0; offset < source->size();) {
    SB_TRY(const std::size_t count, source->read_at(offset, window));
    hash.update({window.data(), count});
    offset += count;
  }
  return hash.hex();
}

/// A file as the manifest names it: relative to the workspace where it lies inside.
struct HashedFile {
  std::string path;
  std::string sha256;   ///< Empty when the file could not be read any more.
  std::string problem;  ///< Why not.
};

void add_hashed(std::vector<HashedFile>& out, Files& files, const Workspace& workspace,
                const std::vector<std::string>& paths) {
  std::string window(64 << 10, '\0');
  for (const std::string& path : paths) {
    const Result<std::string> hash = hash_file(files, path, window);
    out.push_back({path_below(workspace.root, path), hash.ok() ? hash.value() : "",
                   hash.ok() ? "" : hash.error().message});
  }
}

/// Sources of the plan keep the hash of the very bytes that were planned with.
std::vector<HashedFile> inputs_of(Files& files, const Workspace& workspace,
                                  const RunOutcome& outcome) {
  std::vector<HashedFile> out;
  add_hashed(out, files, workspace, {workspace.config_file, workspace.manifest_file});
  if (outcome.m1) add_hashed(out, files, workspace, outcome.m1->inputs);
  if (!outcome.m2) return out;
  for (const report::PlanSource& source : outcome.m2->record.inputs) {
    if (source.role != "targets" && source.role != "contributions")
      out.push_back({source.path, source.sha256, ""});
  }
  return out;
}

void write_files(formats::JsonWriter& json, std::string_view key,
                 const std::vector<HashedFile>& files) {
  json.key(key).begin_array();
  for (const HashedFile& file : files) {
    json.begin_object();
    json.key("path").string(file.path);
    json.key("sha256");
    file.problem.empty() ? json.string(file.sha256) : json.null();
    if (!file.problem.empty()) json.key("problem").string(file.problem);
    json.end_object();
  }
  json.end_array();
}

std::string manifest_json(Doors& doors, const Workspace& workspace,
                          const settings::Settings& settings, const RunRequest& request,
                          const RunOutcome& outcome) {
  formats::JsonWriter json(formats::JsonStyle::kPretty);
  json.begin_object();
  json.key("signalbus").string(request.version);
  json.key("run").string(request.run_date.compact() + "-" + std::to_string(outcome.run.number));
  json.key("mode").string(to_text(request.mode));
  json.key("started_at").string(outcome.run.started_at.rfc3339());
  json.key("finished_at").string(doors.clock.now().rfc3339());
  json.key("exit_code").integer(outcome.exit_code);
  write_stages(json, outcome);
  write_files(json, "inputs", inputs_of(doors.files, workspace, outcome));
  std::vector<HashedFile> outputs;
  add_hashed(outputs, doors.files, workspace, outcome.files);
  write_files(json, "outputs", outputs);
  json.key("config").begin_object();
  for (const settings::DescribedKey& row : settings::describe(settings)) {
    json.key(row.key).string(row.value);
  }
  json.end_object();
  json.end_object();
  return json.take();
}

/// The plan on disk may meanwhile be another day's: then it is no evidence of this one.
bool plan_is_of(Files& files, const PlanFiles& plan, TradeDate date) {
  const Result<report::PlanRecord> record =
      report::load_plan_json(files, plan_json_path(plan.orders_path));
  return record.ok() && record.value().trade_date == date;
}

}  // namespace

void list_other_files(Files& files, const Workspace& workspace, const settings::Settings& settings,
                      const RunRequest& request, RunOutcome& outcome) {
  const TradeDate date = request.run_date;
  const PlanFiles plan = plan_files(workspace, settings);
  const std::string targets = workspace.targets(date);
  const std::map<std::string, std::vector<std::string>> written_by = {
      {"m1", {targets, report::contributions_path(targets, date)}},
      {"m2",
       {plan.orders_path, plan.plan_path, plan_json_path(plan.orders_path),
        positions_bod_path(plan.orders_path), planned_shares_path(plan.orders_path),
        planned_moves_path(plan.orders_path)}},
      {"m4",
       {workspace.in_outputs("execution_log.csv"), workspace.in_outputs("filled_orders.csv")}},
      {"m5",
       {workspace.positions_eod(date),
        workspace.in_outputs("recon_report_" + date.compact() + ".csv"),
        workspace.in_outputs("recon_broker_" + date.compact() + ".csv"),
        workspace.in_outputs("sleeves_" + date.compact() + ".csv"),
        workspace.in_outputs("sleeve_positions_" + date.compact() + ".csv")}},
      {"m6",
       {workspace.in_outputs("pnl_daily_" + date.compact() + ".csv"),
        workspace.in_outputs("risk_snapshot_" + date.compact() + ".csv"),
        workspace.in_outputs("names_daily_" + date.compact() + ".csv"),
        workspace.in_outputs("summary.txt"), workspace.in_outputs("summary_dashboard.html")}}};
  for (const StageReport& stage : outcome.stages) {
    const bool done = stage.state == StageState::kDone && request.spawn;
    if (!done && stage.state != StageState::kDoneBefore) continue;
    if (stage.name == "m2" && !plan_is_of(files, plan, date)) continue;
    for (const std::string& path : written_by.at(stage.name)) {
      const bool listed =
          std::find(outcome.files.begin(), outcome.files.end(), path) != outcome.files.end();
      if (!listed && files.exists(path)) outcome.files.push_back(path);
    }
  }
}

Status archive_run(Doors& doors, const Workspace& workspace, const settings::Settings& settings,
                   const RunRequest& request, const RunOutcome& outcome) {
  std::vector<FileLink> links;
  for (const std::string& path : outcome.files) {
    links.push_back({path, join_path(outcome.archive, file_name(path))});
  }
  SB_TRY_OK(doors.files.link_or_copy(links));
  const NewFile manifest{join_path(outcome.archive, "manifest.json"),
                         manifest_json(doors, workspace, settings, request, outcome)};
  return doors.files.write(std::span(&manifest, 1));
}

std::string free_archive(const Files& files, const Workspace& workspace, const RunRecord& run) {
  int number = run.number;
  while (files.exists(join_path(workspace.run_folder(run.run_date, number), "manifest.json"))) {
    ++number;
  }
  return workspace.run_folder(run.run_date, number);
}

}  // namespace signalbus::pipeline
