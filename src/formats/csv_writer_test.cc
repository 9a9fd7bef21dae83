// Goal: what is written reads back as it was, and no spreadsheet runs any of it.
// Method: cells by hand after RFC 4180; the round trip as a property.
#include "formats/csv_writer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <span>

#include "formats/csv_testing.h"

namespace signalbus::formats {
namespace {

/// The bytes of one text cell between two others.
std::string written(std::string_view value) {
  constexpr std::string_view kHeader[] = {"a", "b", "c"};
  CsvWriter writer(kHeader);
  writer.text("[").text(value).text("]").end_row();
  const std::string bytes = writer.take();
  return bytes.substr(8, bytes.size() - 11);  // without "a,b,c\n[," and ",]\n"
}

TEST(CsvWriterTest, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(written("plain text"), "plain text");
  EXPECT_EQ(written(""), "");
  EXPECT_EQ(written("1,5"), "\"1,5\"");
  EXPECT_EQ(written("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(written("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(written("x\ry"), "\"x\ry\"");
}

TEST(CsvWriterTest, NeutralisesTextThatASpreadsheetWouldRun) {
  EXPECT_EQ(written("=1+1"), "'=1+1");
  EXPECT_EQ(written("+1"), "'+1");
  EXPECT_EQ(written("-1"), "'-1");
  EXPECT_EQ(written("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(written("\tx"), "'\tx");
  EXPECT_EQ(written("\rx"), "\"'\rx\"");
  EXPECT_EQ(written("=HYPERLINK(\"http://x\",\"y\")"),
            "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
  EXPECT_EQ(written("a=b"), "a=b");
}

TEST(CsvWriterTest, WritesNumbersAsTheyAreNegativeOnesIncluded) {
  constexpr std::string_view kHeader[] = {"a", "b", "c", "d", "e", "f", "g"};
  CsvWriter writer(kHeader);
  writer.integer(-5)
      .fixed(Money::from_raw(-1'500'000))
      .real(-0.25)
      .real(std::nan(""))
      .date(TradeDate::from_days(0))
      .instant(Instant::from_micros(0))
      .blank();
  writer.end_row();

  EXPECT_EQ(writer.take(), "a,b,c,d,e,f,g\n-5,-1.5,-0.25,,1970-01-01,1970-01-01T00:00:00Z,\n");
}

TEST(CsvWriterTest, NeutralisesTheHeaderToo) {
  constexpr std::string_view kHeader[] = {"=cmd", "b"};

  EXPECT_EQ(CsvWriter(kHeader).take(), "'=cmd,b\n");
}

TEST(CsvWriterTest, WritesALoneEmptyCellSoThatTheLineIsNotBlank) {
  constexpr std::string_view kHeader[] = {"a"};
  CsvWriter writer(kHeader);
  writer.text("").end_row();

  EXPECT_EQ(writer.take(), "a\n\"\"\n");
}

RC_GTEST_PROP(CsvWriterTest, WhatIsWrittenReadsBack, ()) {
  const auto cell = rc::gen::container<std::string>(
      rc::gen::element('a', '7', ' ', ',', '"', '\n', '\r', '=', '-', '\'', ';'));
  const auto columns = *rc::gen::inRange<std::size_t>(1, 4);
  const auto rows = *rc::gen::container<std::vector<std::vector<std::string>>>(
      rc::gen::container<std::vector<std::string>>(columns, cell));
  constexpr std::string_view kNames[] = {"a", "b", "c"};
  CsvWriter writer(std::span<const std::string_view>(kNames).first(columns));
  for (const auto& row : rows) {
    for (const std::string& value : row) writer.text(value);
    writer.end_row();
  }

  const auto read = read_all(writer.take());

  RC_ASSERT(read.ok());
  RC_ASSERT(read.value().rows.size() == rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t i = 0; i < columns; ++i) {
      const std::string& value = rows[row][i];
      const bool neutralised =
          value.starts_with('=') || value.starts_with('-') || value.starts_with('\r');
      RC_ASSERT(read.value().rows[row][i] == (neutralised ? "'" + value : value));
    }
  }
}

}  // namespace
}  // namespace signalbus::formats
