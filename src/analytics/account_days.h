// AccountDays: day after day of one account, each beginning where the one before ended.
#pragma once

#include <vector>

#include "analytics/exposures.h"
#include "analytics/flow_returns.h"
#include "analytics/past.h"
#include "core/result.h"

namespace signalbus::analytics {

/// A day as the report has it.
struct AccountDay {
  DayPnl pnl;
  EquityDay equity;
  DayReturn ret;
  Exposure exposure;
  Turnover turnover;
  std::size_t positions = 0;
  DayRecon recon;

  TradeDate date() const { return pnl.date; }
  /// What the returns of the day's names are fractions of.
  Money base() const { return equity.base(); }
};

/// Fills in what each day takes over from the one before and counts its profit. Money that comes
/// while there is no equity counts at the start of its day: it is what the account begins with.
/// kInvalidInput when an amount does not fit in Money, naming the day.
Result<std::vector<AccountDay>> account_days(std::vector<PastDay>& days);

/// Returns of the days with money at work, on their dates.
SimpleReturns returns_of_days(const std::vector<AccountDay>& days);

/// Which way the broker books cash explains the day's cash better; exact where both do.
Result<CashBooking> booking_of(const DayFacts& facts);

}  // namespace signalbus::analytics
