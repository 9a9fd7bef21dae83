// Templates: the files that `signalbus init` writes, a newcomer's first read.
#pragma once

#include <string_view>

namespace signalbus::settings {

/// Both load without a problem; every value is the default or a sensible start.
std::string_view config_template();
std::string_view manifest_template();

}  // namespace signalbus::settings
