// init, config check, config show.
#include <filesystem>

#include "app/commands.h"
#include "app/session.h"
#include "core/text.h"
#include "formats/json_writer.h"
#include "settings/describe.h"
#include "settings/templates.h"

namespace signalbus::app {
namespace {

Status check_free(const Files& files, const std::string& path) {
  if (!files.exists(path)) return Ok{};
  return Error{ErrorCode::kUsage, path +
                                      " is there already and nothing is overwritten; choose "
                                      "another folder, or edit the file"};
}

std::string show_text(const std::vector<settings::DescribedKey>& rows) {
  std::string out;
  for (const settings::DescribedKey& row : rows) {
    std::string line = std::string(row.key) + " = " + (row.value.empty() ? "(not set)" : row.value);
    line.resize(std::max<std::size_t>(line.size(), 52), ' ');
    out += line + "  # " + std::string(row.unit) + (row.unit.empty() ? "" : "; ") +
           std::string(row.meaning) + " [" + row.origin + "]\n";
  }
  return out;
}

std::string show_json(const std::vector<settings::DescribedKey>& rows) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object();
  for (const settings::DescribedKey& row : rows) {
    json.key(row.key).begin_object();
    json.key("value").string(row.value);
    json.key("unit").string(row.unit);
    json.key("meaning").string(row.meaning);
    json.key("origin").string(row.origin);
    json.end_object();
  }
  json.end_object();
  return json.take() + "\n";
}

}  // namespace

Result<int> init_command(const Options& options) {
  storage::DiskFiles files;
  const std::string& root = options.folder;
  const std::vector<NewFile> written = {
      {join_path(root, "config/config.yaml"), std::string(settings::config_template())},
      {join_path(root, "config/strategy_manifest.yaml"),
       std::string(settings::manifest_template())}};
  for (const NewFile& file : written) SB_TRY_OK(check_free(files, file.path));
  for (const char* folder : {"data/raw_signals", "data/mapping", "data/intermediate",
                             "data/outputs", "data/prices", "data/positions", "logs"}) {
    SB_TRY_OK(files.make_folders(join_path(root, folder)));
  }
  SB_TRY_OK(files.write(written));
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("init").key("root").string(root).end_object();
  print_result(options,
               "workspace in " + root + "\n" +
                   "  1. put your strategy files into data/raw_signals and list them in "
                   "config/strategy_manifest.yaml\n"
                   "  2. put symbol,price into data/prices/prices.csv and your id table into "
                   "data/mapping\n"
                   "  3. signalbus config check --root " +
                   root + "\n" + "  4. signalbus run --once --root " + root + "\n",
               json.take() + "\n");
  return 0;
}

Result<int> config_check_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  SB_TRY(const pipeline::Manifest manifest, session->manifest());
  SB_TRY_OK(settings::check_mode(session->settings(), session->mode()));
  const settings::M1Settings& m1 = session->settings().scheduler.m1;
  SB_TRY([[maybe_unused]] const pipeline::Manifest used,
         signals::strategies_for(manifest, {session->run_date(), m1.mode, m1.pick, m1.blend}));
  std::string unset;
  for (const signals::StrategySpec& spec : manifest) {
    const std::string path = session->workspace().at(spec.path);
    if (!session->doors().files.exists(path)) {
      unset += "  note: " + path + " of strategy " + spec.id.get() + " is not there yet\n";
    }
  }
  for (const settings::UnsetVariable& variable : session->settings().unset) {
    unset += "  note: " + variable.origin + ": " + variable.key + ": ${" + variable.name +
             "} is not set (mode " + std::string(to_text(session->mode())) + " does not need it)\n";
  }
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("config check").key("ok").boolean(true).end_object();
  print_result(options,
               session->workspace().config_file + ": ok\n" + session->workspace().manifest_file +
                   ": ok, " + std::to_string(manifest.size()) +
                   (manifest.size() == 1 ? " strategy\n" : " strategies\n") + unset,
               json.take() + "\n");
  return 0;
}

Result<int> config_show_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  const std::vector<settings::DescribedKey> rows = settings::describe(session->settings());
  print_result(options, show_text(rows), show_json(rows));
  return 0;
}

}  // namespace signalbus::app
