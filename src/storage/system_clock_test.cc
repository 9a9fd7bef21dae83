// Goal: sleeps end at their deadline or at a stop, and never hang.
// Method: deadlines in the past and stops from other threads and signal handlers; nothing is timed.
#include "storage/system_clock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace signalbus::storage {
namespace {

const Instant kFarAway = Instant::parse("2199-01-01T00:00:00Z").value();
const Instant kNoon = Instant::parse("2025-08-29T12:00:00Z").value();

TEST(SystemClockTest, TellsTheTimeOfTheSystem) {
  const SystemClock clock;
  const auto system = [] {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };

  const std::int64_t before = system();
  const std::int64_t now = clock.now().micros();
  const std::int64_t after = system();

  EXPECT_LE(before, now);
  EXPECT_LE(now, after);
}

TEST(SystemClockTest, TheMonotonicTimeNeverGoesBack) {
  const SystemClock clock;
  std::int64_t last = clock.monotonic_micros();
  for (int i = 0; i < 1'000; ++i) {
    const std::int64_t next = clock.monotonic_micros();
    ASSERT_GE(next, last);
    last = next;
  }
}

TEST(SystemClockTest, SleepsUntilItsDeadline) {
  SystemClock clock;
  const Instant deadline = Instant::from_micros(clock.now().micros() + 2'000);

  clock.sleep_until(deadline);

  EXPECT_GE(clock.now(), deadline);
}

TEST(SystemClockTest, DoesNotSleepWhenTheDeadlineHasPassed) {
  SystemClock clock;

  clock.sleep_until(Instant::from_micros(0));

  EXPECT_FALSE(clock.stop_requested());
}

TEST(SystemClockTest, AStopWakesASleeperAndAllLaterOnes) {
  SystemClock clock;
  std::thread sleeper([&] { clock.sleep_until(kFarAway); });

  clock.request_stop();

  sleeper.join();
  clock.sleep_until(kFarAway);
  EXPECT_TRUE(clock.stop_requested());
}

SystemClock* stopped_by_signal = nullptr;

TEST(SystemClockTest, AStopMayComeFromASignalHandler) {
  SystemClock clock;
  stopped_by_signal = &clock;
  const auto old = std::signal(SIGUSR1, [](int) { stopped_by_signal->request_stop(); });
  std::thread sender([] { ::kill(::getpid(), SIGUSR1); });

  clock.sleep_until(kFarAway);

  sender.join();
  std::signal(SIGUSR1, old);
  EXPECT_TRUE(clock.stop_requested());
}

TEST(FixedClockTest, StandsStillUntilASleepThenJumpsToItsDeadline) {
  FixedClock clock(kNoon);
  EXPECT_EQ(clock.now(), kNoon);
  EXPECT_EQ(clock.monotonic_micros(), 0);

  clock.sleep_until(kNoon.plus_seconds(90));

  EXPECT_EQ(clock.now(), kNoon.plus_seconds(90));
  EXPECT_EQ(clock.monotonic_micros(), 90'000'000);
}

TEST(FixedClockTest, NeverGoesBack) {
  FixedClock clock(kNoon);

  clock.sleep_until(kNoon.plus_seconds(-90));

  EXPECT_EQ(clock.now(), kNoon);
}

}  // namespace
}  // namespace signalbus::storage
