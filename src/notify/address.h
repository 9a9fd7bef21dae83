// Which addresses a message may go to: those of the public internet, and what was named. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbus::notify {

/// Whether an IPv4 address (4 bytes) or IPv6 address (16 bytes) is one of the public internet. Not:
/// this machine, private and shared networks, link-local (the cloud's metadata service), multicast,
/// documentation, reserved, and IPv6 forms that carry an IPv4 address inside.
bool is_public_address(std::span<const std::uint8_t> address);

/// Whether host:port is in the list, as `notify.allow_private` writes it ("relay.local:8443",
/// "[::1]:8080"). Names compare without case and final dot.
bool is_named(std::span<const std::string> allowed, std::string_view host, std::uint32_t port);

/// The ports that a host which was not named may be called on.
bool is_usual_port(std::uint32_t port);

}  // namespace signalbus::notify
