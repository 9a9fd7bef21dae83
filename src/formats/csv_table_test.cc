// Goal: read_csv_table reads RFC 4180 and refuses, with a place and a remedy, all that is not.
// Method: tables of small texts; expectations are RFC 4180 worked by hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "formats/csv.h"
#include "formats/csv_testing.h"

namespace signalbus::formats {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Accepted {
  const char* what;
  std::string bytes;
  Rows rows;
  std::vector<std::size_t> lines;
};

TEST(CsvTableTest, ReadsWhatRfc4180Allows) {
  const std::vector<Accepted> cases = {
      {"LF", "a,b\n1,2\n", {{"1", "2"}}, {2}},
      {"CRLF", "a,b\r\n1,2\r\n", {{"1", "2"}}, {2}},
      {"no last line break", "a,b\n1,2", {{"1", "2"}}, {2}},
      {"carriage return as last byte", "a,b\n1,2\r", {{"1", "2"}}, {2}},
      {"byte-order mark",
       "\xef\xbb\xbf"
       "a,b\n1,2\n",
       {{"1", "2"}},
       {2}},
      {"header only", "a,b\n", {}, {}},
      {"header without line break", "a,b", {}, {}},
      {"empty fields", "a,b\n,\n", {{"", ""}}, {2}},
      {"quoted comma", "a,b\n\"1,5\",2\n", {{"1,5", "2"}}, {2}},
      {"quoted empty", "a,b\n\"\",2\n", {{"", "2"}}, {2}},
      {"doubled quotes", "a,b\n\"say \"\"hi\"\"\",2\n", {{"say \"hi\"", "2"}}, {2}},
      {"only quotes", "a,b\n\"\"\"\",2\n", {{"\"", "2"}}, {2}},
      {"line break inside", "a,b\n\"x\ny\",2\n3,4\n", {{"x\ny", "2"}, {"3", "4"}}, {2, 4}},
      {"CRLF inside", "a,b\n\"x\r\ny\",2\n", {{"x\r\ny", "2"}}, {2}},
      {"carriage return inside", "a,b\n\"x\ry\",2\n", {{"x\ry", "2"}}, {2}},
      {"quoted last field", "a,b\n1,\"2\"", {{"1", "2"}}, {2}},
      {"line break in the header", "a,\"b\nc\"\n1,2\n", {{"1", "2"}}, {3}},
      {"blank lines at the end", "a,b\n1,2\n\n\r\n\n", {{"1", "2"}}, {2}},
      {"one column, blank line", "a\n1\n\n2\n", {{"1"}, {""}, {"2"}}, {2, 3, 4}},
      {"spaces are content", "a,b\n 1 , 2\n", {{" 1 ", " 2"}}, {2}},
      {"umlaut", "a,b\nM\xc3\xbcller,2\n", {{"M\xc3\xbcller", "2"}}, {2}},
  };
  for (const Accepted& c : cases) {
    const auto all = read_all(c.bytes);

    ASSERT_TRUE(all.ok()) << c.what << ": " << all.error().message;
    EXPECT_EQ(all.value().rows, c.rows) << c.what;
    EXPECT_EQ(all.value().lines, c.lines) << c.what;
  }
}

struct Refused {
  std::string bytes;
  std::string message;
};

TEST(CsvTableTest, NamesThePlaceOfWhatItRefuses) {
  using std::string_literals::operator""s;
  const std::vector<Refused> cases = {
      {"", "t.csv: file is empty; a header line is needed"},
      {"\xef\xbb\xbf", "t.csv: file is empty; a header line is needed"},
      {"\xff\xfe"
       "a\0"s,
       "t.csv: UTF-16 at byte offset 0; save the file as UTF-8"},
      {"\xfe\xff\0a"s, "t.csv: UTF-16 at byte offset 0; save the file as UTF-8"},
      {"a,b,c,d\n1,2\n", "t.csv:2: row has 2 columns, header has 4"},
      {"a,b\n1,2\n1,2,3\n", "t.csv:3: row has 3 columns, header has 2"},
      {"a,b\n\n1,2\n", "t.csv:2: row has 1 column, header has 2"},
      {"a,b\n\"\"\n", "t.csv:2: row has 1 column, header has 2"},
      {"a,a\n", "t.csv:1: header has two columns 'a'"},
      {"a,\n", "t.csv:1: column 2 has no name in the header"},
      {"\n1\n", "t.csv:1: column 1 has no name in the header"},
      {"a,\xff\n", "t.csv:1: name of column 2 is not UTF-8: '\\xff'"},
      {"a,b\n1,2\n3,\xc3(\n", "t.csv:3: column 'b' is not UTF-8: '\\xc3('; save the file as UTF-8"},
      {"a,b\n1,2\0\n"s, "t.csv:2:4: NUL byte at byte offset 7; save the file as UTF-8 text"},
      {"a,b\n1,\"\n\0\"\n"s, "t.csv:3:1: NUL byte at byte offset 8; save the file as UTF-8 text"},
      {"a,b\n1,5\" pipe\n",
       "t.csv:2:4: quote inside an unquoted field; quote the whole field and double the quotes in "
       "it"},
      {"a,b\n\"x\"y,2\n",
       "t.csv:2:4: text after a closing quote; double the quotes inside a quoted field"},
      {"a,b\n1,\"2\n3,4\n", "t.csv:2:3: quoted field is never closed"},
      {"a,b\n1\r2,3\n", "t.csv:2:2: carriage return without line feed; end lines with LF or CRLF"},
      {"a,b\r1,2\r", "t.csv:1:4: carriage return without line feed; end lines with LF or CRLF"},
      {"a\n" + std::string((1 << 20) + 1, 'x'), "t.csv:2:1: field is longer than 1 MiB"},
      {"a,b\n1,\"" + std::string((1 << 20) + 1, 'x') + "\"\n",
       "t.csv:2:3: quoted field is longer than 1 MiB; is its closing quote missing?"},
      {"a" + std::string(5000, ',') + "\n",
       "t.csv:1: header has 5,001 columns, at most 4,096 are read"},
  };
  for (const Refused& c : cases) {
    const auto all = read_all(c.bytes);

    ASSERT_FALSE(all.ok()) << c.message;
    EXPECT_EQ(all.error().message, c.message);
    EXPECT_EQ(all.error().code, ErrorCode::kInvalidInput) << c.message;
  }
}

TEST(CsvTableTest, AcceptsAFieldOfExactlyTheLimit) {
  const std::string field(kCsvFieldBytesMax, 'x');

  const auto all = read_all("a,b\n" + field + ",\"" + field + "\"\n");

  ASSERT_TRUE(all.ok()) << all.error().message;
  EXPECT_EQ(all.value().rows[0][0], field);
  EXPECT_EQ(all.value().rows[0][1], field);
}

TEST(CsvTableTest, RefusesARowAboveItsLimit) {
  std::string header = "c0";
  std::string row(kCsvFieldBytesMax, 'x');
  for (int i = 1; i < 17; ++i) {
    header += ",c" + std::to_string(i);
    row += "," + std::string(kCsvFieldBytesMax, 'x');
  }

  const auto all = read_all(header + "\n" + row + "\n");

  ASSERT_FALSE(all.ok());
  EXPECT_EQ(all.error().message, "t.csv:2:1: row is longer than 16 MiB");
}

/// Enough rows for the quick way through them, on both sides of `odd`.
std::string long_table(const std::string& odd) {
  std::string bytes = "a,b\n";
  for (int i = 0; i < 9000; ++i) bytes += std::to_string(i) + ",plain\n";
  bytes += odd;
  for (int i = 0; i < 9000; ++i) bytes += std::to_string(i) + ",\r\n";
  return bytes;
}

TEST(CsvTableTest, ALongTableIsReadAsAShortOne) {
  const std::vector<Accepted> cases = {
      {"nothing odd", "1,2\n", {{"1", "2"}}, {}},
      {"quoted comma", "\"1,5\",2\n", {{"1,5", "2"}}, {}},
      {"line break inside", "\"x\ny\",2\n3,4\n", {{"x\ny", "2"}, {"3", "4"}}, {}},
      {"beyond ASCII", "\xc3\xa9,2\n", {{"\xc3\xa9", "2"}}, {}},
      {"a long field", std::string(100'000, 'x') + ",2\n", {{std::string(100'000, 'x'), "2"}}, {}}};
  for (const Accepted& one : cases) {
    SCOPED_TRACE(one.what);
    const auto all = read_all(long_table(one.bytes));
    ASSERT_TRUE(all.ok()) << all.error().message;
    const Rows& rows = all.value().rows;
    ASSERT_EQ(rows.size(), 18'000 + one.rows.size());
    EXPECT_EQ(rows[8999], (std::vector<std::string>{"8999", "plain"}));
    for (std::size_t i = 0; i < one.rows.size(); ++i) EXPECT_EQ(rows[9000 + i], one.rows[i]);
    EXPECT_EQ(rows.back(), (std::vector<std::string>{"8999", ""}));
    EXPECT_EQ(all.value().lines[8999], 9001U);
    const auto odd_lines =
        static_cast<std::size_t>(std::count(one.bytes.begin(), one.bytes.end(), '\n'));
    EXPECT_EQ(all.value().lines.back(), 18'001 + odd_lines);
  }
}

TEST(CsvTableTest, ALongTableNamesTheLineOfWhatItRefuses) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1,2,3\n", "t.csv:9002: row has 3 columns, header has 2"},
      {"1\n2,3,4\n", "t.csv:9002: row has 1 column, header has 2"},  // as many fields as two rows
      {"\n", "t.csv:9002: row has 1 column, header has 2"},
      {"\xff,2\n", "t.csv:9002: column 'a' is not UTF-8"},
      {"1\r2,3\n", "t.csv:9002:2: carriage return without line feed"}};
  for (const auto& [odd, words] : cases) {
    const auto all = read_all(long_table(odd));
    ASSERT_FALSE(all.ok());
    EXPECT_EQ(all.error().message.substr(0, words.size()), words);
  }
}

TEST(CsvTableTest, KeepsItsBuffersAliveByItself) {
  auto bytes = std::make_shared<const std::string>("a,b\nplain,\"dou\"\"bled\"\n");
  auto table = read_csv_table("t.csv", bytes);
  bytes.reset();

  ASSERT_TRUE(table.ok());
  const Table moved = std::move(table).value();

  EXPECT_EQ(std::get<TextColumn>(moved.columns[0].values)[0], "plain");
  EXPECT_EQ(std::get<TextColumn>(moved.columns[1].values)[0], "dou\"bled");
}

}  // namespace
}  // namespace signalbus::formats
