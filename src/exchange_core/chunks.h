// Storage that only grows and never moves: references into it stay good.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/check.h"

namespace signalbus::exchange_core {

/// A vector in chunks. Growing never copies an element, so a million orders cost no pause.
template <class T, std::size_t kChunk = 512>
class Chunks {
 public:
  std::size_t size() const { return size_; }
  T& push(T value) {
    if (size_ == chunks_.size() * kChunk)
      chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
    Chunk& chunk = *chunks_.back();
    const std::size_t at = size_++ % kChunk;
    return *new (chunk.bytes.data() + at * sizeof(T)) T(std::move(value));
  }
  T& operator[](std::size_t at) {
    SB_CHECK(at < size_);
    return *chunks_[at / kChunk]->at(at % kChunk);
  }
  const T& operator[](std::size_t at) const {
    SB_CHECK(at < size_);
    return *chunks_[at / kChunk]->at(at % kChunk);
  }
  std::size_t bytes() const { return chunks_.size() * sizeof(Chunk); }

 private:
  static_assert(std::is_trivially_destructible_v<T>, "chunks are freed as bytes");
  struct Chunk {
    alignas(T) std::array<std::byte, sizeof(T) * kChunk> bytes;
    T* at(std::size_t index) {
      return std::launder(reinterpret_cast<T*>(bytes.data() + index * sizeof(T)));
    }
  };
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t size_ = 0;
};

/// Texts that live as long as the arena.
class TextArena {
 public:
  std::string_view store(std::string_view text) {
    SB_CHECK(text.size() <= kChunk);
    if (chunks_.empty() || used_ + text.size() > kChunk) {
      chunks_.push_back(std::make_unique_for_overwrite<char[]>(kChunk));
      used_ = 0;
    }
    char* const at = chunks_.back().get() + used_;
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    used_ += text.size();
    return {at, text.size()};
  }
  std::size_t bytes() const { return chunks_.size() * kChunk; }

 private:
  static constexpr std::size_t kChunk = 65'536;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t used_ = 0;
};

}  // namespace signalbus::exchange_core
