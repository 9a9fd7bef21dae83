// What a broker says of an account and its orders, and where the books of an account start.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "book/orders.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus {

struct BrokerAccount {
  AccountId id;
  Money equity;
  Money cash;
  /// What open buys and new ones may cost together; absent where only cash limits them.
  std::optional<Money> buying_power = std::nullopt;
  std::string number = {};  ///< The account's number as its owner knows it; may be empty.
  /// Why the broker would refuse orders now, in words; empty when it would not.
  std::string blocked = {};
};

/// An order at the broker, ours or anyone's.
struct BrokerOrder {
  OrderEvent event;    ///< Its client order id is the broker's invention where nobody chose one.
  std::string symbol;  ///< As the broker writes it: it need not be a Symbol of ours.
  std::optional<Side> side;          ///< Absent for a word we do not know.
  std::optional<Quantity> quantity;  ///< Absent for an order by notional.
  std::string status;                ///< The broker's own word.
  std::optional<Price> limit_price = std::nullopt;
  std::optional<Price> stop_price = std::nullopt;
  bool of_group = false;  ///< Of a bracket, OCO or OTO, whose exits end each other.
};

struct BaselinePosition {
  Symbol symbol;
  Quantity quantity;  ///< Negative is short; never zero.
};

/// The moment from which reconciliation counts: what the broker said the account held when every
/// difference was explained or acknowledged.
struct Baseline {
  Instant at;      ///< When the broker was asked, by our clock.
  TradeDate date;  ///< That day at the exchange; part of the keys of differences.
  Money cash;
  std::vector<BaselinePosition> positions;  ///< Sorted by symbol.
  /// Orders submitted after this moment are looked at: a second before the oldest one that was
  /// open, at most a second before `at`.
  Instant orders_after;
  /// Ids of late executions and cash flows that the amounts contain already: what the broker tells
  /// of them again must not count twice.
  std::set<std::string> counted = {};
};

}  // namespace signalbus
