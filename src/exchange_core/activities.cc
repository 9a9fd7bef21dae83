// GET /v2/account/activities: filters, paging and ids.
#include <algorithm>

#include "calendar/new_york.h"
#include "exchange_core/queries.h"
#include "exchange_core/rules.h"

namespace signalbus::exchange_core {
namespace {

constexpr std::size_t kStampLength = 17;  // YYYYMMDDhhmmssmmm

std::string padded(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

bool matches(const Activity& activity, const ActivityFilter& filter) {
  const std::vector<ActivityKind>& kinds = filter.kinds;
  if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), activity.kind) == kinds.end()) {
    return false;
  }
  return (!filter.date || activity.date == *filter.date) &&
         (!filter.after || activity.at > *filter.after) &&
         (!filter.until || activity.at < *filter.until) &&
         (filter.order == kNoOrder || activity.order == filter.order);
}

/// Index of the row with that sequence number; nullopt when the account has none.
std::optional<std::size_t> index_of(const Chunks<Activity>& rows, std::uint64_t sequence) {
  std::size_t low = 0;
  std::size_t high = rows.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (rows[middle].sequence < sequence) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == rows.size() || rows[low].sequence != sequence) return std::nullopt;
  return low;
}

std::optional<std::size_t> index_of_token(const State& state, const Chunks<Activity>& rows,
                                          std::string_view token) {
  if (token.size() < kStampLength + 2) return std::nullopt;
  const std::optional<Uuid> id = Uuid::parse(token.substr(kStampLength + 2));
  if (!id) return std::nullopt;
  const auto sequence = state.ids.counter_of(IdKind::kExecution, *id);
  return sequence ? index_of(rows, *sequence) : std::nullopt;
}

}  // namespace

Answer<std::vector<const Activity*>> list_activities(const Exchange& exchange,
                                                     AccountNumber account,
                                                     const ActivityFilter& filter) {
  const Chunks<Activity>& rows = exchange.state().account(account).activities;
  const bool ascending = filter.direction == Direction::kAscending;
  std::size_t first = 0;  // [first, last) is what is left to show
  std::size_t last = rows.size();
  if (!filter.page_token.empty()) {
    const auto seen = index_of_token(exchange.state(), rows, filter.page_token);
    if (!seen) return malformed("invalid page_token");
    (ascending ? first : last) = ascending ? *seen + 1 : *seen;
  }
  std::vector<const Activity*> out;
  while (first < last && out.size() < filter.page_size) {
    const Activity& row = rows[ascending ? first++ : --last];
    if (matches(row, filter)) out.push_back(&row);
  }
  return out;
}

std::string activity_id(const Exchange& exchange, const Activity& activity) {
  const Instant local = activity.at.plus_seconds(calendar::new_york_offset(activity.at));
  const TradeDate day = local.utc_date();
  const std::int64_t millis = (local.micros() - Instant::start_of(day).micros()) / 1000;
  return day.compact() + padded(millis / 3'600'000, 2) + padded(millis / 60'000 % 60, 2) +
         padded(millis / 1000 % 60, 2) + padded(millis % 1000, 3) +
         "::" + exchange.execution_id(activity.sequence).text();
}

}  // namespace signalbus::exchange_core
