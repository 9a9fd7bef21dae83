// What a demo keeps of each of its days: demo_days.csv, for spreadsheets and for going on later.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/money.h"
#include "core/result.h"
#include "core/time.h"
#include "ports/files.h"

namespace signalbus::app {

/// How often each thing happened, by its word.
using Counts = std::map<std::string, std::int64_t>;

/// One session, after its last order.
struct DemoDay {
  TradeDate date;
  Money equity = Money::zero();  ///< As the exchange says, like the next two.
  Money cash = Money::zero();
  std::int64_t positions = 0;
  std::int64_t orders = 0;
  std::int64_t fills = 0;
  std::int64_t unfilled = 0;     ///< Orders that did not fill whole, whatever the reason.
  std::int64_t sent_again = 0;   ///< Under the same id, because it was not known to have arrived.
  std::int64_t asked_again = 0;  ///< Questions that got no usable answer at first.
  std::int64_t runs = 0;         ///< 1, more when a run could not be finished.
  std::int64_t differences = 0;  ///< Between journal and exchange, less bookkeeping.
  Counts faults = {};            ///< Injected, by verb of the fault script.

  std::int64_t fault_count() const;
};

/// Empty when the file is not there. kInvalidInput with the place for anything not written here.
Result<std::vector<DemoDay>> load_demo_days(Files& files, const std::string& path);
Status save_demo_days(Files& files, const std::string& path, const std::vector<DemoDay>& days);

}  // namespace signalbus::app
