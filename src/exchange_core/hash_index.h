// HashIndex: text to number, for lookup only. It cannot be iterated, so no result can depend on it.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "core/decimal.h"

namespace signalbus::exchange_core {

/// Mixes all bits of a word into all bits (the finisher of SplitMix64).
inline std::uint64_t mix_bits(std::uint64_t word) {
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9ULL;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBULL;
  return word ^ (word >> 31);
}

/// The two halves of a 64 x 64 bit product, folded.
inline std::uint64_t fold_product(std::uint64_t a, std::uint64_t b) {
  const UInt128 product = static_cast<UInt128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Sixteen bytes a step. Not for hostile input: who floods his own exchange slows only himself.
inline std::uint64_t hash_text(std::string_view text, std::uint64_t key) {
  std::uint64_t hash = key ^ (text.size() * 0x9E3779B97F4A7C15ULL);
  while (!text.empty()) {
    std::uint64_t words[2] = {0, 0};
    const std::size_t count = text.size() < sizeof words ? text.size() : sizeof words;
    std::memcpy(words, text.data(), count);
    hash = fold_product(hash ^ words[0] ^ 0xA0761D6478BD642FULL,
                        hash ^ words[1] ^ 0xE7037ED1A0B428DBULL);
    text.remove_prefix(count);
  }
  return mix_bits(hash);
}

/// Open addressing over (hash, number) pairs; the text itself stays where the caller keeps it.
/// Eight bytes an entry, at most half full.
class HashIndex {
 public:
  /// The number whose entry has this hash and for which `same(number)` holds.
  template <class Same>
  std::optional<std::uint32_t> find(std::uint64_t hash, const Same& same) const {
    if (entries_.empty()) return std::nullopt;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t at = tag & (entries_.size() - 1);; at = (at + 1) & (entries_.size() - 1)) {
      const Entry& entry = entries_[at];
      if (entry.number == 0) return std::nullopt;
      if (entry.tag == tag && same(entry.number)) return entry.number;
    }
  }
  /// Asks the memory for the place where that hash would be: a find() soon after waits less.
  void prefetch(std::uint64_t hash) const {
    if (entries_.empty()) return;
    __builtin_prefetch(&entries_[static_cast<std::uint32_t>(hash >> 32) & (entries_.size() - 1)]);
  }
  /// `number` must not be 0 and the text not be there yet.
  void insert(std::uint64_t hash, std::uint32_t number) {
    if (2 * (size_ + 1) > entries_.size()) grow();
    place({static_cast<std::uint32_t>(hash >> 32), number});
    ++size_;
  }
  std::size_t bytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint32_t tag = 0;
    std::uint32_t number = 0;  ///< 0: free.
  };
  void place(Entry entry) {
    std::size_t at = entry.tag & (entries_.size() - 1);
    while (entries_[at].number != 0) at = (at + 1) & (entries_.size() - 1);
    entries_[at] = entry;
  }
  void grow() {
    std::vector<Entry> old(entries_.empty() ? 64 : 2 * entries_.size());
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.number != 0) place(entry);
    }
  }
  std::vector<Entry> entries_;
  std::size_t size_ = 0;
};

}  // namespace signalbus::exchange_core
