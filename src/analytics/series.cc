#include "analytics/series.h"

#include <cmath>

#include "core/decimal.h"

namespace signalbus::analytics {
namespace {

/// What is wrong with a value; empty when nothing is.
template <class Kind>
std::string objection(double value);

template <>
std::string objection<PriceKind>(double value) {
  if (std::isinf(value)) return "price is infinite; leave a missing price empty";
  return value > 0 ? "" : "price " + format_double(value) + " is not positive; remove it";
}

template <>
std::string objection<SimpleReturnKind>(double value) {
  if (std::isinf(value)) return "return is infinite; leave a missing return empty";
  if (value >= -1) return "";
  return "return " + format_double(value) +
         " loses more than everything; give fractions (-0.05 is -5 %), not percent or prices";
}

template <>
std::string objection<LogReturnKind>(double value) {
  return std::isinf(value) ? "logarithmic return is infinite; leave a missing return empty" : "";
}

std::string place(std::size_t index, TradeDate date) {
  return "value " + std::to_string(index + 1) + " (" + date.iso() + ")";
}

template <class Out>
Out trusted(std::span<const TradeDate> dates, const std::vector<double>& values) {
  Result<Out> made = Out::make(dates, values);
  SB_CHECK(made.ok());
  return std::move(made).value();
}

}  // namespace

template <class Kind>
Result<Series<Kind>> Series<Kind>::make(std::span<const TradeDate> dates,
                                        std::span<const double> values) {
  if (dates.size() != values.size()) {
    return Error{ErrorCode::kInvalidInput, "series: " + std::to_string(dates.size()) +
                                               " dates for " + std::to_string(values.size()) +
                                               " values; give one date per value"};
  }
  Series out;
  out.dates_.reserve(values.size());
  out.values_.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0 && dates[i] <= dates[i - 1]) {
      return Error{ErrorCode::kInvalidInput, place(i, dates[i]) + ": date is not after " +
                                                 dates[i - 1].iso() + "; sort, one row per date"};
    }
    if (std::isnan(values[i])) {
      ++out.dropped_;
      continue;
    }
    if (std::string words = objection<Kind>(values[i]); !words.empty()) {
      return Error{ErrorCode::kInvalidInput, place(i, dates[i]) + ": " + words};
    }
    out.dates_.push_back(dates[i]);
    out.values_.push_back(values[i]);
  }
  return out;
}

template class Series<PriceKind>;
template class Series<SimpleReturnKind>;
template class Series<LogReturnKind>;

SimpleReturns to_simple_returns(const Prices& prices) {
  if (prices.empty()) return {};
  std::vector<double> out;
  out.reserve(prices.size() - 1);
  for (std::size_t i = 1; i < prices.size(); ++i) {
    out.push_back(prices.values()[i] / prices.values()[i - 1] - 1);
  }
  return trusted<SimpleReturns>(prices.dates().subspan(1), out);
}

SimpleReturns to_simple_returns(const LogReturns& returns) {
  std::vector<double> out;
  out.reserve(returns.size());
  for (const double value : returns.values()) out.push_back(std::expm1(value));
  return trusted<SimpleReturns>(returns.dates(), out);
}

Result<LogReturns> to_log_returns(const SimpleReturns& returns) {
  std::vector<double> out;
  out.reserve(returns.size());
  for (std::size_t i = 0; i < returns.size(); ++i) {
    if (returns.values()[i] == -1) {
      return Error{ErrorCode::kInvalidInput,
                   place(i, returns.dates()[i]) + ": a return of -1 has no logarithm"};
    }
    out.push_back(std::log1p(returns.values()[i]));
  }
  return trusted<LogReturns>(returns.dates(), out);
}

std::vector<double> growth_of(const SimpleReturns& returns) {
  std::vector<double> out;
  out.reserve(returns.size());
  long double level = 1;
  for (const double value : returns.values()) {
    level *= 1 + static_cast<long double>(value);
    out.push_back(static_cast<double>(level));
  }
  return out;
}

Aligned inner_join(const SimpleReturns& ours, const SimpleReturns& theirs) {
  Aligned out;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < ours.size() && j < theirs.size()) {
    const TradeDate a = ours.dates()[i];
    const TradeDate b = theirs.dates()[j];
    if (a == b) {
      out.dates.push_back(a);
      out.ours.push_back(ours.values()[i]);
      out.theirs.push_back(theirs.values()[j]);
    }
    if (a < b) ++out.only_ours;
    if (b < a) ++out.only_theirs;
    i += a <= b ? 1 : 0;
    j += b <= a ? 1 : 0;
  }
  out.only_ours += static_cast<int>(ours.size() - i);
  out.only_theirs += static_cast<int>(theirs.size() - j);
  return out;
}

std::vector<double> differences(const Aligned& aligned) {
  std::vector<double> out;
  out.reserve(aligned.ours.size());
  for (std::size_t i = 0; i < aligned.ours.size(); ++i) {
    out.push_back(aligned.ours[i] - aligned.theirs[i]);
  }
  return out;
}

}  // namespace signalbus::analytics
