// The page without its data, as dashboard/ builds it.
#pragma once

#include <string_view>

namespace signalbus::report {

/// What stands in the page where the view's JSON belongs; exactly once.
inline constexpr std::string_view kViewMark = "\"signalbus:view\"";

/// Defined in a file that the build makes from dashboard/page.html (cmake/DashboardPage.cmake).
std::string_view dashboard_page();

}  // namespace signalbus::report
