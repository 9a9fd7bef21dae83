#include "inputs/recorded_reads.h"

#include "core/text.h"

namespace signalbus::inputs {

Result<std::string> RecordedReads::read(const std::string& path, std::uint64_t size_max) {
  Result<std::string> bytes = inner_.read(path, size_max);
  if (bytes.ok()) hashes_.insert_or_assign(path, sha256_hex(bytes.value()));
  return bytes;
}

std::string RecordedReads::hash_of(const std::string& path) const {
  const auto at = hashes_.find(path);
  return at == hashes_.end() ? "" : at->second;
}

}  // namespace signalbus::inputs
