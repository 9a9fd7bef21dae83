#include "inputs/recorded_reads.h"

#include "core/paths.h"
#include "core/text.h"

namespace signalbus::inputs {

Result<std::string> RecordedReads::read(const std::string& path, std::uint64_t size_max) {
  Result<std::string> bytes = inner_.read(path, size_max);
  if (!bytes.ok()) return bytes;
  std::string hash = sha256_hex(bytes.value());
  const std::scoped_lock lock(mutex_);
  hashes_.insert_or_assign(path, std::move(hash));
  return bytes;
}

std::string RecordedReads::hash_of(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  const auto at = hashes_.find(path);
  return at == hashes_.end() ? "" : at->second;
}

std::string RecordedReads::hash_of_all() const {
  const std::scoped_lock lock(mutex_);
  Sha256 all;
  for (const auto& [path, hash] : hashes_) all.update(file_name(path) + " " + hash + "\n");
  return all.hex();
}

}  // namespace signalbus::inputs
