#include "lossy_disk/lossy_file.h"

#include <algorithm>

namespace signalbus::lossy_disk {
namespace {

void put(std::string& bytes, std::size_t offset, std::string_view piece) {
  if (bytes.size() < offset + piece.size()) bytes.resize(offset + piece.size(), '\0');
  bytes.replace(offset, piece.size(), piece);
}

}  // namespace

std::uint64_t Luck::next() {
  state_ += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

void LossyFile::write(std::size_t offset, std::string_view bytes) {
  put(seen_, offset, bytes);
  pending_.push_back({offset, std::string(bytes), false});
}

void LossyFile::truncate(std::size_t size) {
  seen_.resize(size, '\0');
  pending_.push_back({size, "", true});
}

void LossyFile::sync() {
  for (const Change& change : pending_) {
    if (change.truncates) {
      durable_.resize(change.offset, '\0');
    } else {
      put(durable_, change.offset, change.bytes);
    }
  }
  pending_.clear();
}

void LossyFile::fail_sync(Luck& luck) {
  for (const Change& change : pending_) {
    if (change.truncates) {
      if (luck.coin()) durable_.resize(change.offset, '\0');
      continue;
    }
    for (std::size_t begin = 0; begin < change.bytes.size();) {
      const std::size_t offset = change.offset + begin;
      const std::size_t size =
          std::min(kPieceBytes - offset % kPieceBytes, change.bytes.size() - begin);
      if (luck.coin()) {
        put(durable_, offset, std::string_view(change.bytes).substr(begin, size));
      } else if (durable_.size() < offset + size && luck.coin()) {
        durable_.resize(offset + size, '\0');  // the new size was kept without the bytes
      }
      begin += size;
    }
  }
  pending_.clear();
}

void LossyFile::lose_power(Luck& luck) {
  fail_sync(luck);
  seen_ = durable_;
}

void LossyFile::evict(Luck& luck) {
  std::string read = durable_;
  for (const Change& change : pending_) {
    if (change.truncates) {
      read.resize(change.offset, '\0');
    } else {
      put(read, change.offset, change.bytes);
    }
  }
  read.resize(seen_.size(), '\0');  // the size is the kernel's own
  for (std::size_t begin = 0; begin < seen_.size(); begin += kPieceBytes) {
    if (luck.coin()) put(seen_, begin, std::string_view(read).substr(begin, kPieceBytes));
  }
}

}  // namespace signalbus::lossy_disk
