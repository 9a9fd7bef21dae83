// Showing a page of ours in the user's browser.
#pragma once

#include <string>

#include "core/result.h"

namespace signalbus::app {

/// Hands the file to xdg-open and does not wait for the browser. kNotFound where there is none: the
/// message says what to open by hand.
Status open_page(const std::string& path);

}  // namespace signalbus::app
