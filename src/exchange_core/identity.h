// Numbers and UUIDs of the exchange: both count up, so one is computed from the other without a
// map.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/strong.h"

namespace signalbus::exchange_core {

/// Small integers under which accounts, assets and orders are known inside the process, from 1 in
/// the order of their creation. 0 is never given away: it means "none" where a field may be empty.
using AccountNumber = Strong<std::uint32_t, struct AccountNumberTag>;
using AssetNumber = Strong<std::uint32_t, struct AssetNumberTag>;
using OrderNumber = Strong<std::uint32_t, struct OrderNumberTag>;

inline constexpr OrderNumber kNoOrder{0};
inline constexpr AssetNumber kNoAsset{0};
inline constexpr AccountNumber kNoAccount{0};

/// A UUID of version 4 as clients check it.
struct Uuid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  std::string text() const;  ///< Lower case, with dashes: 36 characters.
  /// nullopt for anything but 36 characters of that form; upper case is folded, any version taken.
  static std::optional<Uuid> parse(std::string_view text);

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// What a UUID names; each kind has a sequence of its own.
enum class IdKind : std::uint8_t { kAccount, kAsset, kOrder, kExecution, kGroup, kClientOrder };

/// The UUIDs of one exchange: a permutation of (kind, counter) keyed by the seed. The same seed and
/// counter give the same UUID in every run; two counters never give the same one.
class IdFactory {
 public:
  explicit IdFactory(std::uint64_t seed);

  Uuid make(IdKind kind, std::uint64_t counter) const;
  /// The counter that make() was called with; nullopt for a UUID that this factory never makes.
  std::optional<std::uint64_t> counter_of(IdKind kind, const Uuid& id) const;
  /// The UUID of a named thing (an asset): from seed and name, whatever else exists.
  Uuid make_named(IdKind kind, std::string_view name) const;

 private:
  std::uint64_t seed_;
};

}  // namespace signalbus::exchange_core
