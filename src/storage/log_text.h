// Text of log lines: hostile bytes must neither end a line nor break a JSON string.
#pragma once

#include <string>
#include <string_view>

namespace signalbus::storage {

/// Control bytes as \n, \t or \xNN: one message stays one line of a terminal.
std::string one_line(std::string_view text);

/// A JSON string with its quotes; what is not UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text);

}  // namespace signalbus::storage
