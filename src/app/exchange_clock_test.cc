// The clock of mode sim: whatever waits by it must find that the time it waited has passed.
#include "app/exchange_clock.h"

#include <gtest/gtest.h>

#include "storage/system_clock.h"

namespace signalbus::app {
namespace {

constexpr std::int64_t kMinute = 60'000'000;
const Instant kStart = Instant::from_micros(1'600'000'000'000'000);

/// Says yes to every request to move the clock, or no.
class Door final : public alpaca::HttpSender {
 public:
  explicit Door(int status) : status_(status) {}
  Result<net::HttpResponse> send(const net::HttpRequest&, std::chrono::milliseconds) override {
    net::HttpResponse response;
    response.status = status_;
    return response;
  }

 private:
  int status_;
};

struct Simulated {
  explicit Simulated(double speed, int status = 200)
      : machine(Instant::from_micros(1)),
        clock(kStart, speed, std::make_unique<Door>(status), machine) {}
  storage::FixedClock machine;
  SimClock clock;
};

TEST(SimClockTest, ASleepMovesTheTimeAndItsDurations) {
  for (const double speed : {0.0, 1.0, 60.0}) {
    Simulated sim(speed);
    const std::int64_t before = sim.clock.monotonic_micros();
    sim.clock.sleep_until(kStart.plus_seconds(60));
    EXPECT_NEAR(static_cast<double>(sim.clock.now().micros() - kStart.micros()), kMinute, 100);
    EXPECT_NEAR(static_cast<double>(sim.clock.monotonic_micros() - before), kMinute, 100) << speed;
  }
}

TEST(SimClockTest, StandingStillItTakesNoTimeOfTheMachine) {
  Simulated sim(0);
  sim.clock.sleep_until(kStart.plus_seconds(60));
  EXPECT_EQ(sim.machine.now(), Instant::from_micros(1));
}

TEST(SimClockTest, WorkTakesItsOwnTimeAlthoughTheClockStandsStill) {
  Simulated sim(0);
  const std::int64_t before = sim.clock.monotonic_micros();
  sim.machine.sleep_until(Instant::from_micros(1 + 5'000));
  EXPECT_EQ(sim.clock.monotonic_micros() - before, 5'000);
  EXPECT_EQ(sim.clock.now(), kStart);
}

TEST(SimClockTest, AnExchangeThatDoesNotMoveLeavesTheTimeAsItIs) {
  Simulated sim(0, 400);
  const std::int64_t before = sim.clock.monotonic_micros();
  sim.clock.sleep_until(kStart.plus_seconds(60));
  EXPECT_EQ(sim.clock.now(), kStart);
  EXPECT_EQ(sim.clock.monotonic_micros(), before);
}

}  // namespace
}  // namespace signalbus::app
