#include "inputs/load_signals.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "core/paths.h"
#include "core/text.h"
#include "formats/csv.h"
#include "formats/parquet.h"
#include "formats/xlsx.h"
#include "inputs/rows.h"
#include "signals/newest_rows.h"

namespace signalbus::inputs {
namespace {

using signals::LoadedStrategy;
using signals::NewestRows;
using signals::StrategySpec;

constexpr std::uint64_t kXlsxBytesMax = 256ULL << 20;
constexpr std::size_t kThreadsMax = 4;

/// Reports how much of a file was read, whoever reads it.
class CountingSource final : public ByteSource {
 public:
  CountingSource(std::unique_ptr<ByteSource> inner, Progress& progress)
      : inner_(std::move(inner)), progress_(progress) {}
  ~CountingSource() override { progress_.update(name(), size(), size()); }
  CountingSource(const CountingSource&) = delete;
  CountingSource& operator=(const CountingSource&) = delete;

  std::uint64_t size() const override { return inner_->size(); }
  const std::string& name() const override { return inner_->name(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const override {
    Result<std::size_t> count = inner_->read_at(offset, out);
    if (count.ok()) progress_.update(name(), read_ += count.value(), size());
    return count;
  }

 private:
  std::unique_ptr<ByteSource> inner_;
  Progress& progress_;
  mutable std::atomic<std::uint64_t> read_{0};
};

/// Which columns of the file are ours, by index in its header.
struct SignalColumns {
  std::size_t date;
  std::size_t asset;
  std::size_t weight;
  std::optional<std::size_t> asof;
};

/// The name that a column of the file has for us: the manifest's, else its own.
std::string our_name(const StrategySpec& spec, const std::string& file_column) {
  const auto at = spec.column_mapping.find(file_column);
  return at == spec.column_mapping.end() ? file_column : at->second;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

Error missing_column(const StrategySpec& spec, const std::string& file,
                     const std::vector<std::string>& header, std::string_view wanted) {
  for (const auto& [column, ours] : spec.column_mapping) {
    if (ours != wanted) continue;
    return {ErrorCode::kInvalidInput, file + ": no column " + quoted(column) +
                                          ", which the manifest maps to " + std::string(wanted) +
                                          did_you_mean(column, header) + " (the columns are " +
                                          quoted(joined(header)) + ")"};
  }
  return {ErrorCode::kInvalidInput,
          file + ": no column '" + std::string(wanted) + "' (the columns are " +
              quoted(joined(header)) + "); name it in the manifest, for example column_mapping: {" +
              (header.empty() ? "x" : header.front()) + ": " + std::string(wanted) + "}"};
}

Result<SignalColumns> find_columns(const StrategySpec& spec, const std::string& file,
                                   const std::vector<std::string>& header) {
  constexpr std::array<std::string_view, 4> kNames = {"trade_date", "asset_id", "target_weight",
                                                      "asof"};
  std::array<std::optional<std::size_t>, 4> found;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string name = our_name(spec, header[i]);
    for (std::size_t n = 0; n < kNames.size(); ++n) {
      if (name != kNames[n]) continue;
      if (found[n]) {
        return Error{ErrorCode::kInvalidInput, file + ": columns " + quoted(header[*found[n]]) +
                                                   " and " + quoted(header[i]) + " are both " +
                                                   std::string(kNames[n]) +
                                                   "; map only one of them in the manifest"};
      }
      found[n] = i;
    }
  }
  for (std::size_t n = 0; n < 3; ++n) {
    if (!found[n]) return missing_column(spec, file, header, kNames[n]);
  }
  return SignalColumns{*found[0], *found[1], *found[2], found[3]};
}

/// One part of a CSV file on its way into NewestRows.
class SignalSink final : public formats::CsvSink {
 public:
  SignalSink(const std::string& file, TradeDate run_date)
      : file_(file), run_date_(run_date), rows_(run_date) {}

  Status rows(const formats::CsvBatch& batch) override {
    const auto& columns = batch.columns;
    const bool has_asof = columns.size() > 3;
    for (std::size_t i = 0; i < batch.row_count; ++i) {
      Status added = rows_.add(columns[0][i], columns[1][i], columns[2][i],
                               has_asof ? columns[3][i] : std::string_view(), batch.first_line + i);
      if (!added.ok()) {
        return std::move(added).error().in(file_ + ":" + std::to_string(batch.first_line + i));
      }
    }
    return Ok{};
  }
  void restart() override { rows_ = NewestRows(run_date_); }
  const NewestRows& kept() const { return rows_; }

 private:
  const std::string& file_;
  TradeDate run_date_;
  NewestRows rows_;
};

Result<NewestRows> read_csv_signal(const ByteSource& source, const StrategySpec& spec,
                                   TradeDate run_date) {
  SB_TRY(const formats::CsvScanner scanner, formats::CsvScanner::open(source));
  SB_TRY(const SignalColumns columns, find_columns(spec, source.name(), scanner.header()));
  std::vector<std::size_t> wanted = {columns.date, columns.asset, columns.weight};
  if (columns.asof) wanted.push_back(*columns.asof);
  const std::size_t threads =
      std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kThreadsMax);
  std::vector<SignalSink> sinks(threads, SignalSink(source.name(), run_date));
  std::vector<formats::CsvSink*> pointers;
  for (SignalSink& sink : sinks) pointers.push_back(&sink);
  SB_TRY(const std::vector<std::size_t> lines, scanner.scan_parallel(wanted, pointers));
  NewestRows rows(run_date);
  for (std::size_t i = 0; i < sinks.size(); ++i) rows.absorb(sinks[i].kept(), lines[i]);
  return rows;
}

/// Rows of a table that was read whole, cell by cell.
Result<NewestRows> add_table(const Rows& table, const SignalColumns& columns, TradeDate run_date) {
  NewestRows rows(run_date);
  for (std::size_t i = 0; i < table.count(); ++i) {
    Status added = rows.add(
        table.text(i, columns.date), table.text(i, columns.asset), table.text(i, columns.weight),
        columns.asof ? table.text(i, *columns.asof) : std::string(), table.line(i));
    if (!added.ok()) return std::move(added).error().in(table.place(i));
  }
  return rows;
}

/// Rows of a typed file, whose columns are date, asset and weight: no detour over text where the
/// types are what they mean.
Result<NewestRows> add_typed_table(formats::Table table, const SignalColumns& columns,
                                   TradeDate run_date) {
  const auto* days = std::get_if<formats::DateColumn>(&table.columns[columns.date].values);
  const auto* times = std::get_if<formats::InstantColumn>(&table.columns[columns.date].values);
  const auto* weights = std::get_if<formats::DoubleColumn>(&table.columns[columns.weight].values);
  if ((days == nullptr && times == nullptr) || weights == nullptr || columns.asof) {
    return add_table(Rows(std::move(table)), columns, run_date);
  }
  NewestRows rows(run_date);
  for (std::size_t i = 0; i < table.row_count(); ++i) {
    const TradeDate date = days != nullptr ? (*days)[i] : (*times)[i].utc_date();
    Status added = rows.add(date, cell_text(table.columns[columns.asset], i), (*weights)[i],
                            std::nullopt, table.lines[i]);
    if (!added.ok()) {
      return std::move(added).error().in(table.name + ":" + std::to_string(table.lines[i]));
    }
  }
  return rows;
}

std::vector<std::string> names_of(const formats::Table& table) {
  std::vector<std::string> names;
  for (const formats::Column& column : table.columns) names.push_back(column.name);
  return names;
}

Result<NewestRows> read_xlsx_signal(Files& files, const std::string& path, const StrategySpec& spec,
                                    TradeDate run_date) {
  SB_TRY(std::string bytes, files.read(path, kXlsxBytesMax));
  formats::XlsxOptions options;
  options.sheet = spec.sheet;
  options.allow_formulas = spec.allow_formulas;
  SB_TRY(formats::Table table,
         formats::read_xlsx(path, std::make_shared<const std::string>(std::move(bytes)), options));
  SB_TRY(const SignalColumns columns, find_columns(spec, path, names_of(table)));
  return add_table(Rows(std::move(table)), columns, run_date);
}

Result<NewestRows> read_parquet_signal(std::unique_ptr<ByteSource> source, const StrategySpec& spec,
                                       TradeDate run_date) {
  const std::string path = source->name();
  SB_TRY(const formats::ParquetFile file, formats::ParquetFile::open(std::move(source)));
  std::vector<std::string> header;
  for (const formats::ParquetField& field : file.fields()) header.push_back(field.name);
  SB_TRY(const SignalColumns found, find_columns(spec, path, header));
  std::vector<std::string> wanted = {header[found.date], header[found.asset], header[found.weight]};
  if (found.asof) wanted.push_back(header[*found.asof]);
  SB_TRY(formats::Table table,
         formats::read_parquet_newest(file, header[found.date], run_date, wanted));
  const SignalColumns columns{0, 1, 2, found.asof ? std::optional<std::size_t>(3) : std::nullopt};
  return add_typed_table(std::move(table), columns, run_date);
}

Result<NewestRows> read_signal_rows(Files& files, const std::string& path, const StrategySpec& spec,
                                    TradeDate run_date, Progress& progress) {
  if (spec.format == "xlsx") return read_xlsx_signal(files, path, spec, run_date);
  SB_TRY(std::unique_ptr<ByteSource> opened, files.open(path));
  auto source = std::make_unique<CountingSource>(std::move(opened), progress);
  if (spec.format == "parquet") return read_parquet_signal(std::move(source), spec, run_date);
  return read_csv_signal(*source, spec, run_date);
}

/// "line 12: …", which is all that the rows know of their place, as `file:12: …`.
Error placed(const std::string& path, Error error) {
  constexpr std::string_view kLine = "line ";
  if (!error.message.starts_with(kLine)) return std::move(error).in(path);
  error.message = path + ":" + error.message.substr(kLine.size());
  return error;
}

}  // namespace

Result<LoadedStrategy> load_strategy(Files& files, const std::string& root,
                                     const StrategySpec& spec, TradeDate run_date,
                                     Progress& progress) {
  const std::string path = join_path(root, spec.path);
  SB_TRY(const NewestRows rows, read_signal_rows(files, path, spec, run_date, progress));
  LoadedStrategy loaded{.spec = spec,
                        .rows_read = rows.rows_seen(),
                        .newest = rows.newest(),
                        .earliest = rows.earliest(),
                        .rows = {},
                        .previous_rows = {}};
  if (!rows.newest()) return loaded;
  Result<std::vector<SignalRow>> taken = rows.take();
  if (!taken.ok()) return placed(path, std::move(taken).error());
  loaded.rows = std::move(taken).value();
  return loaded;
}

LoadedStrategies load_all_strategies(Files& files, const std::string& root,
                                     const std::vector<StrategySpec>& specs, TradeDate run_date,
                                     bool with_previous, Progress& progress) {
  LoadedStrategies out;
  for (const StrategySpec& spec : specs) {
    Result<LoadedStrategy> loaded = load_strategy(files, root, spec, run_date, progress);
    if (loaded.ok() && with_previous && loaded.value().newest) {
      Result<LoadedStrategy> before =
          load_strategy(files, root, spec, loaded.value().newest->plus_days(-1), progress);
      if (before.ok()) loaded.value().previous_rows = std::move(before.value().rows);
    }
    if (loaded.ok()) {
      out.loaded.push_back(std::move(loaded).value());
    } else {
      out.failures.push_back({spec.id, std::move(loaded).error().in("strategy " + spec.id.get())});
    }
  }
  return out;
}

}  // namespace signalbus::inputs
