// Goal: identifiers are checked once at the door, and asset ids order as output files need.
// Method: tables of allowed and refused texts; properties for the order.
#include "core/ids.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace signalbus {
namespace {

TEST(SymbolTest, AllowsWhatBrokersWrite) {
  for (const char* text : {"A", "AAPL", "BRK.B", "BRK-B", "BTC/USD", "3M", "ABCDEFGHIJKLMNOP"}) {
    const auto symbol = Symbol::parse(text);
    ASSERT_TRUE(symbol.ok()) << text;
    EXPECT_EQ(symbol.value().text(), text);
    EXPECT_EQ(symbol.value().view(), text);
  }
}

TEST(SymbolTest, RefusesEverythingElse) {
  const std::string cases[] = {"",         "aapl",
                               "AAPL ",    " AAPL",
                               "BRK_B",    "=CMD()",
                               "A,B",      "A\"",
                               "A\n",      std::string("A\0B", 3),
                               "\xC3\x84", "ABCDEFGHIJKLMNOPQ"};
  for (const std::string& text : cases) {
    const auto symbol = Symbol::parse(text);
    ASSERT_FALSE(symbol.ok()) << text;
    EXPECT_EQ(symbol.error().code, ErrorCode::kInvalidInput) << text;
  }
  EXPECT_EQ(Symbol::parse("a\n").error().message,
            "symbol 'a\\x0a' is not 1 to 16 of A-Z 0-9 . / - (upper case)");
}

RC_GTEST_PROP(SymbolTest, OrdersAsItsTextDoes, ()) {
  const auto any =
      rc::gen::map(rc::gen::container<std::string>(rc::gen::elementOf(std::string("AB.-/9"))),
                   [](const std::string& text) { return "A" + text.substr(0, 15); });
  const std::string a = *any;
  const std::string b = *any;
  const Symbol x = Symbol::parse(a).value();
  const Symbol y = Symbol::parse(b).value();

  RC_ASSERT((x < y) == (a < b));
  RC_ASSERT((x == y) == (a == b));
}

TEST(AssetIdTest, AllowsPrintableTextWithoutSeparators) {
  for (const char* text : {"1690", "AAPL", "US0378331005", "a/b:c", "_x", "0"}) {
    EXPECT_TRUE(parse_asset_id(text).ok()) << text;
  }
  EXPECT_TRUE(parse_asset_id(std::string(64, 'x')).ok());
}

TEST(AssetIdTest, RefusesWhatBreaksAFileOrAFormula) {
  const std::string cases[] = {"",
                               std::string(65, 'x'),
                               "a b",
                               "a,b",
                               "a\"b",
                               "a'b",
                               "a\\b",
                               "=1+1",
                               "+1",
                               "-1",
                               "@sum",
                               "a\tb",
                               "a\x7f",
                               "\xC3\xA9",
                               std::string("a\0", 2)};
  for (const std::string& text : cases) {
    const auto id = parse_asset_id(text);
    ASSERT_FALSE(id.ok()) << text;
    EXPECT_EQ(id.error().code, ErrorCode::kInvalidInput) << text;
  }
}

TEST(StrategyIdTest, AllowsWhatFitsIntoColumnsAndOrderIds) {
  for (const char* text : {"tidy_v2", "A-1", "_x", "0"}) {
    EXPECT_TRUE(parse_strategy_id(text).ok()) << text;
  }
  EXPECT_TRUE(parse_strategy_id(std::string(48, 's')).ok());
  for (const std::string& text :
       {std::string(), std::string(49, 's'), std::string("-a"), std::string("a b"),
        std::string("a.b"), std::string("\xC3\xA9")}) {
    EXPECT_FALSE(parse_strategy_id(text).ok()) << text;
  }
}

TEST(AssetIdOrderTest, NumbersByValueThenText) {
  const char* ordered[] = {
      "",  "0", "00", "001", "01", "1", "9", "10", "1690", "12141", "99999999999999999999999999",
      "A", "B", "a",  "a1"};
  for (std::size_t i = 0; i < std::size(ordered); ++i) {
    for (std::size_t j = 0; j < std::size(ordered); ++j) {
      const AssetId a{std::string(ordered[i])};
      const AssetId b{std::string(ordered[j])};
      EXPECT_EQ(asset_id_less(a, b), a != b && i < j) << a.get() << " " << b.get();
    }
  }
  const auto less = [](const char* a, const char* b) {
    return asset_id_less(AssetId(std::string(a)), AssetId(std::string(b)));
  };
  EXPECT_TRUE(less("9", "10"));
  EXPECT_TRUE(less("1690", "12141"));
  EXPECT_TRUE(less("12141", "A"));
  EXPECT_FALSE(less("A", "12141"));
  EXPECT_TRUE(less("009", "10"));
  EXPECT_TRUE(less("A10", "A9"));
}

RC_GTEST_PROP(AssetIdOrderTest, IsAStrictTotalOrder, ()) {
  const auto any = rc::gen::map(rc::gen::resize(4, rc::gen::container<std::string>(
                                                       rc::gen::elementOf(std::string("0019aB")))),
                                [](const std::string& text) { return AssetId(text); });
  const AssetId a = *any;
  const AssetId b = *any;
  const AssetId c = *any;

  RC_ASSERT(!asset_id_less(a, a));
  RC_ASSERT((a == b) == (!asset_id_less(a, b) && !asset_id_less(b, a)));
  RC_ASSERT(!(asset_id_less(a, b) && asset_id_less(b, a)));
  RC_ASSERT(!asset_id_less(a, b) || !asset_id_less(b, c) || asset_id_less(a, c));
}

}  // namespace
}  // namespace signalbus
