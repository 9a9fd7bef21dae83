#include "alpaca/cash_flows.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.h"

namespace signalbus::alpaca {
namespace {

using Kind = std::pair<std::string_view, CashFlowKind>;

constexpr std::array kKinds = {
    Kind{"DIV", CashFlowKind::kDividend},    Kind{"DIVCGL", CashFlowKind::kDividend},
    Kind{"DIVCGS", CashFlowKind::kDividend}, Kind{"DIVFT", CashFlowKind::kDividend},
    Kind{"DIVNRA", CashFlowKind::kDividend}, Kind{"DIVROC", CashFlowKind::kDividend},
    Kind{"DIVTW", CashFlowKind::kDividend},  Kind{"DIVTXEX", CashFlowKind::kDividend},
    Kind{"INT", CashFlowKind::kInterest},    Kind{"INTNRA", CashFlowKind::kInterest},
    Kind{"INTTW", CashFlowKind::kInterest},  Kind{"FEE", CashFlowKind::kFee},
    Kind{"CFEE", CashFlowKind::kFee},        Kind{"DIVFEE", CashFlowKind::kFee},
    Kind{"PTC", CashFlowKind::kFee},         Kind{"PTR", CashFlowKind::kFee},
    Kind{"CSD", CashFlowKind::kTransfer},    Kind{"CSW", CashFlowKind::kTransfer},
    Kind{"TRANS", CashFlowKind::kTransfer},  Kind{"JNL", CashFlowKind::kTransfer},
    Kind{"JNLC", CashFlowKind::kTransfer},   Kind{"JNLS", CashFlowKind::kTransfer},
    Kind{"ACATC", CashFlowKind::kTransfer},  Kind{"ACATS", CashFlowKind::kTransfer},
    Kind{"SPLIT", CashFlowKind::kSplit},     Kind{"SSP", CashFlowKind::kSplit},
    Kind{"SSO", CashFlowKind::kSplit},       Kind{"SPIN", CashFlowKind::kSplit},
    Kind{"MA", CashFlowKind::kSplit},        Kind{"NC", CashFlowKind::kSplit},
    Kind{"SC", CashFlowKind::kSplit},        Kind{"REO", CashFlowKind::kSplit},
    Kind{"REORG", CashFlowKind::kSplit}};

bool moves_shares(const Activity& row, CashFlowKind kind) {
  switch (kind) {
    case CashFlowKind::kSplit:
    case CashFlowKind::kTransfer:
    case CashFlowKind::kOther:
      return true;
    case CashFlowKind::kDividend:
      return row.sub_type == "SDIV";  // paid in shares
    case CashFlowKind::kFee:
    case CashFlowKind::kInterest:
      return false;
  }
  return false;
}

}  // namespace

CashFlowKind cash_flow_kind(std::string_view word) {
  const auto* known =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.first == word; });
  return known == kKinds.end() ? CashFlowKind::kOther : known->second;
}

Result<CashFlow> cash_flow_of(const Activity& row) {
  const std::string place = "GET /v2/account/activities: activity " + quoted(row.id);
  if (!row.currency.empty() && row.currency != "USD") {
    return Error{ErrorCode::kUnavailable,
                 place + " is in " + quoted(row.currency) + ", only USD is understood"};
  }
  std::optional<TradeDate> date = row.date;
  if (!date && row.created_at) date = row.created_at->utc_date();
  if (!date) return Error{ErrorCode::kUnavailable, place + " lacks a day"};
  CashFlow out{.id = row.id,
               .kind = cash_flow_kind(row.type),
               .word = row.type,
               .symbol = std::nullopt,
               .date = *date};
  const Result<Symbol> symbol = Symbol::parse(row.symbol);
  if (symbol.ok()) out.symbol = symbol.value();
  if (out.symbol && row.qty && moves_shares(row, out.kind)) out.quantity = *row.qty;
  out.cash = row.net_amount.value_or(Money::zero());
  return out;
}

}  // namespace signalbus::alpaca
