// NewestRows: keeps, of a strategy file that streams by, only the rows of the newest date that
// counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "book/targets.h"
#include "core/result.h"

namespace signalbus::signals {

/// Collects rows of the newest trade date on or before a run date. Every row's date and weight are
/// checked; text is copied only for rows that may be kept, so ten million rows cost no memory.
/// One object per part of a file; parts are joined in file order with absorb().
class NewestRows {
 public:
  explicit NewestRows(TradeDate run_date) : run_date_(run_date) {}

  /// A row as text. `asof` is empty when the file has no such column. kInvalidInput says what is
  /// wrong with the value, without the place: the caller knows file and line.
  Status add(std::string_view date, std::string_view asset_id, std::string_view weight,
             std::string_view asof, std::size_t line);

  /// A row of a typed file (Parquet).
  Status add(TradeDate date, std::string_view asset_id, double weight, std::optional<Instant> asof,
             std::size_t line);

  /// Appends what a later part of the same file collected; its lines count from `lines_before` on.
  void absorb(const NewestRows& later, std::size_t lines_before);

  std::uint64_t rows_seen() const { return rows_seen_; }
  /// Newest date on or before the run date; absent when the file has none.
  std::optional<TradeDate> newest() const { return newest_; }
  /// Earliest date in the file, for the message when nothing counts.
  std::optional<TradeDate> earliest() const { return earliest_; }

  /// The kept rows, sorted by asset id. Of equal assets the newest `asof` wins when the file has
  /// that column; otherwise, and for equal times, kInvalidInput names both lines.
  Result<std::vector<SignalRow>> take() const;

 private:
  struct Row {
    std::uint32_t text_begin;  // asset id in text_
    std::uint32_t text_size;
    double weight;
    std::int64_t asof_micros;
    std::size_t line;
  };
  static constexpr std::int64_t kNoAsof = INT64_MIN;

  Status note_date(std::string_view text);
  void keep(std::string_view asset_id, double weight, std::int64_t asof_micros, std::size_t line);
  bool wanted(TradeDate date);

  TradeDate run_date_;
  std::optional<TradeDate> newest_;
  std::optional<TradeDate> earliest_;
  std::uint64_t rows_seen_ = 0;
  std::string date_text_;  // the last date cell: most rows repeat it
  std::optional<TradeDate> date_;
  std::string text_;  // asset ids of kept rows
  std::vector<Row> rows_;
};

}  // namespace signalbus::signals
