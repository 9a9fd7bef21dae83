#include "exchange/venue_files.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/text.h"
#include "inputs/rows.h"

namespace signalbus::exchange {
namespace {

using exchange_core::AssetTerms;
using inputs::Rows;

constexpr std::array<std::string_view, 10> kExchanges = {
    "AMEX", "ARCA", "ASCX", "BATS", "NYSE", "NASDAQ", "NYSEARCA", "OTC", "CBSE", "GNSS"};
constexpr std::uint64_t kKeysBytesMax = 1 << 20;

Error invalid(std::string what) { return {ErrorCode::kInvalidInput, std::move(what)}; }

Result<Rows> open_rows(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, inputs::read_table(files, path));
  return Rows(std::move(table));
}

Result<bool> parse_active(std::string_view text) {
  if (text == "active") return true;
  if (text == "inactive") return false;
  return invalid("must be active or inactive, was " + quoted(text));
}

Result<std::uint32_t> parse_count(std::string_view text) {
  SB_TRY(const std::int64_t value, parse_scaled64(text, 0, Rounding::kExact));
  if (value < 1 || value > 1'000'000) return invalid(quoted(text) + " is not 1 to 1,000,000");
  return static_cast<std::uint32_t>(value);
}

/// An amount of zero or more.
Result<Price> parse_rate_per_share(std::string_view text) {
  SB_TRY(const Price price, Price::parse(text));
  if (price.is_negative() || price > Price::whole(1'000)) {
    return invalid(quoted(text) + " is not 0 to 1,000 USD a share");
  }
  return price;
}

Result<Ratio> parse_rate_of_value(std::string_view text) {
  SB_TRY(const Ratio ratio, Ratio::parse(text));
  if (ratio.is_negative() || ratio > Ratio::whole(1)) {
    return invalid(quoted(text) + " is not a fraction of 0 to 1");
  }
  return ratio;
}

}  // namespace

Result<bool> parse_boolean(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  if (lower == "true" || lower == "1") return true;
  if (lower == "false" || lower == "0") return false;
  return invalid("must be true or false, was " + quoted(text));
}

Result<std::string> parse_exchange(std::string_view text) {
  if (std::find(kExchanges.begin(), kExchanges.end(), text) != kExchanges.end()) {
    return std::string(text);
  }
  const std::vector<std::string> names(kExchanges.begin(), kExchanges.end());
  return invalid(quoted(text) + " is no exchange of Alpaca's list" + did_you_mean(text, names));
}

Result<SplitRatio> parse_split_ratio(std::string_view text) {
  SplitRatio ratio{};
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    SB_TRY(ratio.numerator, parse_count(text.substr(0, colon)));
    SB_TRY(ratio.denominator, parse_count(text.substr(colon + 1)));
  } else {
    SB_TRY(const std::int64_t millionths, parse_scaled64(text, 6, Rounding::kExact));
    if (millionths < 1 || millionths > 1'000'000LL * 1'000) {
      return invalid(quoted(text) + " is not a ratio of 0.000001 to 1000");
    }
    const std::int64_t common = std::gcd(millionths, std::int64_t{1'000'000});
    ratio.numerator = static_cast<std::uint32_t>(millionths / common);
    ratio.denominator = static_cast<std::uint32_t>(1'000'000 / common);
  }
  if (ratio.numerator == ratio.denominator) return invalid(quoted(text) + " splits nothing");
  return ratio;
}

Result<std::vector<AssetTerms>> load_assets(Files& files, const std::string& path) {
  SB_TRY(const Rows rows, open_rows(files, path));
  SB_TRY(const std::size_t symbol_column, rows.column("symbol"));
  const auto name = rows.find("name");
  const auto exchange = rows.find("exchange");
  const auto status = rows.find("status");
  struct Flag {
    std::string_view column;
    bool AssetTerms::* field;
  };
  constexpr std::array<Flag, 5> kFlags = {{{"tradable", &AssetTerms::tradable},
                                           {"marginable", &AssetTerms::marginable},
                                           {"shortable", &AssetTerms::shortable},
                                           {"easy_to_borrow", &AssetTerms::easy_to_borrow},
                                           {"fractionable", &AssetTerms::fractionable}}};
  std::vector<AssetTerms> assets;
  for (std::size_t row = 0; row < rows.count(); ++row) {
    SB_TRY(const Symbol symbol, rows.parse(row, symbol_column, Symbol::parse));
    AssetTerms terms{.symbol = symbol, .name = name ? rows.text(row, *name) : ""};
    SB_TRY(const auto venue, rows.parse_if_set(row, exchange, parse_exchange));
    SB_TRY(const auto active, rows.parse_if_set(row, status, parse_active));
    if (venue) terms.exchange = *venue;
    terms.active = active.value_or(true);
    for (const Flag& flag : kFlags) {
      SB_TRY(const auto value, rows.parse_if_set(row, rows.find(flag.column), parse_boolean));
      if (value) terms.*flag.field = *value;
    }
    assets.push_back(std::move(terms));
  }
  return assets;
}

Result<std::vector<CorporateAction>> load_actions(Files& files, const std::string& path) {
  SB_TRY(const Rows rows, open_rows(files, path));
  SB_TRY(const std::size_t symbol_column, rows.column("symbol"));
  SB_TRY(const std::size_t date_column, rows.column("ex_date"));
  SB_TRY(const std::size_t type_column, rows.column("type"));
  std::vector<CorporateAction> actions;
  for (std::size_t row = 0; row < rows.count(); ++row) {
    SB_TRY(const Symbol symbol, rows.parse(row, symbol_column, Symbol::parse));
    SB_TRY(const TradeDate date, rows.parse(row, date_column, parse_date_cell));
    CorporateAction action{symbol, date, false, 1, 1, Price::zero()};
    const std::string type = rows.text(row, type_column);
    if (type == "split") {
      SB_TRY(const std::size_t column, rows.column("ratio"));
      SB_TRY(const SplitRatio ratio, rows.parse(row, column, parse_split_ratio));
      action.is_split = true;
      action.numerator = ratio.numerator;
      action.denominator = ratio.denominator;
    } else if (type == "dividend") {
      SB_TRY(const std::size_t column, rows.column("amount"));
      SB_TRY(action.amount, rows.parse(row, column, inputs::parse_price));
    } else {
      return rows.at(row, type_column, "must be split or dividend, was " + quoted(type));
    }
    actions.push_back(action);
  }
  std::stable_sort(actions.begin(), actions.end(), [](const auto& a, const auto& b) {
    return std::pair(a.ex_date, a.symbol) < std::pair(b.ex_date, b.symbol);
  });
  return actions;
}

Result<std::vector<FeeRule>> load_fees(Files& files, const std::string& path) {
  SB_TRY(const Rows rows, open_rows(files, path));
  SB_TRY(const std::size_t name_column, rows.column("fee"));
  SB_TRY(const std::size_t side_column, rows.column("side"));
  std::vector<FeeRule> fees;
  for (std::size_t row = 0; row < rows.count(); ++row) {
    const std::string side = rows.text(row, side_column);
    if (side != "buy" && side != "sell" && side != "both") {
      return rows.at(row, side_column, "must be buy, sell or both, was " + quoted(side));
    }
    SB_TRY(const auto per_share,
           rows.parse_if_set(row, rows.find("per_share"), parse_rate_per_share));
    SB_TRY(const auto of_value, rows.parse_if_set(row, rows.find("of_value"), parse_rate_of_value));
    SB_TRY(const auto order_max,
           rows.parse_if_set(row, rows.find("order_max"), inputs::parse_money));
    fees.push_back({.name = rows.text(row, name_column),
                    .buys = side != "sell",
                    .sells = side != "buy",
                    .per_share = per_share.value_or(Price::zero()),
                    .of_value = of_value.value_or(Ratio::zero()),
                    .order_max = order_max});
  }
  return fees;
}

Result<KeyTable> load_keys(Files& files, const std::string& path) {
  SB_TRY(const std::string text, files.read(path, kKeysBytesMax));
  KeyTable keys;
  std::size_t line = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) end = text.size();
    std::string_view row(text.data() + begin, end - begin);
    begin = end + 1;
    ++line;
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (row.empty() || (line == 1 && row == "key,secret")) continue;
    const std::size_t comma = row.find(',');
    const std::string place = path + ":" + std::to_string(line);
    if (comma == std::string_view::npos || comma == 0 || comma + 1 == row.size()) {
      return invalid(place + ": must be key,secret");
    }
    const bool added =
        keys.emplace(std::string(row.substr(0, comma)), std::string(row.substr(comma + 1))).second;
    if (!added) return invalid(place + ": that key stands in an earlier line already");
  }
  if (keys.empty()) return invalid(path + ": no key in it; write lines of key,secret");
  return keys;
}

}  // namespace signalbus::exchange
