// Goal: a damaged Parquet file is an Error or a table whose columns have one length, never a crash.
// Method: every byte of small valid files changed, every seventh length cut, read in a child
// process: a crash inside Arrow ends the child and names the mutation.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "formats/parquet.h"

namespace signalbus::formats {
namespace {

std::string load(const std::string& file) {
  std::ifstream in(std::string(SB_TESTDATA) + "/parquet/" + file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

/// False when a table came out whose parts do not fit together.
bool reads_safely(const std::string& bytes) {
  const ParquetLimits limits{.rows_max = 100'000, .memory_max = 64 << 20};
  const auto table = read_parquet("m", std::make_shared<const std::string>(bytes), {}, limits);
  if (!table.ok()) return !table.error().message.empty();
  for (const Column& column : table.value().columns) {
    const auto size = std::visit([](const auto& values) { return values.size(); }, column.values);
    if (size != table.value().row_count()) return false;
  }
  return true;
}

/// All mutations of a file; `at` tells the parent how far we came.
bool survives_mutations(const std::string& valid, volatile std::size_t* at) {
  for (std::size_t i = 0; i < valid.size(); ++i) {
    *at = i;
    std::string bytes = valid;
    bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ (1U << (i * 5 % 8)));
    if (!reads_safely(bytes)) return false;
    if (i % 7 == 0 && !reads_safely(valid.substr(0, i))) return false;
  }
  return true;
}

class ParquetMutationTest : public testing::TestWithParam<const char*> {};

TEST_P(ParquetMutationTest, NeverCrashesOnADamagedFile) {
  const std::string valid = load(GetParam());
  ASSERT_TRUE(reads_safely(valid));
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  auto* at = static_cast<volatile std::size_t*>(page);

  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(survives_mutations(valid, at) ? 0 : 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);

  EXPECT_TRUE(WIFEXITED(status)) << "crashed with signal " << WTERMSIG(status) << " at byte "
                                 << *at;
  EXPECT_EQ(WEXITSTATUS(status), 0) << "wrong at byte " << *at;
  munmap(page, 4096);
}

INSTANTIATE_TEST_SUITE_P(Files, ParquetMutationTest,
                         testing::Values("types.parquet", "refused.parquet", "zstd_v2.parquet"));

}  // namespace
}  // namespace signalbus::formats
