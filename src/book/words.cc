// The words that files use for each enumerator, in one table per enum.
#include <array>
#include <utility>

#include "book/alerts.h"
#include "book/monitoring.h"
#include "book/orders.h"
#include "book/plan.h"
#include "book/recon.h"
#include "core/text.h"

namespace signalbus {
namespace {

template <class E>
using Words = std::pair<E, std::string_view>;

constexpr std::array kSides = {Words<Side>{Side::kBuy, "BUY"}, Words<Side>{Side::kSell, "SELL"}};
constexpr std::array kOrderTypes = {Words<OrderType>{OrderType::kMarket, "MARKET"},
                                    Words<OrderType>{OrderType::kLimit, "LIMIT"},
                                    Words<OrderType>{OrderType::kBracket, "BRACKET"}};
constexpr std::array kActions = {
    Words<Action>{Action::kBuy, "BUY"}, Words<Action>{Action::kSell, "SELL"},
    Words<Action>{Action::kHold, "HOLD"}, Words<Action>{Action::kSkip, "SKIP"}};
constexpr std::array kTimesInForce = {Words<TimeInForce>{TimeInForce::kDay, "DAY"},
                                      Words<TimeInForce>{TimeInForce::kGtc, "GTC"}};
constexpr std::array kPurposes = {
    Words<Purpose>{Purpose::kOpen, "open a new position"},
    Words<Purpose>{Purpose::kIncrease, "increase to target"},
    Words<Purpose>{Purpose::kReduce, "reduce to target"},
    Words<Purpose>{Purpose::kClose, "close: no longer targeted"},
    Words<Purpose>{Purpose::kCloseToFlip, "close before changing side"},
    Words<Purpose>{Purpose::kOpenFlipped, "change side after the close has filled"},
    Words<Purpose>{Purpose::kProtect, "take profit or stop of a bracket"}};
constexpr std::array kReasons = {
    Words<ReasonCode>{ReasonCode::kNone, ""},
    Words<ReasonCode>{ReasonCode::kNoMapping, "no_mapping"},
    Words<ReasonCode>{ReasonCode::kAmbiguousMapping, "ambiguous_mapping"},
    Words<ReasonCode>{ReasonCode::kNoPrice, "no_price"},
    Words<ReasonCode>{ReasonCode::kStalePrice, "stale_price"},
    Words<ReasonCode>{ReasonCode::kBadPrice, "bad_price"},
    Words<ReasonCode>{ReasonCode::kBelowMinNotional, "below_min_notional"},
    Words<ReasonCode>{ReasonCode::kBelowOneLot, "below_one_lot"},
    Words<ReasonCode>{ReasonCode::kInsideBand, "inside_band"},
    Words<ReasonCode>{ReasonCode::kNotTradable, "not_tradable"},
    Words<ReasonCode>{ReasonCode::kNotFractionable, "not_fractionable"},
    Words<ReasonCode>{ReasonCode::kBlacklisted, "blacklisted"},
    Words<ReasonCode>{ReasonCode::kTurnoverCap, "turnover_cap"},
    Words<ReasonCode>{ReasonCode::kRiskLimit, "risk_limit"},
    Words<ReasonCode>{ReasonCode::kInsufficientFunds, "insufficient_funds"},
    Words<ReasonCode>{ReasonCode::kForeignPosition, "foreign_position"},
    Words<ReasonCode>{ReasonCode::kQuarantined, "quarantined"},
    Words<ReasonCode>{ReasonCode::kUnchanged, "unchanged"}};
constexpr std::array kModes = {Words<Mode>{Mode::kDry, "dry"}, Words<Mode>{Mode::kSim, "sim"},
                               Words<Mode>{Mode::kPaper, "paper"},
                               Words<Mode>{Mode::kLive, "live"}};
constexpr std::array kOrderStates = {
    Words<OrderState>{OrderState::kPlanned, "PLANNED"},
    Words<OrderState>{OrderState::kSubmitting, "SUBMITTING"},
    Words<OrderState>{OrderState::kUnknown, "UNKNOWN"},
    Words<OrderState>{OrderState::kLive, "LIVE"},
    Words<OrderState>{OrderState::kCancelling, "CANCELLING"},
    Words<OrderState>{OrderState::kResolving, "RESOLVING"},
    Words<OrderState>{OrderState::kQuarantined, "QUARANTINED"},
    Words<OrderState>{OrderState::kSimulated, "SIMULATED"},
    Words<OrderState>{OrderState::kFilled, "FILLED"},
    Words<OrderState>{OrderState::kPartial, "PARTIAL"},
    Words<OrderState>{OrderState::kCanceled, "CANCELED"},
    Words<OrderState>{OrderState::kExpired, "EXPIRED"},
    Words<OrderState>{OrderState::kRejected, "REJECTED"},
    Words<OrderState>{OrderState::kAbandoned, "ABANDONED"},
    Words<OrderState>{OrderState::kNeverAccepted, "NEVER_ACCEPTED"}};
constexpr std::array kTradingStates = {
    Words<TradingState>{TradingState::kNormal, "NORMAL"},
    Words<TradingState>{TradingState::kReduceOnly, "REDUCE_ONLY"},
    Words<TradingState>{TradingState::kSellOnly, "SELL_ONLY"},
    Words<TradingState>{TradingState::kHalted, "HALTED"}};
constexpr std::array kCashFlowKinds = {Words<CashFlowKind>{CashFlowKind::kDividend, "dividend"},
                                       Words<CashFlowKind>{CashFlowKind::kInterest, "interest"},
                                       Words<CashFlowKind>{CashFlowKind::kFee, "fee"},
                                       Words<CashFlowKind>{CashFlowKind::kTransfer, "transfer"},
                                       Words<CashFlowKind>{CashFlowKind::kSplit, "split"},
                                       Words<CashFlowKind>{CashFlowKind::kOther, "other"}};
constexpr std::array kBatchStates = {Words<BatchState>{BatchState::kOpen, "open"},
                                     Words<BatchState>{BatchState::kFinished, "finished"},
                                     Words<BatchState>{BatchState::kEnded, "ended"}};
constexpr std::array kAlertLevels = {Words<AlertLevel>{AlertLevel::kOk, "ok"},
                                     Words<AlertLevel>{AlertLevel::kWarn, "warn"},
                                     Words<AlertLevel>{AlertLevel::kCritical, "critical"},
                                     Words<AlertLevel>{AlertLevel::kUnknown, "unknown"}};
constexpr std::array kDeliveryStates = {Words<DeliveryState>{DeliveryState::kWaiting, "waiting"},
                                        Words<DeliveryState>{DeliveryState::kSent, "sent"},
                                        Words<DeliveryState>{DeliveryState::kGivenUp, "given up"}};
constexpr std::array kReconStatuses = {Words<ReconStatus>{ReconStatus::kOk, "OK"},
                                       Words<ReconStatus>{ReconStatus::kMismatch, "MISMATCH"},
                                       Words<ReconStatus>{ReconStatus::kSkipped, "SKIPPED"}};
constexpr std::array kSubjects = {
    Words<Subject>{Subject::kOrder, "order"}, Words<Subject>{Subject::kFill, "fill"},
    Words<Subject>{Subject::kPosition, "position"}, Words<Subject>{Subject::kCash, "cash"}};
constexpr std::array kCauses = {Words<Cause>{Cause::kNone, ""},
                                Words<Cause>{Cause::kPartialFill, "partial_fill"},
                                Words<Cause>{Cause::kRejected, "rejected"},
                                Words<Cause>{Cause::kRounding, "rounding"},
                                Words<Cause>{Cause::kSkipped, "skipped"},
                                Words<Cause>{Cause::kPriceMove, "price_move"},
                                Words<Cause>{Cause::kManualTrade, "manual_trade"},
                                Words<Cause>{Cause::kCorporateAction, "corporate_action"},
                                Words<Cause>{Cause::kFee, "fee"},
                                Words<Cause>{Cause::kDividend, "dividend"},
                                Words<Cause>{Cause::kInterest, "interest"},
                                Words<Cause>{Cause::kTransfer, "transfer"},
                                Words<Cause>{Cause::kLateFill, "late_fill"},
                                Words<Cause>{Cause::kUnknown, "unknown"}};

template <class Table, class E>
std::string_view word_of(const Table& table, E value) {
  for (const auto& [key, word] : table) {
    if (key == value) return word;
  }
  SB_CHECK(false);
  return "";
}

/// The enumerator whose word this is; the error lists what is allowed.
template <class E, class Table>
Result<E> value_of(const Table& table, std::string_view text, std::string_view what) {
  std::string allowed;
  for (const auto& [key, word] : table) {
    if (word == text) return key;
    if (!allowed.empty()) allowed += ", ";
    allowed += word;
  }
  return Error{ErrorCode::kInvalidInput,
               std::string(what) + " " + quoted(text) + " is not one of " + allowed};
}

}  // namespace

std::string_view to_text(Side side) { return word_of(kSides, side); }
std::string_view to_text(OrderType type) { return word_of(kOrderTypes, type); }
std::string_view to_text(Action action) { return word_of(kActions, action); }
std::string_view to_text(ReasonCode code) { return word_of(kReasons, code); }
std::string_view to_text(TimeInForce tif) { return word_of(kTimesInForce, tif); }
std::string_view to_text(Purpose purpose) { return word_of(kPurposes, purpose); }
std::string_view to_text(Mode mode) { return word_of(kModes, mode); }
std::string_view to_text(OrderState state) { return word_of(kOrderStates, state); }
std::string_view to_text(TradingState state) { return word_of(kTradingStates, state); }
std::string_view to_text(CashFlowKind kind) { return word_of(kCashFlowKinds, kind); }
std::string_view to_text(BatchState state) { return word_of(kBatchStates, state); }
std::string_view to_text(AlertLevel level) { return word_of(kAlertLevels, level); }
std::string_view to_text(DeliveryState state) { return word_of(kDeliveryStates, state); }
std::string_view to_text(ReconStatus status) { return word_of(kReconStatuses, status); }
std::string_view to_text(Subject subject) { return word_of(kSubjects, subject); }
std::string amount_text(const Amount& amount) {
  return std::visit([](const auto& value) { return value.text(); }, amount);
}
std::string_view to_text(Cause cause) { return word_of(kCauses, cause); }

Result<Side> parse_side(std::string_view text) { return value_of<Side>(kSides, text, "side"); }
Result<OrderType> parse_order_type(std::string_view text) {
  return value_of<OrderType>(kOrderTypes, text, "order type");
}
Result<Action> parse_action(std::string_view text) {
  return value_of<Action>(kActions, text, "action");
}
Result<TimeInForce> parse_time_in_force(std::string_view text) {
  return value_of<TimeInForce>(kTimesInForce, text, "time in force");
}
Result<Purpose> parse_purpose(std::string_view text) {
  return value_of<Purpose>(kPurposes, text, "reason");
}
Result<Mode> parse_mode(std::string_view text) { return value_of<Mode>(kModes, text, "mode"); }
Result<OrderState> parse_order_state(std::string_view text) {
  return value_of<OrderState>(kOrderStates, text, "status");
}

ReasonCode parse_reason_code(std::string_view text) {
  const std::string_view code = text.substr(0, text.find(':'));
  const Result<ReasonCode> found = value_of<ReasonCode>(kReasons, code, "reason");
  return found.ok() ? found.value() : ReasonCode::kNone;
}

Result<TradingState> parse_trading_state(std::string_view text) {
  return value_of<TradingState>(kTradingStates, text, "trading state");
}
Result<DeliveryState> parse_delivery_state(std::string_view text) {
  return value_of<DeliveryState>(kDeliveryStates, text, "delivery state");
}
Result<AlertLevel> parse_alert_level(std::string_view text) {
  return value_of<AlertLevel>(kAlertLevels, text, "alert level");
}
Result<CashFlowKind> parse_cash_flow_kind(std::string_view text) {
  return value_of<CashFlowKind>(kCashFlowKinds, text, "cash flow");
}

bool is_final(OrderState state) {
  return state >= OrderState::kSimulated;  // as the enumeration is ordered
}

}  // namespace signalbus
