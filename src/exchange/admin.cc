#include "exchange/admin.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "exchange/admin_ledger.h"
#include "exchange/json_text.h"
#include "exchange/order_body.h"

namespace signalbus::exchange {
namespace {

using formats::JsonValue;

constexpr std::size_t kBodyBytesMax = 1 << 20;
// What an account's sums are made for; a position is worth 100 billion USD at most.
constexpr std::int64_t kAdminPriceMax = 1'000'000;
constexpr std::int64_t kAdminSharesMax = 10'000'000;
constexpr std::int64_t kAdminValueMax = 100'000'000'000;

net::HttpResponse forbidden(std::string_view why) { return refusal_answer(403, 40310000, why); }

net::HttpResponse bad_request(std::string_view why) { return refusal_answer(400, 40010000, why); }

net::HttpResponse done() { return json_answer("{\"ok\":true}"); }

/// 127.0.0.1, localhost or [::1], with any port or none.
bool is_loopback_host(std::string_view host) {
  for (const std::string_view name : {"127.0.0.1", "localhost", "[::1]"}) {
    if (host == name) return true;
    if (!host.starts_with(name) || host.substr(name.size())[0] != ':') continue;
    const std::string_view port = host.substr(name.size() + 1);
    return !port.empty() && port.size() <= 5 &&
           port.find_first_not_of("0123456789") == std::string_view::npos;
  }
  return false;
}

std::size_t count_of(const net::Headers& headers, std::string_view name) {
  std::size_t count = 0;
  for (const net::Field& field : headers) {
    const bool same = field.name.size() == name.size() &&
                      std::equal(name.begin(), name.end(), field.name.begin(), [](char a, char b) {
                        return std::tolower(static_cast<unsigned char>(a)) ==
                               std::tolower(static_cast<unsigned char>(b));
                      });
    if (same) ++count;
  }
  return count;
}

std::optional<net::HttpResponse> refuse_stranger(const Service& service,
                                                 const net::HttpRequest& request, bool loopback) {
  if (!loopback) return forbidden("admin is for this machine only");
  if (count_of(request.headers, "Host") != 1 || !is_loopback_host(request.headers.get("Host"))) {
    return forbidden("admin wants a Host of 127.0.0.1, localhost or [::1]");
  }
  if (const std::string* origin = request.headers.find("Origin")) {
    const auto& own = service.own_origins();
    if (std::find(own.begin(), own.end(), *origin) == own.end()) {
      return forbidden("admin is not for pages of other origins");
    }
  }
  return std::nullopt;
}

/// `{"cash": {...}}`, or the map alone.
Result<JsonValue> body_map(const formats::JsonDocument& document, std::string_view name) {
  SB_TRY(const std::optional<JsonValue> inner, document.root().find(name));
  return inner ? *inner : document.root();
}

Result<core::AssetNumber> known_asset(Service& service, std::string_view symbol) {
  const auto asset = service.venue().core().find_asset(symbol);
  if (asset) return *asset;
  return Error{ErrorCode::kInvalidInput, "no asset " + quoted(symbol)};
}

Status set_prices(Service& service, const formats::JsonDocument& body) {
  SB_TRY(const JsonValue map, body_map(body, "prices"));
  SB_TRY(const auto members, map.members());
  std::vector<std::pair<core::AssetNumber, Price>> prices;
  for (const auto& [symbol, value] : members) {
    SB_TRY(const std::string_view text, value.decimal());
    const auto price = Price::parse(text, Rounding::kHalfEven);
    if (!price.ok() || !price.value().is_positive() ||
        price.value() > Price::whole(kAdminPriceMax)) {
      return value.error("is no price above 0");
    }
    auto asset = service.venue().core().find_asset(symbol);
    if (!asset) {
      SB_TRY(const Symbol name, Symbol::parse(symbol));
      service.venue().put_asset({.symbol = name, .name = {}});
      asset = service.venue().core().find_asset(symbol);
    }
    prices.emplace_back(*asset, price.value());
  }
  for (const auto& [asset, price] : prices) {
    service.venue().set_price(asset, price);
    service.venue().say("price    " + service.venue().core().asset(asset).terms.symbol.text() +
                        " " + price.text());
  }
  return Ok{};
}

Status set_cash(Service& service, const formats::JsonDocument& body) {
  SB_TRY(const JsonValue map, body_map(body, "cash"));
  SB_TRY(const auto members, map.members());
  std::vector<std::pair<std::string_view, Money>> moves;
  for (const auto& [key_id, value] : members) {
    SB_TRY(const std::string_view text, value.decimal());
    const auto amount = Money::parse(text);
    if (!amount.ok() || amount.value().is_zero() ||
        amount.value().abs() > Money::whole(1'000'000'000)) {
      return value.error("is no amount of cash");
    }
    moves.emplace_back(key_id, amount.value());
  }
  for (const auto& [key_id, amount] : moves) {
    const VenueAccount& account = service.venue().account_of(key_id);
    const Money cash = core::account_view(service.venue().core(), account.number).cash;
    if ((cash + amount).abs() > Money::whole(kMoneyMaxUsd)) {
      return Error{ErrorCode::kInvalidInput, "more cash than an account can hold"};
    }
    service.venue().move_cash(
        account.number,
        amount.is_negative() ? core::ActivityKind::kWithdrawal : core::ActivityKind::kDeposit,
        amount, "");
    service.venue().say("#" + std::to_string(account.number.get()) + " cash     " + amount.text());
  }
  return Ok{};
}

struct PositionMove {
  std::string_view key_id;
  core::AssetNumber asset;
  Quantity qty;
  Price entry;
};

Result<PositionMove> read_position(Service& service, std::string_view key_id,
                                   std::string_view symbol, const JsonValue& value) {
  SB_TRY(const core::AssetNumber asset, known_asset(service, symbol));
  SB_TRY(const JsonValue qty_value, value.member("qty"));
  SB_TRY(const std::string_view qty_text, qty_value.decimal());
  const auto qty = Quantity::parse(qty_text);
  if (!qty.ok() || qty.value().abs() > Quantity::whole(kAdminSharesMax)) {
    return qty_value.error("is no quantity");
  }
  Price entry = service.venue().core().asset(asset).quote.last;
  SB_TRY(const std::optional<JsonValue> entry_value, value.find("avg_entry_price"));
  if (entry_value) {
    SB_TRY(const std::string_view text, entry_value->decimal());
    const auto price = Price::parse(text, Rounding::kHalfEven);
    if (!price.ok() || price.value().is_negative() ||
        price.value() > Price::whole(kAdminPriceMax)) {
      return entry_value->error("is no price");
    }
    entry = price.value();
  }
  const Price last = service.venue().core().asset(asset).quote.last;
  const auto worth = notional_up(qty.value(), std::max(entry, last));
  if (!worth.ok() || worth.value().abs() > Money::whole(kAdminValueMax)) {
    return value.error("is worth more than 100 billion USD");
  }
  return PositionMove{key_id, asset, qty.value(), entry};
}

Status set_positions(Service& service, const formats::JsonDocument& body) {
  SB_TRY(const JsonValue map, body_map(body, "positions"));
  SB_TRY(const auto accounts, map.members());
  std::vector<PositionMove> moves;
  for (const auto& [key_id, positions] : accounts) {
    SB_TRY(const auto members, positions.members());
    for (const auto& [symbol, value] : members) {
      SB_TRY(const PositionMove move, read_position(service, key_id, symbol, value));
      moves.push_back(move);
    }
  }
  for (const PositionMove& move : moves) {
    const VenueAccount& account = service.venue().account_of(move.key_id);
    service.venue().set_position(account.number, move.asset, move.qty, move.entry);
    service.venue().say("#" + std::to_string(account.number.get()) + " position " +
                        move.qty.text() + " " +
                        service.venue().core().asset(move.asset).terms.symbol.text());
  }
  return Ok{};
}

struct AssetChange {
  core::AssetTerms terms;
  std::optional<bool> halted;
};

Status read_asset_word(AssetChange& change, std::string_view key, const JsonValue& value) {
  constexpr std::array<std::pair<std::string_view, bool core::AssetTerms::*>, 5> kFlags = {
      {{"tradable", &core::AssetTerms::tradable},
       {"marginable", &core::AssetTerms::marginable},
       {"shortable", &core::AssetTerms::shortable},
       {"easy_to_borrow", &core::AssetTerms::easy_to_borrow},
       {"fractionable", &core::AssetTerms::fractionable}}};
  for (const auto& [name, field] : kFlags) {
    if (key != name) continue;
    SB_TRY(change.terms.*field, value.boolean());
    return Ok{};
  }
  if (key == "halted") {
    SB_TRY(change.halted, value.boolean());
    return Ok{};
  }
  SB_TRY(const std::string_view text, value.string());
  if (key == "status" && (text == "active" || text == "inactive")) {
    change.terms.active = text == "active";
  } else if (key == "name") {
    change.terms.name = text;
  } else if (key == "exchange") {
    SB_TRY(change.terms.exchange, parse_exchange(text));
  } else {
    return value.error("is not known; write status, name, exchange, halted or a flag of the asset");
  }
  return Ok{};
}

Status set_assets(Service& service, const formats::JsonDocument& body) {
  SB_TRY(const JsonValue map, body_map(body, "assets"));
  SB_TRY(const auto members, map.members());
  std::vector<AssetChange> changes;
  for (const auto& [symbol, value] : members) {
    SB_TRY(const Symbol name, Symbol::parse(symbol));
    const auto known = service.venue().core().find_asset(symbol);
    AssetChange change{known ? service.venue().core().asset(*known).terms
                             : core::AssetTerms{.symbol = name, .name = {}},
                       std::nullopt};
    SB_TRY(const auto words, value.members());
    for (const auto& [key, word] : words) SB_TRY_OK(read_asset_word(change, key, word));
    changes.push_back(std::move(change));
  }
  for (const AssetChange& change : changes) {
    service.venue().put_asset(change.terms);
    const auto asset = service.venue().core().find_asset(change.terms.symbol.view());
    if (change.halted) service.venue().set_halted(*asset, *change.halted);
    service.venue().say("asset    " + change.terms.symbol.text() + " changed");
  }
  return Ok{};
}

Status move_clock(Service& service, const formats::JsonDocument& body) {
  SB_TRY(const JsonValue value, body.root().member("advance"));
  SB_TRY(const std::string_view text, value.string());
  if (text == "1session") {
    SB_TRY_OK(service.venue().advance_to_next_open());
  } else {
    const auto seconds = parse_duration(text);
    if (!seconds.ok()) {
      return value.error(quoted(text) + " is no duration; write 90s, 15m, 24h, 1d or 1session");
    }
    SB_TRY_OK(service.venue().advance_by(seconds.value()));
  }
  service.venue().say("clock    " + service.venue().now().rfc3339());
  return Ok{};
}

net::HttpResponse clock_answer(const Venue& venue) {
  std::string body;
  JsonText json(body);
  json.begin_object();
  json.time("now", venue.now());
  json.boolean("simulated", venue.clock().simulated());
  json.end_object();
  return json_answer(std::move(body));
}

net::HttpResponse faults_answer(Service& service, const net::HttpRequest& request) {
  if (request.method == "DELETE") {
    service.faults().clear();
  } else if (request.method == "POST") {
    auto rules = parse_faults(request.body, "faults");
    if (!rules.ok()) return bad_request(rules.error().message);
    service.faults().add(std::move(rules).value());
  }
  return json_answer(fault_list(service.faults()));
}

using Change = Status (*)(Service&, const formats::JsonDocument&);

net::HttpResponse changed(Service& service, const net::HttpRequest& request, Change change) {
  const auto document = formats::parse_json(request.body, "body", kBodyBytesMax);
  if (!document.ok()) return bad_request(document.error().message);
  const Status status = change(service, document.value());
  if (!status.ok()) return bad_request(status.error().message);
  return done();
}

}  // namespace

net::HttpResponse admin_answer(Service& service, const net::HttpRequest& request,
                               std::string_view path, bool loopback) {
  if (auto refused = refuse_stranger(service, request, loopback)) return *std::move(refused);
  const bool is_get = request.method == "GET";
  const bool is_post = request.method == "POST";
  if (path == "/admin/v1/ledger" && is_get) return json_answer(ledger_json(service.venue()));
  if (path == "/admin/v1/faults" && (is_get || is_post || request.method == "DELETE")) {
    return faults_answer(service, request);
  }
  if (path == "/admin/v1/clock" && is_get) return clock_answer(service.venue());
  if (path == "/admin/v1/clock" && is_post) {
    net::HttpResponse answer = changed(service, request, move_clock);
    return answer.status == 200 ? clock_answer(service.venue()) : answer;
  }
  constexpr std::array<std::pair<std::string_view, Change>, 4> kChanges = {
      {{"/admin/v1/prices", set_prices},
       {"/admin/v1/cash", set_cash},
       {"/admin/v1/positions", set_positions},
       {"/admin/v1/assets", set_assets}}};
  for (const auto& [name, change] : kChanges) {
    if (path == name && is_post) return changed(service, request, change);
  }
  return not_found("no such admin endpoint");
}

}  // namespace signalbus::exchange
