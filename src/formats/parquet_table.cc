// Whole tables out of scans: all rows, or those of the newest day.
#include <algorithm>
#include <limits>
#include <numeric>
#include <thread>

#include "core/text.h"
#include "formats/parquet.h"

namespace signalbus::formats {
namespace {

/// Below this a second thread costs more than it brings.
constexpr std::uint64_t kRowsPerThread = 200'000;

class StringSource : public ByteSource {
 public:
  StringSource(std::string name, std::shared_ptr<const std::string> bytes)
      : name_(std::move(name)), bytes_(std::move(bytes)) {}

  std::uint64_t size() const override { return bytes_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const override {
    if (offset >= bytes_->size()) return std::size_t{0};
    return bytes_->copy(out.data(), out.size(), offset);
  }
  const std::string& name() const override { return name_; }

 private:
  std::string name_;
  std::shared_ptr<const std::string> bytes_;
};

/// Collects the batches of one part; texts lie in one buffer per column until views are made.
class PartRows {
 public:
  PartRows(const ParquetFile& file, std::size_t columns)
      : file_(file), numbers_(columns), texts_(columns) {}

  Status add(const ColumnBatch& batch) {
    lines_.insert(lines_.end(), batch.rows.begin(), batch.rows.end());
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
      std::visit([&](const auto& values) { add_values(i, values); }, batch.columns[i]);
    }
    if (text_bytes_ <= file_.limits().memory_max) return Ok{};
    return Error{ErrorCode::kLimitExceeded,
                 file_.name() + ": holds more text than the limit of " +
                     with_thousands(static_cast<long long>(file_.limits().memory_max)) + " bytes"};
  }

  /// Appends everything to the table, whose columns have the right types already.
  void move_into(Table& table) {
    table.lines.insert(table.lines.end(), lines_.begin(), lines_.end());
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      std::visit([&](auto& values) { append(i, table, values); }, table.columns[i].values);
    }
  }

 private:
  struct Texts {
    std::string bytes;
    std::vector<std::size_t> ends;
  };

  void add_values(std::size_t column, std::span<const std::string_view> values) {
    Texts& texts = texts_[column];
    for (const std::string_view text : values) {
      texts.bytes += text;
      texts.ends.push_back(texts.bytes.size());
      text_bytes_ += text.size();
    }
  }
  template <class T>
  void add_values(std::size_t column, std::span<const T> values) {
    auto* all = std::get_if<std::vector<T>>(&numbers_[column]);
    if (all == nullptr) all = &numbers_[column].template emplace<std::vector<T>>();
    all->insert(all->end(), values.begin(), values.end());
  }

  void append(std::size_t column, Table& table, TextColumn& values) {
    const auto bytes = std::make_shared<const std::string>(std::move(texts_[column].bytes));
    std::size_t begin = 0;
    for (const std::size_t end : texts_[column].ends) {
      values.push_back(std::string_view(*bytes).substr(begin, end - begin));
      begin = end;
    }
    table.buffers.push_back(bytes);
  }
  template <class T>
  void append(std::size_t column, Table&, std::vector<T>& values) {
    if (auto* from = std::get_if<std::vector<T>>(&numbers_[column])) {
      if (values.empty()) {
        values = std::move(*from);
      } else {
        values.insert(values.end(), from->begin(), from->end());
      }
    }
  }

  const ParquetFile& file_;
  std::vector<std::size_t> lines_;
  std::vector<std::variant<std::monostate, DoubleColumn, IntColumn, DateColumn, InstantColumn>>
      numbers_;
  std::vector<Texts> texts_;
  std::uint64_t text_bytes_ = 0;
};

Column empty_column(const ParquetField& field) {
  switch (field.kind) {
    case ColumnKind::kDouble:
      return {field.name, DoubleColumn()};
    case ColumnKind::kInt:
      return {field.name, IntColumn()};
    case ColumnKind::kDate:
      return {field.name, DateColumn()};
    case ColumnKind::kInstant:
      return {field.name, InstantColumn()};
    default:
      return {field.name, TextColumn()};
  }
}

std::uint64_t rows_in(const ParquetFile& file, const GroupRows& group) {
  if (!group.rows) return file.groups()[group.group];
  std::uint64_t rows = 0;
  for (const RowRange range : *group.rows) rows += range.end - range.begin;
  return rows;
}

/// Deals consecutive groups to as many parts as threads help, about as many rows to each.
std::vector<std::vector<GroupRows>> deal(const ParquetFile& file, std::vector<GroupRows> groups) {
  std::uint64_t left = 0;
  for (const GroupRows& group : groups) left += rows_in(file, group);
  std::uint64_t parts =
      std::clamp<std::uint64_t>(std::min<std::uint64_t>(left / kRowsPerThread, groups.size()), 1,
                                std::max(1U, std::thread::hardware_concurrency()));
  std::vector<std::vector<GroupRows>> dealt(1);
  std::uint64_t share = left / parts;
  std::uint64_t taken = 0;
  for (GroupRows& group : groups) {
    if (taken >= share && parts > 1) {
      left -= taken;
      share = left / --parts;
      taken = 0;
      dealt.emplace_back();
    }
    taken += rows_in(file, group);
    dealt.back().push_back(std::move(group));
  }
  return dealt;
}

/// The rows as a table; groups come ascending, so parts in order are rows in order.
Result<Table> read_rows(const ParquetFile& file, std::span<const std::string> columns,
                        std::vector<GroupRows> groups) {
  Table table;
  table.name = file.name();
  for (const std::string& column : columns) {
    SB_TRY(const std::size_t index, file.index_of(column));
    table.columns.push_back(empty_column(file.fields()[index]));
  }
  std::vector<std::vector<GroupRows>> dealt = deal(file, std::move(groups));
  std::vector<PartRows> rows(dealt.size(), PartRows(file, columns.size()));
  std::vector<ScanPart> parts;
  for (std::size_t i = 0; i < dealt.size(); ++i) {
    parts.push_back({std::move(dealt[i]),
                     [&part = rows[i]](const ColumnBatch& batch) { return part.add(batch); }});
  }
  SB_TRY_OK(file.scan(columns, parts));
  for (PartRows& part : rows) part.move_into(table);
  return table;
}

constexpr std::int32_t kNoDay = std::numeric_limits<std::int32_t>::min();  // older than all

/// The rows of the newest day seen so far, of one part.
class NewestRows {
 public:
  NewestRows(const ParquetFile& file, std::int32_t until, std::vector<std::uint64_t> first_rows)
      : file_(&file), until_(until), first_rows_(std::move(first_rows)) {}

  Status add(const ColumnBatch& batch) {
    if (const auto* dates = std::get_if<std::span<const TradeDate>>(&batch.columns[0])) {
      add_days(batch, *dates, [](TradeDate date) { return date.days(); });
    } else if (const auto* times = std::get_if<std::span<const Instant>>(&batch.columns[0])) {
      add_days(batch, *times, [](Instant time) { return time.utc_date().days(); });
    } else {
      return add_texts(batch, std::get<std::span<const std::string_view>>(batch.columns[0]));
    }
    return Ok{};
  }

  std::int32_t day() const { return day_; }
  std::vector<GroupRows>& rows() { return rows_; }

 private:
  template <class Values, class DayOf>
  void add_days(const ColumnBatch& batch, const Values& values, DayOf day_of) {
    for (std::size_t i = 0, end = 0; i < values.size(); i = end) {
      end = i + 1;  // dates come in runs
      while (end < values.size() && values[end] == values[i] &&
             batch.rows[end] == batch.rows[end - 1] + 1) {
        ++end;
      }
      const std::int32_t day = day_of(values[i]);
      if (day > until_ || day < day_) continue;  // of most runs this is all
      if (day > day_) rows_.clear();
      day_ = day;
      add_rows(batch.rows[i] - 1, batch.rows[end - 1]);
    }
  }

  Status add_texts(const ColumnBatch& batch, std::span<const std::string_view> texts) {
    days_.clear();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (days_.empty() || texts[i] != texts[i - 1]) {  // dates come in runs
        Result<TradeDate> day = parse_date_cell(texts[i]);
        if (!day.ok()) {
          return std::move(day).error().in(file_->name() + ": row " +
                                           std::to_string(batch.rows[i]));
        }
        days_.push_back(day.value().days());
      } else {
        days_.push_back(days_.back());
      }
    }
    add_days(batch, days_, [](std::int32_t day) { return day; });
    return Ok{};
  }

  /// Rows [row, end) of the file, cut where row groups meet.
  void add_rows(std::uint64_t row, std::uint64_t end) {
    while (row < end) {
      if (rows_.empty() || row >= first_rows_[rows_.back().group + 1]) {
        const auto after = std::upper_bound(first_rows_.begin(), first_rows_.end(), row);
        rows_.push_back(
            {static_cast<std::size_t>(after - first_rows_.begin()) - 1, std::vector<RowRange>()});
      }
      const std::uint64_t first = first_rows_[rows_.back().group];
      const std::uint64_t stop = std::min(end, first_rows_[rows_.back().group + 1]);
      const RowRange range{static_cast<std::uint32_t>(row - first),
                           static_cast<std::uint32_t>(stop - first)};
      std::vector<RowRange>& ranges = *rows_.back().rows;
      if (!ranges.empty() && ranges.back().end == range.begin) {
        ranges.back().end = range.end;
      } else {
        ranges.push_back(range);
      }
      row = stop;
    }
  }

  const ParquetFile* file_;
  std::int32_t until_;
  std::vector<std::uint64_t> first_rows_;  // of each group, and the row count
  std::vector<std::int32_t> days_;         // of a batch of texts
  std::int32_t day_ = kNoDay;
  std::vector<GroupRows> rows_;
};

/// The groups that can hold the newest day not after `until`, as far as statistics tell.
std::vector<GroupRows> candidates(const ParquetFile& file, std::string_view column,
                                  TradeDate until) {
  std::vector<std::optional<ParquetFile::DayRange>> ranges;
  TradeDate floor = TradeDate::from_days(kNoDay);  // a row of this day or a newer one exists
  for (std::size_t i = 0; i < file.groups().size(); ++i) {
    ranges.push_back(file.days(i, column));
    if (!ranges[i] || ranges[i]->min > until) continue;
    floor = std::max(floor, ranges[i]->max <= until ? ranges[i]->max : ranges[i]->min);
  }
  std::vector<GroupRows> groups;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i] && (ranges[i]->min > until || ranges[i]->max < floor)) continue;
    groups.push_back({i, std::nullopt});
  }
  return groups;
}

}  // namespace

Result<Table> read_parquet(std::shared_ptr<const ByteSource> source,
                           std::span<const std::string> columns, const ParquetLimits& limits) {
  SB_TRY(const ParquetFile file, ParquetFile::open(std::move(source), limits));
  return read_parquet(file, columns);
}

Result<Table> read_parquet(const ParquetFile& file, std::span<const std::string> columns) {
  std::vector<std::string> names(columns.begin(), columns.end());
  if (names.empty()) {
    for (const ParquetField& field : file.fields()) names.push_back(field.name);
  }
  std::vector<GroupRows> groups;
  for (std::size_t i = 0; i < file.groups().size(); ++i) groups.push_back({i, std::nullopt});
  return read_rows(file, names, std::move(groups));
}

Result<Table> read_parquet(std::string name, std::shared_ptr<const std::string> bytes,
                           std::span<const std::string> columns, const ParquetLimits& limits) {
  return read_parquet(std::make_shared<StringSource>(std::move(name), std::move(bytes)), columns,
                      limits);
}

Result<Table> read_parquet_newest(const ParquetFile& file, std::string_view date_column,
                                  TradeDate until, std::span<const std::string> columns) {
  SB_TRY(const std::size_t index, file.index_of(date_column));
  const ParquetField& field = file.fields()[index];
  if (field.kind == ColumnKind::kInt || field.kind == ColumnKind::kDouble) {
    return Error{ErrorCode::kInvalidInput, file.name() + ": column " + quoted(date_column) +
                                               " has type " + quoted(field.type) +
                                               ", a date is needed"};
  }
  std::vector<std::uint64_t> first_rows(1, 0);
  for (const std::uint32_t rows : file.groups()) first_rows.push_back(first_rows.back() + rows);

  std::vector<std::vector<GroupRows>> dealt = deal(file, candidates(file, date_column, until));
  std::vector<NewestRows> found(dealt.size(), NewestRows(file, until.days(), first_rows));
  std::vector<ScanPart> parts;
  for (std::size_t i = 0; i < dealt.size(); ++i) {
    parts.push_back({std::move(dealt[i]),
                     [&part = found[i]](const ColumnBatch& batch) { return part.add(batch); }});
  }
  SB_TRY_OK(file.scan(std::span(&field.name, 1), parts));

  std::int32_t newest = kNoDay;
  for (const NewestRows& part : found) newest = std::max(newest, part.day());
  std::vector<GroupRows> groups;
  for (NewestRows& part : found) {
    if (part.day() != newest) continue;
    std::move(part.rows().begin(), part.rows().end(), std::back_inserter(groups));
  }
  return read_rows(file, columns, std::move(groups));
}

}  // namespace signalbus::formats
