#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <thread>

#include "formats/csv.h"
#include "formats/csv_part.h"
#include "formats/csv_record.h"

namespace signalbus::formats {
namespace {

using PartResult = std::optional<Result<CsvPartEnd>>;

/// The first bytes of the source: as many as hold the whole header, or all of it.
Result<std::string> read_front(const ByteSource& source, std::size_t bytes) {
  std::string front(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, source.size())), '\0');
  SB_TRY(const std::size_t count, source.read_at(0, front));
  front.resize(count);
  return front;
}

/// Runs every part on a thread of its own, the first one on this thread.
std::vector<PartResult> run_parts(const CsvScanPlan& plan, std::span<const CsvPartRange> ranges,
                                  std::span<CsvSink* const> sinks) {
  std::vector<PartResult> results(ranges.size());
  const auto run = [&](std::size_t i) { results[i] = CsvPart(plan, ranges[i], *sinks[i]).run(); };
  std::vector<std::thread> threads;
  std::size_t started = 1;
  try {
    for (; started < ranges.size(); ++started) threads.emplace_back(run, started);
  } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch)
    // No more threads to be had: the rest is read on this one.
  }
  run(0);
  for (std::size_t i = started; i < ranges.size(); ++i) run(i);
  for (std::thread& thread : threads) thread.join();
  return results;
}

}  // namespace

Result<CsvScanner> CsvScanner::open(const ByteSource& source, CsvScanSizes sizes) {
  SB_CHECK(sizes.window_bytes > 0 && sizes.chunk_bytes > 0 && sizes.part_bytes_min > 0);
  SB_CHECK(sizes.chunk_bytes < kCsvFieldBytesMax);  // the indexed path needs no field limit then
  CsvScanner scanner(source, sizes);
  CsvRecord record;
  std::deque<std::string> unescaped;
  for (std::size_t size = sizes.window_bytes;; size *= 2) {
    SB_TRY(const std::string front, read_front(source, std::max<std::size_t>(size, 4)));
    SB_TRY(const std::size_t start, csv_text_start(source.name(), front));
    if (front.size() == start) {
      return Error{ErrorCode::kInvalidInput,
                   source.name() + ": file is empty; a header line is needed"};
    }
    const CsvText text{.file = source.name(),
                       .bytes = std::string_view(front).substr(start),
                       .is_last = front.size() >= source.size(),
                       .offset = start,
                       .line = 1};
    SB_TRY_OK(read_csv_record(text, unescaped, record));
    if (record.bytes == 0) continue;
    SB_TRY(scanner.header_, csv_header(text, record));
    scanner.data_offset_ = start + record.bytes;
    scanner.data_line_ = 1 + record.lines;
    return scanner;
  }
}

Status CsvScanner::scan(std::span<const std::size_t> wanted, CsvSink& sink) const {
  CsvSink* const sinks[] = {&sink};
  SB_TRY(const std::vector<std::size_t> lines, scan_parallel(wanted, sinks));
  return Ok{};
}

/// Part boundaries: the starts of lines near the even cuts. A line may start inside a quoted field;
/// scan_parallel finds that out.
Result<std::vector<std::uint64_t>> CsvScanner::guess_cuts(std::size_t sinks) const {
  const std::uint64_t size = std::max(source_->size(), data_offset_);
  const std::uint64_t bytes = size - data_offset_;
  const auto parts = std::clamp<std::uint64_t>(bytes / sizes_.part_bytes_min, 1,
                                               static_cast<std::uint64_t>(sinks));
  std::vector<std::uint64_t> cuts = {data_offset_};
  std::array<char, 4096> block{};
  for (std::uint64_t i = 1; i < parts; ++i) {
    // A cut in the middle of a longer line is a wrong guess like any other.
    const std::uint64_t even = data_offset_ + bytes / parts * i;
    SB_TRY(const std::size_t count, source_->read_at(even, block));
    const std::size_t feed = std::string_view(block.data(), count).find('\n');
    const std::uint64_t cut = even + (feed == std::string_view::npos ? 0 : feed + 1);
    cuts.push_back(std::clamp(cut, cuts.back(), size));
  }
  cuts.push_back(size);
  return cuts;
}

Result<std::vector<std::size_t>> CsvScanner::scan_parallel(std::span<const std::size_t> wanted,
                                                           std::span<CsvSink* const> sinks) const {
  SB_CHECK(!sinks.empty());
  for (const std::size_t column : wanted) SB_CHECK(column < header_.size());
  const CsvScanPlan plan{.source = *source_, .header = header_, .wanted = wanted, .sizes = sizes_};
  SB_TRY(const std::vector<std::uint64_t> cuts, guess_cuts(sinks.size()));
  std::vector<CsvPartRange> ranges;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    ranges.push_back({.begin = cuts[i], .end = cuts[i + 1], .line = i == 0 ? data_line_ : 1});
  }
  std::vector<PartResult> results = run_parts(plan, ranges, sinks);

  // The first part starts at a record for certain; each part that ends exactly at the next cut
  // proves that cut. Where the proof fails, or an error wants its line, the part is read again.
  std::vector<std::size_t> lines_to_add(sinks.size(), 0);
  CsvPartEnd reached{.offset = data_offset_, .lines = 0};
  std::size_t line = data_line_;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    Result<CsvPartEnd> result = *std::move(results[i]);
    if (i > 0 && (reached.offset != ranges[i].begin || !result.ok())) {
      sinks[i]->restart();
      ranges[i] = {.begin = reached.offset, .end = ranges[i].end, .line = line};
      result = CsvPart(plan, ranges[i], *sinks[i]).run();
    }
    if (!result.ok()) return std::move(result).error();
    lines_to_add[i] = line - ranges[i].line;
    reached = result.value();
    line += reached.lines;
  }
  return lines_to_add;
}

}  // namespace signalbus::formats
