// A digest as the messages of each channel.
#pragma once

#include "pipeline/alert_stage.h"

namespace signalbus::pipeline {

inline constexpr const char* kDeadMan = "dead_man";

/// What changed in a run, as the run's page has it; nothing when nothing did.
std::string alerts_section(const AlertOutcome& outcome);

/// The ping after a good run. It is worth nothing an hour later.
OutboxMessage ping_of(const alerts::Digest& digest, Instant now);

}  // namespace signalbus::pipeline
