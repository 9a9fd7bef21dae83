#include "notify/address.h"

#include <algorithm>

namespace signalbus::notify {
namespace {

struct Block {
  std::array<std::uint8_t, 4> base;
  int bits;
};

// IANA's registry of special-purpose IPv4 addresses, and multicast.
constexpr std::array<Block, 15> kNotPublic = {{{{0, 0, 0, 0}, 8},
                                               {{10, 0, 0, 0}, 8},
                                               {{100, 64, 0, 0}, 10},
                                               {{127, 0, 0, 0}, 8},
                                               {{169, 254, 0, 0}, 16},
                                               {{172, 16, 0, 0}, 12},
                                               {{192, 0, 0, 0}, 24},
                                               {{192, 0, 2, 0}, 24},
                                               {{192, 88, 99, 0}, 24},
                                               {{192, 168, 0, 0}, 16},
                                               {{198, 18, 0, 0}, 15},
                                               {{198, 51, 100, 0}, 24},
                                               {{203, 0, 113, 0}, 24},
                                               {{224, 0, 0, 0}, 4},
                                               {{240, 0, 0, 0}, 4}}};

std::uint32_t number_of(std::span<const std::uint8_t> bytes) {
  std::uint32_t out = 0;
  for (const std::uint8_t byte : bytes) out = (out << 8) | byte;
  return out;
}

bool is_public_v4(std::span<const std::uint8_t> address) {
  const std::uint32_t number = number_of(address);
  return std::none_of(kNotPublic.begin(), kNotPublic.end(), [&](const Block& block) {
    const int rest = 32 - block.bits;
    return (number >> rest) == (number_of(block.base) >> rest);
  });
}

/// Of 2000::/3, which is all that is handed out: less Teredo and its neighbours (2001::/23),
/// documentation (2001:db8::/32, 3fff::/20) and 6to4 (2002::/16).
bool is_public_v6(std::span<const std::uint8_t> address) {
  const std::uint32_t first = number_of(address.first(4));
  if ((first >> 29) != 1) return false;
  const bool special = (first >> 9) == (0x20010000U >> 9) || first == 0x20010db8U ||
                       (first >> 16) == 0x2002U || (first >> 12) == 0x3fff0U;
  return !special;
}

std::string folded(std::string_view host) {
  std::string out(host);
  if (out.size() > 2 && out.front() == '[' && out.back() == ']')
    out = out.substr(1, out.size() - 2);
  if (out.ends_with('.')) out.pop_back();
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

}  // namespace

bool is_public_address(std::span<const std::uint8_t> address) {
  if (address.size() == 4) return is_public_v4(address);
  return address.size() == 16 && is_public_v6(address);
}

bool is_named(std::span<const std::string> allowed, std::string_view host, std::uint32_t port) {
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& entry) {
    const std::size_t colon = entry.rfind(':');
    return colon != std::string::npos && entry.substr(colon + 1) == std::to_string(port) &&
           folded(std::string_view(entry).substr(0, colon)) == folded(host);
  });
}

bool is_usual_port(std::uint32_t port) { return port == 443 || port == 8443; }

}  // namespace signalbus::notify
