#include "lossy_disk/lossy_file.h"

#include <algorithm>
#include <cstring>

namespace signalbus::lossy_disk {
namespace {

std::size_t rounded_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit; }

}  // namespace

std::uint64_t Luck::next() {
  state_ += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

LossyFile::LossyFile(std::string_view bytes) {
  write(0, bytes);
  settle();
}

void LossyFile::settle() {
  lost_.clear();
  sync();
  durable_ = seen_;
}

/// The block, shared with nobody.
LossyFile::Block& LossyFile::own(Content& content, std::size_t block) {
  std::shared_ptr<Block>& at = content.blocks[block];
  if (!at) {
    at = std::make_shared<Block>();
    at->fill('\0');
  } else if (at.use_count() > 1) {
    at = std::make_shared<Block>(*at);
  }
  return *at;
}

void LossyFile::copy_piece(const Content& from, Content& to, std::size_t piece) {
  const std::size_t block = piece / kBlockPieces;
  const std::size_t offset = piece % kBlockPieces * kPieceBytes;
  if (to.blocks.size() <= block) to.blocks.resize(block + 1);
  char* out = own(to, block).data() + offset;
  if (block < from.blocks.size() && from.blocks[block]) {
    std::memcpy(out, from.blocks[block]->data() + offset, kPieceBytes);
  } else {
    std::memset(out, 0, kPieceBytes);
  }
}

std::size_t LossyFile::read(std::size_t offset, char* out, std::size_t size) const {
  if (offset >= seen_.size) return 0;
  size = std::min(size, seen_.size - offset);
  for (std::size_t done = 0; done < size;) {
    const std::size_t block = (offset + done) / kBlockBytes;
    const std::size_t begin = (offset + done) % kBlockBytes;
    const std::size_t part = std::min(kBlockBytes - begin, size - done);
    if (seen_.blocks[block]) {
      std::memcpy(out + done, seen_.blocks[block]->data() + begin, part);
    } else {
      std::memset(out + done, 0, part);
    }
    done += part;
  }
  return size;
}

std::string LossyFile::read(std::size_t offset, std::size_t size) const {
  std::string out(size, '\0');
  out.resize(read(offset, out.data(), size));
  return out;
}

/// Marks a piece that is about to change. The version it leaves may be the one on the disk.
void LossyFile::touch(std::size_t piece) {
  Pieces& pieces = dirty_[piece / kBlockPieces];
  const auto bit = static_cast<Pieces>(1U << (piece % kBlockPieces));
  if ((pieces & bit) != 0) {
    const auto at = between_.emplace(piece, std::array<char, kPieceBytes>{});
    read(piece * kPieceBytes, at->second.data(), kPieceBytes);
  }
  pieces = static_cast<Pieces>(pieces | bit);
}

void LossyFile::resize(std::size_t size) {
  if (size == seen_.size) return;
  sizes_.push_back(seen_.size);
  seen_.blocks.resize(rounded_up(size, kBlockBytes));
  seen_.size = size;
}

void LossyFile::write(std::size_t offset, std::string_view bytes) {
  if (bytes.empty()) return;
  const std::size_t end = offset + bytes.size();
  if (end > seen_.size) resize(end);
  for (std::size_t piece = offset / kPieceBytes; piece * kPieceBytes < end; ++piece) touch(piece);
  for (std::size_t done = 0; done < bytes.size();) {
    const std::size_t begin = (offset + done) % kBlockBytes;
    const std::size_t part = std::min(kBlockBytes - begin, bytes.size() - done);
    std::memcpy(own(seen_, (offset + done) / kBlockBytes).data() + begin, bytes.data() + done,
                part);
    done += part;
  }
}

void LossyFile::truncate(std::size_t size) {
  const std::size_t before = seen_.size;
  resize(size);
  if (size >= before || size % kBlockBytes == 0) return;
  // What follows in the last block is zeros, should the file grow again.
  Block& last = own(seen_, size / kBlockBytes);
  std::fill(last.begin() + static_cast<std::ptrdiff_t>(size % kBlockBytes), last.end(), '\0');
}

void LossyFile::sync() {
  durable_.size = seen_.size;
  durable_.blocks.resize(seen_.blocks.size());
  for (const auto& [block, pieces] : dirty_) {
    if (block >= seen_.blocks.size()) continue;
    if (!lost_.contains(block)) {
      durable_.blocks[block] = seen_.blocks[block];
      continue;
    }
    for (std::size_t piece = 0; piece < kBlockPieces; ++piece) {
      if ((pieces >> piece & 1U) != 0) copy_piece(seen_, durable_, block * kBlockPieces + piece);
    }
  }
  dirty_.clear();
  between_.clear();
  sizes_.clear();
}

/// The disk gets the piece as it was at some moment since the last sync, or not at all.
void LossyFile::keep_one_version(std::size_t piece, Luck& luck) {
  const auto [first, last] = between_.equal_range(piece);
  const auto between = static_cast<std::size_t>(std::distance(first, last));
  const std::size_t choice = luck.below(between + 2);
  if (choice == 0) return;
  copy_piece(seen_, durable_, piece);
  if (choice == 1) return;
  const auto& version = std::next(first, static_cast<std::ptrdiff_t>(choice - 2))->second;
  char* out = own(durable_, piece / kBlockPieces).data();
  std::memcpy(out + piece % kBlockPieces * kPieceBytes, version.data(), kPieceBytes);
}

void LossyFile::fail_sync(Luck& luck) {
  for (const auto& [block, pieces] : dirty_) {
    for (std::size_t piece = 0; piece < kBlockPieces; ++piece) {
      if ((pieces >> piece & 1U) != 0) keep_one_version(block * kBlockPieces + piece, luck);
    }
    lost_.insert(block);
  }
  if (!sizes_.empty()) {
    sizes_.push_back(seen_.size);
    durable_.size = sizes_[luck.below(sizes_.size())];
  }
  durable_.blocks.resize(rounded_up(durable_.size, kBlockBytes));
  dirty_.clear();
  between_.clear();
  sizes_.clear();
}

void LossyFile::lose_power(Luck& luck) {
  fail_sync(luck);
  seen_ = durable_;
  lost_.clear();
}

void LossyFile::evict(Luck& luck) {
  for (const std::size_t block : lost_) {
    if (block >= seen_.blocks.size()) continue;
    const auto dirty = dirty_.find(block);
    const Pieces pieces = dirty == dirty_.end() ? Pieces{0} : dirty->second;
    for (std::size_t piece = 0; piece < kBlockPieces; ++piece) {
      if ((pieces >> piece & 1U) == 0 && luck.coin()) {
        copy_piece(durable_, seen_, block * kBlockPieces + piece);
      }
    }
  }
}

}  // namespace signalbus::lossy_disk
