// Goal: typed columns are what another writer put in, whole, in part or by day; wrong files are
// refused. Method: the files of testdata/parquet (made by pyarrow, see make.py there), the real
// file of an earlier system, and round trips of our own.
#include "formats/parquet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

namespace signalbus::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::shared_ptr<const std::string> load(const std::string& file) {
  std::ifstream in(std::string(SB_TESTDATA) + "/" + file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  EXPECT_FALSE(bytes.str().empty()) << file;
  return std::make_shared<const std::string>(bytes.str());
}

/// A source that fails at a byte, and remembers how much was read.
class TestSource : public ByteSource {
 public:
  explicit TestSource(const std::string& file) : bytes_(load(file)) {}
  std::uint64_t size() const override { return bytes_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const override {
    if (offset + out.size() > fails_from) return Error{ErrorCode::kStorage, "t: disk on fire"};
    return bytes_->copy(out.data(), out.size(), offset);
  }
  const std::string& name() const override { return name_; }

  std::uint64_t fails_from = ~std::uint64_t{0};

 private:
  std::string name_ = "t.parquet";
  std::shared_ptr<const std::string> bytes_;
};

Table read(const std::string& file, const std::vector<std::string>& columns = {}) {
  Result<Table> table = read_parquet(file, load("parquet/" + file), columns);
  EXPECT_TRUE(table.ok()) << table.error().message;
  return table.ok() ? std::move(table).value() : Table();
}

template <class T>
const T& values(const Table& table, const std::string& column) {
  const int index = table.find(column);
  SB_CHECK(index >= 0);
  return std::get<T>(table.columns[static_cast<std::size_t>(index)].values);
}

std::string refusal(const std::vector<std::string>& columns) {
  const Result<Table> table = read_parquet("r.parquet", load("parquet/refused.parquet"), columns);
  return table.ok() ? "accepted" : table.error().message;
}

TEST(ParquetTest, ReadsDatesAndTimesOfAnyUnit) {
  const Table table = read("types.parquet");

  EXPECT_THAT(values<DateColumn>(table, "date32"),
              ElementsAre(TradeDate::parse("2018-03-01").value(), TradeDate::from_days(-1),
                          TradeDate::parse("2100-02-28").value()));
  EXPECT_EQ(values<InstantColumn>(table, "seconds")[0].rfc3339(), "2025-07-28T09:00:01Z");
  EXPECT_EQ(values<InstantColumn>(table, "millis")[0].rfc3339(), "2025-07-28T09:00:00.25Z");
  EXPECT_EQ(values<InstantColumn>(table, "micros")[0].rfc3339(), "1969-12-31T23:59:59.999999Z");
  EXPECT_THAT(
      values<InstantColumn>(table, "nanos"),
      ElementsAre(Instant::from_micros(-1), Instant::from_micros(0), Instant::from_micros(1)));
  EXPECT_THAT(table.lines, ElementsAre(1, 2, 3));
}

TEST(ParquetTest, ReadsNumbersAndKeepsAMissingDoubleAsNan) {
  const Table table = read("types.parquet");
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

  EXPECT_THAT(values<IntColumn>(table, "int8"), ElementsAre(-128, 0, 127));
  EXPECT_THAT(values<IntColumn>(table, "uint32"), ElementsAre(0, 1, 4294967295));
  EXPECT_THAT(values<IntColumn>(table, "int64"), ElementsAre(kMin, 0, ~kMin));
  EXPECT_THAT(values<DoubleColumn>(table, "float"), ElementsAre(0.5, -1.25, 3.0));
  EXPECT_THAT(values<DoubleColumn>(table, "double"), ElementsAre(0.1, testing::IsNan(), 1e300));
}

TEST(ParquetTest, ReadsTextsDecimalsAndBooleansAsText) {
  const Table table = read("types.parquet");

  EXPECT_THAT(values<TextColumn>(table, "string"), ElementsAre("A", "", "Z\xc3\xbcrich"));
  EXPECT_THAT(values<TextColumn>(table, "large"), ElementsAre("x", "", "y"));
  EXPECT_THAT(values<TextColumn>(table, "dictionary"), ElementsAre("up", "down", "up"));
  EXPECT_THAT(values<TextColumn>(table, "decimal"), ElementsAre("1.50", "-0.01", ""));
  EXPECT_EQ(values<TextColumn>(table, "wide")[0], "12345678901234567890.123456789012345678");
  EXPECT_THAT(values<TextColumn>(table, "bool"), ElementsAre("TRUE", "FALSE", ""));
}

TEST(ParquetTest, ReadsOnlyTheColumnsAskedForInThatOrder) {
  const Table table = read("types.parquet", {"string", "int8"});

  ASSERT_EQ(table.columns.size(), 2u);
  EXPECT_EQ(table.columns[0].name, "string");
  EXPECT_EQ(table.columns[1].name, "int8");
}

TEST(ParquetTest, ReadsWhatAnEarlierSystemWrote) {
  const Result<Table> table =
      read_parquet("t", load("finrl/targets_consolidated_20250301.parquet"));

  ASSERT_TRUE(table.ok()) << table.error().message;
  ASSERT_EQ(table.value().row_count(), 285u);
  EXPECT_EQ(values<DateColumn>(table.value(), "trade_date")[284].iso(), "2025-03-01");
  EXPECT_EQ(values<IntColumn>(table.value(), "asset_id")[0], 1045);
  double sum = 0;
  for (const double weight : values<DoubleColumn>(table.value(), "target_weight")) sum += weight;
  EXPECT_NEAR(sum, 1.0, 1e-9);
}

TEST(ParquetTest, RefusesAnEmptyDateWithItsRow) {
  EXPECT_EQ(refusal({"date"}), "r.parquet: row 2: column 'date' is empty; fill it or drop the row");
}

TEST(ParquetTest, RefusesAnIntegerBeyond64Bits) {
  EXPECT_EQ(refusal({"big"}), "r.parquet: row 2: column 'big' is outside the range of its type");
}

TEST(ParquetTest, RefusesTypesItDoesNotReadAndMissingColumns) {
  EXPECT_THAT(refusal({"time"}), HasSubstr("column 'time' has type 'Time("));
  EXPECT_THAT(refusal({"list"}), HasSubstr("column 'list' has type 'nested DOUBLE', which is not"));
  EXPECT_THAT(refusal({"dat"}), HasSubstr("r.parquet: has no column 'dat', did you mean 'date'?"));
  EXPECT_THAT(refusal({}), HasSubstr("which is not read"));
}

TEST(ParquetTest, RefusesWhatIsNotParquet) {
  for (const char* bytes : {"", "x", "PAR1", "PAR1PAR1", "date,weight\n2025-01-01,0.5\n"}) {
    const Result<Table> table = read_parquet("x.parquet", std::make_shared<std::string>(bytes));
    ASSERT_FALSE(table.ok()) << bytes;
    EXPECT_EQ(table.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(table.error().message, testing::StartsWith("x.parquet: "));
  }
}

TEST(ParquetTest, RefusesMoreRowsBytesOrMemoryThanTheLimits) {
  const auto bytes = load("parquet/groups.parquet");
  for (const ParquetLimits& limits :
       {ParquetLimits{.rows_max = 999}, ParquetLimits{.uncompressed_bytes_max = 1000},
        ParquetLimits{.memory_max = 1000}}) {
    const Result<Table> table = read_parquet("x", bytes, {}, limits);
    ASSERT_FALSE(table.ok());
    EXPECT_EQ(table.error().code, ErrorCode::kLimitExceeded) << table.error().message;
  }
}

TEST(ParquetTest, ReportsTheReasonOfTheSource) {
  auto source = std::make_shared<TestSource>("parquet/groups.parquet");
  auto file = ParquetFile::open(source);
  ASSERT_TRUE(file.ok());
  source->fails_from = 0;
  const std::string column = "weight";
  const Status status = file.value().scan(
      std::span(&column, 1), std::vector<ScanPart>{{{{0, {}}}, [](auto&) { return Ok{}; }}});

  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "t: disk on fire");
}

TEST(ParquetTest, ReadsZstdAndTheSecondPageVersion) {
  const Table table = read("zstd_v2.parquet", {"asset", "weight"});

  ASSERT_EQ(table.row_count(), 40u);
  EXPECT_EQ(values<TextColumn>(table, "asset")[39], "A0039");
  EXPECT_EQ(values<DoubleColumn>(table, "weight")[39], 0.039);
}

ParquetFile open_groups() {
  return ParquetFile::open(std::make_shared<TestSource>("parquet/groups.parquet")).value();
}

TEST(ParquetScanTest, TellsTheDaysOfEachRowGroup) {
  const ParquetFile file = open_groups();

  ASSERT_EQ(file.groups().size(), 10u);
  EXPECT_EQ(file.groups()[3], 100u);
  for (const char* column : {"date", "stamp"}) {
    ASSERT_TRUE(file.days(1, column).has_value());
    EXPECT_EQ(file.days(1, column)->min.iso(), "2025-01-05");
    EXPECT_EQ(file.days(1, column)->max.iso(), "2025-01-08");
  }
  EXPECT_FALSE(file.days(1, "asset").has_value());
}

/// Any rows of any groups, on any number of parts, are exactly the rows of the whole table.
RC_GTEST_PROP(ParquetScanTest, ChosenRowsAreTheRowsOfTheWholeTable, ()) {
  static const ParquetFile file = open_groups();
  const auto chosen = *rc::gen::container<std::vector<bool>>(
      1000, rc::gen::weightedElement<bool>(
                {{static_cast<std::size_t>(*rc::gen::inRange(1, 60)), false}, {1, true}}));
  const auto part_count = *rc::gen::inRange<std::size_t>(1, 4);

  std::vector<ScanPart> parts(part_count);
  std::vector<std::vector<std::string>> got(part_count);
  std::vector<std::string> expected;
  for (std::size_t p = 0; p < part_count; ++p) {
    parts[p].sink = [&, p](const ColumnBatch& batch) -> Status {
      const auto assets = std::get<std::span<const std::string_view>>(batch.columns[0]);
      const auto weights = std::get<std::span<const double>>(batch.columns[1]);
      for (std::size_t i = 0; i < batch.rows.size(); ++i) {
        RC_ASSERT(weights[i] == static_cast<double>(batch.rows[i] - 1) / 1000);
        got[p].emplace_back(assets[i]);
      }
      return Ok{};
    };
  }
  for (std::size_t group = 0; group < 10; ++group) {
    std::vector<RowRange> ranges;
    for (std::uint32_t row = 0; row < 100; ++row) {
      if (!chosen[group * 100 + row]) continue;
      ranges.push_back({row, row + 1});
      const std::string digits = std::to_string(10000 + group * 100 + row);
      expected.push_back("A" + digits.substr(1));
    }
    parts[group * part_count / 10].groups.push_back({group, ranges});
  }
  const std::vector<std::string> columns = {"asset", "weight"};
  const Status status = file.scan(columns, parts);

  RC_ASSERT(status.ok());
  std::vector<std::string> all;
  for (const auto& part : got) all.insert(all.end(), part.begin(), part.end());
  RC_ASSERT(all == expected);
}

TEST(ParquetScanTest, StopsWithTheErrorOfTheSink) {
  const ParquetFile file = open_groups();
  const std::vector<std::string> columns = {"asset"};
  int batches = 0;
  const ScanPart part{{{0, {}}, {1, {}}}, [&](const ColumnBatch&) -> Status {
                        ++batches;
                        return Error{ErrorCode::kInvalidInput, "enough"};
                      }};
  const Status status = file.scan(columns, std::span(&part, 1));

  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(batches, 1);
}

/// The rows of the newest day, found the slow way over the whole file.
std::vector<std::size_t> newest_by_hand(const Table& all, TradeDate until) {
  const auto& dates = values<DateColumn>(all, "date");
  std::optional<TradeDate> newest;
  for (const TradeDate date : dates) {
    if (date <= until && (!newest || date > *newest)) newest = date;
  }
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < dates.size(); ++i) {
    if (newest && dates[i] == *newest) rows.push_back(i + 1);
  }
  return rows;
}

TEST(ParquetNewestTest, FindsTheRowsOfTheNewestDayForEveryRunDateAndDateType) {
  const ParquetFile file = open_groups();
  const Table all = read("groups.parquet");
  const std::vector<std::string> columns = {"weight"};
  const TradeDate first = TradeDate::parse("2024-12-31").value();
  for (int days = 0; days < 45; ++days) {
    const TradeDate until = first.plus_days(days);
    for (const char* column : {"date", "stamp", "text_date"}) {
      const auto table = read_parquet_newest(file, column, until, columns);
      ASSERT_TRUE(table.ok()) << table.error().message;
      EXPECT_EQ(table.value().lines, newest_by_hand(all, until)) << column << " " << until.iso();
      for (std::size_t i = 0; i < table.value().row_count(); ++i) {
        EXPECT_EQ(values<DoubleColumn>(table.value(), "weight")[i],
                  static_cast<double>(table.value().lines[i] - 1) / 1000);
      }
    }
  }
}

TEST(ParquetNewestTest, RefusesADateColumnThatHoldsNoDates) {
  const ParquetFile file = open_groups();
  const TradeDate until = TradeDate::from_days(0);

  EXPECT_THAT(read_parquet_newest(file, "weight", until, {}).error().message,
              HasSubstr("column 'weight' has type 'DOUBLE', a date is needed"));
  EXPECT_EQ(read_parquet_newest(file, "asset", until, {}).error().message,
            "t.parquet: row 1: 'A0000' is not a date like 2025-07-28");
}

Table sample(const std::vector<double>& weights, const std::vector<std::string>& names) {
  Table table;
  table.name = "sample";
  auto text = std::make_shared<std::string>();
  for (const std::string& name : names) *text += name;
  TextColumn views;
  DateColumn dates;
  InstantColumn times;
  IntColumn counts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    views.push_back(std::string_view(*text).substr(begin, names[i].size()));
    begin += names[i].size();
    dates.push_back(TradeDate::from_days(static_cast<std::int32_t>(i * 37) - 1000));
    times.push_back(Instant::from_micros(static_cast<std::int64_t>(i) * 1'234'567'891 - 5));
    counts.push_back(static_cast<std::int64_t>(i) * -3);
    table.lines.push_back(i + 1);
  }
  table.buffers = {text};
  table.columns = {{"trade_date", dates},
                   {"asset_id", views},
                   {"target_weight", weights},
                   {"asof", times},
                   {"count", counts}};
  return table;
}

/// What is written reads back the same, and the same table gives the same bytes.
RC_GTEST_PROP(ParquetWriteTest, RoundTripsEveryColumnType, (std::vector<double> weights)) {
  const auto names = *rc::gen::container<std::vector<std::string>>(
      weights.size(), rc::gen::arbitrary<std::string>());
  const Table table = sample(weights, names);
  const Result<std::string> bytes = write_parquet(table);
  RC_ASSERT(bytes.ok());
  RC_ASSERT(write_parquet(table).value() == bytes.value());

  const auto back = read_parquet("b", std::make_shared<std::string>(bytes.value()));
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().lines == table.lines);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    RC_ASSERT(back.value().columns[i].name == table.columns[i].name);
    RC_ASSERT(back.value().columns[i].values == table.columns[i].values);
  }
}

TEST(ParquetWriteTest, WritesAMissingDoubleAsANull) {
  const Result<std::string> bytes = write_parquet(sample({0.5, std::nan("")}, {"a", "b"}));

  ASSERT_TRUE(bytes.ok());
  const auto back = read_parquet("b", std::make_shared<std::string>(bytes.value()));
  EXPECT_THAT(values<DoubleColumn>(back.value(), "target_weight"),
              ElementsAre(0.5, testing::IsNan()));
}

}  // namespace
}  // namespace signalbus::formats
