// Goal: what Alpaca answered to real orders on 2025-08-29, this exchange answers too.
// Method: every order of the recorded log is sent again, in the state that its answer describes (a
// position, a bracket that holds it, a price, a lost flag); the body is compared as text, ids
// aside.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "exchange_core/exchange.h"

namespace signalbus::exchange_core {
namespace {

const Instant kNow = Instant::parse("2025-08-29T15:00:00Z").value();

using Row = std::map<std::string, std::string>;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      out.back() += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      out.emplace_back();
    } else if (line[i] != '\r') {
      out.back() += line[i];
    }
  }
  return out;
}

std::vector<Row> recorded_rows() {
  std::ifstream in(SB_TESTDATA "/alpaca/execution_log_20250829_real.csv");
  std::string line;
  std::getline(in, line);
  if (line.rfind("\xEF\xBB\xBF", 0) == 0) line = line.substr(3);
  const std::vector<std::string> names = cells_of(line);
  std::vector<Row> out;
  while (std::getline(in, line)) {
    const std::vector<std::string> cells = cells_of(line);
    Row row;
    for (std::size_t i = 0; i < names.size(); ++i) row[names[i]] = cells.at(i);
    if (row["mode"] == "REAL") out.push_back(row);
  }
  return out;
}

/// What stands between two marks; "" when it is not there.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return "";
  const std::size_t start = at + before.size();
  return text.substr(start, text.find(after, start) - start);
}

std::string value_in(const std::string& body, const std::string& key) {
  return between(body, "\"" + key + "\":\"", "\"");
}

/// Ids are not ours to repeat.
std::string without_ids(std::string body) {
  const std::string related = between(body, "\"related_orders\":[\"", "\"]");
  if (!related.empty()) body.replace(body.find(related), related.size(), "ID");
  return body;
}

/// The kind of answer: without numbers and names.
std::string kind_of(const std::string& body) {
  std::string out = between(body, "\"message\":\"", "\"}");
  out = out.substr(0, out.find("qty available"));
  if (out.rfind("asset", 0) == 0) out = out.substr(out.rfind(" is "));
  return out + (body.find("related_orders") == std::string::npos ? "" : " related");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"')
      out += "\\\"";
    else if (c == '<')
      out += "\\u003c";
    else if (c == '>')
      out += "\\u003e";
    else
      out += c;
  }
  return out;
}

/// As Alpaca writes it: status, then the body with its keys in alphabetical order.
std::string body_of(const Refusal& refusal) {
  std::map<std::string, std::string> members = {{"code", std::to_string(refusal.code)},
                                                {"message", '"' + escaped(refusal.message) + '"'}};
  for (const RefusalField& field : refusal.fields) {
    std::string text = '"' + field.text + '"';
    if (field.is_list) {
      text = "[";
      for (const std::string& item : field.list) {
        text += (text.size() > 1 ? ",\"" : "\"") + item + '"';
      }
      text += "]";
    }
    members[std::string(field.key)] = text;
  }
  std::string out;
  for (const auto& [key, value] : members) {
    out += (out.empty() ? "{\"" : ",\"") + key + "\":" + value;
  }
  return std::to_string(refusal.http_status) + " " + out + "}";
}

Price price(const std::string& text) { return Price::parse(text).value(); }
Quantity qty(const std::string& text) { return Quantity::parse(text).value(); }

class Replay {
 public:
  explicit Replay(Row row) : row_(std::move(row)), error_(row_["error"]) {}

  /// What the exchange answers: "" when it accepts.
  std::string answer() {
    prepare();
    const std::string symbol = row_["symbol"];
    OrderRequest request{.symbol = symbol,
                         .qty = quantity(),
                         .side = row_["side"] == "BUY" ? OrderSide::kBuy : OrderSide::kSell,
                         .type = OrderType::kMarket,
                         .tif = OrderTif::kDay,
                         .client_order_id = row_["client_order_id"]};
    if (row_["order_type"] == "BRACKET") {
      request.order_class = OrderClass::kBracket;
      request.take_profit = TakeProfitRequest{price(row_["tp_price"])};
      request.stop_loss = StopLossRequest{price(row_["sl_price"]), std::nullopt};
    }
    const Answer<Placed> answer = exchange_.submit(kNow, account_, request);
    return answer.ok() ? "" : body_of(answer.refusal());
  }

 private:
  /// The log cuts it to six decimals, the answer has it whole.
  Quantity quantity() {
    const std::string requested = between(error_, "requested: ", ",");
    return qty(requested.empty() ? row_["qty"] : requested);
  }

  void prepare() {
    const bool inactive = has(error_, "is not active");
    const AssetNumber asset =
        exchange_.put_asset(kNow, {.symbol = Symbol::parse(row_["symbol"]).value(),
                                   .name = {},
                                   .active = !inactive,
                                   .fractionable = !has(error_, "is not fractionable")});
    const std::string base = value_in(error_, "base_price");
    const Price last = price(base.empty() ? row_["price_used"] : base);
    exchange_.set_quote(kNow, asset, Quote::flat(last));
    const std::string existing = value_in(error_, "existing_qty");
    if (!existing.empty() && row_["side"] == "BUY") {
      return exchange_.set_position(kNow, account_, asset, -qty(existing), last);
    }
    if (!existing.empty()) return hold_by_bracket(qty(existing), last);
    if (has(error_, "must be entry orders")) {  // a short position, by the rows that follow
      return exchange_.set_position(kNow, account_, asset, Quantity::whole(-15), last);
    }
    if (row_["side"] == "SELL") {
      exchange_.set_position(kNow, account_, asset, quantity(), last);
    }
  }

  /// Bought by a bracket, whose legs hold all of it.
  void hold_by_bracket(Quantity quantity, Price last) {
    ASSERT_EQ(value_in(error_, "existing_qty"), value_in(error_, "held_for_orders"));
    const Price half = Price::from_raw(last.raw() / 2 / 10'000'000 * 10'000'000);
    const std::string symbol = row_["symbol"];
    const Answer<Placed> bought =
        exchange_.submit(kNow, account_,
                         {.symbol = symbol,
                          .qty = quantity,
                          .side = OrderSide::kBuy,
                          .type = OrderType::kMarket,
                          .tif = OrderTif::kGtc,
                          .order_class = OrderClass::kBracket,
                          .take_profit = TakeProfitRequest{half + half + half},
                          .stop_loss = StopLossRequest{half, std::nullopt}});
    ASSERT_TRUE(bought.ok()) << bought.refusal().message;
  }

  Row row_;
  std::string error_;
  Exchange exchange_{{.start = kNow}};
  AccountNumber account_ = exchange_.open_account(kNow, {.cash = Money::whole(200'000)});
};

TEST(RecordedOrdersTest, GetTheRecordedAnswers) {
  std::map<std::string, int> seen;
  for (const Row& row : recorded_rows()) {
    const std::string recorded = without_ids(row.at("error"));
    EXPECT_EQ(without_ids(Replay(row).answer()), recorded)
        << row.at("symbol") << " " << row.at("side") << " " << row.at("client_order_id");
    ++seen[kind_of(recorded)];
  }
  // All refusals there are, and the orders that were taken: nothing was left out.
  EXPECT_EQ(seen.size(), 8u);
  EXPECT_EQ(seen[""], 199);
}

}  // namespace
}  // namespace signalbus::exchange_core
