// Goal: of a file that streams by, exactly the rows of the newest date that counts, and no bad row
// passes. Method: rows written inline; random files cut into random parts for the joining.
#include "signals/newest_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

#include "core/decimal.h"
#include "signals/testing.h"

namespace signalbus::signals {
namespace {

using testing::date;
using ::testing::HasSubstr;

const TradeDate kRunDate = date("2025-07-28");

/// Adds text rows on lines 2, 3, ...
struct TextRow {
  std::string date, asset, weight, asof;
};
Status add_all(NewestRows& rows, const std::vector<TextRow>& input) {
  std::size_t line = 2;
  for (const TextRow& row : input) {
    SB_TRY_OK(rows.add(row.date, row.asset, row.weight, row.asof, line++));
  }
  return Ok{};
}

std::string shown(const Result<std::vector<SignalRow>>& taken) {
  if (!taken.ok()) return "error " + taken.error().message;
  std::string out;
  for (const SignalRow& row : taken.value()) {
    out += row.asset_id.get() + "=" + format_double(row.weight) + "@" + row.asof.rfc3339() + "#" +
           std::to_string(row.line) + " ";
  }
  return out;
}

TEST(NewestRowsTest, KeepsTheNewestDateOnOrBeforeTheRunDateAndIgnoresTheFuture) {
  NewestRows rows(kRunDate);
  ASSERT_TRUE(add_all(rows, {{"2025-07-25", "1", "0.9", ""},
                             {"2025-07-27", "20", "0.4", ""},
                             {"2025-07-29", "1", "1", ""},
                             {"2025-07-26", "1", "0.7", ""},
                             {"2025-07-27T00:00:00", "3", "0.6", ""}})
                  .ok());

  EXPECT_EQ(rows.newest(), date("2025-07-27"));
  EXPECT_EQ(rows.earliest(), date("2025-07-25"));
  EXPECT_EQ(rows.rows_seen(), 5u);
  EXPECT_EQ(shown(rows.take()), "3=0.6@2025-07-27T00:00:00Z#6 20=0.4@2025-07-27T00:00:00Z#3 ");
}

TEST(NewestRowsTest, CountsARowOfTheRunDateItself) {
  NewestRows rows(kRunDate);
  ASSERT_TRUE(add_all(rows, {{"2025-07-28", "1", "1", ""}, {"2025-07-27", "1", "0.5", ""}}).ok());
  EXPECT_EQ(shown(rows.take()), "1=1@2025-07-28T00:00:00Z#2 ");
}

TEST(NewestRowsTest, HasNothingWhenEveryRowIsInTheFuture) {
  NewestRows rows(kRunDate);
  ASSERT_TRUE(add_all(rows, {{"2025-08-01", "1", "1", ""}}).ok());
  EXPECT_FALSE(rows.newest().has_value());
  EXPECT_EQ(rows.earliest(), date("2025-08-01"));
  EXPECT_EQ(shown(rows.take()), "");
}

TEST(NewestRowsTest, NamesBothLinesOfADuplicateWithoutAsof) {
  NewestRows rows(kRunDate);
  ASSERT_TRUE(add_all(rows, {{"2025-07-28", "7", "0.5", ""},
                             {"2025-07-28", "8", "0.5", ""},
                             {"2025-07-28", "7", "0.6", ""}})
                  .ok());
  const auto taken = rows.take();
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(taken.error().message,
            "line 4: asset '7' on 2025-07-28 stands already on line 2; remove one, or give both an "
            "asof time so that the newer wins");
}

TEST(NewestRowsTest, TakesTheNewestAsofOfADuplicate) {
  NewestRows rows(kRunDate);
  ASSERT_TRUE(add_all(rows, {{"2025-07-28", "7", "0.5", "2025-07-28T09:00:00Z"},
                             {"2025-07-28", "7", "0.6", "2025-07-28T12:00:00+02:00"},
                             {"2025-07-28", "7", "0.7", "2025-07-28T08:59:59.999Z"}})
                  .ok());
  EXPECT_EQ(shown(rows.take()), "7=0.6@2025-07-28T10:00:00Z#3 ");
}

TEST(NewestRowsTest, RefusesADuplicateWithEqualAsof) {
  NewestRows rows(kRunDate);
  ASSERT_TRUE(add_all(rows, {{"2025-07-28", "7", "0.5", "2025-07-28T09:00:00Z"},
                             {"2025-07-28", "7", "0.6", "2025-07-28T09:00:00Z"}})
                  .ok());
  EXPECT_FALSE(rows.take().ok());
}

TEST(NewestRowsTest, AcceptsADuplicateOnADateThatDoesNotCount) {
  NewestRows rows(kRunDate);
  ASSERT_TRUE(add_all(rows, {{"2025-07-20", "7", "0.5", ""},
                             {"2025-07-20", "7", "0.6", ""},
                             {"2025-07-28", "7", "1", ""}})
                  .ok());
  EXPECT_EQ(shown(rows.take()), "7=1@2025-07-28T00:00:00Z#4 ");
}

TEST(NewestRowsTest, RefusesABadValueOnAnyDateEvenOneThatDoesNotCount) {
  const char* const dates[] = {"2025-07-28", "2025-08-15", "2025-07-01"};
  const char* const weights[] = {"",   "nan", "inf",  "-inf",   "0x10",  "1,5", "5%",
                                 " 1", "1 ",  "abc",  "1e",     "1.2.3", "--1", "1e999",
                                 "-",  ".",   "0.5.", "1e5000", "½"};
  for (const char* day : dates) {
    for (const char* weight : weights) {
      NewestRows rows(kRunDate);
      ASSERT_TRUE(rows.add("2025-07-28", "1", "0.5", "", 2).ok());
      const Status added = rows.add(day, "2", weight, "", 3);
      ASSERT_FALSE(added.ok()) << day << " weight '" << weight << "'";
      EXPECT_EQ(added.error().code, ErrorCode::kInvalidInput);
      EXPECT_THAT(added.error().message, HasSubstr("weight"));
    }
  }
}

TEST(NewestRowsTest, RefusesABadDateOrAnEmptyAssetOnAnyDate) {
  for (const char* day : {"2025-02-30", "28/07/2025", "", "2025-7-1",
                          "\xEF\xBB\xBF"
                          "2025-07-28"}) {
    EXPECT_FALSE(NewestRows(kRunDate).add(day, "1", "0.5", "", 2).ok()) << day;
  }
  for (const char* day : {"2025-07-28", "2025-08-15", "2025-07-01"}) {
    NewestRows rows(kRunDate);
    ASSERT_TRUE(rows.add("2025-07-28", "1", "0.5", "", 2).ok());
    EXPECT_FALSE(rows.add(day, "", "0.5", "", 3).ok()) << day;
    EXPECT_FALSE(rows.add(date(day), "", 0.5, std::nullopt, 3).ok()) << day;
    EXPECT_FALSE(rows.add(date(day), "2", std::nan(""), std::nullopt, 3).ok()) << day;
  }
}

TEST(NewestRowsTest, RefusesABadAsofOfARowThatCounts) {
  NewestRows rows(kRunDate);
  const Status added = rows.add("2025-07-28", "1", "0.5", "yesterday", 2);
  ASSERT_FALSE(added.ok());
  EXPECT_THAT(added.error().message, HasSubstr("asof"));
}

TEST(NewestRowsTest, NamesTheLineOfAnAssetIdThatCannotBeUsed) {
  NewestRows rows(kRunDate);
  ASSERT_TRUE(rows.add("2025-07-28", "=HYPERLINK(1)", "0.5", "", 9).ok());
  EXPECT_THAT(shown(rows.take()), HasSubstr("error line 9: asset id '=HYPERLINK(1)'"));
}

TEST(NewestRowsTest, ReadsWeightsInEveryNotation) {
  const std::pair<const char*, double> cases[] = {{"0.0047", 0.0047}, {"-0.25", -0.25},
                                                  {"+0.5", 0.5},      {"1e-3", 0.001},
                                                  {".5", 0.5},        {"0", 0.0}};
  for (const auto& [text, weight] : cases) {
    NewestRows rows(kRunDate);
    ASSERT_TRUE(rows.add("2025-07-28", "1", text, "", 2).ok()) << text;
    EXPECT_EQ(rows.take().value().front().weight, weight) << text;
  }
}

TEST(NewestRowsTest, TypedRowsEqualTextRows) {
  NewestRows text(kRunDate);
  NewestRows typed(kRunDate);
  ASSERT_TRUE(text.add("2025-07-27", "1", "0.5", "2025-07-27T09:00:00Z", 2).ok());
  ASSERT_TRUE(text.add("2025-07-27", "2", "0.25", "", 3).ok());
  ASSERT_TRUE(
      typed.add(date("2025-07-27"), "1", 0.5, Instant::parse("2025-07-27T09:00:00Z").value(), 2)
          .ok());
  ASSERT_TRUE(typed.add(date("2025-07-27"), "2", 0.25, std::nullopt, 3).ok());
  EXPECT_EQ(shown(text.take()), shown(typed.take()));
}

// ---- Properties over random small files: few dates and assets, so that they collide. ----

rc::Gen<std::vector<TextRow>> files() {
  const auto row = rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(20, 32), rc::gen::inRange(1, 9), rc::gen::inRange(0, 100),
                     rc::gen::inRange(0, 4)),
      [](const std::tuple<int, int, int, int>& t) {
        const auto& [day, asset, weight, hour] = t;
        return TextRow{"2025-07-" + std::to_string(day), std::to_string(asset),
                       "0." + std::to_string(10 + weight),
                       hour == 0 ? "" : "2025-07-20T0" + std::to_string(hour) + ":00:00Z"};
      });
  return rc::gen::container<std::vector<TextRow>>(row);
}

RC_GTEST_PROP(NewestRowsProperty, PartsThatWereAbsorbedEqualOnePart, ()) {
  const std::vector<TextRow> file = *files();
  NewestRows whole(kRunDate);
  RC_ASSERT(add_all(whole, file).ok());

  NewestRows joined(kRunDate);
  for (std::size_t at = 0; at < file.size();) {
    const auto size = *rc::gen::inRange<std::size_t>(1, file.size() - at + 1);
    NewestRows part(kRunDate);
    for (std::size_t i = 0; i < size; ++i) {
      const TextRow& row = file[at + i];
      RC_ASSERT(part.add(row.date, row.asset, row.weight, row.asof, i + 1).ok());
    }
    joined.absorb(part, at + 1);
    at += size;
  }
  RC_ASSERT(joined.rows_seen() == whole.rows_seen());
  RC_ASSERT(joined.newest() == whole.newest());
  RC_ASSERT(joined.earliest() == whole.earliest());
  RC_ASSERT(shown(joined.take()) == shown(whole.take()));
}

RC_GTEST_PROP(NewestRowsProperty, PermutingRowsChangesNothingButLineNumbers, ()) {
  const std::vector<TextRow> file = *files();
  std::vector<TextRow> permuted = file;
  for (std::size_t i = permuted.size(); i > 1; --i) {
    std::swap(permuted[i - 1], permuted[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  NewestRows a(kRunDate);
  NewestRows b(kRunDate);
  RC_ASSERT(add_all(a, file).ok());
  RC_ASSERT(add_all(b, permuted).ok());
  const auto first = a.take();
  const auto second = b.take();
  RC_ASSERT(first.ok() == second.ok());
  if (!first.ok()) return;
  RC_ASSERT(first.value().size() == second.value().size());
  for (std::size_t i = 0; i < first.value().size(); ++i) {
    RC_ASSERT(first.value()[i].asset_id == second.value()[i].asset_id);
    RC_ASSERT(first.value()[i].weight == second.value()[i].weight);
    RC_ASSERT(first.value()[i].asof == second.value()[i].asof);
  }
}

/// Independent reading of the contract: filter, then the newest asof of each asset.
RC_GTEST_PROP(NewestRowsProperty, KeepsWhatAPlainFilterWouldKeep, ()) {
  const std::vector<TextRow> file = *files();
  NewestRows rows(kRunDate);
  RC_ASSERT(add_all(rows, file).ok());
  std::string newest;
  for (const TextRow& row : file) {
    if (row.date <= "2025-07-28") newest = std::max(newest, row.date);
  }
  std::map<std::string, std::pair<std::string, std::string>> best;  // asset -> asof, weight
  for (const TextRow& row : file) {
    if (row.date != newest) continue;
    const std::string asof = row.asof.empty() ? newest + "T00:00:00Z" : row.asof;
    auto& entry = best[row.asset];
    if (asof > entry.first) entry = {asof, row.weight};
  }
  const auto taken = rows.take();
  if (!taken.ok()) return;  // equal times: covered by the unit tests
  RC_ASSERT(taken.value().size() == best.size());
  for (const SignalRow& row : taken.value()) {
    RC_ASSERT(best.at(row.asset_id.get()).first == row.asof.rfc3339());
    RC_ASSERT(parse_double(best.at(row.asset_id.get()).second).value() == row.weight);
  }
}

}  // namespace
}  // namespace signalbus::signals
