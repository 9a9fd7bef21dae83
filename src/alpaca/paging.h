// Lists that come in pages: put together without gaps, doubles or endless loops. Pure.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace signalbus::alpaca {

inline constexpr int kPagesMax = 1000;

/// Asks for pages until one has fewer than `full` rows. `fetch` gets what is known so far and goes
/// on behind its last row. A row that comes again (an order changed between two pages) is kept
/// once. kUnavailable when a full page brings nothing new, or after kPagesMax: a list cut short
/// would be taken for the whole.
template <class T>
Result<std::vector<T>> all_pages(
    std::size_t full, std::string_view place,
    const std::function<Result<std::vector<T>>(const std::vector<T>& known)>& fetch,
    const std::function<std::string(const T&)>& id_of) {
  std::vector<T> out;
  std::set<std::string> seen;
  for (int page = 0; page < kPagesMax; ++page) {
    SB_TRY(std::vector<T> rows, fetch(out));
    const std::size_t size = rows.size();
    const std::size_t before = out.size();
    for (T& row : rows) {
      if (seen.insert(id_of(row)).second) out.push_back(std::move(row));
    }
    if (size < full) return out;
    if (out.size() == before) {
      return Error{ErrorCode::kUnavailable,
                   std::string(place) + ": a page repeats what came before; the list has no end"};
    }
  }
  return Error{ErrorCode::kUnavailable, std::string(place) + ": more than " +
                                            std::to_string(kPagesMax) +
                                            " pages; ask for a shorter time"};
}

/// Comma-separated.
inline std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

}  // namespace signalbus::alpaca
