#include "core/check.h"
#include "report/dashboard_page.h"
#include "report/dashboard_view.h"

namespace signalbus::report {

std::string dashboard_html(const DashboardView& view) {
  const std::string_view page = dashboard_page();
  const std::size_t mark = page.find(kViewMark);
  SB_CHECK(mark != std::string_view::npos);
  const std::string json = dashboard_json(view);
  std::string out;
  out.reserve(page.size() + json.size());
  // The writer escapes '<', so no text of the view can end the script element that holds it.
  out.append(page.substr(0, mark)).append(json).append(page.substr(mark + kViewMark.size()));
  return out;
}

}  // namespace signalbus::report
