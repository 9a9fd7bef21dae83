// ByteSource: bytes that are read in windows, so that formats/ opens no file and storage/ parses
// none.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/result.h"

namespace signalbus {

/// read_at may be called from several threads at once.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills `out` from `offset`, all of it unless the end comes first; returns the count.
  /// kStorage on a read error, kInvalidInput when the file became shorter meanwhile.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const = 0;
  /// What messages call it, usually the path as the user wrote it.
  virtual const std::string& name() const = 0;
};

}  // namespace signalbus
