#include "app/demo_days.h"

#include <array>

#include "formats/csv_writer.h"
#include "inputs/rows.h"

namespace signalbus::app {
namespace {

/// The columns of counts, in the order of the file.
struct CountColumn {
  std::string_view name;
  std::int64_t DemoDay::* field;
};
constexpr std::array<CountColumn, 8> kCounts = {{{"positions", &DemoDay::positions},
                                                 {"orders", &DemoDay::orders},
                                                 {"fills", &DemoDay::fills},
                                                 {"unfilled", &DemoDay::unfilled},
                                                 {"sent_again", &DemoDay::sent_again},
                                                 {"asked_again", &DemoDay::asked_again},
                                                 {"runs", &DemoDay::runs},
                                                 {"differences", &DemoDay::differences}}};

Result<std::int64_t> parse_count(std::string_view text) {
  return parse_scaled64(text, 0, Rounding::kExact);
}

/// `drop_response 2, lag 1`.
std::string text_of(const Counts& counts) {
  std::string out;
  for (const auto& [word, count] : counts) {
    out += (out.empty() ? "" : ", ") + word + " " + std::to_string(count);
  }
  return out;
}

Result<Counts> parse_counts(std::string_view text) {
  Counts out;
  while (!text.empty()) {
    const std::size_t end = text.find(", ");
    const std::string_view part = text.substr(0, end);
    const std::size_t blank = part.find(' ');
    if (blank == std::string_view::npos) {
      return Error{ErrorCode::kInvalidInput, "must be words with counts: drop_response 2, lag 1"};
    }
    SB_TRY(const std::int64_t count, parse_count(part.substr(blank + 1)));
    out.emplace(part.substr(0, blank), count);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
  }
  return out;
}

Result<DemoDay> read_day(const inputs::Rows& rows, std::size_t row) {
  SB_TRY(const std::size_t date_column, rows.column("date"));
  SB_TRY(const std::size_t equity_column, rows.column("equity"));
  SB_TRY(const std::size_t cash_column, rows.column("cash"));
  SB_TRY(const std::size_t faults_column, rows.column("faults"));
  SB_TRY(const TradeDate date, rows.parse(row, date_column, TradeDate::parse));
  DemoDay day{.date = date};
  SB_TRY(day.equity, rows.parse(row, equity_column, inputs::parse_money));
  SB_TRY(day.cash, rows.parse(row, cash_column, inputs::parse_money));
  for (const CountColumn& count : kCounts) {
    SB_TRY(const std::size_t column, rows.column(count.name));
    SB_TRY(day.*count.field, rows.parse(row, column, parse_count));
  }
  SB_TRY(day.faults, rows.parse(row, faults_column, parse_counts));
  return day;
}

}  // namespace

std::int64_t DemoDay::fault_count() const {
  std::int64_t total = 0;
  for (const auto& [word, count] : faults) total += count;
  return total;
}

Result<std::vector<DemoDay>> load_demo_days(Files& files, const std::string& path) {
  std::vector<DemoDay> days;
  if (!files.exists(path)) return days;
  SB_TRY(formats::Table table, inputs::read_table(files, path));
  const inputs::Rows rows(std::move(table));
  for (std::size_t row = 0; row < rows.count(); ++row) {
    SB_TRY(DemoDay day, read_day(rows, row));
    days.push_back(std::move(day));
  }
  return days;
}

Status save_demo_days(Files& files, const std::string& path, const std::vector<DemoDay>& days) {
  std::vector<std::string_view> header = {"date", "equity", "cash"};
  for (const CountColumn& count : kCounts) header.push_back(count.name);
  header.push_back("faults");
  formats::CsvWriter csv(header);
  for (const DemoDay& day : days) {
    csv.date(day.date).fixed(day.equity).fixed(day.cash);
    for (const CountColumn& count : kCounts) csv.integer(day.*count.field);
    csv.text(text_of(day.faults)).end_row();
  }
  const NewFile file{path, csv.take()};
  return files.write(std::span(&file, 1));
}

}  // namespace signalbus::app
