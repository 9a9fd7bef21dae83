#include "formats/csv_index.h"

#include <bit>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace signalbus::formats {
namespace {

constexpr std::size_t kBlock = 64;

/// One bit per byte of a block, the first byte lowest.
struct BlockMasks {
  std::uint64_t commas;
  std::uint64_t line_feeds;
  std::uint64_t carriage_returns;
  std::uint64_t quotes;
  std::uint64_t nuls;
  std::uint64_t non_ascii;
};

#ifdef __SSE2__

std::uint64_t mask64(__m128i a, __m128i b, __m128i c, __m128i d) {
  const auto bits = [](__m128i v) { return static_cast<std::uint32_t>(_mm_movemask_epi8(v)); };
  return (bits(a) | (bits(b) << 16)) |
         (static_cast<std::uint64_t>(bits(c) | (bits(d) << 16)) << 32);
}

BlockMasks masks_of(const char* block) {
  const auto* in = reinterpret_cast<const __m128i*>(block);
  const __m128i a = _mm_loadu_si128(in);
  const __m128i b = _mm_loadu_si128(in + 1);
  const __m128i c = _mm_loadu_si128(in + 2);
  const __m128i d = _mm_loadu_si128(in + 3);
  const auto equal = [&](char wanted) {
    const __m128i v = _mm_set1_epi8(wanted);
    return mask64(_mm_cmpeq_epi8(a, v), _mm_cmpeq_epi8(b, v), _mm_cmpeq_epi8(c, v),
                  _mm_cmpeq_epi8(d, v));
  };
  return {.commas = equal(','),
          .line_feeds = equal('\n'),
          .carriage_returns = equal('\r'),
          .quotes = equal('"'),
          .nuls = equal('\0'),
          .non_ascii = mask64(a, b, c, d)};
}

#else

BlockMasks masks_of(const char* block) {
  BlockMasks masks{};
  for (std::size_t i = 0; i < kBlock; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    const char c = block[i];
    if (c == ',') masks.commas |= bit;
    if (c == '\n') masks.line_feeds |= bit;
    if (c == '\r') masks.carriage_returns |= bit;
    if (c == '"') masks.quotes |= bit;
    if (c == '\0') masks.nuls |= bit;
    if (static_cast<unsigned char>(c) >= 0x80) masks.non_ascii |= bit;
  }
  return masks;
}

#endif

/// Bit i is set when an odd number of the bits 0..i is: the bytes from an opening quote up to the
/// byte before the closing one.
std::uint64_t parity_up_to_each(std::uint64_t bits) {
  for (int distance = 1; distance < 64; distance *= 2) bits ^= bits << distance;
  return bits;
}

std::size_t count_of(std::uint64_t bits) { return static_cast<std::size_t>(std::popcount(bits)); }

}  // namespace

CsvChunkMarks mark_csv_chunk(const char* data, std::size_t size, std::uint32_t* positions) {
  CsvChunkMarks marks{};
  std::uint32_t* out = positions;
  std::uint64_t not_plain = 0;
  std::uint64_t non_ascii = 0;
  std::uint64_t after_return = 0;  // bit 0: the byte before this block was a carriage return
  std::uint64_t open_quote = 0;    // all bits: this block starts in quotes
  for (std::size_t start = 0; start < size; start += kBlock) {
    const BlockMasks masks = masks_of(data + start);
    const std::uint64_t inside =
        size - start >= kBlock ? ~std::uint64_t{0} : (std::uint64_t{1} << (size - start)) - 1;
    const std::uint64_t quotes = masks.quotes & inside;
    std::uint64_t outside_quotes = inside;
    if ((quotes | open_quote) != 0) {
      const std::uint64_t in_quotes = parity_up_to_each(quotes) ^ open_quote;
      open_quote = 0 - (in_quotes >> 63);
      outside_quotes &= ~in_quotes;
      marks.quotes += count_of(quotes);
      not_plain |= masks.line_feeds & inside & in_quotes;
    }
    const std::uint64_t feeds = masks.line_feeds & outside_quotes;
    const std::uint64_t returns = masks.carriage_returns & outside_quotes;
    not_plain |= masks.nuls & inside;
    not_plain |= ((returns << 1) | after_return) & ~feeds & inside;
    after_return = returns >> 63;
    non_ascii |= masks.non_ascii & inside;
    marks.line_feeds += count_of(feeds);
    const auto base = static_cast<std::uint32_t>(start);
    for (std::uint64_t rest = (masks.commas & outside_quotes) | feeds; rest != 0;
         rest &= rest - 1) {
      *out++ = base + static_cast<std::uint32_t>(std::countr_zero(rest));
    }
  }
  marks.separators = static_cast<std::size_t>(out - positions);
  marks.is_plain = not_plain == 0;
  marks.is_ascii = non_ascii == 0;
  return marks;
}

}  // namespace signalbus::formats
