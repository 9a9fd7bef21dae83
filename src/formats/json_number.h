// The grammar of JSON's numbers, which reader and writer share.
#pragma once

#include <string_view>

namespace signalbus::formats {

/// `-?int[.digits][e[+-]digits]`: no leading zeros, no plus, digits on both sides of the point.
bool is_json_number(std::string_view text);

}  // namespace signalbus::formats
