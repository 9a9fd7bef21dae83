// Goal: the blocks of 64 bytes find what a plain walk over the bytes finds.
// Method: random texts over several blocks, at every length and alignment, against that walk.
#include "formats/csv_index.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace signalbus::formats {
namespace {

struct Found {
  std::vector<std::uint32_t> positions;
  std::size_t line_feeds = 0;
  std::size_t quotes = 0;
  bool is_plain = true;
  bool is_ascii = true;
  friend bool operator==(const Found&, const Found&) = default;
};

Found walk(const std::string& text) {
  Found found;
  bool in_quotes = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool after_return = i > 0 && text[i - 1] == '\r' && !in_quotes;
    if (after_return && c != '\n') found.is_plain = false;
    if (c == '\0' || (c == '\n' && in_quotes)) found.is_plain = false;
    if (static_cast<unsigned char>(c) >= 0x80) found.is_ascii = false;
    if (c == '"') {
      in_quotes = !in_quotes;
      ++found.quotes;
    }
    if (in_quotes || (c != ',' && c != '\n')) continue;
    found.positions.push_back(static_cast<std::uint32_t>(i));
    if (c == '\n') ++found.line_feeds;
  }
  return found;
}

Found by_blocks(const std::string& text) {
  // What stands behind the chunk must not matter.
  const std::string padded = text + std::string(kCsvChunkPadding, '"');
  std::vector<std::uint32_t> positions(text.size());
  const CsvChunkMarks marks = mark_csv_chunk(padded.data(), text.size(), positions.data());
  positions.resize(marks.separators);
  return {.positions = positions,
          .line_feeds = marks.line_feeds,
          .quotes = marks.quotes,
          .is_plain = marks.is_plain,
          .is_ascii = marks.is_ascii};
}

TEST(CsvIndexTest, FindsEachCharacterAtEveryPlaceOfABlock) {
  for (const char c : {',', '\n', '\r', '"', '\0', '\x80', 'x'}) {
    for (std::size_t i = 0; i < 130; ++i) {
      std::string text(130, '.');
      text[i] = c;
      EXPECT_EQ(by_blocks(text), walk(text)) << static_cast<int>(c) << " at " << i;
    }
  }
}

RC_GTEST_PROP(CsvIndexTest, AgreesWithAPlainWalk, ()) {
  const auto length = *rc::gen::inRange<std::size_t>(0, 300);
  const auto quote = *rc::gen::element('"', '.');  // else nearly every text has a quote
  const auto nul = *rc::gen::element('\0', '.', '.', '.');
  const auto text = *rc::gen::container<std::string>(
      length, rc::gen::weightedElement<char>(
                  {{40, '.'}, {8, ','}, {4, '\n'}, {1, '\r'}, {2, quote}, {1, nul}, {1, '\xc3'}}));

  RC_ASSERT(by_blocks(text) == walk(text));
}

}  // namespace
}  // namespace signalbus::formats
