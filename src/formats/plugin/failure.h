// Failure: how a fault travels inside the plug-in; surface.cc turns it into a code and a text.
#pragma once

#include <stdexcept>
#include <string>

#include "formats/plugin/surface.h"

namespace signalbus::formats::plugin {

/// Arrow reports by exceptions, so inside the plug-in we do too; none leaves it.
class Failure : public std::runtime_error {
 public:
  Failure(SurfaceCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  SurfaceCode code() const { return code_; }

 private:
  SurfaceCode code_;
};

}  // namespace signalbus::formats::plugin
