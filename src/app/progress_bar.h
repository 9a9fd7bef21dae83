// ProgressBar: one line on a terminal for inputs that take over a second.
#pragma once

#include <memory>

#include "ports/progress.h"

namespace signalbus::app {

/// A bar on stderr, or nothing at all when `on_terminal` is false.
std::unique_ptr<Progress> make_progress(bool on_terminal);

}  // namespace signalbus::app
