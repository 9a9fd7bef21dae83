#include "signals/newest_rows.h"

#include <algorithm>
#include <cmath>

#include "core/decimal.h"
#include "core/text.h"

namespace signalbus::signals {
namespace {

/// Whether the text is plain `[-]digits[.digits]`: nearly every weight, checked without parsing.
bool is_plain_number(std::string_view text) {
  std::size_t i = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t first = i;
  while (i < text.size() && static_cast<unsigned char>(text[i] - '0') < 10) ++i;
  if (i == first || i - first > 15) return false;
  if (i == text.size()) return true;
  if (text[i] != '.') return false;
  const std::size_t fraction = ++i;
  while (i < text.size() && static_cast<unsigned char>(text[i] - '0') < 10) ++i;
  return i == text.size() && i > fraction && i - fraction <= 30;
}

Result<double> read_weight(std::string_view text) {
  if (text.empty()) return Error{ErrorCode::kInvalidInput, "weight is empty"};
  Result<double> weight = parse_double(text);
  if (!weight.ok()) return std::move(weight).error().in("weight");
  return weight;
}

}  // namespace

Status NewestRows::note_date(std::string_view text) {
  Result<TradeDate> parsed = parse_date_cell(text);
  if (!parsed.ok()) return std::move(parsed).error().in("trade_date");
  date_text_.assign(text);
  date_ = parsed.value();
  if (!earliest_ || *date_ < *earliest_) earliest_ = *date_;
  return Ok{};
}

bool NewestRows::wanted(TradeDate date) {
  if (date > run_date_ || (newest_ && date < *newest_)) return false;
  if (!newest_ || date > *newest_) {
    newest_ = date;
    rows_.clear();
    text_.clear();
  }
  return true;
}

void NewestRows::keep(std::string_view asset_id, double weight, std::int64_t asof_micros,
                      std::size_t line) {
  SB_CHECK(text_.size() + asset_id.size() < UINT32_MAX);
  rows_.push_back({static_cast<std::uint32_t>(text_.size()),
                   static_cast<std::uint32_t>(asset_id.size()), weight, asof_micros, line});
  text_.append(asset_id);
}

// NOLINTNEXTLINE(bugprone-easily-swappable-parameters): the cells of a row, in its order
Status NewestRows::add(std::string_view date, std::string_view asset_id, std::string_view weight,
                       std::string_view asof, std::size_t line) {
  ++rows_seen_;
  if (!date_ || date != date_text_) SB_TRY_OK(note_date(date));
  if (asset_id.empty()) return Error{ErrorCode::kInvalidInput, "asset_id is empty"};
  if (!wanted(*date_)) {
    if (is_plain_number(weight)) return Ok{};
    SB_TRY([[maybe_unused]] const double unused, read_weight(weight));
    return Ok{};
  }
  SB_TRY(const double value, read_weight(weight));
  std::int64_t asof_micros = kNoAsof;
  if (!asof.empty()) {
    Result<Instant> at = Instant::parse(asof);
    if (!at.ok()) return std::move(at).error().in("asof");
    asof_micros = at.value().micros();
  }
  keep(asset_id, value, asof_micros, line);
  return Ok{};
}

Status NewestRows::add(TradeDate date, std::string_view asset_id, double weight,
                       std::optional<Instant> asof, std::size_t line) {
  ++rows_seen_;
  if (!earliest_ || date < *earliest_) earliest_ = date;
  if (asset_id.empty()) return Error{ErrorCode::kInvalidInput, "asset_id is empty"};
  if (!std::isfinite(weight)) {
    return Error{ErrorCode::kInvalidInput, "weight is missing or not a finite number"};
  }
  if (wanted(date)) keep(asset_id, weight, asof ? asof->micros() : kNoAsof, line);
  return Ok{};
}

void NewestRows::absorb(const NewestRows& later, std::size_t lines_before) {
  rows_seen_ += later.rows_seen_;
  if (later.earliest_ && (!earliest_ || *later.earliest_ < *earliest_)) earliest_ = later.earliest_;
  if (!later.newest_ || !wanted(*later.newest_)) return;
  for (const Row& row : later.rows_) {
    keep(std::string_view(later.text_).substr(row.text_begin, row.text_size), row.weight,
         row.asof_micros, row.line + lines_before);
  }
}

Result<std::vector<SignalRow>> NewestRows::take() const {
  std::vector<SignalRow> rows;
  rows.reserve(rows_.size());
  for (const Row& row : rows_) {
    Result<AssetId> id =
        parse_asset_id(std::string_view(text_).substr(row.text_begin, row.text_size));
    if (!id.ok()) return std::move(id).error().in("line " + std::to_string(row.line));
    const Instant asof = row.asof_micros == kNoAsof ? Instant::start_of(*newest_)
                                                    : Instant::from_micros(row.asof_micros);
    rows.push_back({std::move(id).value(), row.weight, asof, row.line});
  }
  // Newest first among equal assets, so that the winner comes first and ties stand side by side.
  const auto before = [](const SignalRow& a, const SignalRow& b) {
    if (a.asset_id != b.asset_id) return asset_id_less(a.asset_id, b.asset_id);
    if (a.asof != b.asof) return a.asof > b.asof;
    return a.line < b.line;
  };
  // Producers mostly sort already, and comparing is what costs.
  if (!std::is_sorted(rows.begin(), rows.end(), before)) {
    std::sort(rows.begin(), rows.end(), before);
  }
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const bool newest = i == 1 || rows[i - 2].asset_id != rows[i - 1].asset_id;
    if (newest && rows[i].asset_id == rows[i - 1].asset_id && rows[i].asof == rows[i - 1].asof) {
      return Error{ErrorCode::kInvalidInput,
                   "line " + std::to_string(rows[i].line) + ": asset " +
                       quoted(rows[i].asset_id.get()) + " on " + newest_->iso() +
                       " stands already on line " + std::to_string(rows[i - 1].line) +
                       "; remove one, or give both an asof time so that the newer wins"};
    }
  }
  rows.erase(
      std::unique(rows.begin(), rows.end(),
                  [](const SignalRow& a, const SignalRow& b) { return a.asset_id == b.asset_id; }),
      rows.end());
  return rows;
}

}  // namespace signalbus::signals
