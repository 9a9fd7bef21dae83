// A digest as the messages of each channel.
#pragma once

#include "pipeline/alert_stage.h"

namespace signalbus::pipeline {

inline constexpr const char* kDeadMan = "dead_man";

/// The ping after a good run. It is worth nothing an hour later.
OutboxMessage ping_of(const alerts::Digest& digest, Instant now);

}  // namespace signalbus::pipeline
