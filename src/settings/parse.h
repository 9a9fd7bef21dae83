// The blocks of config.yaml, one reader each: parse_settings.cc calls them in file order.
#pragma once

#include "settings/block.h"

namespace signalbus::settings {

// Each reads its block from the root, adds problems to it, and fills its part of the settings.
void read_mapping(Block& root, Settings& out);
void read_alpaca(Block& root, Settings& out);
void read_scheduler(Block& root, Settings& out);
void read_execution(Block& root, Settings& out);
void read_planning(Block& root, Settings& out);
void read_signals(Block& root, Settings& out);
void read_weights(Block& root, Settings& out);  ///< After planning: some of it is planning's too.
void read_risk(Block& root, Settings& out);     ///< After weights and execution, likewise.
void read_idempotency(Block& root, Settings& out);
void read_analytics(Block& root, Settings& out);
void read_notify(Block& root, Settings& out);
void read_sim(Block& root, Settings& out);

/// Adds a problem for every limit of the table that mode live needs and the file does not state.
void require_limits(const Settings& settings, std::vector<std::string>& problems);

/// Why a URL may not be used, or nothing: https, or plain http to loopback; no user information.
std::string url_problem(std::string_view url);

}  // namespace signalbus::settings
