// LossyFile: the bytes of a file as programs see them and as a power loss would leave them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace signalbus::lossy_disk {

/// Seeded choices (splitmix64): the same seed loses the same bytes.
class Luck {
 public:
  explicit Luck(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  bool coin() { return (next() >> 63) != 0; }

 private:
  std::uint64_t state_;
};

/// What a piece of a write is kept or lost as.
inline constexpr std::size_t kPieceBytes = 512;

/// Between two syncs the order of writes is free and each piece of each write is for itself.
class LossyFile {
 public:
  LossyFile() = default;
  /// A file that is as durable as it looks.
  explicit LossyFile(std::string bytes) : durable_(bytes), seen_(std::move(bytes)) {}

  std::string_view bytes() const { return seen_; }
  void write(std::size_t offset, std::string_view bytes);
  void truncate(std::size_t size);
  void sync();
  /// Each unsynced piece reaches the disk or not; from now on all count as clean.
  void fail_sync(Luck& luck);
  /// The same, and what did not reach the disk is gone.
  void lose_power(Luck& luck);
  /// Pieces that count as clean without being on the disk may be read from there again.
  void evict(Luck& luck);

 private:
  struct Change {
    std::size_t offset;  ///< Of the write; the new size of a truncation.
    std::string bytes;
    bool truncates;
  };

  std::string durable_;
  std::string seen_;
  std::vector<Change> pending_;  ///< Since the last sync.
};

}  // namespace signalbus::lossy_disk
