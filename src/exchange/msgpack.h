// MessagePack: the part of it that Alpaca's data stream speaks, both ways.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace signalbus::exchange {

/// Appends values; the caller keeps counts and order right.
class MsgpackWriter {
 public:
  explicit MsgpackWriter(std::string& out) : out_(out) {}

  MsgpackWriter& array(std::size_t count);
  MsgpackWriter& map(std::size_t count);  ///< Of pairs.
  MsgpackWriter& text(std::string_view text);
  MsgpackWriter& integer(std::int64_t value);
  MsgpackWriter& real(double value);
  MsgpackWriter& boolean(bool value);
  MsgpackWriter& null();
  /// Extension -1 with 64 bits: nanoseconds and seconds.
  MsgpackWriter& time(Instant instant);

 private:
  void byte(unsigned value) { out_ += static_cast<char>(value); }
  void big_endian(std::uint64_t value, int bytes);
  void head(std::size_t count, unsigned fix, unsigned wide);

  std::string& out_;
};

/// One value as JSON text: messages of clients are few and small, so that one reader serves both
/// encodings. Keys of maps must be texts; extension -1 becomes an RFC 3339 text. kInvalidInput for
/// what is cut off, has bytes left over, is deeper than 16 or would be larger than 1 MiB as JSON.
Result<std::string> msgpack_to_json(std::string_view bytes);

/// A message of ours, which is JSON, for a client that wants MessagePack. The text of a key `t`
/// becomes a timestamp, as Alpaca's clients need it.
std::string json_to_msgpack(std::string_view json);

}  // namespace signalbus::exchange
