#include "analytics/measures.h"

#include <algorithm>
#include <array>

namespace signalbus::analytics {
namespace {

const std::array kMeasures = {
    Measure{"gross_exposure", "Gross exposure", "sum|value|/NAV", "Values at the day's close.",
            "pyfolio agrees"},
    Measure{"net_exposure", "Net exposure", "sum(value)/NAV", "Shorts are negative.", ""},
    Measure{"hhi", "Concentration (Herfindahl)", "sum(w^2)", "w: shares of the gross value.",
            "PerformanceAnalytics' HerfindahlIndex is of autocorrelations: unrelated"},
    Measure{"effective_n", "Effective number of positions", "1/sum(w^2)", "", ""},
    Measure{"turnover_one_way", "Turnover, one way", "min(buys, sells)/average NAV",
            "Average of yesterday's and today's evening.", "bt uses min too"},
    Measure{"turnover_two_way", "Turnover, two ways", "(buys + sells)/average gross value",
            "The gross value before the first day is 0, so buying a whole book is 200 %.",
            "pyfolio's AGB; it was halved until 2017"},
    Measure{"holding_period", "Holding period", "1/mean daily one-way turnover", "Sessions.", ""},
    Measure{"days_to_liquidate", "Days to liquidate", "|value|/(0.2*mean(volume*close))",
            "Mean of the five sessions before the day; the book takes as long as its slowest name.",
            "pyfolio keeps the sign"},
    Measure{"impact_penalty", "Cost of the own size", "sum(pct_vol^2*0.1*traded)/NAV",
            "pct_vol: shares traded of a name, of its volume of the day.",
            "As pyfolio and zipline"},
    Measure{"capacity", "Capacity", "k*NAV, least k with sharpe(r - k^2*impact_penalty) = sharpe/2",
            "The returns count as free of impact. An account k times as large trades k times the "
            "share of volume.",
            "pyfolio tries sizes and shows a curve"},
    Measure{"implementation_shortfall", "Implementation shortfall",
            "s*Q*(p_arr - p_dec) + s*sum q_f(p_f - p_arr) + s*(Q - sum q_f)(p_end - p_arr) + fees",
            "Delay, execution, opportunity, fees; positive is a cost; s is +1 for buys, -1 for "
            "sells; bps of Q*p_arr.",
            ""},
    Measure{"slippage", "Slippage", "s*(p_vwap - p_ref)/p_ref*1e4",
            "Weighted by value at the reference. Positive is a cost.", ""},
    Measure{"fill_rate", "Fill rate", "filled/ordered shares", "Also of orders filled in full.",
            ""},
    Measure{
        "time_to_fill", "Time to fill", "median of last fill - submission, seconds",
        "Of orders filled in full. Submission by our clock, fill by the broker's; an order that "
        "the two date the other way round is not counted.",
        ""},
    Measure{"day_pnl", "Profit of a day",
            "overnight + trading + dividends + interest - fees + corporate cash",
            "= change of equity less flows; else the break is named.", ""},
    Measure{"overnight", "Overnight", "q_0*close, splits applied, - q_0*prior close",
            "What was held the evening before.", ""},
    Measure{"trading", "Trading", "sum over fills of q*(close - price), sells negative", "", ""},
    Measure{"day_return", "Return of a day", "(E_t - F_t)/(E_t-1 + F_start) - 1",
            "Flows count at the end of the day, those before the open at its start.",
            "Dietz takes the middle"},
    Measure{"twr", "Time-weighted return", "prod(1 + day_return) - 1",
            "What a unit of money became that was there all the time.", ""},
    Measure{"modified_dietz", "Modified Dietz return", "(E_T - E_0 - sum F)/(E_0 + sum W*F)",
            "W: share of the time that the flow was there.", ""},
    Measure{"mwr", "Money-weighted return", "E_0(1+R) + sum F(1+R)^W = E_T",
            "What the owner's money earned, with its timing.", ""},
    Measure{"contribution", "Contribution", "P&L/(equity before + flows at the start)",
            "Adds up to the day's return; linked by Carino to that of many days.", ""},
    Measure{"allocation", "Allocation effect", "(wp - wb)(rb - Rb)", "Brinson-Fachler.",
            "Brinson, Hood and Beebower leave out Rb"},
    Measure{"selection", "Selection effect", "wb(rp - rb)", "", ""},
    Measure{"interaction", "Interaction effect", "(wp - wb)(rp - rb)", "", ""},
    Measure{"risk_contribution", "Risk contribution", "w_i(Cov w)_i/sigma_p",
            "Adds up to the volatility; times -z to the normal VaR.", ""},
};

}  // namespace

std::span<const Measure> measure_table() { return kMeasures; }

const Measure* find_measure(std::string_view id) {
  const auto at = std::find_if(kMeasures.begin(), kMeasures.end(),
                               [&](const Measure& m) { return m.id == id; });
  return at == kMeasures.end() ? nullptr : &*at;
}

}  // namespace signalbus::analytics
