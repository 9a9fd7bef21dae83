// Goal: the scanner sees exactly what the strict table reader sees, however the file is cut.
// Method: single behaviours by hand; random files, good and broken, through tiny windows and many
// parts against the table reader.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "formats/csv.h"
#include "formats/csv_testing.h"

namespace signalbus::formats {
namespace {

constexpr CsvScanSizes kTiny = {.window_bytes = 16, .chunk_bytes = 8, .part_bytes_min = 1};

/// Enough rows for several windows, chunks and parts of the default sizes.
std::string many_rows(std::size_t count, const std::string& line_end = "\n") {
  std::string bytes = "date,id,weight" + line_end;
  for (std::size_t i = 0; i < count; ++i) {
    bytes +=
        "2018-03-01," + std::to_string(100'000 + i) + ",0.00" + std::to_string(i % 97) + line_end;
  }
  return bytes;
}

class FailingSink final : public CsvSink {
 public:
  explicit FailingSink(std::string id) : id_(std::move(id)) {}
  Status rows(const CsvBatch& batch) override {
    for (std::size_t row = 0; row < batch.row_count; ++row) {
      if (batch.columns[0][row] == id_) {
        return Error{ErrorCode::kLimitExceeded, "line " + std::to_string(batch.first_line + row)};
      }
    }
    return Ok{};
  }
  void restart() override {}

 private:
  std::string id_;
};

TEST(CsvScannerTest, DeliversOnlyTheWantedColumnsInTheirOrder) {
  const MemorySource source("a,b,c\n1,2,3\r\n4,5,6\r\n");
  const auto scanner = CsvScanner::open(source);
  ASSERT_TRUE(scanner.ok());
  EXPECT_EQ(scanner.value().header(), (std::vector<std::string>{"a", "b", "c"}));

  CollectingSink sink;
  const std::vector<std::size_t> wanted = {2, 0};
  ASSERT_TRUE(scanner.value().scan(wanted, sink).ok());

  EXPECT_EQ(sink.all.rows, (std::vector<std::vector<std::string>>{{"3", "1"}, {"6", "4"}}));
  EXPECT_EQ(sink.all.lines, (std::vector<std::size_t>{2, 3}));
}

TEST(CsvScannerTest, ChecksColumnsThatNobodyWants) {
  const MemorySource source("a,b\n1,\"x\"y\n");
  CollectingSink sink;
  const std::vector<std::size_t> wanted = {0};

  const Status status = CsvScanner::open(source).value().scan(wanted, sink);

  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message,
            "t.csv:2:6: text after a closing quote; double the quotes inside a quoted field");
}

TEST(CsvScannerTest, DoesNotMindOtherEncodingsInColumnsThatNobodyWants) {
  const MemorySource source("a,b\n1,\xff\n");
  CollectingSink sink;
  const std::vector<std::size_t> wanted = {0};

  EXPECT_TRUE(CsvScanner::open(source).value().scan(wanted, sink).ok());
  EXPECT_EQ(sink.all.rows.size(), 1u);
}

TEST(CsvScannerTest, DeliversTheRowsBeforeABadOne) {
  const MemorySource source("a,b\n1,2\n3,4\n5\n6,7\n");
  CollectingSink sink;
  const std::vector<std::size_t> wanted = {0, 1};

  const Status status = CsvScanner::open(source).value().scan(wanted, sink);

  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "t.csv:4: row has 1 column, header has 2");
  EXPECT_EQ(sink.all.rows.size(), 2u);
}

TEST(CsvScannerTest, StopsWithTheErrorOfTheSink) {
  const MemorySource source(many_rows(100'000));
  FailingSink sink("150000");
  const std::vector<std::size_t> wanted = {1};

  const Status status = CsvScanner::open(source).value().scan(wanted, sink);

  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(status.error().message, "line 50002");
}

TEST(CsvScannerTest, ReadsPartsInParallelAsOne) {
  for (const char* line_end : {"\n", "\r\n"}) {
    const std::string bytes = many_rows(120'000, line_end);
    const MemorySource source(bytes);

    const auto parts = scan_all(source, {}, 3);

    ASSERT_TRUE(parts.ok()) << parts.error().message;
    EXPECT_EQ(parts.value().rows.size(), 120'000u);
    EXPECT_EQ(parts.value(), read_all(bytes).value());
  }
}

TEST(CsvScannerTest, ReadsAPartAgainWhenItsCutLayInsideAQuotedField) {
  // The long field covers the middle of the file, and its lines look like rows.
  const std::string bytes =
      "a,b\n1,2\n\"" + std::string("x,y\n") + std::string("x,y\nx,y\nx,y\n") + "\",z\n3,4\n";
  const MemorySource source(bytes);
  const CsvScanner scanner = CsvScanner::open(source, kTiny).value();
  CollectingSink first;
  CollectingSink second;
  const std::vector<std::size_t> wanted = {0, 1};
  CsvSink* const sinks[] = {&first, &second};

  ASSERT_TRUE(scanner.scan_parallel(wanted, sinks).ok());

  EXPECT_EQ(second.restarts, 1);
  EXPECT_EQ(first.all.rows.size() + second.all.rows.size(), 3u);
}

TEST(CsvScannerTest, NamesTheLineInTheFileForAnErrorInALaterPart) {
  std::string bytes = many_rows(120'000);
  bytes += "2018-03-01,1\n";
  const MemorySource source(bytes);

  const auto parts = scan_all(source, {}, 3);

  ASSERT_FALSE(parts.ok());
  EXPECT_EQ(parts.error().message, "t.csv:120002: row has 2 columns, header has 3");
}

TEST(CsvScannerTest, GivesASinkTheLineInTheFileBeforeItsErrorIsReturned) {
  const MemorySource source(many_rows(120'000));
  FailingSink first("219999");
  FailingSink second("219999");
  CsvSink* const sinks[] = {&first, &second};
  const std::vector<std::size_t> wanted = {1};

  const auto lines = CsvScanner::open(source).value().scan_parallel(wanted, sinks);

  ASSERT_FALSE(lines.ok());
  EXPECT_EQ(lines.error().message, "line 120001");
}

TEST(CsvScannerTest, ReturnsTheFirstOfSeveralErrorsInTheFile) {
  std::string bytes = many_rows(60'000) + "early\n" + many_rows(60'000).substr(15) + "late,\n";
  const MemorySource source(bytes);

  const auto parts = scan_all(source, {}, 3);

  ASSERT_FALSE(parts.ok());
  EXPECT_EQ(parts.error().message, "t.csv:60002: row has 1 column, header has 3");
}

TEST(CsvScannerTest, FindsBlankLinesToBeTheEndAcrossPartsAndWindows) {
  const std::string bytes = "a,b\n1,2\n" + std::string(100, '\n');
  const MemorySource source(bytes);

  const auto parts = scan_all(source, kTiny, 4);

  ASSERT_TRUE(parts.ok()) << parts.error().message;
  EXPECT_EQ(parts.value().rows.size(), 1u);
}

TEST(CsvScannerTest, ReportsAFileThatBecameShorter) {
  class Shrinking final : public ByteSource {
   public:
    std::uint64_t size() const override { return inner_.size() + 100; }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const override {
      return inner_.read_at(offset, out);
    }
    const std::string& name() const override { return inner_.name(); }

   private:
    MemorySource inner_{"a,b\n1,2\n"};
  } const source;

  const auto all = scan_all(source, {}, 1);

  ASSERT_FALSE(all.ok());
  EXPECT_EQ(all.error().message, "t.csv: file became shorter while it was read; run again");
}

/// Texts of few characters that matter to CSV, so that quotes and line ends meet in every way.
rc::Gen<std::string> csv_like() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(
          rc::gen::weightedElement<std::string>({{8, "1"},
                                                 {6, ","},
                                                 {5, "\n"},
                                                 {2, "\r\n"},
                                                 {2, "\""},
                                                 {2, "\"a,b\n\"\"c\""},
                                                 {1, "\r"},
                                                 {1, "\xc3\xa9"},
                                                 {1, "\xff"},
                                                 {1, std::string(1, '\0')},
                                                 {1, "long enough for a block of its own, "}})),
      [](const std::vector<std::string>& pieces) {
        std::string bytes = "h,g\n";
        for (const std::string& piece : pieces) bytes += piece;
        return bytes;
      });
}

/// Well-formed files with quoting, so that the reading itself and not the refusal is compared.
rc::Gen<std::string> csv_file() {
  const auto field = rc::gen::weightedElement<std::string>({{5, "12"},
                                                            {2, ""},
                                                            {2, "\"x\""},
                                                            {1, "\"a\nb\""},
                                                            {1, "\"a,\"\"b\"\"\r\n\""},
                                                            {1, "\xc3\xa9"}});
  const auto row = rc::gen::apply([](const std::string& a, const std::string& b,
                                     bool crlf) { return a + "," + b + (crlf ? "\r\n" : "\n"); },
                                  field, field, rc::gen::arbitrary<bool>());
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(row),
                      [](const std::vector<std::string>& rows) {
                        std::string bytes = "h,g\n";
                        for (const std::string& r : rows) bytes += r;
                        return bytes;
                      });
}

void check_agreement(const std::string& bytes) {
  const MemorySource source(bytes);
  const Result<CollectedRows> expected = read_all(bytes);
  for (const CsvScanSizes sizes : {kTiny, CsvScanSizes{}, CsvScanSizes{64, 70, 1}}) {
    for (const std::size_t parts : {std::size_t{1}, std::size_t{3}}) {
      const Result<CollectedRows> actual = scan_all(source, sizes, parts);
      RC_ASSERT(actual.ok() == expected.ok());
      if (actual.ok()) {
        RC_ASSERT(actual.value() == expected.value());
      } else {
        RC_ASSERT(actual.error().message == expected.error().message);
      }
    }
  }
}

RC_GTEST_PROP(CsvScannerTest, AgreesWithTheTableOnAnything, ()) { check_agreement(*csv_like()); }
RC_GTEST_PROP(CsvScannerTest, AgreesWithTheTableOnGoodFiles, ()) { check_agreement(*csv_file()); }

}  // namespace
}  // namespace signalbus::formats
