// CSV: the scanner must see exactly what the strict table reader sees, for every input, in windows
// of any size and in any number of parts, errors included.
#include "core/check.h"
#include "formats/csv_testing.h"

namespace {

using namespace signalbus;
using namespace signalbus::formats;

// Smaller than the defaults only to save the time of allocating them.
constexpr CsvScanSizes kOneWindow = {
    .window_bytes = 8192, .chunk_bytes = 8192, .part_bytes_min = 1};

void check_scan(const ByteSource& source, const Result<CollectedRows>& expected, CsvScanSizes sizes,
                std::size_t parts) {
  const Result<CollectedRows> actual = scan_all(source, sizes, parts);
  SB_CHECK(actual.ok() == expected.ok());
  if (actual.ok()) {
    SB_CHECK(actual.value() == expected.value());
  } else {
    SB_CHECK(actual.error().message == expected.error().message);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 3) return 0;
  const CsvScanSizes tiny = {
      .window_bytes = 1 + data[0] % 80u, .chunk_bytes = 1 + data[1] % 100u, .part_bytes_min = 1};
  const std::string bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
  const MemorySource source(bytes);
  const Result<CollectedRows> expected = read_all(bytes);
  check_scan(source, expected, kOneWindow, 1);
  check_scan(source, expected, tiny, 1);
  // Threads cost most of the time.
  if (data[2] % 16 == 0) check_scan(source, expected, tiny, 2 + data[2] % 3u);
  return 0;
}
