// Goal: whatever is asked of the exchange, in whatever order, its books stay right.
// Method: RapidCheck makes lists of commands over three assets; a second ledger follows the events
// and activities with its own arithmetic (Boost's wide integers); after every command both agree
// and every invariant holds.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <map>
#include <set>

#include "exchange_core/exchange.h"
#include "exchange_core/ledger.h"
#include "exchange_core/queries.h"

namespace signalbus::exchange_core {
namespace {

using Wide = boost::multiprecision::cpp_int;

const Instant kStart = Instant::parse("2025-08-27T15:00:00Z").value();
const char* const kSymbols[] = {"AAA", "BBB", "CCC"};
constexpr std::int64_t kCent = 10'000'000;  // of Price

/// One command: what it does follows from `kind`, with what from the numbers.
struct Command {
  int kind;
  int asset;
  int amount;  // 1..40
  int price;   // -20..20: from the last price, in half percents
  int choice;
  int other;
};

std::ostream& operator<<(std::ostream& out, const Command& c) {
  return out << "{" << c.kind << "," << c.asset << "," << c.amount << "," << c.price << ","
             << c.choice << "," << c.other << "}";
}

rc::Gen<Command> any_command() {
  using rc::gen::inRange;
  return rc::gen::construct<Command>(inRange(0, 32), inRange(0, 3), inRange(1, 41),
                                     inRange(-20, 21), inRange(0, 240), inRange(0, 1000));
}

Money half_even_cents(Quantity quantity, Price price) {
  Wide product = Wide(quantity.raw()) * price.raw();  // 1e-18
  const bool negative = product < 0;
  if (negative) product = -product;
  const Wide cent("10000000000000000");
  Wide cents = product / cent;
  const Wide twice = 2 * (product % cent);
  if (twice > cent || (twice == cent && cents % 2 == 1)) ++cents;
  const auto micros = static_cast<std::int64_t>(cents * 10'000);
  return Money::from_raw(negative ? -micros : micros);
}

/// The second ledger: what fills, payments and journals add up to.
class Ledger {
 public:
  explicit Ledger(Money cash) : cash_(cash) {}

  void add(const Activity& row) {
    switch (row.kind) {
      case ActivityKind::kFill: {
        const Quantity change = row.side == OrderSide::kBuy ? row.qty : -row.qty;
        RC_ASSERT(row.net_amount == -half_even_cents(change, row.price));
        positions_[row.asset] += change.raw();
        break;
      }
      case ActivityKind::kDividend:
        RC_ASSERT(row.net_amount == half_even_cents(row.qty, row.price));
        break;
      case ActivityKind::kShareJournal:
      case ActivityKind::kSplit:
        positions_[row.asset] += row.qty.raw();
        break;
      default:
        break;
    }
    cash_ += row.net_amount;
  }

  void compare(const Exchange& exchange, AccountNumber account) const {
    const AccountView view = account_view(exchange, account);
    RC_ASSERT(view.cash == cash_);
    Wide value = 0;
    for (const auto& [asset, raw] : positions_) {
      const Slot* const slot = find_slot(exchange.state().account(account), asset);
      RC_ASSERT((slot == nullptr ? 0 : slot->qty.raw()) == raw);
      value += static_cast<std::int64_t>(
          value_of(Quantity::from_raw(raw), exchange.asset(asset).quote.last).raw());
    }
    RC_ASSERT(Wide(view.equity.raw()) == Wide(cash_.raw()) + value);
  }

 private:
  Money cash_;
  std::map<AssetNumber, std::int64_t> positions_;
};

/// The bytes of everything that happened, for comparing two runs.
std::string bytes_of(const Exchange& exchange) {
  std::string out;
  for (const Event& event : exchange.events()) {
    const OrderState& state = event.state;
    out += std::string(to_text(event.kind)) + "|" + exchange.order_id(event.order).text() + "|" +
           exchange.execution_id(event.sequence).text() + "|" + event.at.rfc3339() + "|" +
           std::string(to_text(state.status)) + "|" + state.qty.text() + "|" +
           state.filled_qty.text() + "|" + state.filled_avg_price.text() + "|" +
           state.limit_price.text() + "|" + state.stop_price.text() + "|" + event.qty.text() + "|" +
           event.price.text() + "|" + event.position_qty.text() + "|" +
           std::string(exchange.order(event.order).client_order_id) + "\n";
  }
  return out;
}

class Driver {
 public:
  Driver(std::uint64_t seed, SessionMode mode, int multiplier)
      : exchange_({.seed = seed,
                   .mode = mode,
                   .start = kStart,
                   .partial_fill_probability = Ratio::parse("0.3").value()}),
        account_(exchange_.open_account(kStart,
                                        {.cash = Money::whole(20'000), .multiplier = multiplier})),
        ledger_(Money::whole(20'000)) {
    for (const char* const symbol : kSymbols) {
      assets_.push_back(
          exchange_.put_asset(kStart, {.symbol = Symbol::parse(symbol).value(), .name = {}}));
      exchange_.set_quote(kStart, assets_.back(), Quote::flat(Price::whole(50)));
    }
  }

  void run(const Command& command) {
    now_ = now_.plus_seconds(1);
    const AssetNumber asset = assets_[static_cast<std::size_t>(command.asset)];
    if (command.kind < 12) {
      submit(command, false);
    } else if (command.kind < 16) {
      submit(command, true);
    } else if (command.kind < 21) {
      move_price(command, asset);
    } else if (command.kind < 26) {
      on_order(command);
    } else if (command.kind == 26) {
      advance(command);
    } else if (command.kind == 27) {
      (void)exchange_.close_position(now_, account_, kSymbols[command.asset],
                                     {.percentage = Ratio::whole(command.choice % 100 + 1)});
    } else if (command.kind == 28) {
      exchange_.pay_dividend(now_, asset, Price::from_raw(command.amount * 1'234'567));
    } else if (command.kind == 29) {
      exchange_.move_cash(now_, account_, ActivityKind::kFee,
                          Money::from_raw(-command.amount * 10'000), "fee");
    } else if (command.kind == 30) {
      rare(command, asset);
    } else {
      exchange_.force_fill_share(asset, Ratio::from_raw(command.amount * 24'000'000));
    }
  }

  void check() {
    const auto& rows = exchange_.state().account(account_).activities;
    for (; seen_rows_ < rows.size(); ++seen_rows_) ledger_.add(rows[seen_rows_]);
    ledger_.compare(exchange_, account_);
    check_events();
    check_orders();
    check_holds();
  }

  const Exchange& exchange() const { return exchange_; }

 private:
  Price near(Price last, int half_percents) const {
    const std::int64_t raw = last.raw() + last.raw() / 200 * half_percents;
    return Price::from_raw(std::max<std::int64_t>(raw / kCent * kCent, kCent));
  }

  void submit(const Command& c, bool group) {
    const std::string symbol = kSymbols[c.asset];
    const Price last = exchange_.asset(assets_[static_cast<std::size_t>(c.asset)]).quote.last;
    OrderRequest request{
        .symbol = symbol,
        .side = c.choice % 2 == 0 ? OrderSide::kBuy : OrderSide::kSell,
        .type = static_cast<OrderType>(c.choice / 2 % 5),
        .tif = c.other % 3 == 0 ? static_cast<OrderTif>(c.choice / 10 % 6) : OrderTif::kDay};
    if (c.other % 7 == 0) {
      request.notional = Money::whole(c.amount * 10);
    } else {
      request.qty = Quantity::from_raw(std::int64_t{c.amount} *
                                       (c.other % 7 == 1 ? 333'333'333 : 1'000'000'000));
    }
    if (request.type == OrderType::kLimit || request.type == OrderType::kStopLimit) {
      request.limit_price = near(last, c.price);
    }
    if (request.type == OrderType::kStop || request.type == OrderType::kStopLimit) {
      request.stop_price = near(last, c.price / 2);
    }
    if (request.type == OrderType::kTrailingStop) {
      request.trail_percent = Ratio::whole(1 + c.amount % 5);
    }
    request.extended_hours = c.other % 11 == 0 && request.type == OrderType::kLimit;
    if (group) add_legs(c, last, request);
    const SubmitHooks hooks{.hold_matching = c.other % 31 == 0,
                            .stick_pending_cancel = c.other % 13 == 0,
                            .reject_async = c.other % 37 == 0};
    send(request, hooks);
  }

  void add_legs(const Command& c, Price last, OrderRequest& request) {
    request.order_class = static_cast<OrderClass>(1 + c.other % 3);
    const bool oco = request.order_class == OrderClass::kOco;
    if (oco) request.type = OrderType::kLimit;
    const bool exits_long = (request.side == OrderSide::kBuy) != oco;
    const int up = exits_long ? 4 : -4;
    if (request.order_class != OrderClass::kOto || c.choice % 3 == 0) {
      request.take_profit = TakeProfitRequest{near(last, up)};
    }
    if (request.order_class != OrderClass::kOto || c.choice % 3 != 0) {
      request.stop_loss = StopLossRequest{near(last, -up), std::nullopt};
      if (c.choice % 4 == 0) request.stop_loss->limit_price = near(last, -up - up / 4);
    }
  }

  void send(const OrderRequest& request, const SubmitHooks& hooks) {
    exchange_.advance_to(now_);
    const Money before = buying_power(exchange_.state().account(account_));
    const Answer<Placed> answer = exchange_.submit(now_, account_, request, hooks);
    if (!answer.ok()) return;
    const Order& order = exchange_.order(answer.value().order);
    const bool opens =
        order.intent == PositionIntent::kBuyToOpen || order.intent == PositionIntent::kSellToOpen;
    if (!opens) return;
    RC_ASSERT(!before.is_negative());
    const AccountRecord& account = exchange_.state().account(account_);
    // What rests has its price taken off already; with a multiplier of 1 a fill is paid in cash.
    if (order.state.filled_qty.is_zero()) RC_ASSERT(!buying_power(account).is_negative());
    if (effective_multiplier(account) == 1) RC_ASSERT(!account.cash.is_negative());
  }

  void move_price(const Command& c, AssetNumber asset) {
    const Price last = near(exchange_.asset(asset).quote.last, c.price / 2);
    if (last < Price::whole(1)) return;
    const Price spread = Price::from_raw(c.choice % 3 * kCent);
    exchange_.set_quote(now_, asset, {last - spread, last + spread, last});
  }

  void on_order(const Command& c) {
    const std::uint32_t count = exchange_.order_count();
    if (count == 0) return;
    // Young orders are the ones that are still open.
    const std::uint32_t back = static_cast<std::uint32_t>(c.other) % std::min(count, 12U);
    const OrderNumber number(count - back);
    const Order& order = exchange_.order(number);
    switch (c.kind) {
      case 21:
      case 22:
        (void)exchange_.cancel(now_, account_, number);
        return;
      case 23:
      case 24: {
        ReplaceRequest request;
        if (c.choice % 2 == 0) request.qty = Quantity::whole(c.amount);
        if (!order.state.limit_price.is_zero()) {
          request.limit_price = near(exchange_.asset(order.asset).quote.last, c.price);
        }
        (void)exchange_.replace(now_, account_, number, request);
        return;
      }
      default:
        if (c.choice % 5 == 0) return exchange_.reject(now_, number);
        exchange_.release(now_, number);
    }
  }

  void advance(const Command& c) {
    now_ = c.choice % 3 == 0 ? now_.plus_seconds(3'600 * c.amount)
                             : std::max(now_, exchange_.next_boundary());
    exchange_.advance_to(now_);
  }

  void rare(const Command& c, AssetNumber asset) {
    switch (c.choice % 6) {
      case 0: {
        const Price last = exchange_.asset(asset).quote.last;
        if (last > Price::whole(10) && last < Price::whole(500)) {
          split_.insert(asset);
          exchange_.split(now_, asset, static_cast<std::uint32_t>(1 + c.amount % 3),
                          static_cast<std::uint32_t>(1 + c.other % 3));
        }
        return;
      }
      case 1:
        return exchange_.set_halted(now_, asset, c.amount % 2 == 0);
      case 2:
        return (void)exchange_.cancel_all(now_, account_);
      case 3:
        return exchange_.set_position(now_, account_, asset, Quantity::whole(c.price),
                                      Price::whole(40));
      case 4: {
        AssetTerms terms = exchange_.asset(asset).terms;
        terms.fractionable = c.amount % 2 == 0;
        terms.easy_to_borrow = c.amount % 3 != 0;
        exchange_.put_asset(now_, terms);
        return;
      }
      default:
        (void)exchange_.close_all_positions(now_, account_, c.amount % 2 == 0);
    }
  }

  /// Nothing happens to an order after its end; it ends once.
  void check_events() {
    const auto events = exchange_.events();
    for (; seen_events_ < events.size(); ++seen_events_) {
      const Event& event = events[seen_events_];
      RC_ASSERT(event.sequence > last_sequence_);
      last_sequence_ = event.sequence;
      RC_ASSERT(!ended_.count(event.order));
      if (is_final(event.state.status)) ended_.insert(event.order);
    }
  }

  void check_orders() const {
    const State& state = exchange_.state();
    const AccountRecord& account = state.account(account_);
    std::vector<OrderNumber> live;
    for (std::uint32_t i = 1; i <= exchange_.order_count(); ++i) {
      const OrderRecord& record = state.order(OrderNumber(i));
      const Order& order = record.order;
      if (!is_final(order.state.status)) live.push_back(order.number);
      RC_ASSERT(record.at_market <= !is_final(order.state.status));
      if (!order.is_notional()) RC_ASSERT(order.state.filled_qty <= order.state.qty);
      if (order.is_notional()) {
        // To the cent of each of its fills.
        const Money paid = half_even_cents(order.state.filled_qty, order.state.filled_avg_price);
        RC_ASSERT(paid <= order.notional + Money::parse("0.5").value());
      }
      RC_ASSERT(order.state.status != OrderStatus::kFilled || order.is_notional() ||
                order.state.filled_qty == order.state.qty);
      check_group(state, order);
    }
    RC_ASSERT(live == account.live);
  }

  /// The exits of an entry never sell more than it bought, and only one of them fills completely.
  void check_group(const State& state, const Order& root) const {
    if (root.legs[0] == kNoOrder && root.legs[1] == kNoOrder) return;
    if (split_.count(root.asset)) return;  // filled entries keep the shares of their day
    // A replaced leg may have filled in part before: follow the chain back.
    Quantity exits = Quantity::zero();
    int complete = 0;
    const auto count = [&](OrderNumber number) {
      while (number != kNoOrder) {
        const Order& order = state.order(number).order;
        exits += order.state.filled_qty;
        complete += order.state.status == OrderStatus::kFilled ? 1 : 0;
        number = order.replaces;
      }
    };
    if (root.state.replaced_by != kNoOrder) return;  // its successor is checked
    const bool oco = root.order_class == OrderClass::kOco;
    Quantity whole = Quantity::zero();
    for (OrderNumber number = root.number; number != kNoOrder;
         number = state.order(number).order.replaces) {
      const Order& order = state.order(number).order;
      whole += oco && order.number == root.number ? order.state.qty : order.state.filled_qty;
    }
    if (oco) count(root.number);
    count(root.legs[0]);
    count(root.legs[1]);
    RC_ASSERT(exits <= whole);
    RC_ASSERT(complete <= 1);
  }

  void check_holds() const {
    const State& state = exchange_.state();
    const AccountRecord& account = state.account(account_);
    Money reserved = Money::zero();
    std::map<AssetNumber, Quantity> held;
    for (const OrderNumber number : account.live) {
      const OrderRecord& record = state.order(number);
      reserved += record.reserved;
      held.try_emplace(record.order.asset, Quantity::zero()).first->second += record.held;
      RC_ASSERT(!record.held.is_negative());
      RC_ASSERT(!record.reserved.is_negative());
    }
    RC_ASSERT(reserved == account.reserved);
    for (const Slot& slot : account.slots) {
      const auto at = held.find(slot.asset);
      RC_ASSERT(slot.held == (at == held.end() ? Quantity::zero() : at->second));
      RC_ASSERT(slot.held <= slot.qty.abs());
    }
    for (const PositionView& view : positions(exchange_, account_)) {
      const Slot& slot = *find_slot(account, view.asset);
      RC_ASSERT(view.qty_available.abs() == view.qty.abs() - slot.held);
    }
  }

  Instant now_ = kStart;
  Exchange exchange_;
  AccountNumber account_;
  std::vector<AssetNumber> assets_;
  Ledger ledger_;
  std::size_t seen_rows_ = 0;
  std::size_t seen_events_ = 0;
  std::uint64_t last_sequence_ = 0;
  std::set<OrderNumber> ended_;
  std::set<AssetNumber> split_;
};

void follow(SessionMode mode, int multiplier) {
  const auto commands =
      *rc::gen::resize(200, rc::gen::container<std::vector<Command>>(any_command()));
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  Driver driver(seed, mode, multiplier);
  for (const Command& command : commands) {
    driver.run(command);
    driver.check();
  }
}

RC_GTEST_PROP(ExchangePropertiesTest, BooksStayRightWhenTheMarketNeverCloses, ()) {
  follow(SessionMode::kAlwaysOpen, *rc::gen::element(1, 2, 4));
}

RC_GTEST_PROP(ExchangePropertiesTest, BooksStayRightOverSessions, ()) {
  follow(SessionMode::kCalendar, *rc::gen::element(1, 2, 4));
}

RC_GTEST_PROP(ExchangePropertiesTest, SameSeedAndCommandsGiveTheSameBytes, ()) {
  const auto commands =
      *rc::gen::resize(100, rc::gen::container<std::vector<Command>>(any_command()));
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  Driver first(seed, SessionMode::kCalendar, 4);
  Driver second(seed, SessionMode::kCalendar, 4);
  for (const Command& command : commands) {
    first.run(command);
    second.run(command);
  }
  RC_ASSERT(bytes_of(first.exchange()) == bytes_of(second.exchange()));
}

// The generator must reach what it is there to test; a property over nothing proves nothing.
TEST(ExchangePropertiesTest, TheCommandsReachEveryKindOfEvent) {
  std::map<EventKind, int> seen;
  std::map<OrderClass, int> filled;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Driver driver(seed, seed % 2 == 0 ? SessionMode::kCalendar : SessionMode::kAlwaysOpen, 4);
    std::uint64_t word = seed;
    const auto next = [&](int bound) {
      word = word * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
      return static_cast<int>((word >> 33) % static_cast<std::uint64_t>(bound));
    };
    for (int i = 0; i < 400; ++i) {
      driver.run({next(32), next(3), 1 + next(40), next(41) - 20, next(240), next(1000)});
    }
    for (const Event& event : driver.exchange().events()) {
      ++seen[event.kind];
      if (event.kind == EventKind::kFill) {
        ++filled[driver.exchange().order(event.order).order_class];
      }
    }
  }
  for (int kind = 0; kind < static_cast<int>(EventKind::kOrderCancelRejected); ++kind) {
    EXPECT_GT(seen[static_cast<EventKind>(kind)], 10) << to_text(static_cast<EventKind>(kind));
  }
  for (const OrderClass value :
       {OrderClass::kSimple, OrderClass::kBracket, OrderClass::kOco, OrderClass::kOto}) {
    EXPECT_GT(filled[value], 10) << to_text(value);
  }
}

}  // namespace
}  // namespace signalbus::exchange_core
