#include "risk/check_exit.h"

#include "risk/grants.h"
#include "risk/views.h"

namespace signalbus::risk {
namespace {

/// What the order is worth at the price of this moment; as it was decided where there is none.
Money value_now(const ExitFacts& facts, const WriteAhead& post) {
  if (!facts.fresh) return post.notional;
  const Result<Money> value = notional_half_even(post.quantity, facts.fresh->price);
  return value.ok() ? value.value() : Money::from_raw(INT64_MAX);
}

OrderView view_of(const ExitFacts& facts, const ControlRecord& control, const WriteAhead& post) {
  OrderView view{.order = facts.order,
                 .quantity = post.quantity,
                 .price = facts.fresh ? &*facts.fresh : nullptr,
                 .value = value_now(facts, post),
                 .symbol = facts.symbol,
                 .control = control,
                 .equity = facts.equity,
                 .held = std::nullopt,
                 .after = std::nullopt,
                 .twin = facts.twin_sent,
                 .number = 1,
                 .at_gate = true};
  if (!facts.position) return view;
  const Int128 moves = Int128{post.quantity.raw()} + facts.open_same_side.raw();
  view.held = facts.position->raw();
  view.after = *view.held + (view.is_buy() ? moves : -moves);
  return view;
}

/// The words of a rule at the gate, by whichever of its checks are made there.
Words words_at_gate(const Rule& rule, const ExitView& view, const RiskLimits& limits) {
  if (rule.checks.exit != nullptr) {
    if (Words words = rule.checks.exit(view, limits)) return words;
  }
  if (rule.checks.order != nullptr) return rule.checks.order(view.order, limits);
  if (rule.checks.session == nullptr) return std::nullopt;
  return rule.checks.session(view.facts.session ? &*view.facts.session : nullptr, limits);
}

}  // namespace

Status ExitVerdict::status(const Symbol& symbol) const {
  if (!breach) return Ok{};
  return Error{halted ? ErrorCode::kHalted : ErrorCode::kLimitExceeded,
               symbol.text() + ": " + breach->words};
}

ExitVerdict check_exit(const ExitFacts& facts, const ControlRecord& control, const DayUse& day,
                       const WriteAhead& post, const RiskLimits& limits,
                       std::span<const Rule> rules) {
  ExitVerdict verdict;
  Grants grants(facts.granted);
  const OrderView order = view_of(facts, control, post);
  const ExitView view{facts, control, day, post, order};
  for (const Rule& rule : rules) {
    if (facts.posts > 0 && rule.resend == Resend::kNotAsked) continue;
    Words words = words_at_gate(rule, view, limits);
    if (!words) continue;
    Breach breach{rule.name, std::move(*words)};
    if (grants.let_through(rule, breach, verdict.passed)) continue;
    verdict.halted = rule.on_breach == OnBreach::kByState && control.state == TradingState::kHalted;
    verdict.breach = std::move(breach);
    verdict.passed.clear();
    return verdict;
  }
  return verdict;
}

}  // namespace signalbus::risk
