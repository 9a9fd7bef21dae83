#include "lossy_disk/lossy_disk.h"

#include "lossy_disk/inode.h"

namespace signalbus::lossy_disk {

LossyDisk::LossyDisk() = default;
LossyDisk::~LossyDisk() = default;

LossyDisk::LossyDisk(const LossyDisk& image) {
  for (const auto& [name, inode] : image.folder_) {
    auto copy = std::make_shared<Inode>();
    copy->file = inode->file;
    copy->file.settle();
    folder_[name] = copy;
    durable_folder_[name] = std::move(copy);
  }
}

std::string LossyDisk::read(const std::string& name) const {
  const auto at = folder_.find(name);
  return at == folder_.end() ? std::string() : at->second->file.read(0, at->second->file.size());
}

void LossyDisk::put(const std::string& name, std::string_view bytes) {
  auto inode = std::make_shared<Inode>();
  inode->file = LossyFile(bytes);
  folder_[name] = inode;
  durable_folder_[name] = std::move(inode);
}

void LossyDisk::fail(DiskFault fault) { fault_ = fault; }

std::optional<DiskFault::Kind> LossyDisk::count(DiskFault::At at) {
  ++(at == DiskFault::At::kSync ? syncs_ : writes_);
  if (!fault_ || (fault_->at != DiskFault::At::kAny && fault_->at != at)) return std::nullopt;
  if (fault_->after-- > 0) return std::nullopt;
  const DiskFault::Kind kind = fault_->kind;
  fault_.reset();
  return kind;
}

void LossyDisk::lose_power(std::uint64_t seed) {
  Luck luck(seed);
  for (DiskMount* mount : mounts_) mount->kill();
  Folder names = folder_;
  names.insert(durable_folder_.begin(), durable_folder_.end());
  Folder kept;
  for (const auto& [name, ignored] : names) {
    const auto now = folder_.find(name);
    const auto before = durable_folder_.find(name);
    const bool is_now = now != folder_.end();
    const bool was = before != durable_folder_.end();
    const bool same = is_now && was && now->second == before->second;
    if (same || (is_now && luck.coin())) {
      kept[name] = now->second;
    } else if (was && (is_now || luck.coin())) {
      kept[name] = before->second;
    }
  }
  for (const auto& [name, inode] : kept) inode->file.lose_power(luck);
  folder_ = kept;
  durable_folder_ = std::move(kept);
  fault_.reset();
}

void LossyDisk::evict(std::uint64_t seed) {
  Luck luck(seed);
  for (const auto& [name, inode] : folder_) inode->file.evict(luck);
}

}  // namespace signalbus::lossy_disk
