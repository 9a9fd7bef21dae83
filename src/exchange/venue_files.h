// The small files an exchange may be given: assets, corporate actions, fees, keys.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/money.h"
#include "core/result.h"
#include "core/time.h"
#include "exchange_core/asset.h"
#include "ports/files.h"

namespace signalbus::exchange {

/// A split (`numerator` new shares for `denominator` old ones) or a cash dividend.
struct CorporateAction {
  Symbol symbol;
  TradeDate ex_date;
  bool is_split;
  std::uint32_t numerator;
  std::uint32_t denominator;
  Price amount;  ///< Dividend per share.
};

/// A fee of Alpaca's kind, summed per account and day, charged after the close, rounded up to a
/// cent.
struct FeeRule {
  std::string name;  ///< TAF, CAT, REG, ...
  bool buys;
  bool sells;
  Price per_share;
  Ratio of_value;                  ///< Of the notional: 0.0000206 is 20.60 USD a million.
  std::optional<Money> order_max;  ///< Of one execution.
};

/// Which keys may come in, and their secrets. Both are secrets in every output.
using KeyTable = std::map<std::string, std::string, std::less<>>;

/// `symbol[,name,exchange,status,tradable,marginable,shortable,easy_to_borrow,fractionable]`; a
/// column that is not there, or an empty cell, has the default of AssetTerms. Every loader:
/// kInvalidInput as `file:line: column: what`.
Result<std::vector<exchange_core::AssetTerms>> load_assets(Files& files, const std::string& path);
/// `symbol,ex_date,type,ratio,amount` with type split (ratio `4:1`, `4` or `0.1`) or dividend. By
/// date, then symbol.
Result<std::vector<CorporateAction>> load_actions(Files& files, const std::string& path);
/// `fee,side,per_share,of_value,order_max` with side buy, sell or both.
Result<std::vector<FeeRule>> load_fees(Files& files, const std::string& path);
/// `key,secret`, with or without that heading. No value is in any message.
Result<KeyTable> load_keys(Files& files, const std::string& path);

/// `4:1`, `4` or `0.1` as new:old. kInvalidInput for others and for 1:1.
struct SplitRatio {
  std::uint32_t numerator;
  std::uint32_t denominator;
};
Result<SplitRatio> parse_split_ratio(std::string_view text);
/// true or false in any case, 1 or 0.
Result<bool> parse_boolean(std::string_view text);
/// The words of Alpaca's list of exchanges; kInvalidInput for others.
Result<std::string> parse_exchange(std::string_view text);

}  // namespace signalbus::exchange
