// Where this program's plug-ins lie.
#pragma once

#include <string>

namespace signalbus::formats {

/// The path of a plug-in by its file name, beside the executable: ../lib/signalbus of bin/ when
/// installed and in the build tree; some tests run beside lib/. The file need not exist.
std::string find_plugin(const char* file);

}  // namespace signalbus::formats
