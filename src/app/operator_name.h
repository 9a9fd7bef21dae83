// Who types this, as the audit trail names them.
#pragma once

#include <string>

namespace signalbus::app {

std::string operator_name();

}  // namespace signalbus::app
