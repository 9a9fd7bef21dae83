#include "sim/world.h"

#include <algorithm>
#include <array>

#include "calendar/exchange_calendar.h"
#include "exchange/order_body.h"
#include "ports/testing/memory_files.h"

namespace signalbus::sim {
namespace {

using exchange::FaultRule;
using exchange::FaultTarget;
using exchange::FaultVerb;

constexpr int kSymbolsMax = 40;
constexpr std::int64_t kMinute = 60'000'000;
/// How long fills take that are slow, in seconds: within a look, within a wait, beyond one.
constexpr std::array<std::int64_t, 3> kSlowFills = {2, 45, 400};

/// 5 to about 900 USD, the same in every world: what differs is what happens there.
std::string price_text(int symbol) {
  const int cents = 500 + (symbol * symbol * 53 + symbol * 131) % 90'000;
  return std::to_string(cents / 100) + "." + (cents % 100 < 10 ? "0" : "") +
         std::to_string(cents % 100);
}

/// Reading tables costs more than a small world, so each size is read once.
const exchange::PriceTable& table_of(int symbols) {
  static std::array<std::unique_ptr<exchange::PriceTable>, kSymbolsMax + 1> tables;
  auto& table = tables.at(static_cast<std::size_t>(symbols));
  if (table) return *table;
  testing::MemoryFiles files;
  std::string& csv = files.contents["prices.csv"];
  csv = "symbol,price\n";
  for (int i = 0; i < symbols; ++i) {
    csv +=
        std::string("SIM") + (i < 10 ? "0" : "") + std::to_string(i) + "," + price_text(i) + "\n";
  }
  auto loaded = exchange::PriceTable::load(files, "prices.csv");
  SB_CHECK(loaded.ok());
  table = std::make_unique<exchange::PriceTable>(std::move(loaded).value());
  return *table;
}

Instant before_open(TradeDate day) {
  const auto session = calendar::session(day);
  SB_CHECK(session.ok());
  return session.value().open.plus_seconds(-3'600);
}

exchange::VenueSettings settings_of(const WorldSpec& spec) {
  Rng rng(spec.seed ^ 0x77656e7565ULL);
  constexpr std::array<int, 4> kMultipliers = {1, 2, 4, 4};
  return {.seed = rng.next(),
          .cash = Money::whole(rng.between(20'000, 200'000)),
          .multiplier = kMultipliers[rng.below(kMultipliers.size())],
          .clock = {.kind = exchange::ClockKind::kWall}};
}

FaultRule order_rule(FaultVerb verb, std::uint32_t ppm) {
  FaultRule rule;
  rule.target = FaultTarget::kRequest;
  rule.method = "POST";
  rule.path = "/v2/orders";
  rule.verb = verb;
  rule.times.reset();
  rule.probability = Ratio::from_raw(std::int64_t{ppm} * 1'000);
  return rule;
}

}  // namespace

World::World(const WorldSpec& spec, Trace& trace)
    : trace_(trace),
      rates_(spec.rates),
      rng_(spec.seed ^ 0x776f726c64ULL),
      time_(before_open(spec.first_day)),
      venue_(settings_of(spec), {.prices = table_of(spec.symbols)}, time_),
      service_(venue_, {}) {
  Rng seeds = rng_.fork();
  for (std::size_t i = 0; i < kFaults; ++i) strike_rngs_.push_back(seeds.fork());
  SB_CHECK(venue_.start(nullptr).ok());
  for (const Symbol& symbol : venue_.prices().symbols()) {
    symbols_.push_back(symbol);
    assets_.push_back(*exchange().find_asset(symbol.view()));
    base_.push_back(exchange().asset(assets_.back()).quote.last);
  }
  account_ = venue_.account_of(kKeyId).number;
  venue_.listen(*this);
  add_market_faults();
}

Price World::price_of(std::size_t symbol) const {
  return exchange().asset(assets_[symbol]).quote.last;
}

void World::set_position(std::size_t symbol, Quantity quantity) {
  venue_.set_position(account_, assets_[symbol], quantity, price_of(symbol));
}

exchange::Reply World::deliver(const net::HttpRequest& request, bool late) {
  exchange::Reply reply = service_.answer(request, true);
  if (request.method != "GET") {
    note({late ? "arrives late:" : "arrives:", request.method, request.target, request.body,
          std::to_string(reply.response.status)});
  }
  for (Watch* watch : watches_) watch->on_arrival(request, reply.response.status, late);
  if (request.method == "POST" && rates_.of(Fault::kSlowFill) > 0 && !healed_) {
    for (const std::int64_t seconds : kSlowFills) {
      time_.in(seconds * 1'000'000 + 1'000'000, [this] { service_.tick(); });
    }
  }
  return reply;
}

// -- Faults -----------------------------------------------------------------------------------

bool World::strikes(Fault fault) {
  if (healed_) return false;
  const auto index = static_cast<std::size_t>(fault);
  if (!strike_rngs_[index].chance(rates_.of(fault))) return false;
  ++counts_[index];
  return true;
}

/// Those that the exchange's own fault layer knows: each strikes orders as they are accepted.
void World::add_market_faults() {
  std::vector<FaultRule> rules;
  const auto add = [&](Fault fault, FaultRule rule) {
    if (rates_.of(fault) == 0) return;
    market_faults_.push_back(fault);
    rules.push_back(std::move(rule));
  };
  for (const std::int64_t tenths : {1, 5, 9}) {
    FaultRule rule = order_rule(FaultVerb::kPartialFill, rates_.of(Fault::kPartialFill) / 3);
    rule.share = Ratio::from_raw(tenths * 100'000'000);
    add(Fault::kPartialFill, rule);
  }
  for (const std::int64_t seconds : kSlowFills) {
    FaultRule rule = order_rule(FaultVerb::kLag, rates_.of(Fault::kSlowFill) / 3);
    rule.micros = seconds * 1'000'000;
    add(Fault::kSlowFill, rule);
  }
  FaultRule hide;
  hide.target = FaultTarget::kRequest;
  hide.method = "GET";
  hide.path = "/v2/orders*";
  hide.verb = FaultVerb::kLag;
  hide.micros = 10'000'000;
  hide.times.reset();
  hide.probability = Ratio::from_raw(std::int64_t{rates_.of(Fault::kHiddenOrder)} * 1'000);
  add(Fault::kHiddenOrder, hide);
  add(Fault::kAsyncReject, order_rule(FaultVerb::kAsyncReject, rates_.of(Fault::kAsyncReject)));
  add(Fault::kStuckCancel,
      order_rule(FaultVerb::kStuckPendingCancel, rates_.of(Fault::kStuckCancel)));
  service_.faults().add(std::move(rules));
}

void World::count_market_faults() {
  const auto& entries = service_.faults().entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    counts_[static_cast<std::size_t>(market_faults_[i])] += entries[i].fired;
  }
  service_.faults().clear();
  market_faults_.clear();
}

void World::heal() {
  if (healed_) return;
  healed_ = true;
  count_market_faults();
  for (const core::AssetNumber asset : assets_) {
    venue_.set_halted(asset, false);
    if (exchange().asset(asset).terms.tradable) continue;
    core::AssetTerms terms = exchange().asset(asset).terms;
    terms.tradable = true;
    venue_.put_asset(terms);
  }
  note({"healed"});
}

// -- A session --------------------------------------------------------------------------------

void World::live_through(TradeDate day) {
  const auto session = calendar::session(day);
  SB_CHECK(session.ok());
  const Instant open = session.value().open;
  const Instant close = session.value().close;
  time_.at(open.plus_seconds(-60), [this] { overnight(); });
  for (const Instant boundary : {open, close}) {
    time_.at(boundary.plus_seconds(1), [this] { service_.tick(); });
  }
  time_.at(open, [this, close] { minute(close); });
}

void World::overnight() {
  service_.tick();
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    const std::int64_t moved = base_[i].raw() + base_[i].raw() / 10'000 * rng_.between(-100, 100);
    base_[i] = cents(Price::from_raw(moved));
    venue_.set_price(assets_[i], base_[i]);
  }
  if (!strikes(Fault::kSplit)) return;
  const std::size_t symbol = any_symbol();
  venue_.split(assets_[symbol], {2, 1});
  base_[symbol] = price_of(symbol);
  note({"split", symbols_[symbol].view()});
  for (const core::OrderNumber order : open_orders()) {
    if (exchange().order(order).asset == assets_[symbol]) taint(order);
  }
}

void World::minute(Instant close) {
  if (time_.now() >= close || healed_) return;
  service_.tick();
  if (strikes(Fault::kPriceMove)) move_price();
  if (strikes(Fault::kHaltedSymbol)) halt_symbol();
  if (strikes(Fault::kForeignOrder)) trade_by_hand();
  if (strikes(Fault::kForeignCancel)) cancel_by_hand();
  if (strikes(Fault::kForeignReplace)) replace_by_hand();
  if (strikes(Fault::kAmnesia)) forget_orders();
  if (strikes(Fault::kHiddenExecutions)) {
    no_executions_until_ =
        time_.now().plus_seconds(rng_.between(std::int64_t{30}, std::int64_t{300}));
  }
  if (strikes(Fault::kCashFlow)) move_cash();
  if (strikes(Fault::kBlockedAsset)) block_asset();
  for (const auto& happening : minutely_) happening();
  time_.in(kMinute, [this, close] { minute(close); });
}

Price World::cents(Price price) {
  constexpr std::int64_t kCent = 10'000'000;
  return Price::from_raw(std::max<std::int64_t>(price.raw() / kCent, 100) * kCent);
}

/// Within 1 % of the day's base: a market order's collar of 4 % always covers what may come.
void World::move_price() {
  const std::size_t symbol = any_symbol();
  const std::int64_t bps = rng_.between(-100, 100);
  const std::int64_t base = base_[symbol].raw();
  venue_.set_price(assets_[symbol], cents(Price::from_raw(base + base / 10'000 * bps)));
}

void World::halt_symbol() {
  const std::size_t symbol = any_symbol();
  venue_.set_halted(assets_[symbol], true);
  note({"halted", symbols_[symbol].view()});
  time_.in(rng_.between(std::int64_t{1}, std::int64_t{40}) * kMinute, [this, symbol] {
    venue_.settle();
    venue_.set_halted(assets_[symbol], false);
    note({"resumed", symbols_[symbol].view()});
  });
}

void World::trade_by_hand() {
  const std::size_t symbol = any_symbol();
  const std::string id = "by-hand-" + std::to_string(++foreign_orders_);
  const bool buys = rng_.chance(500'000);
  const auto answer = venue_.submit(account_,
                                    {.symbol = symbols_[symbol].view(),
                                     .qty = Quantity::whole(rng_.between(1, 3)),
                                     .side = buys ? core::OrderSide::kBuy : core::OrderSide::kSell,
                                     .type = core::OrderType::kMarket,
                                     .tif = core::OrderTif::kDay,
                                     .client_order_id = id},
                                    {}, 0);
  note(
      {"by hand:", buys ? "buy" : "sell", symbols_[symbol].view(), answer.ok() ? "ok" : "refused"});
}

std::vector<core::OrderNumber> World::open_orders() const {
  core::OrderFilter filter;
  filter.limit = 500;
  return core::list_orders(exchange(), account_, filter);
}

std::optional<core::OrderNumber> World::any_open_order() {
  const auto open = open_orders();
  if (open.empty()) return std::nullopt;
  return open[rng_.below(open.size())];
}

void World::taint(core::OrderNumber order) {
  tainted_.emplace(exchange().order(order).client_order_id);
}

void World::cancel_by_hand() {
  const auto order = any_open_order();
  if (!order) return;
  (void)venue_.cancel(account_, *order);
  note({"by hand: cancel", exchange().order(*order).client_order_id});
}

void World::replace_by_hand() {
  const auto order = any_open_order();
  if (!order) return;
  const Quantity more = exchange().order(*order).state.qty + Quantity::whole(1);
  if (!venue_.replace(account_, *order, {.qty = more}).ok()) return;
  taint(*order);
  note({"by hand: replace", exchange().order(*order).client_order_id});
}

/// As after a restored backup: what was there is not shown. Long enough to be sure, and in the
/// session only: an end that nobody can see any more is beyond every protocol.
void World::forget_orders() {
  no_orders_until_ = time_.now().plus_seconds(rng_.between(std::int64_t{30}, std::int64_t{300}));
  note({"amnesia until", no_orders_until_.rfc3339()});
  for (const core::OrderNumber order : open_orders()) taint(order);
}

void World::take_id(const net::HttpRequest& request) {
  const auto body = exchange::read_order(request.body);
  if (!body.ok() || !body.value().request.qty) return;
  core::OrderRequest order = body.value().request;
  order.qty = *order.qty + Quantity::whole(1);
  order.order_class = core::OrderClass::kSimple;
  // Its events come before its answer.
  const core::OrderNumber next(exchange().order_count() + 1);
  not_ours_.insert(next);
  const auto answer = venue_.submit(account_, order, {}, 0);
  if (!answer.ok()) return void(not_ours_.erase(next));
  tainted_.emplace(order.client_order_id);
  note({"taken by another installation:", order.client_order_id});
}

void World::disguise(const net::HttpRequest& request, net::HttpResponse& response) {
  if (request.method != "GET" || healed_) return;
  if (now() < no_executions_until_ && request.target.starts_with("/v2/account/activities")) {
    // All of them in half of the cases, else the newest.
    const std::size_t newest = response.body.rfind("},{");
    const bool all = no_executions_until_.micros() / 1'000'000 % 2 == 0;
    response.body =
        all || newest == std::string::npos ? "[]" : response.body.substr(0, newest) + "}]";
  }
  if (now() < no_orders_until_ && request.target.starts_with("/v2/orders:by_client_order_id")) {
    response.status = 404;
    response.body = R"({"code":40410000,"message":"order not found"})";
  } else if (now() < no_orders_until_ && request.target.starts_with("/v2/orders?")) {
    response.body = "[]";
  }
  const std::size_t status = response.body.find("\"status\":\"new\"");
  if (status != std::string::npos && strikes(Fault::kNewWord)) {
    response.body.replace(status, 14, "\"status\":\"unheard_of\"");
  }
}

void World::move_cash() {
  constexpr std::array<core::ActivityKind, 3> kKinds = {
      core::ActivityKind::kFee, core::ActivityKind::kInterest, core::ActivityKind::kDeposit};
  const core::ActivityKind kind = kKinds[rng_.below(kKinds.size())];
  const Money amount = kind == core::ActivityKind::kFee ? Money::from_raw(-1'250'000)
                                                        : Money::whole(rng_.between(1, 500));
  venue_.move_cash(account_, kind, amount, "simulated");
  if (amount.is_negative()) taken_.emplace_back(now(), -Int128{amount.raw()});
  note({"cash", to_text(kind), amount.text()});
}

void World::block_asset() {
  const std::size_t symbol = any_symbol();
  core::AssetTerms terms = exchange().asset(assets_[symbol]).terms;
  terms.tradable = false;
  venue_.put_asset(terms);
  note({"not tradable:", symbols_[symbol].view()});
  time_.in(rng_.between(std::int64_t{1}, std::int64_t{20}) * kMinute, [this, symbol] {
    core::AssetTerms again = exchange().asset(assets_[symbol]).terms;
    again.tradable = true;
    venue_.put_asset(again);
  });
}

// -- What happens there -----------------------------------------------------------------------

bool World::is_ours(core::OrderNumber number) const {
  if (not_ours_.contains(number)) return false;
  const core::Order& order = exchange().order(number);
  const core::OrderNumber parent = order.parent;
  if (parent != core::kNoOrder && parent != number) return is_ours(parent);
  return order.client_order_id.starts_with(std::string(kPrefix) + "_");
}

void World::on_event(const core::Event& event) {
  const core::Order& order = exchange().order(event.order);
  const bool is_fill =
      event.kind == core::EventKind::kFill || event.kind == core::EventKind::kPartialFill;
  if (is_fill && order.side == core::OrderSide::kBuy && !is_ours(event.order)) {
    taken_.emplace_back(now(), Int128{event.qty.raw()} * event.price.raw() / 1'000'000'000'000);
  }
  note({"exchange:", to_text(event.kind), order.client_order_id,
        is_fill ? event.qty.text() : std::string(), is_fill ? event.price.text() : std::string()});
  if (time_.now() < no_orders_until_) taint(event.order);
  for (Watch* watch : watches_) watch->on_exchange_event(event);
}

}  // namespace signalbus::sim
