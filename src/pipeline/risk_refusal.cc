#include "pipeline/risk_refusal.h"

namespace signalbus::pipeline {

Status refuse_batch_if(const std::vector<risk::Breach>& breaches) {
  constexpr std::size_t kShown = 5;
  if (breaches.empty()) return Ok{};
  std::string message = breaches.front().words;
  for (std::size_t i = 1; i < breaches.size() && i < kShown; ++i) {
    message += "\n" + breaches[i].words;
  }
  if (breaches.size() > kShown) {
    message += "\n… and " + std::to_string(breaches.size() - kShown) + " more";
  }
  return Error{ErrorCode::kLimitExceeded, std::move(message)};
}

}  // namespace signalbus::pipeline
