// Goal: ids are UUIDs that depend on seed and counter alone and lead back to their counter.
#include "exchange_core/identity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "exchange_core/chunks.h"
#include "exchange_core/hash_index.h"
#include "exchange_core/words.h"

namespace signalbus::exchange_core {
namespace {

TEST(UuidTest, IsWrittenAndReadAsClientsCheckIt) {
  const Uuid id{0x0123456789AB4DEFULL, 0x8123456789ABCDEFULL};
  EXPECT_EQ(id.text(), "01234567-89ab-4def-8123-456789abcdef");
  EXPECT_EQ(Uuid::parse("01234567-89AB-4DEF-8123-456789abcdef"), id);
  for (const char* const bad :
       {"", "01234567-89ab-4def-8123-456789abcde", "01234567-89ab-4def-8123-456789abcdeg",
        "0123456789ab-4def-8123-456789abcdef0", "01234567-89ab-4def-8123_456789abcdef"}) {
    EXPECT_FALSE(Uuid::parse(bad)) << bad;
  }
}

RC_GTEST_PROP(IdFactoryTest, LeadsBackToItsCounter, ()) {
  const IdFactory ids(*rc::gen::arbitrary<std::uint64_t>());
  const auto counter = *rc::gen::inRange<std::uint64_t>(0, 1ULL << 40);
  const Uuid id = ids.make(IdKind::kOrder, counter);
  RC_ASSERT(ids.counter_of(IdKind::kOrder, id) == counter);
  RC_ASSERT(!ids.counter_of(IdKind::kExecution, id).has_value());
  RC_ASSERT(Uuid::parse(id.text()) == id);
  RC_ASSERT(id.text()[14] == '4');
  RC_ASSERT(std::string("89ab").find(id.text()[19]) != std::string::npos);
}

TEST(IdFactoryTest, NeverGivesTheSameIdTwice) {
  const IdFactory ids(7);
  std::set<Uuid> seen;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    seen.insert(ids.make(IdKind::kOrder, i));
    seen.insert(ids.make(IdKind::kExecution, i));
  }
  EXPECT_EQ(seen.size(), 40'000u);
}

TEST(IdFactoryTest, AnotherSeedGivesOtherIds) {
  EXPECT_EQ(IdFactory(1).make(IdKind::kOrder, 5), IdFactory(1).make(IdKind::kOrder, 5));
  EXPECT_NE(IdFactory(1).make(IdKind::kOrder, 5), IdFactory(2).make(IdKind::kOrder, 5));
  EXPECT_EQ(IdFactory(1).make_named(IdKind::kAsset, "AAPL"),
            IdFactory(1).make_named(IdKind::kAsset, "AAPL"));
  EXPECT_NE(IdFactory(1).make_named(IdKind::kAsset, "AAPL"),
            IdFactory(1).make_named(IdKind::kAsset, "AAPM"));
}

TEST(HashIndexTest, FindsWhatWasPutInAndNothingElse) {
  HashIndex index;
  std::vector<std::string> texts = {""};  // number 0 is never used
  for (int i = 1; i <= 5'000; ++i) {
    texts.push_back("order-" + std::to_string(i));
    index.insert(hash_text(texts.back(), 9), static_cast<std::uint32_t>(i));
  }
  const auto find = [&](const std::string& text) {
    return index.find(hash_text(text, 9), [&](std::uint32_t n) { return texts[n] == text; });
  };
  for (std::uint32_t i = 1; i <= 5'000; ++i) EXPECT_EQ(find(texts[i]), i);
  EXPECT_FALSE(find("order-0"));
  EXPECT_FALSE(HashIndex().find(1, [](std::uint32_t) { return true; }));
}

TEST(ChunksTest, NeverMovesWhatItHolds) {
  Chunks<int, 4> numbers;
  const int* const first = &numbers.push(0);
  for (int i = 1; i < 100; ++i) numbers.push(i);
  EXPECT_EQ(first, &numbers[0]);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(numbers[i], static_cast<int>(i));
  TextArena texts;
  const std::string_view kept = texts.store("kept");
  for (int i = 0; i < 2'000; ++i) texts.store(std::string(100, 'x'));
  EXPECT_EQ(kept, "kept");
}

TEST(WordsTest, EveryWordReadsBack) {
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(parse_tif(to_text(static_cast<OrderTif>(i))), static_cast<OrderTif>(i));
  }
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(parse_type(to_text(static_cast<OrderType>(i))), static_cast<OrderType>(i));
  }
  EXPECT_EQ(parse_class("simple"), OrderClass::kSimple);
  EXPECT_EQ(parse_class(""), OrderClass::kSimple);
  EXPECT_EQ(parse_class("oco"), OrderClass::kOco);
  EXPECT_FALSE(parse_side("BUY"));
  EXPECT_FALSE(parse_type(""));
}

}  // namespace
}  // namespace signalbus::exchange_core
