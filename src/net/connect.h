// Opening a connection by a deadline. For this folder.
#pragma once

#include <chrono>
#include <string>

#include "core/result.h"
#include "net/channel.h"
#include "net/http.h"

namespace signalbus::net {

using TimePoint = std::chrono::steady_clock::time_point;

/// The deadline that many milliseconds from now; more than a day is a day.
TimePoint deadline_in(std::chrono::milliseconds time);

/// Blocks until the socket allows what `io` wants (kWantsRead or kWantsWrite). False when the
/// deadline came first.
bool wait_until_ready(const Channel& channel, Io io, TimePoint deadline);

/// Resolves, connects (several addresses in turn, a quarter of a second apart, so that one that
/// swallows packets costs no more) and, when `tls` is given, shakes hands. kUnavailable when that
/// fails.
Result<Channel> connect_to(const Url& url, const TlsContext* tls, TimePoint deadline);

}  // namespace signalbus::net
