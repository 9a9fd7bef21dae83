// Grants: permissions at hand while rules are asked; each is good for one breach. Internal to
// risk/.
#pragma once

#include <span>
#include <vector>

#include "risk/check_orders.h"

namespace signalbus::risk {

class Grants {
 public:
  explicit Grants(std::span<const Override> granted) : left_(granted.begin(), granted.end()) {}

  /// True when the breach passes: a permission for the rule was left and is now in `passed`.
  bool let_through(const Rule& rule, const Breach& breach, std::vector<Pass>& passed);

 private:
  std::vector<Override> left_;
};

}  // namespace signalbus::risk
