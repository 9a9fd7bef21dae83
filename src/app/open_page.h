// Showing a page of ours in the user's browser.
#pragma once

#include <string>

namespace signalbus::app {

/// Hands the file to xdg-open and does not wait for the browser. Where there is none, a line on
/// stderr says what to open by hand: the work is done, and the exit code says so.
void open_page(const std::string& path);

}  // namespace signalbus::app
