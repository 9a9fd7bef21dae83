// Goal: the page of the life cycle is the table that the code obeys.
#include "execution/life_cycle_page.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace signalbus::execution {
namespace {

TEST(LifeCyclePageTest, TheCommittedPageIsTheGeneratedOne) {
  const std::string path = SB_SOURCE_DIR "/docs/order-life-cycle.md";
  if (std::getenv("SB_UPDATE_DOCS") != nullptr) {
    std::ofstream(path, std::ios::binary) << life_cycle_markdown();
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream committed;
  committed << in.rdbuf();
  EXPECT_EQ(committed.str(), life_cycle_markdown())
      << path << " is out of date; run SB_UPDATE_DOCS=1 on this test and commit it";
}

}  // namespace
}  // namespace signalbus::execution
