#include "app/exchange_clock.h"

#include <gtest/gtest.h>

namespace signalbus::app {
namespace {

const Instant kStart = Instant::from_micros(1'756'474'200'000'000);

/// Time passes when told.
class HandClock final : public Clock {
 public:
  Instant now() const override { return Instant::from_micros(micros); }
  std::int64_t monotonic_micros() const override { return micros; }
  void sleep_until(Instant deadline) override { micros = deadline.micros(); }
  std::int64_t micros = 0;
};

/// An exchange whose answers take time, and whose messenger looks at the clock, as ours does.
class SlowVenue final : public Venue {
 public:
  Result<VenueClock> clock() override {
    ++asked;
    if (ours != nullptr) seen_on_the_way = ours->now();
    machine.micros += 20'000;
    return VenueClock{says, true, says, says, true};
  }
  Result<std::vector<VenueSession>> sessions(TradeDate, TradeDate) override {
    return std::vector<VenueSession>();
  }
  Result<std::vector<AssetRule>> asset_rules(std::span<const Symbol>) override {
    return std::vector<AssetRule>();
  }
  HandClock machine;
  const Clock* ours = nullptr;
  Instant says = kStart;
  Instant seen_on_the_way = kStart;
  int asked = 0;
};

TEST(RemoteClock, AsksOnceASecondAlthoughTheQuestionItselfLooksAtTheClock) {
  SlowVenue venue;
  const RemoteClock clock(venue, kStart, venue.machine);
  venue.ours = &clock;
  venue.machine.micros = 1'500'000;
  venue.says = kStart.plus_seconds(60);
  EXPECT_EQ(clock.now(), kStart.plus_seconds(60));
  EXPECT_EQ(venue.asked, 1);
  EXPECT_EQ(venue.seen_on_the_way, Instant::from_micros(kStart.micros() + 1'500'000));
  venue.machine.micros += 900'000;
  EXPECT_EQ(clock.now(), Instant::from_micros(kStart.plus_seconds(60).micros() + 900'000));
  EXPECT_EQ(venue.asked, 1);
}

TEST(RemoteClock, NeverGoesBackAndCountsTheTimeThatAskingTakes) {
  SlowVenue venue;
  const RemoteClock clock(venue, kStart, venue.machine);
  venue.machine.micros = 1'500'000;
  EXPECT_EQ(clock.now(), Instant::from_micros(kStart.micros() + 1'520'000));  // it says less
}

}  // namespace
}  // namespace signalbus::app
