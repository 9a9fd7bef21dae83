// Goal: calls are made once, in order of time, on the loop's thread.
#include "net/loop.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace signalbus::net {
namespace {

using std::chrono::milliseconds;

TEST(LoopTest, MakesTimedCallsInOrderAndNoneThatWasCancelled) {
  Loop loop;
  std::string order;
  loop.call_after(milliseconds(20), [&] { order += "c"; });
  loop.call_after(milliseconds(0), [&] {
    order += "a";
    loop.call_after(milliseconds(0), [&] { order += "b"; });
  });
  const Loop::CallId never = loop.call_after(milliseconds(1), [&] { order += "x"; });
  loop.cancel(never);
  loop.cancel(never);
  EXPECT_TRUE(loop.run_until([&] { return order.size() == 3; }, milliseconds(5000)));
  EXPECT_EQ(order, "abc");
}

TEST(LoopTest, MakesPostedCallsInOrderFromAnyThreadAndStops) {
  Loop loop;
  std::string order;
  std::thread other([&] {
    for (const char letter : {'a', 'b', 'c'}) {
      loop.post([&order, letter] { order += letter; });
    }
    loop.post([&] { loop.stop(); });
  });
  loop.run();
  other.join();
  EXPECT_EQ(order, "abc");
}

TEST(LoopTest, RemembersAStopThatCameBeforeItRan) {
  Loop loop;
  loop.stop();
  loop.run();  // Returns at once, or the test hangs.
  bool called = false;
  loop.post([&] { called = true; });
  EXPECT_TRUE(loop.run_until([&] { return called; }, milliseconds(5000))) << "it can run again";
}

TEST(LoopTest, ServesWhatIsReadyInNoTimeButNotForEver) {
  Loop loop;
  int calls = 0;
  std::function<void()> again = [&] {
    ++calls;
    loop.post(again);
  };
  loop.post(again);
  EXPECT_FALSE(loop.run_until([] { return false; }, milliseconds(0)));
  EXPECT_GT(calls, 0);
}

TEST(LoopTest, GivesUpWaitingWhenTheTimeIsOver) {
  Loop loop;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(loop.run_until([] { return false; }, milliseconds(30)));
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(30));
}

}  // namespace
}  // namespace signalbus::net
