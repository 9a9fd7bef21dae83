// Progress of long work. Implementations: ProgressBar (app, terminals only), NoProgress.
#pragma once

#include <cstdint>
#include <string_view>

namespace signalbus {

/// Called from any thread, often; must be cheap.
class Progress {
 public:
  virtual ~Progress() = default;
  /// `done` of `total` units of `what` (a file's name); done == total ends it.
  virtual void update(std::string_view what, std::uint64_t done, std::uint64_t total) = 0;
};

class NoProgress final : public Progress {
 public:
  void update(std::string_view, std::uint64_t, std::uint64_t) override {}
};

}  // namespace signalbus
