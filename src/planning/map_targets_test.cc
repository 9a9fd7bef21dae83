// Goal: one symbol per target, or the reason. Method: a mapping with one, two and no symbols.
#include "planning/map_targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "planning/testing.h"

namespace signalbus::planning {
namespace {

using ::testing::HasSubstr;
using testing::Scene;
using testing::sym;

/// Google under two symbols, Apple under one.
Scene share_classes() {
  Scene scene;
  scene.mapping = SymbolMapping{
      {{AssetId("160329"), {sym("GOOG"), sym("GOOGL")}}, {AssetId("1690"), {sym("AAPL")}}}};
  return scene;
}

Result<MappedTargets> map(const Scene& scene) {
  return map_targets_to_symbols(scene.targets, scene.mapping, scene.prices, scene.holdings);
}

TEST(MapTargetsTest, TakesTheShareClassThatIsHeld) {
  Scene scene = share_classes();
  scene.target("160329", 1).priced("GOOG", "1").held("GOOGL", "3");
  EXPECT_EQ(map(scene).value().targets[0].symbol, sym("GOOGL"));
}

TEST(MapTargetsTest, TakesTheOnlyShareClassWithAPrice) {
  Scene scene = share_classes();
  scene.target("160329", 1).priced("GOOGL", "1");
  EXPECT_EQ(map(scene).value().targets[0].symbol, sym("GOOGL"));
}

TEST(MapTargetsTest, SkipsAnIdWhoseSymbolNothingTells) {
  Scene both_priced = share_classes();
  both_priced.target("160329", 1).priced("GOOG", "1").priced("GOOGL", "1");
  Scene none_priced = share_classes();
  none_priced.target("160329", 1);
  for (const Scene& scene : {both_priced, none_priced}) {
    const auto mapped = map(scene);
    ASSERT_TRUE(mapped.ok());
    EXPECT_FALSE(mapped.value().targets[0].symbol.has_value());
    EXPECT_EQ(mapped.value().targets[0].code, ReasonCode::kAmbiguousMapping);
    EXPECT_THAT(mapped.value().targets[0].words, HasSubstr("GOOG, GOOGL"));
  }
}

TEST(MapTargetsTest, SkipsAnIdThatTheMappingLacks) {
  Scene scene = share_classes();
  scene.target("9", 1);
  EXPECT_EQ(map(scene).value().targets[0].code, ReasonCode::kNoMapping);
}

TEST(MapTargetsTest, TakesTheIdAsSymbolWithoutAMapping) {
  Scene scene;
  scene.target("BRK.B", 0.5).target("lower", 0.5);
  const auto mapped = map(scene);
  EXPECT_EQ(mapped.value().targets[0].symbol, sym("BRK.B"));
  EXPECT_EQ(mapped.value().targets[1].code, ReasonCode::kNoMapping);
}

TEST(MapTargetsTest, RefusesTwoIdsThatEndAtOneSymbol) {
  Scene scene;
  scene.mapping = SymbolMapping{{{AssetId("1"), {sym("AAPL")}}, {AssetId("2"), {sym("AAPL")}}}};
  scene.target("1", 0.5).target("2", 0.5);
  const auto mapped = map(scene);
  ASSERT_FALSE(mapped.ok());
  EXPECT_EQ(mapped.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(mapped.error().message,
            "asset ids '1' and '2' both map to AAPL; keep one of them in the mapping file");
}

TEST(MapTargetsTest, RefusesAWeightThatIsNoWeight) {
  for (const double weight : {std::nan(""), HUGE_VAL, -HUGE_VAL, 9.3, -1e300}) {
    Scene scene;
    scene.target("AAPL", weight);
    const auto mapped = map(scene);
    ASSERT_FALSE(mapped.ok()) << weight;
    EXPECT_THAT(mapped.error().message, HasSubstr("target 'AAPL'"));
  }
}

TEST(MapTargetsTest, HoldsAWeightAsItsShortestDecimal) {
  Scene scene;
  scene.target("A", 0.1 + 0.2).target("B", 0.3).target("C", 5e-324);
  const auto targets = map(scene).value().targets;
  EXPECT_EQ(targets[0].exact_weight.text(), "0.30000000000000004");
  EXPECT_EQ(targets[1].exact_weight.text(), "0.3");
  EXPECT_EQ(targets[2].exact_weight.text(), "0");
}

}  // namespace
}  // namespace signalbus::planning
