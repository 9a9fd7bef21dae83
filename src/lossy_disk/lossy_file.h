// LossyFile: the bytes of a file as programs see them and as a power loss would leave them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
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
  std::size_t below(std::size_t count) { return next() % count; }

 private:
  std::uint64_t state_;
};

/// What a power loss keeps or loses as one: a sector.
inline constexpr std::size_t kPieceBytes = 512;

/// Between two syncs every piece may reach the disk at any moment or never, each for itself, and so
/// may the size. Copies share what is equal.
class LossyFile {
 public:
  LossyFile() = default;
  /// A file that is as durable as it looks.
  explicit LossyFile(std::string_view bytes);

  std::size_t size() const { return seen_.size; }
  /// Fewer bytes at the end of the file.
  std::string read(std::size_t offset, std::size_t size) const;
  /// The same into memory; how many there were.
  std::size_t read(std::size_t offset, char* out, std::size_t size) const;
  void write(std::size_t offset, std::string_view bytes);
  void truncate(std::size_t size);
  void sync();
  /// Each unsynced piece reaches the disk or not; from now on all count as clean.
  void fail_sync(Luck& luck);
  /// The same, and what did not reach the disk is gone.
  void lose_power(Luck& luck);
  /// From now on it is as durable as it looks.
  void settle();
  /// Pieces that count as clean without being on the disk may be read from there again.
  void evict(Luck& luck);

 private:
  static constexpr std::size_t kBlockBytes = 4096;
  static constexpr std::size_t kBlockPieces = kBlockBytes / kPieceBytes;
  using Block = std::array<char, kBlockBytes>;
  /// Blocks that were never written are absent and read as zeros.
  struct Content {
    std::vector<std::shared_ptr<Block>> blocks;
    std::size_t size = 0;
  };
  using Pieces = std::uint8_t;  ///< Of a block, as bits.

  static Block& own(Content& content, std::size_t block);
  static void copy_piece(const Content& from, Content& to, std::size_t piece);
  void touch(std::size_t piece);
  void resize(std::size_t size);
  void keep_one_version(std::size_t piece, Luck& luck);

  Content seen_;
  Content durable_;
  // Since the last sync.
  std::map<std::size_t, Pieces> dirty_;                                ///< By block.
  std::multimap<std::size_t, std::array<char, kPieceBytes>> between_;  ///< Versions, by piece.
  std::vector<std::size_t> sizes_;
  std::set<std::size_t> lost_;  ///< Blocks that a failed sync left different from the disk.
};

}  // namespace signalbus::lossy_disk
