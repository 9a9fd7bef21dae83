// A broker and a journal that keep books of their own, for tests: what happens to one happens to
// the other only when the test says so.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "reconcile/broker_recon.h"
#include "reconcile/testing.h"

namespace signalbus::reconcile::testing {

/// Who knows of an execution.
enum class Knows { kBoth, kJournal, kBroker };

class TwoBooks {
 public:
  explicit TwoBooks(std::string_view start_cash) : cash_(usd(start_cash)) {
    journal.baseline.cash = cash_;
  }

  /// Held at the start.
  void hold(std::string_view symbol, std::string_view quantity) {
    journal.baseline.positions.push_back({sym(symbol), qty(quantity)});
    shares_.insert_or_assign(sym(symbol), qty(quantity));
  }

  /// An order of ours that both sides know, in that state, nothing filled yet.
  void order(const std::string& id, Side side, std::string_view quantity, std::string_view symbol,
             OrderState state) {
    const ClientOrderId client_id(id);
    const OrderEvent event = event_of(client_id, state);
    journal.traded.insert(sym(symbol));
    journal.orders.push_back({BatchId("20260102-1"),
                              {.client_order_id = client_id,
                               .sequence = static_cast<int>(journal.orders.size()),
                               .attempt = 1,
                               .order = testing::order(symbol, side, quantity),
                               .state = state},
                              event});
    broker.orders.push_back({event, std::string(symbol), side, qty(quantity), word_of(state)});
  }
  JournalView::Order& journal_order(const std::string& id) {
    return *std::find_if(journal.orders.begin(), journal.orders.end(), [&](const auto& order) {
      return order.intent.client_order_id.get() == id;
    });
  }
  BrokerOrder& broker_order(const std::string& id) {
    return *std::find_if(broker.orders.begin(), broker.orders.end(), [&](const BrokerOrder& order) {
      return order.event.client_order_id.get() == id;
    });
  }

  /// An execution of an order of ours.
  void fill(const std::string& execution, const std::string& id, std::string_view quantity,
            std::string_view at, Knows knows = Knows::kBoth) {
    const Intent& intent = journal_order(id).intent;
    const Fill made{.execution_id = execution,
                    .order_id = OrderId("at-broker-" + id),
                    .client_order_id = intent.client_order_id,
                    .symbol = intent.order.symbol,
                    .side = intent.order.side,
                    .quantity = qty(quantity),
                    .price = price(at),
                    .at = next_instant()};
    if (knows != Knows::kBroker) {
      journal.fills.push_back(made);
      journal_order(id).event->filled_qty += made.quantity;
    }
    if (knows != Knows::kJournal) book(made, broker_order(id));
  }

  /// An order of somebody else, filled at once.
  void foreign(const std::string& id, Side side, std::string_view quantity, std::string_view symbol,
               std::string_view at) {
    OrderEvent event = event_of(ClientOrderId(id), OrderState::kFilled);
    broker.orders.push_back({event, std::string(symbol), side, qty(quantity), "filled"});
    book({.execution_id = "execution-" + id,
          .order_id = event.order_id,
          .client_order_id = event.client_order_id,
          .symbol = sym(symbol),
          .side = side,
          .quantity = qty(quantity),
          .price = price(at),
          .at = next_instant()},
         broker.orders.back());
  }

  void flow(CashFlowKind kind, std::string_view word, const std::string& id,
            std::string_view symbol, std::string_view quantity, std::string_view cash) {
    CashFlow made{.id = id,
                  .kind = kind,
                  .word = std::string(word),
                  .symbol = std::nullopt,
                  .quantity = qty(quantity),
                  .cash = usd(cash),
                  .date = journal.baseline.date};
    if (symbol != "-") made.symbol = sym(symbol);
    if (made.symbol) move_shares(*made.symbol, made.quantity);
    cash_ += made.cash;
    broker.flows.push_back(made);
  }

  /// Changes what the broker holds, and nobody says why.
  void move_shares(const Symbol& symbol, Quantity change) {
    shares_.try_emplace(symbol, Quantity::zero()).first->second += change;
  }
  void move_cash(Money change) { cash_ += change; }

  BrokerRecon reconcile() {
    close_books();
    Result<BrokerRecon> done = reconcile_broker(broker, journal);
    SB_CHECK(done.ok());
    return std::move(done).value();
  }

  /// Lets the broker's view say what the broker's books are now.
  void close_books() {
    broker.account.cash = cash_;
    broker.positions.holdings.clear();
    for (const auto& [symbol, shares] : shares_) {
      if (shares.is_zero()) continue;
      broker.positions.holdings.push_back(
          {symbol, shares, std::nullopt, std::nullopt, std::nullopt, HoldingOrigin::kBrokerOnly});
    }
  }

  static constexpr Instant kStart = Instant::from_micros(1'767'363'000'000'000);  // 2026-01-02

  BrokerView broker{.at = kStart.plus_seconds(3600),
                    .account = {AccountId("a"), Money::zero(), Money::zero()},
                    .positions = {},
                    .orders = {},
                    .fills = {},
                    .fills_after = kStart.plus_seconds(-kFillsAgainSeconds),
                    .flows = {}};
  JournalView journal{.baseline = {.at = kStart,
                                   .date = TradeDate::parse("2026-01-02").value(),
                                   .cash = Money::zero(),
                                   .positions = {},
                                   .orders_after = kStart},
                      .orders = {},
                      .fills = {},
                      .traded = {},
                      .acknowledged = {},
                      .id_prefix = "sb"};

 private:
  static std::string word_of(OrderState state) {
    return state == OrderState::kFilled ? "filled" : "as in the journal";
  }
  OrderEvent event_of(const ClientOrderId& id, OrderState state) {
    const Instant now = next_instant();
    return {.client_order_id = id,
            .state = state,
            .order_id = OrderId("at-broker-" + id.get()),
            .filled_qty = Quantity::zero(),
            .filled_avg_price = std::nullopt,
            .price_used = price("10"),
            .submitted_at = now,
            .updated_at = now,
            .reject_code = {},
            .error = {}};
  }
  /// A broker that books each execution to the cent.
  void book(Fill made, BrokerOrder& order) {
    const Int128 exact = Int128{made.quantity.raw()} * made.price.raw();
    const Int128 cents = divide(exact, pow10(16), Rounding::kHalfEven) * 10'000;
    const Money amount = Money::narrow(cents).value();
    cash_ += made.side == Side::kBuy ? -amount : amount;
    move_shares(made.symbol, made.side == Side::kBuy ? made.quantity : -made.quantity);
    order.event.filled_qty += made.quantity;
    made.client_order_id = ClientOrderId("");  // activities do not name it
    broker.fills.push_back(std::move(made));
  }
  Instant next_instant() { return last_ = last_.plus_seconds(1); }

  Money cash_;
  std::map<Symbol, Quantity> shares_;
  Instant last_ = kStart;
};

}  // namespace signalbus::reconcile::testing
