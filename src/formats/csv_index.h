// Positions of the separators in a piece of CSV, found 64 bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signalbus::formats {

/// Readable bytes that must follow a chunk: the last block is read whole.
inline constexpr std::size_t kCsvChunkPadding = 64;

struct CsvChunkMarks {
  std::size_t separators;  ///< Commas and line feeds together.
  std::size_t line_feeds;
  bool is_plain;  ///< No quote, no NUL, no carriage return but before a line feed.
  bool is_ascii;
};

/// Writes the positions of all commas and line feeds in data[0, size) in order to `positions`,
/// which has room for `size` of them. Where the chunk is not plain, quotes are not taken into
/// account.
CsvChunkMarks mark_csv_chunk(const char* data, std::size_t size, std::uint32_t* positions);

}  // namespace signalbus::formats
