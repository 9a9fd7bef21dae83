// Goal: every rule and every step of an order's life, as tables that anyone can read and extend.
// Method: testdata/exchange/*.txt, a line a command; testdata/exchange/README.md explains the
// words. Expected values come from contract sections 2 to 4 or are computed by hand in the files.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "exchange_core/exchange.h"
#include "exchange_core/queries.h"

namespace signalbus::exchange_core {
namespace {

using Words = std::vector<std::string>;
using Keys = std::map<std::string, std::string>;

template <class T>
T must(Result<T> result, const std::string& text) {
  if (!result.ok()) ADD_FAILURE() << text << ": " << result.error().message;
  SB_CHECK(result.ok());
  return std::move(result).value();
}

Price price(const std::string& text) { return must(Price::parse(text), text); }
Quantity qty(const std::string& text) { return must(Quantity::parse(text), text); }
Money usd(const std::string& text) {
  return must(Money::parse(text, Rounding::kAwayFromZero), text);
}
Ratio ratio(const std::string& text) { return must(Ratio::parse(text), text); }
bool yes(const std::string& text) { return text == "yes"; }

Words words_of(const std::string& line) {
  std::istringstream in(line);
  Words out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

struct Case {
  std::string file;
  std::string name;
  std::vector<std::pair<int, std::string>> lines;
};

void PrintTo(const Case& value, std::ostream* out) { *out << value.file << ": " << value.name; }

std::string text_of(const Refusal& refusal) {
  std::string out = std::to_string(refusal.http_status) + " " + std::to_string(refusal.code) + " " +
                    refusal.message;
  for (const RefusalField& field : refusal.fields) {
    out += "\n+ " + std::string(field.key) + "=";
    out += field.text;
    for (std::size_t i = 0; i < field.list.size(); ++i) out += (i == 0 ? "" : ",") + field.list[i];
  }
  return out;
}

class Runner {
 public:
  void run(const Case& scenario) {
    for (const auto& [number, line] : scenario.lines) {
      SCOPED_TRACE(scenario.file + ":" + std::to_string(number) + ": " + line);
      step(words_of(line), line);
      if (::testing::Test::HasFatalFailure()) return;
    }
    finish_refusal();
  }

 private:
  void step(const Words& words, const std::string& line) {
    const std::string& command = words[0];
    if (command == "+") {
      expected_ += "\n" + with_ids(line);
      return;
    }
    if (command == "403" || command == "404" || command == "422") {
      expected_ = with_ids(line);
      return;
    }
    finish_refusal();
    if (command == "refuse") {
      wants_refusal_ = true;
      return act(Words(words.begin() + 1, words.end()));
    }
    if (command == "expect") return check(Words(words.begin() + 1, words.end()));
    if (command == "events") return check_events(words);
    act(words);
  }

  void act(const Words& words) {
    keys_.clear();
    for (const std::string& word : words) {
      if (const auto at = word.find('='); at != std::string::npos) {
        keys_[word.substr(0, at)] = word.substr(at + 1);
      }
    }
    const std::string& command = words[0];
    if (command == "clock") return set_clock(words);
    make_exchange();
    if (command == "account") return set_account();
    if (command == "asset") return put_asset(words[1]);
    if (command == "position") {
      return exchange_->set_position(now_, account_, asset(words[1]), qty(words[2]),
                                     price(words[3]));
    }
    if (command == "quote") return set_quote(words);
    if (command == "at") {
      now_ = must(Instant::parse(words[1]), words[1]);
      return exchange_->advance_to(now_);
    }
    if (command == "order") return submit(words[1]);
    if (command == "cancel") return done(exchange_->cancel(now_, account_, order(words[1])));
    if (command == "cancel_all") return (void)exchange_->cancel_all(now_, account_);
    if (command == "replace") return replace(words);
    if (command == "close") return close(words);
    if (command == "close_all") return close_all();
    if (command == "release") return exchange_->release(now_, order(words[1]));
    if (command == "reject") return exchange_->reject(now_, order(words[1]));
    if (command == "share") return exchange_->force_fill_share(order(words[1]), ratio(words[2]));
    if (command == "share_next") {
      return exchange_->force_fill_share(asset(words[1]), ratio(words[2]));
    }
    if (command == "halt") return exchange_->set_halted(now_, asset(words[1]), true);
    if (command == "resume") return exchange_->set_halted(now_, asset(words[1]), false);
    if (command == "split") {
      return exchange_->split(now_, asset(words[1]),
                              static_cast<std::uint32_t>(std::stoul(words[2])),
                              static_cast<std::uint32_t>(std::stoul(words[3])));
    }
    if (command == "dividend") {
      return exchange_->pay_dividend(now_, asset(words[1]), price(words[2]));
    }
    if (command == "cash") {
      return exchange_->move_cash(now_, account_, parse_activity(words[1]).value(), usd(words[2]),
                                  "");
    }
    FAIL() << "unknown command " << command;
  }

  void set_clock(const Words& words) {
    settings_.mode = words[1] == "calendar" ? SessionMode::kCalendar : SessionMode::kAlwaysOpen;
    now_ = must(Instant::parse(words[2]), words[2]);
  }

  void make_exchange() {
    if (exchange_) return;
    settings_.start = now_;
    exchange_.emplace(settings_);
    account_ = exchange_->open_account(now_, {.cash = Money::whole(100'000)});
  }

  void set_account() {
    AccountFlags flags;
    Configuration configuration;
    for (const auto& [key, value] : keys_) {
      if (key == "cash") {
        const Money change = usd(value) - account_view(*exchange_, account_).cash;
        exchange_->move_cash(now_, account_, ActivityKind::kDeposit, change, "");
      } else if (key == "multiplier") {
        exchange_->set_multiplier(now_, account_, std::stoi(value));
      } else if (key == "shorting_enabled") {
        flags.shorting_enabled = yes(value);
      } else if (key == "trading_blocked") {
        flags.trading_blocked = yes(value);
      } else if (key == "account_blocked") {
        flags.account_blocked = yes(value);
      } else if (key == "liquidation_only") {
        flags.liquidation_only = yes(value);
      } else if (key == "suspend_trade") {
        configuration.suspend_trade = yes(value);
      } else if (key == "no_shorting") {
        configuration.no_shorting = yes(value);
      } else if (key == "fractional_trading") {
        configuration.fractional_trading = yes(value);
      } else if (key == "max_margin_multiplier") {
        configuration.max_margin_multiplier = std::stoi(value);
      } else {
        FAIL() << "unknown key " << key;
      }
    }
    exchange_->set_flags(now_, account_, flags);
    exchange_->set_configuration(now_, account_, configuration);
  }

  void put_asset(const std::string& symbol) {
    const auto flag = [&](const char* key) { return !keys_.count(key) || yes(keys_[key]); };
    const AssetNumber number =
        exchange_->put_asset(now_, {.symbol = must(Symbol::parse(symbol), symbol),
                                    .name = {},
                                    .active = flag("active"),
                                    .tradable = flag("tradable"),
                                    .marginable = flag("marginable"),
                                    .shortable = flag("shortable"),
                                    .easy_to_borrow = flag("easy_to_borrow"),
                                    .fractionable = flag("fractionable")});
    if (keys_.count("price")) {
      exchange_->set_quote(now_, number, Quote::flat(price(keys_["price"])));
    }
  }

  void set_quote(const Words& words) {
    const Quote quote = words.size() == 3
                            ? Quote::flat(price(words[2]))
                            : Quote{price(words[2]), price(words[3]), price(words[4])};
    exchange_->set_quote(now_, asset(words[1]), quote);
  }

  template <class T, class Parse>
  std::optional<T> key(const char* name, const Parse& parse) const {
    const auto at = keys_.find(name);
    if (at == keys_.end()) return std::nullopt;
    return parse(at->second);
  }
  std::string text(const char* name, const char* otherwise = "") const {
    const auto at = keys_.find(name);
    return at == keys_.end() ? otherwise : at->second;
  }

  void submit(const std::string& name) {
    const std::string symbol = text("symbol", "AAPL");
    const std::string client_id =
        text("client_id") == "129" ? std::string(129, 'x') : text("client_id");
    OrderRequest request{.symbol = symbol,
                         .qty = key<Quantity>("qty", qty),
                         .notional = key<Money>("notional", usd),
                         .side = parse_side(text("side", "buy")),
                         .type = parse_type(text("type", "market")),
                         .tif = parse_tif(text("tif", "day")),
                         .limit_price = key<Price>("limit", price),
                         .stop_price = key<Price>("stop", price),
                         .trail_price = key<Price>("trail_price", price),
                         .trail_percent = key<Ratio>("trail_percent", ratio),
                         .extended_hours = yes(text("extended")),
                         .client_order_id = client_id,
                         .order_class = parse_class(text("class")),
                         .position_intent = parse_intent(text("intent"))};
    if (keys_.count("tp")) request.take_profit = TakeProfitRequest{price(keys_["tp"])};
    if (keys_.count("sl")) {
      request.stop_loss = StopLossRequest{price(keys_["sl"]), key<Price>("sl_limit", price)};
    }
    const SubmitHooks hooks{.hold_matching = yes(text("hold")),
                            .stick_pending_cancel = yes(text("stick")),
                            .reject_async = yes(text("reject")),
                            .fill_share = key<Ratio>("share", ratio)};
    placed(name, exchange_->submit(now_, account_, request, hooks));
  }

  void replace(const Words& words) {
    const std::string client_id = text("client_id");
    const ReplaceRequest request{.qty = key<Quantity>("qty", qty),
                                 .tif = parse_tif(text("tif")),
                                 .limit_price = key<Price>("limit", price),
                                 .stop_price = key<Price>("stop", price),
                                 .trail = key<Price>("trail", price),
                                 .client_order_id = client_id};
    placed(words.size() > 2 && words[2].find('=') == std::string::npos ? words[2] : "replacement",
           exchange_->replace(now_, account_, order(words[1]), request));
  }

  void close(const Words& words) {
    placed("closing", exchange_->close_position(now_, account_, words[1],
                                                {.qty = key<Quantity>("qty", qty),
                                                 .percentage = key<Ratio>("percentage", ratio)}));
  }

  void close_all() {
    for (const ClosedPosition& row :
         exchange_->close_all_positions(now_, account_, yes(text("cancel_orders")))) {
      placed("closing_" + exchange_->asset(row.asset).terms.symbol.text(), row.answer);
    }
  }

  void placed(const std::string& name, const Answer<Placed>& answer) {
    if (!answer.ok()) return refused(answer.refusal());
    const Order& order = exchange_->order(answer.value().order);
    orders_.insert_or_assign(name, order.number);
    answers_.insert_or_assign(name, answer.value().state.status);
    if (order.legs[0] != kNoOrder) orders_.insert_or_assign(name + ".tp", order.legs[0]);
    if (order.legs[1] != kNoOrder) orders_.insert_or_assign(name + ".sl", order.legs[1]);
    EXPECT_FALSE(wants_refusal_) << "it was accepted";
    wants_refusal_ = false;
  }
  void done(const Answer<Done>& answer) {
    if (!answer.ok()) refused(answer.refusal());
  }
  void refused(const Refusal& refusal) {
    ASSERT_TRUE(wants_refusal_) << text_of(refusal);
    actual_ = text_of(refusal);
  }
  void finish_refusal() {
    if (wants_refusal_) {
      EXPECT_FALSE(actual_.empty()) << "it was accepted";
      EXPECT_EQ(actual_, expected_);
    }
    wants_refusal_ = false;
    actual_.clear();
    expected_.clear();
  }

  /// "@a" in an expected text is the UUID of the order named a.
  std::string with_ids(std::string line) const {
    while (line.find('@') != std::string::npos) {
      const std::size_t at = line.find('@');
      std::size_t end = at + 1;
      while (end < line.size() && (std::isalnum(line[end]) || line[end] == '.')) ++end;
      const std::string name = line.substr(at + 1, end - at - 1);
      line = line.substr(0, at) + exchange_->order_id(order(name)).text() + line.substr(end);
    }
    return line;
  }

  void check(const Words& words) {
    if (words[0] == "position") return check_position(words);
    if (words[0] == "no_position") {
      EXPECT_FALSE(position(*exchange_, account_, words[1]).ok());
      return;
    }
    if (words[0] == "open") return check_open(words);
    if (words[0] == "account") {
      const AccountView view = account_view(*exchange_, account_);
      const Keys values = {{"cash", view.cash.text()},
                           {"equity", view.equity.text()},
                           {"last_equity", view.last_equity.text()},
                           {"buying_power", view.buying_power.text()},
                           {"non_marginable", view.non_marginable_buying_power.text()},
                           {"regt", view.regt_buying_power.text()},
                           {"long", view.long_market_value.text()},
                           {"short", view.short_market_value.text()},
                           {"initial", view.initial_margin.text()},
                           {"maintenance", view.maintenance_margin.text()},
                           {"reserved", view.reserved.text()},
                           {"multiplier", std::to_string(view.multiplier)},
                           {"balance_asof", view.balance_asof.iso()}};
      return compare(words, 1, values);
    }
    const Order& found = exchange_->order(order(words[0]));
    const OrderState& state = found.state;
    const Keys values = {{"answer", std::string(to_text(answer_of(words[0])))},
                         {"status", std::string(to_text(state.status))},
                         {"type", std::string(to_text(found.type))},
                         {"side", std::string(to_text(found.side))},
                         {"intent", std::string(to_text(found.intent))},
                         {"qty", state.qty.text()},
                         {"filled", state.filled_qty.text()},
                         {"avg", state.filled_avg_price.text()},
                         {"limit", state.limit_price.text()},
                         {"stop", state.stop_price.text()},
                         {"hwm", state.high_water_mark.text()},
                         {"ended", state.ended_at.rfc3339()},
                         {"expires", found.expires_at.rfc3339()},
                         {"created", found.created_at.rfc3339()},
                         {"replaces", name_of(found.replaces)},
                         {"replaced_by", name_of(state.replaced_by)},
                         {"parent", name_of(found.parent)}};
    compare(words, 1, values);
  }

  void check_position(const Words& words) {
    const Answer<PositionView> found = position(*exchange_, account_, words[1]);
    ASSERT_TRUE(found.ok()) << found.refusal().message;
    const PositionView& view = found.value();
    const auto money = [](const std::optional<Money>& m) { return m ? m->text() : "null"; };
    const auto number = [](const auto& r) { return r ? r->text() : "null"; };
    compare(words, 2,
            {{"qty", view.qty.text()},
             {"available", view.qty_available.text()},
             {"avg", view.avg_entry_price.text()},
             {"cost", view.cost_basis.text()},
             {"value", money(view.market_value)},
             {"pl", money(view.unrealized_pl)},
             {"plpc", number(view.unrealized_plpc)},
             {"day_pl", money(view.unrealized_intraday_pl)},
             {"day_plpc", number(view.unrealized_intraday_plpc)},
             {"price", number(view.current_price)},
             {"lastday", number(view.lastday_price)},
             {"change", number(view.change_today)}});
  }

  static void compare(const Words& words, std::size_t from, const Keys& values) {
    for (std::size_t i = from; i < words.size(); ++i) {
      const std::size_t at = words[i].find('=');
      const std::string name = words[i].substr(0, at);
      ASSERT_TRUE(values.count(name)) << "unknown key " << name;
      EXPECT_EQ(name + "=" + values.at(name), words[i]);
    }
  }

  void check_open(const Words& words) {
    std::string names = "open";
    const OrderFilter filter{.direction = Direction::kAscending};
    for (const OrderNumber number : list_orders(*exchange_, account_, filter)) {
      names += " " + name_of(number);
    }
    std::string wanted;
    for (const std::string& word : words) wanted += (wanted.empty() ? "" : " ") + word;
    EXPECT_EQ(names, wanted);
  }

  void check_events(const Words& words) {
    std::string kinds = "events " + words[1];
    for (const Event& event : exchange_->events()) {
      if (event.order == order(words[1])) kinds += " " + std::string(to_text(event.kind));
    }
    std::string wanted;
    for (const std::string& word : words) wanted += (wanted.empty() ? "" : " ") + word;
    EXPECT_EQ(kinds, wanted);
  }

  OrderStatus answer_of(const std::string& name) const {
    const auto at = answers_.find(name);
    return at == answers_.end() ? exchange_->order(order(name)).state.status : at->second;
  }
  OrderNumber order(const std::string& name) const {
    const auto at = orders_.find(name);
    if (at == orders_.end()) ADD_FAILURE() << "no order named " << name;
    SB_CHECK(at != orders_.end());
    return at->second;
  }
  std::string name_of(OrderNumber number) const {
    for (const auto& [name, value] : orders_) {
      if (value == number) return name;
    }
    return number == kNoOrder ? "null" : "unnamed";
  }
  AssetNumber asset(const std::string& symbol) const {
    const std::optional<AssetNumber> found = exchange_->find_asset(symbol);
    if (!found) ADD_FAILURE() << "no asset " << symbol;
    SB_CHECK(found.has_value());
    return *found;
  }

  ExchangeSettings settings_;
  Instant now_ = Instant::parse("2025-08-29T15:00:00Z").value();
  std::optional<Exchange> exchange_;
  AccountNumber account_ = kNoAccount;
  std::map<std::string, OrderNumber> orders_;
  std::map<std::string, OrderStatus> answers_;
  Keys keys_;
  bool wants_refusal_ = false;
  std::string expected_;
  std::string actual_;
};

std::vector<Case> cases_of(const std::string& file) {
  std::ifstream in(std::string(SB_TESTDATA) + "/exchange/" + file);
  std::vector<Case> out;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const std::size_t start = line.find_first_not_of(' ');
    if (start == std::string::npos || line[start] == '#') continue;
    if (line.rfind("case ", 0) == 0) {
      out.push_back({file, line.substr(5), {}});
    } else {
      out.back().lines.emplace_back(number, line.substr(start));
    }
  }
  return out;
}

std::vector<Case> all_cases() {
  std::vector<Case> out;
  for (const char* file :
       {"refusals.txt", "fills.txt", "groups.txt", "replace.txt", "sessions.txt", "accounts.txt"}) {
    const std::vector<Case> cases = cases_of(file);
    SB_CHECK(!cases.empty());
    out.insert(out.end(), cases.begin(), cases.end());
  }
  return out;
}

class ScenarioTest : public ::testing::TestWithParam<Case> {};

TEST_P(ScenarioTest, RunsAsWritten) { Runner().run(GetParam()); }

std::string test_name(const ::testing::TestParamInfo<Case>& info) {
  std::string out = info.param.file.substr(0, info.param.file.find('.')) + "_";
  for (const char c : info.param.name) out += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return out + "_" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Exchange, ScenarioTest, ::testing::ValuesIn(all_cases()), test_name);

}  // namespace
}  // namespace signalbus::exchange_core
