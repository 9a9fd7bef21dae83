// HashIndex: text to number, for lookup only. It cannot be iterated, so no result can depend on it.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace signalbus::exchange_core {

/// Mixes all bits of a word into all bits (the finisher of SplitMix64).
inline std::uint64_t mix_bits(std::uint64_t word) {
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9ULL;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBULL;
  return word ^ (word >> 31);
}

inline std::uint64_t hash_text(std::string_view text, std::uint64_t key) {
  std::uint64_t hash = key ^ (text.size() * 0x9E3779B97F4A7C15ULL);
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t count = text.size() < sizeof word ? text.size() : sizeof word;
    std::memcpy(&word, text.data(), count);
    hash = mix_bits(hash ^ word);
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
