// What a demo came to, as a page of text and as one JSON object.
#pragma once

#include <string>
#include <vector>

#include "app/demo_days.h"
#include "app/demo_strategies.h"

namespace signalbus::app {

struct DemoResult {
  std::string root;
  Money start = Money::zero();  ///< What the account opened with.
  std::vector<DemoDay> days;    ///< Never empty.
  std::vector<StrategyResult> strategies = {};
  double same_names = 0;  ///< Return of the names, bought in equal parts at first and left alone.
  bool was_done = false;  ///< Nothing was traded now.
  std::string dashboard = {};  ///< Path of the page of all days.
  double seconds = 0;          ///< What all of the days took; 0 where earlier calls traded some.

  std::int64_t differences() const;
};

/// Losses are negative fractions: -0.15 is 15 % below the highest equity before.
struct Drawdown {
  double deepest = 0;
  TradeDate peak;
  TradeDate bottom;
};
/// The deepest fall of the days' equity, the start included as of the first day.
Drawdown max_drawdown(const std::vector<DemoDay>& days, Money start);

std::string demo_page(const DemoResult& result);
std::string demo_json(const DemoResult& result);

}  // namespace signalbus::app
