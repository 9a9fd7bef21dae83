// config.yaml and the manifest: settings that every mode can be asked about and that can be shown,
// or problems that each name their line. Alert rules are complete whatever was written of them.
#include <cmath>

#include "one_file.h"
#include "settings/describe.h"
#include "settings/settings.h"

namespace {

using namespace signalbus;

/// Every line of an error begins with file and line, but a last one that counts those left out.
void check_problems(const Error& error) {
  SB_CHECK(!error.message.empty());
  std::size_t from = 0;
  while (from < error.message.size()) {
    const std::size_t end = std::min(error.message.find('\n', from), error.message.size());
    const bool counts = error.message.compare(from, 4, "and ") == 0 &&
                        error.message.find(" more problem", from) < end;
    SB_CHECK(error.message.compare(from, 2, "f:") == 0 || (counts && from > 0));
    from = end + 1;
  }
}

void check_rules(const std::vector<alerts::Rule>& rules) {
  for (const alerts::Rule& rule : rules) {
    SB_CHECK(!rule.name.empty() && rule.watched().id == rule.metric);
    SB_CHECK(rule.warn || rule.critical);
    SB_CHECK(!rule.warn || std::isfinite(*rule.warn));
    SB_CHECK(!rule.critical || std::isfinite(*rule.critical));
    SB_CHECK(rule.hysteresis >= 0 && rule.for_days >= 1 && rule.cool_down_days >= 0);
    SB_CHECK(rule.remind_days >= 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text = fuzz_text(data, size);
  const auto lookup = [](const std::string& name) {
    return name == "SET" ? std::optional<std::string>("a secret that nobody shows") : std::nullopt;
  };
  const auto settings = settings::parse_settings(text, "f", lookup);
  if (settings.ok()) {
    check_rules(settings.value().analytics.alert_rules);
    for (const Mode mode : {Mode::kDry, Mode::kSim, Mode::kPaper, Mode::kLive}) {
      (void)settings::check_mode(settings.value(), mode);
    }
    SB_CHECK(!settings::describe(settings.value()).empty());
  } else {
    check_problems(settings.error());
  }
  const auto manifest = settings::load_manifest(text, "f");
  if (!manifest.ok()) check_problems(manifest.error());
  return 0;
}
