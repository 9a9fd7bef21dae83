// Violation: an invariant that did not hold. Thrown, so that nothing happens after it.
#pragma once

#include <string>

namespace signalbus::sim {

struct Violation {
  std::string invariant;  ///< "I3"
  std::string words;
};

}  // namespace signalbus::sim
