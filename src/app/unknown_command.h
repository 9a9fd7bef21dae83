// What is said to a command that does not exist.
#pragma once

#include <string>
#include <vector>

namespace signalbus::app {

/// The message with the nearest name, when the first argument is a command that nobody knows; else
/// empty.
std::string unknown_command(const std::vector<std::string>& arguments);

}  // namespace signalbus::app
