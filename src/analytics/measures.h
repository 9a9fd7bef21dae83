// What is measured of books, orders and flows: definitions for the docs and the report's tooltips.
// The functions take more than a return series, so they are called by name.
#pragma once

#include <span>
#include <string_view>

namespace signalbus::analytics {

struct Measure {
  std::string_view id;  ///< "gross_exposure"; never changes.
  std::string_view title;
  std::string_view formula;
  std::string_view convention;
  std::string_view others;  ///< Where other libraries differ; may be empty.
};

std::span<const Measure> measure_table();
const Measure* find_measure(std::string_view id);  ///< Null for an unknown id.

}  // namespace signalbus::analytics
