#include "exchange_core/identity.h"

#include "exchange_core/hash_index.h"

namespace signalbus::exchange_core {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::uint64_t kLowMask = (1ULL << 62) - 1;  // the two bits above are the variant
constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15ULL;
constexpr std::uint64_t kSecond = 0xD1342543DE82EF95ULL;

/// x such that x * odd == 1 modulo 2^64, by Newton's doubling of right bits.
constexpr std::uint64_t inverse_of(std::uint64_t odd) {
  std::uint64_t inverse = odd;
  for (int i = 0; i < 6; ++i) inverse *= 2 - odd * inverse;
  return inverse;
}
static_assert(kFirst * inverse_of(kFirst) == 1 && kSecond * inverse_of(kSecond) == 1);

std::uint64_t offset_of(std::uint64_t seed, IdKind kind) {
  return mix_bits(seed + 1 + static_cast<std::uint64_t>(kind));
}

/// Every step can be undone on 62 bits: odd factors, and a shift by half of the width.
std::uint64_t scramble(std::uint64_t counter, std::uint64_t offset) {
  std::uint64_t word = (counter * kFirst + offset) & kLowMask;
  word ^= word >> 31;
  return word * kSecond & kLowMask;
}
std::uint64_t unscramble(std::uint64_t word, std::uint64_t offset) {
  word = word * inverse_of(kSecond) & kLowMask;
  word ^= word >> 31;
  return (word - offset) * inverse_of(kFirst) & kLowMask;
}

Uuid version_4(std::uint64_t high, std::uint64_t low) {
  return {(high & ~0xF000ULL) | 0x4000ULL, (low & kLowMask) | (2ULL << 62)};
}

}  // namespace

std::string Uuid::text() const {
  std::string out(36, '-');
  std::size_t at = 0;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) ++at;
    const std::uint64_t word = nibble < 16 ? high : low;
    out[at++] = kHex[word >> (60 - 4 * (nibble % 16)) & 15];
  }
  return out;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid out;
  int nibbles = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (at == 8 || at == 13 || at == 18 || at == 23) {
      if (c != '-') return std::nullopt;
      continue;
    }
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    const std::size_t digit = kHex.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    std::uint64_t& word = nibbles++ < 16 ? out.high : out.low;
    word = word << 4 | digit;
  }
  return out;
}

IdFactory::IdFactory(std::uint64_t seed) : seed_(mix_bits(seed)) {}

Uuid IdFactory::make(IdKind kind, std::uint64_t counter) const {
  const std::uint64_t offset = offset_of(seed_, kind);
  const std::uint64_t low = scramble(counter, offset);
  return version_4(mix_bits(low ^ offset ^ seed_), low);
}

std::optional<std::uint64_t> IdFactory::counter_of(IdKind kind, const Uuid& id) const {
  const std::uint64_t counter = unscramble(id.low & kLowMask, offset_of(seed_, kind));
  if (make(kind, counter) != id) return std::nullopt;
  return counter;
}

Uuid IdFactory::make_named(IdKind kind, std::string_view name) const {
  const std::uint64_t offset = offset_of(seed_, kind);
  return version_4(hash_text(name, offset), hash_text(name, ~offset));
}

}  // namespace signalbus::exchange_core
