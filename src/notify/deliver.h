// The delivery loop: every message of the outbox at least once, under one key, until it is given
// up.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "notify/channel.h"
#include "ports/alert_book.h"
#include "ports/clock.h"
#include "ports/run_log.h"

namespace signalbus::notify {

struct DeliverPolicy {
  std::chrono::milliseconds total{20'000};  ///< For all of it: after that, the next call goes on.
  std::chrono::milliseconds each{5'000};    ///< For one message.
  std::int64_t first_wait = 30;  ///< Seconds after the first attempt; longer than `each`.
  std::int64_t longest_wait = 3'600;
  std::size_t most = 200;  ///< Messages of one call.
};

/// A number of [0, 1): spreads retries of many installations.
using Jitter = std::function<double()>;

struct Delivered {
  std::size_t sent = 0;
  std::size_t failed = 0;    ///< Tried, and due again later.
  std::size_t given_up = 0;  ///< Too old by now.
  std::size_t left = 0;      ///< Due, but not tried: no time, or its channel failed just before.
};

/// Sends what is due. An attempt is written down before it is made, so that neither a second
/// process nor a crash loses or repeats one needlessly: a message goes out again only when its
/// answer was lost. A channel that fails is not asked again in this call. Errors are the book's
/// alone; what happens to a channel is logged and told.
Result<Delivered> deliver_due(AlertBook& book, std::span<const std::unique_ptr<Channel>> channels,
                              Clock& clock, const DeliverPolicy& policy, const Jitter& jitter,
                              RunLog& log);

/// When a message is due again after that many attempts: doubling waits, spread over their half.
std::int64_t wait_seconds(const DeliverPolicy& policy, int attempts, double jitter);

}  // namespace signalbus::notify
