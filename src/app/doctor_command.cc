// doctor: is everything in order to trade?
#include "app/commands.h"
#include "app/doctor.h"
#include "app/session.h"
#include "core/text.h"
#include "formats/json_writer.h"
#include "pipeline/run_once.h"

namespace signalbus::app {
namespace {

std::string_view to_text(Health health) {
  switch (health) {
    case Health::kPass:
      return "ok";
    case Health::kWarn:
      return "warn";
    case Health::kFail:
      return "FAIL";
  }
  return "";
}

std::string page(const Session& session, const std::vector<Check>& checks) {
  std::string out = "signalbus doctor, " + session.workspace().config_file + "\n\n";
  for (const Check& check : checks) {
    std::string line = "  " + std::string(to_text(check.health));
    line.resize(8, ' ');
    line += check.name;
    line.resize(std::max<std::size_t>(line.size() + 1, 22), ' ');
    out += line + check.found + "\n";
    if (!check.fix.empty()) out += std::string(22, ' ') + "-> " + check.fix + "\n";
  }
  return out;
}

std::string json_page(const std::vector<Check>& checks) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("doctor").key("checks").begin_array();
  for (const Check& check : checks) {
    json.begin_object().key("name").string(check.name);
    json.key("health").string(to_text(check.health));
    json.key("found").string(check.found).key("fix").string(check.fix).end_object();
  }
  json.end_array().end_object();
  return json.take() + "\n";
}

}  // namespace

Result<int> doctor_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  const std::vector<Check> checks = run_checks(*session);
  std::vector<int> codes;
  for (const Check& check : checks) codes.push_back(check.exit_code);
  print_result(options, page(*session, checks), json_page(checks));
  return pipeline::worst_exit_code(codes);
}

}  // namespace signalbus::app
