// Synthetic views: what analyze would make of a book that nobody ever traded, the same for a seed.
#pragma once

#include <cstddef>

#include "report/dashboard_view.h"

namespace signalbus::report::testing {

struct BookSize {
  std::size_t sessions = 2520;
  std::size_t names = 40;
  bool with_benchmark = true;
};

/// Every section filled. Series, metrics, drawdowns and calendar are computed by analytics/.
DashboardView synthetic_view(const BookSize& size);

/// Two years without a benchmark, as a report of the last week, with a drawdown from the start.
DashboardView weekly_view();

/// An account that is open but has no day yet.
DashboardView empty_view();

/// Every text is an attack: on HTML, on spreadsheets, on terminals, on the width of the page.
DashboardView hostile_view();

}  // namespace signalbus::report::testing
