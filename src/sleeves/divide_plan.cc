#include "sleeves/divide_plan.h"

#include <cmath>
#include <map>

#include "core/text.h"
#include "sleeves/results.h"
#include "sleeves/share_out.h"
#include "sleeves/wishes.h"

namespace signalbus::sleeves {
namespace {

/// weight x investable, toward zero: nobody is promised more than there is.
Result<Money> part_of(double weight, Money investable) {
  SB_TRY(const ExactWeight exact, exact_weight(weight));
  SB_TRY(const Int128 raw, multiply_divide(exact.raw(), investable.raw(),
                                           pow10(ExactWeight::kDecimals), Rounding::kTowardZero));
  return Money::narrow(raw);
}

/// weight x investable / price in shares, toward zero, as planning sizes the sum of them.
Result<Quantity> target_of(double weight, Money investable, Price price) {
  SB_TRY(const ExactWeight exact, exact_weight(weight));
  // weight 1e-18 x money 1e-6 / price 1e-9, wanted in 1e-9 shares.
  const Int128 divisor = static_cast<Int128>(price.raw()) * pow10(Money::kDecimals);
  SB_TRY(const Int128 raw,
         multiply_divide(exact.raw(), investable.raw(), divisor, Rounding::kTowardZero));
  return Quantity::narrow(raw);
}

/// Whether what is wished of a name may change hands inside. Without a price that planning trusts,
/// one strategy would gain what another loses.
bool may_cross(const PlanRow& row) {
  switch (row.code) {
    case ReasonCode::kNoMapping:
    case ReasonCode::kAmbiguousMapping:
    case ReasonCode::kNoPrice:
    case ReasonCode::kStalePrice:
    case ReasonCode::kBadPrice:
    case ReasonCode::kNotTradable:
    case ReasonCode::kRiskLimit:
    case ReasonCode::kForeignPosition:
      return false;
    default:
      return row.symbol.has_value() && row.price.has_value();
  }
}

/// One plan on its way to its owners.
class Divider {
 public:
  explicit Divider(const DivideInput& input) : in_(input) {
    for (const HeldStrategy& held : in_.contributions.held) held_.insert(held.strategy_id);
    for (const Contribution& row : in_.contributions.rows) {
      blend_.insert_or_assign(row.strategy_id, row.blend_weight);
    }
    for (const Sleeve& sleeve : in_.book.sleeves) {
      if (!is_fixed(sleeve.strategy_id)) blend_.try_emplace(sleeve.strategy_id, 0.0);
    }
    for (const PlanRow& row : in_.plan.rows) targeted_.try_emplace(row.asset_id, &row);
    for (std::size_t i = 0; i < in_.plan.orders.size(); ++i) {
      orders_[in_.plan.orders[i].symbol].push_back(i);
    }
    out_.shares.resize(in_.plan.orders.size());
  }

  Result<SleevePlan> divide() {
    SB_TRY_OK(move_capital());
    std::map<Symbol, const PlanRow*> rows;
    for (const PlanRow& row : in_.plan.rows) {
      if (row.symbol) rows.emplace(*row.symbol, &row);
    }
    for (const auto& [symbol, row] : rows) {
      Status divided = divide_symbol(symbol, *row);
      if (!divided.ok()) return std::move(divided).error().in("sleeves of " + symbol.text());
    }
    return std::move(out_);
  }

 private:
  bool is_fixed(const StrategyId& id) const { return id == account_sleeve() || held_.contains(id); }
  Status move_capital();
  Status divide_symbol(const Symbol& symbol, const PlanRow& row);
  Result<std::vector<Wish>> wishes_of(const Symbol& symbol, const PlanRow& row) const;
  void share_orders(const std::vector<std::size_t>& orders, const std::vector<Wish>& wishes);

  const DivideInput& in_;
  std::set<StrategyId> held_;
  /// Every strategy that trades, with its share of the capital: 0 for one that left the blend.
  std::map<StrategyId, double> blend_;
  /// The row of each target: the first of its asset id. A holding that shares the id (another share
  /// class) comes after it, and nobody asked for it.
  std::map<AssetId, const PlanRow*> targeted_;
  std::map<Symbol, std::vector<std::size_t>> orders_;
  SleevePlan out_;
};

Status Divider::move_capital() {
  for (const auto& [id, weight] : blend_) {
    SB_TRY(const Money wanted, part_of(weight, in_.plan.investable));
    const Sleeve* sleeve = in_.book.find(id);
    Money equity = Money::zero();
    if (sleeve != nullptr) {
      SB_TRY(const Money value, market_value(*sleeve, in_.prices, in_.book));
      equity = sleeve->cash + value;
    }
    const Money missing = wanted - equity;
    if (missing.is_zero()) continue;
    const bool in = missing.is_positive();
    out_.moves.push_back({.from = in ? account_sleeve() : id,
                          .to = in ? id : account_sleeve(),
                          .symbol = std::nullopt,
                          .cash = missing.abs(),
                          .reason = sleeve == nullptr ? "opening" : "capital"});
  }
  return Ok{};
}

/// The account's sleeve comes first, then strategies by id: units that rounding leaves over go to
/// the later ones.
Result<std::vector<Wish>> Divider::wishes_of(const Symbol& symbol, const PlanRow& row) const {
  const Sleeve* account = in_.book.find(account_sleeve());
  std::vector<Wish> wishes = {{account_sleeve(), Quantity::zero(),
                               account == nullptr ? Quantity::zero() : account->quantity(symbol)}};
  std::map<StrategyId, double> asked;
  const auto [begin, end] =
      std::equal_range(in_.contributions.rows.begin(), in_.contributions.rows.end(),
                       Contribution{row.asset_id, StrategyId(""), TradeDate::from_days(0), 0, 0, 0},
                       [](const Contribution& a, const Contribution& b) {
                         return asset_id_less(a.asset_id, b.asset_id);
                       });
  if (targeted_.at(row.asset_id) == &row && !in_.blacklist.contains(symbol.text())) {
    for (auto at = begin; at != end; ++at) asked[at->strategy_id] += at->contribution;
  }
  for (const auto& [id, blend] : blend_) {
    const auto contribution = asked.find(id);
    Wish wish{id, Quantity::zero(), Quantity::zero()};
    if (contribution != asked.end()) {
      SB_TRY(wish.target, target_of(contribution->second, in_.plan.investable, *row.price));
    }
    if (const Sleeve* sleeve = in_.book.find(id)) wish.held = sleeve->quantity(symbol);
    if (!wish.target.is_zero() || !wish.held.is_zero()) wishes.push_back(std::move(wish));
  }
  return wishes;
}

/// Both legs of a flip together, then each its part: so a strategy's total is what it wished.
void Divider::share_orders(const std::vector<std::size_t>& orders,
                           const std::vector<Wish>& wishes) {
  Quantity total = Quantity::zero();
  for (const std::size_t i : orders) total += in_.plan.orders[i].quantity;
  Division division = divide_order(wishes, in_.plan.orders[orders.front()].side, total);
  division.parts.front() += division.unwished;  // the account's
  for (const std::size_t i : orders) {
    const std::vector<std::int64_t> parts =
        share_out(in_.plan.orders[i].quantity.raw(), division.parts);
    for (std::size_t k = 0; k < parts.size(); ++k) {
      division.parts[k] -= parts[k];
      if (parts[k] == 0) continue;
      out_.shares[i].push_back({wishes[k].strategy_id, Quantity::from_raw(parts[k])});
    }
  }
}

Status Divider::divide_symbol(const Symbol& symbol, const PlanRow& row) {
  const auto orders = orders_.find(symbol);
  const bool crosses = may_cross(row);
  if (!crosses && orders == orders_.end()) return Ok{};
  SB_CHECK(row.price.has_value());  // an order has one
  SB_TRY(std::vector<Wish> wishes, wishes_of(symbol, row));
  if (crosses) {
    SB_TRY(std::vector<SleeveMove> moves, cross(wishes, symbol, *row.price));
    out_.moves.insert(out_.moves.end(), moves.begin(), moves.end());
  }
  if (orders != orders_.end()) share_orders(orders->second, wishes);
  return Ok{};
}

}  // namespace

Result<SleevePlan> divide_plan(const DivideInput& input) { return Divider(input).divide(); }

std::vector<StrategyShare> rescale_shares(std::span<const StrategyShare> shares,
                                          Quantity quantity) {
  std::vector<std::int64_t> weights;
  for (const StrategyShare& share : shares) weights.push_back(share.quantity.raw());
  std::vector<StrategyShare> out;
  if (shares.empty()) return out;
  const std::vector<std::int64_t> parts = share_out(quantity.raw(), weights);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] > 0) out.push_back({shares[i].strategy_id, Quantity::from_raw(parts[i])});
  }
  return out;
}

Contributions contributions_of_targets(const TargetBook& targets) {
  Contributions out{targets.trade_date, {}};
  for (const Target& target : targets.targets) {
    out.rows.push_back(
        {target.asset_id, target.strategy_id, target.signal_date, target.weight, 1, target.weight});
  }
  return out;
}

Status check_contributions(const Contributions& contributions, const TargetBook& targets) {
  constexpr double kTolerance = 1e-9;
  std::map<AssetId, double> open;
  for (const Target& target : targets.targets) open[target.asset_id] += target.weight;
  for (const Contribution& row : contributions.rows) open[row.asset_id] -= row.contribution;
  for (const auto& [id, difference] : open) {
    if (std::abs(difference) <= kTolerance) continue;
    return Error{ErrorCode::kInvalidInput,
                 "target of " + quoted(id.get()) + " differs from its contributions by " +
                     format_double(difference) +
                     "; run signals again, or remove the contributions when the targets are not "
                     "ours"};
  }
  return Ok{};
}

}  // namespace signalbus::sleeves
