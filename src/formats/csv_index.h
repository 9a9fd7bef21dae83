// Positions of the separators in a piece of CSV, found 64 bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signalbus::formats {

/// Readable bytes that must follow a chunk: the last block is read whole.
inline constexpr std::size_t kCsvChunkPadding = 64;

struct CsvChunkMarks {
  std::size_t separators;  ///< Commas and line feeds outside quotes.
  std::size_t line_feeds;  ///< Those among them.
  std::size_t quotes;
  bool is_plain;  ///< No line feed in quotes, no NUL, no carriage return but before a line feed.
  bool is_ascii;
};

/// Writes the positions of all commas and line feeds outside quotes in data[0, size), in order, to
/// `positions`, which has room for `size` of them. The chunk starts outside quotes. What is in
/// quotes is told by counting them: right for well-formed records, to be proven for others.
CsvChunkMarks mark_csv_chunk(const char* data, std::size_t size, std::uint32_t* positions);

}  // namespace signalbus::formats
