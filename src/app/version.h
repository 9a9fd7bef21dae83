// The version, as --version and every manifest say it.
#pragma once

namespace signalbus::app {

inline constexpr const char* kVersion = SB_VERSION;

}  // namespace signalbus::app
