#include <cstdio>

#include "app/commands.h"
#include "app/options.h"

namespace signalbus::app {

void print_result(const Options& options, const std::string& text, const std::string& json) {
  if (options.json) {
    std::fputs(json.c_str(), stdout);
  } else if (!options.quiet) {
    std::fputs(text.c_str(), stdout);
  }
  std::fflush(stdout);
}

}  // namespace signalbus::app
