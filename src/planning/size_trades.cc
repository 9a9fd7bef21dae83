// Sizes: for each target and each holding without one, how many shares to trade or why none.
#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "planning/symbol_finder.h"
#include "planning/trade.h"

namespace signalbus::planning {
namespace {

/// What the planner knows of a symbol besides its price.
struct Abilities {
  bool tradable = true;
  bool fractionable = true;
  bool shortable = true;
};

/// What every name is sized with.
struct Sizing {
  const PlanInput& input;
  const PlanPolicy& policy;
  const Investable& investable;
  SymbolFinder<PricePoint> prices;
  SymbolFinder<Holding> holdings;
  SymbolFinder<AssetRule> rules;
  SymbolFinder<HeldPosition> kept;  // for quarantined strategies
};

Abilities abilities_of(const Symbol& symbol, Sizing& with) {
  const AssetRule* rule = with.rules.find(symbol);
  if (rule == nullptr) return {};
  return {rule->tradable, rule->fractionable, rule->shortable};
}

PlanRow empty_row(AssetId asset_id) {
  return {.asset_id = std::move(asset_id),
          .symbol = std::nullopt,
          .price = std::nullopt,
          .target_weight = 0,
          .target_qty = Quantity::zero(),
          .current_qty = Quantity::zero(),
          .delta = Quantity::zero(),
          .action = Action::kHold,
          .planned_qty = Quantity::zero(),
          .planned_weight = 0,
          .notional = Money::zero(),
          .code = ReasonCode::kNone,
          .words = {}};
}

/// Finds a usable price or says why there is none. False: the trade was skipped.
bool set_price(Trade& trade, Sizing& with) {
  const Symbol& symbol = *trade.row.symbol;
  const PricePoint* point = with.prices.find(symbol);
  if (point == nullptr) {
    const auto bad = std::find_if(with.input.prices.bad.begin(), with.input.prices.bad.end(),
                                  [&](const BadPrice& b) { return b.symbol == symbol; });
    if (bad != with.input.prices.bad.end()) {
      trade.skip(ReasonCode::kBadPrice, bad->words);
    } else {
      trade.skip(ReasonCode::kNoPrice, "no price for " + symbol.text());
    }
    return false;
  }
  trade.row.price = point->price;
  if (with.policy.max_price_age_seconds && with.input.now && point->asof) {
    const std::int64_t age = (with.input.now->micros() - point->asof->micros()) / 1'000'000;
    if (age > *with.policy.max_price_age_seconds) {
      trade.skip(ReasonCode::kStalePrice,
                 "price is " + std::to_string(age) + " s old, planning.max_price_age is " +
                     std::to_string(*with.policy.max_price_age_seconds) + " s");
      return false;
    }
  }
  return true;
}

/// The band in shares around the target, toward zero.
Result<Quantity> band_quantity(const Trade& trade, ExactWeight weight, const NoTradeBand& band,
                               const Investable& investable) {
  Int128 width = INT64_MAX;
  if (band.absolute) width = static_cast<Int128>(band.absolute->raw()) * 1'000'000'000;
  if (band.relative) {
    const Int128 part = divide(static_cast<Int128>(weight.abs().raw()) * band.relative->raw(),
                               pow10(Ratio::kDecimals), Rounding::kTowardZero);
    width = std::min(width, part);
  }
  SB_TRY(const ExactWeight exact, ExactWeight::narrow(width));
  return target_quantity(exact, investable, *trade.row.price);
}

/// Leaves trades inside the no-trade band alone; closing a position is never kept back.
Status apply_band(Trade& trade, ExactWeight weight, const Sizing& with) {
  if (!with.policy.band.on() || trade.full_exit) return Ok{};
  SB_TRY(const Quantity band, band_quantity(trade, weight, with.policy.band, with.investable));
  if (trade.wanted <= band) {
    trade.skip(ReasonCode::kInsideBand, "off by " + trade.wanted.text() + " shares, the band is " +
                                            band.text() + " (planning.band)");
  } else if (with.policy.band.trade_to_edge) {
    trade.wanted -= band;
    // The leg that closes stays whole: the band shortens what is opened on the other side.
    trade.flipped = std::max(Quantity::zero(), trade.flipped - band);
    trade.row.words = "stays " + band.text() + " shares from the target, the edge of planning.band";
  }
  return Ok{};
}

/// From target and current quantity to side, size and exit; the size is not yet cut. `kept` is the
/// part of both that quarantined strategies hold.
void set_direction(Trade& trade, bool has_target, Quantity kept) {
  PlanRow& row = trade.row;
  row.delta = row.target_qty - row.current_qty;
  trade.wanted = row.delta.abs();
  if (row.delta.is_zero()) {
    row.action = Action::kHold;
    row.code = ReasonCode::kUnchanged;
    return;
  }
  row.action = row.delta.is_positive() ? Action::kBuy : Action::kSell;
  trade.full_exit = row.target_qty == kept && !has_target;
  const bool flips = !row.current_qty.is_zero() && !row.target_qty.is_zero() &&
                     row.current_qty.is_negative() != row.target_qty.is_negative();
  if (flips) trade.flipped = row.target_qty.abs();
}

Result<Quantity> cut_target(const Trade& trade, ExactWeight weight, const Investable& investable) {
  SB_TRY(const Quantity exact, target_quantity(weight, investable, *trade.row.price));
  return cut_to_decimals(exact, trade.decimals);
}

/// Limit prices are multiples of a tick, and a stop loss stands a cent or more below the price.
bool is_below_ticks(const Trade& trade, const PlanPolicy& policy) {
  constexpr std::int64_t kLeastTick = 100'000;  // 0.0001 USD
  constexpr std::int64_t kBracketGap = 10'000'000;
  const bool bracket = policy.bracket_on_buy.has_value();
  if (!trade.buys() || (!bracket && policy.order_type != OrderType::kLimit)) return false;
  return trade.row.price->raw() < (bracket ? kBracketGap : 0) + kLeastTick;
}

/// Skips what nobody can explain: a name that broker and journal differ over, or any buy while they
/// differ over cash. True when it was.
bool skip_quarantined(Trade& trade, const PlanInput& input) {
  if (!trade.trades()) return false;
  const auto quarantined = input.quarantined.find(*trade.row.symbol);
  if (quarantined != input.quarantined.end()) {
    trade.skip(ReasonCode::kQuarantined, quarantined->second);
  } else if (input.no_buys && trade.buys() && !trade.covers()) {
    trade.skip(ReasonCode::kQuarantined, "nothing is bought: " + *input.no_buys);
  } else {
    return false;
  }
  return true;
}

/// Skips a name that must not or cannot be traded; true when it was.
bool skip_barred(Trade& trade, const MappedTarget& target, const Sizing& with, const Abilities& can,
                 bool banned) {
  const PlanRow& row = trade.row;
  const auto symbol = [&] { return row.symbol->text(); };  // text only for those that are barred
  const auto refused = with.input.refused.find(*row.symbol);
  const bool wants_none = row.target_qty.is_zero() && row.current_qty.is_zero();
  if (banned && row.current_qty.is_zero()) {
    trade.skip(ReasonCode::kBlacklisted, symbol() + " is in weights.blacklist");
  } else if (!can.tradable) {
    trade.skip(ReasonCode::kNotTradable, symbol() + " is not tradable at the broker");
  } else if (target.exact_weight.is_negative() && !can.shortable) {
    trade.skip(ReasonCode::kNotTradable, symbol() + " cannot be sold short at the broker");
  } else if (wants_none && target.exact_weight.is_positive() && !can.fractionable) {
    trade.skip(
        ReasonCode::kNotFractionable,
        "the target is less than one share and only whole shares of " + symbol() + " are traded");
  } else if (wants_none && !target.exact_weight.is_zero()) {
    trade.skip(ReasonCode::kBelowOneLot, "the target is less than one lot");
  } else if (refused != with.input.refused.end() && trade.trades()) {
    trade.skip(ReasonCode::kRiskLimit, refused->second);
  } else if (is_below_ticks(trade, with.policy)) {
    trade.skip(ReasonCode::kBadPrice, "price " + row.price->text() +
                                          " is too close to zero for the ticks of limit and "
                                          "bracket orders");
  } else {
    return false;
  }
  return true;
}

/// Adds what quarantined strategies hold to the target, whatever the others want.
Quantity add_kept(Trade& trade, Sizing& with) {
  const HeldPosition* kept = with.kept.find(*trade.row.symbol);
  if (kept == nullptr) return Quantity::zero();
  trade.row.target_qty += kept->quantity;
  trade.row.words = kept->quantity.text() + " shares are " + kept->words;
  return kept->quantity;
}

Status size_with_price(Trade& trade, const MappedTarget& target, Sizing& with) {
  PlanRow& row = trade.row;
  const Abilities can = abilities_of(*row.symbol, with);
  const bool banned =
      !with.policy.blacklist.empty() && with.policy.blacklist.contains(row.symbol->text());
  const bool is_short = target.exact_weight.is_negative();
  // Alpaca sells short whole shares only.
  trade.decimals = can.fractionable && !is_short ? with.policy.quantity_decimals : 0;
  if (!banned) {
    SB_TRY(row.target_qty, cut_target(trade, target.exact_weight, with.investable));
  }
  const Quantity kept = add_kept(trade, with);
  set_direction(trade, !banned && !target.exact_weight.is_zero(), kept);
  if (skip_barred(trade, target, with, can, banned) || !trade.trades()) return Ok{};
  if (skip_quarantined(trade, with.input)) return Ok{};
  return apply_band(trade, target.exact_weight, with);
}

Status size_target(Trade& trade, const MappedTarget& target, Sizing& with) {
  trade.row.target_weight = target.weight;
  trade.row.symbol = target.symbol;
  if (target.exact_weight.is_negative() && !with.policy.allow_short) {
    return Error{ErrorCode::kInvalidInput,
                 "target weight of " + quoted(target.asset_id.get()) + " is " +
                     format_double(target.weight) +
                     ", a short; set weights.allow_short: true to allow it"};
  }
  if (!target.symbol) {
    trade.skip(target.code, target.words);
    return Ok{};
  }
  if (const Holding* held = with.holdings.find(*target.symbol)) {
    trade.row.current_qty = held->quantity;
  }
  if (!set_price(trade, with)) {
    if (with.policy.refuse_missing_price) {
      return Error{
          ErrorCode::kLimitExceeded,
          trade.row.words + ", needed by target " + quoted(target.asset_id.get()) +
              " (risk.reject_if_price_missing: true); add the price, or set it to false to "
              "leave the weight in cash"};
    }
    // Without a price the target has no size, so what is held stays; none at all is known.
    if (!target.exact_weight.is_zero()) trade.row.target_qty = trade.row.current_qty;
    trade.row.delta = trade.row.target_qty - trade.row.current_qty;
    return Ok{};
  }
  Status sized = size_with_price(trade, target, with);
  if (!sized.ok()) return std::move(sized).error().in("target " + quoted(target.asset_id.get()));
  return Ok{};
}

/// "kept, worth 502.5 USD": what a reader asks of a position that stays.
Result<std::string> kept_words(const Holding& holding, const std::optional<Price>& price) {
  std::optional<Money> value = holding.market_value;
  if (price) {
    SB_TRY(value, notional_half_even(holding.quantity, *price));
  }
  return "not traded by this system, kept" +
         (value ? ", worth " + value->text() + " USD" : std::string());
}

/// A holding without a target: sold when it is ours, kept and listed when it is not.
Status size_untargeted(Trade& trade, const Holding& holding, Sizing& with) {
  trade.row.symbol = holding.symbol;
  trade.row.current_qty = holding.quantity;
  trade.row.delta = -holding.quantity;
  const Abilities can = abilities_of(holding.symbol, with);
  trade.decimals = can.fractionable ? with.policy.quantity_decimals : 0;
  SB_TRY(const bool kept, is_kept(holding, with.policy.foreign_positions));
  if (kept) {
    if (const PricePoint* point = with.prices.find(holding.symbol)) trade.row.price = point->price;
    trade.row.target_qty = holding.quantity;
    trade.row.delta = Quantity::zero();
    trade.row.code = ReasonCode::kForeignPosition;
    SB_TRY(trade.row.words, kept_words(holding, trade.row.price));
    return Ok{};
  }
  const Quantity stays = add_kept(trade, with);
  trade.row.delta += stays;
  if (!set_price(trade, with)) return Ok{};
  set_direction(trade, false, stays);
  if (skip_quarantined(trade, with.input)) return Ok{};
  if (!stays.is_zero() && !trade.trades()) {
    trade.row.code = ReasonCode::kQuarantined;
  } else if (!can.tradable) {
    trade.skip(ReasonCode::kNotTradable, holding.symbol.text() + " is not tradable at the broker");
  } else if (const auto refused = with.input.refused.find(holding.symbol);
             refused != with.input.refused.end()) {
    trade.skip(ReasonCode::kRiskLimit, refused->second);
  }
  return Ok{};
}

}  // namespace

std::vector<Symbol> targeted_symbols(const MappedTargets& targets) {
  std::vector<Symbol> out;
  out.reserve(targets.targets.size());
  for (const MappedTarget& target : targets.targets) {
    if (target.symbol) out.push_back(*target.symbol);
  }
  if (!std::is_sorted(out.begin(), out.end())) std::sort(out.begin(), out.end());
  return out;
}

void Trade::skip(ReasonCode code, std::string words) {
  row.action = Action::kSkip;
  row.code = code;
  row.words = std::move(words);
  wanted = flipped = Quantity::zero();
  full_exit = false;
}

Status settle_size(Trade& trade, const PlanPolicy& policy) {
  if (!trade.trades()) return Ok{};
  const Quantity before = trade.wanted;
  const bool bracket = trade.buys() && policy.bracket_on_buy.has_value() && !trade.covers();
  if (!trade.full_exit) {
    // The leg that closes is exact; only what is opened or changed is cut to lots.
    const Quantity closing = trade.wanted - trade.flipped;
    const int decimals = bracket || trade.covers() ? 0 : trade.decimals;
    trade.flipped = cut_to_decimals(trade.flipped, decimals);
    trade.wanted =
        trade.flipped.is_zero() ? cut_to_decimals(trade.wanted, decimals) : closing + trade.flipped;
  }
  const bool sells = trade.sells();
  if (sells) trade.unsold += before - trade.wanted;
  if (trade.wanted.is_zero()) {
    trade.skip(ReasonCode::kBelowOneLot, before.text() + " shares is less than one lot" +
                                             (bracket ? ": brackets are whole shares" : ""));
    return Ok{};
  }
  if (bracket && before > trade.wanted) {
    trade.row.words =
        (before - trade.wanted).text() + " shares left out: brackets are whole shares";
  }
  SB_TRY(trade.notional, notional_half_even(trade.wanted, *trade.row.price));
  if (trade.notional < policy.min_order_notional && !trade.full_exit) {
    if (sells) trade.unsold += trade.wanted;
    trade.skip(ReasonCode::kBelowMinNotional, trade.notional.text() +
                                                  " USD is below execution.min_order_notional " +
                                                  policy.min_order_notional.text());
  }
  return Ok{};
}

Result<std::vector<Trade>> size_trades(const PlanInput& input, const PlanPolicy& policy,
                                       const Investable& investable,
                                       std::span<const Symbol> targeted,
                                       std::vector<PlanRow>& rows) {
  Sizing with{input,
              policy,
              investable,
              SymbolFinder<PricePoint>(input.prices.points),
              SymbolFinder<Holding>(input.holdings.holdings),
              SymbolFinder<AssetRule>(input.asset_rules),
              SymbolFinder<HeldPosition>(input.held.positions)};
  const std::size_t most = input.targets.targets.size() + input.holdings.holdings.size();
  std::vector<Trade> trades;
  trades.reserve(most);
  rows.reserve(most);  // never grows: trades refer to its elements
  const auto add = [&](AssetId asset_id) -> Trade& {
    return trades.emplace_back(rows.emplace_back(empty_row(std::move(asset_id))));
  };
  for (const MappedTarget& target : input.targets.targets) {
    SB_TRY_OK(size_target(add(target.asset_id), target, with));
  }
  SymbolFinder<Symbol> targets(targeted);
  for (const Holding& holding : input.holdings.holdings) {
    if (targets.find(holding.symbol) != nullptr) continue;
    Trade& trade = add(holding.asset_id.value_or(AssetId("")));
    SB_TRY_OK(size_untargeted(trade, holding, with));
  }
  return trades;
}

}  // namespace signalbus::planning
