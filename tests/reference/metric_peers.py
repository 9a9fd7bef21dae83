"""What empyrical-reloaded, quantstats and ffn should say of the metrics that they have too, as a table.

`equal`: the same number, and undefined together. `differs`: the library means something else by the word; what it
should say then follows from its own convention, which is written out, and it must differ from ours somewhere."""
import math
from dataclasses import dataclass
from typing import Callable

import empyrical as ep
import ffn.core as ffn
import numpy
import pandas
import quantstats.stats as qs
import scipy.stats

from metric_samples import A

ROOT = math.sqrt(A)
Z = scipy.stats.norm.ppf(0.05)
# Expected shortfall of a normal distribution, in standard deviations.
SHORTFALL = scipy.stats.norm.pdf(Z) / 0.05


@dataclass(frozen=True)
class Peer:
    metric: str
    name: str
    says: Callable
    predicted: Callable | None = None  # None: our own value
    because: str = ""
    where: Callable = lambda x: x.rf == 0

    def __str__(self):
        return f"{self.metric}-{self.name}"


def equal(metric, name, says, where=lambda x: x.rf == 0):
    return Peer(metric, name, says, where=where)


def differs(metric, name, says, predicted, because, where=lambda x: x.rf == 0):
    return Peer(metric, name, says, predicted, because, where)


def geometric(rf):
    """A yearly rate as quantstats and ffn break it down."""
    return (1 + rf) ** (1 / A) - 1


def ratio(x, rf):
    return (x.c.mean() - rf) / x.c.std() * ROOT


def qs_ulcer(x):
    return math.sqrt((x.depths[x.c.index] ** 2).sum() / (x.n - 1))


def mean_or_nan(values):
    return numpy.mean(values) if len(values) else math.nan


def ffn_days(x):
    return [((recovery or x.depths.index[-1]) - first).days for first, last, recovery in x.under_water]


def qs_days(x):
    return [(last - first).days + 1 for first, last, recovery in x.under_water]


def every_rf(x):
    return True


def complete(x):
    """Rows without a return have no price either: another series for those who start from prices."""
    return x.rf == 0 and x.n == len(x.r)


def with_drawdown(x):
    return x.rf == 0 and len(x.under_water) > 0


def with_a_high(x):
    """Where the curve never rises above its start, quantstats sees no episode at all."""
    return with_drawdown(x) and (x.depths == 0).any()


def with_a_year(x):
    """ffn's months and years need some."""
    return x.rf == 0 and x.n > 300 and x.r.notna().all()


def year(index):
    return index.year


def month(index):
    return index.month


def iso_week(index):
    return index.isocalendar().week.to_numpy()


SPECIFICATION = [
    equal("total_return", "ep.cum_returns_final", lambda x: ep.cum_returns_final(x.r)),
    equal("total_return", "qs.comp", lambda x: qs.comp(x.r)),
    equal("total_return", "ffn.calc_total_return", lambda x: ffn.calc_total_return(x.prices)),
    equal("annualized_return", "ffn.daily_mean", lambda x: x.ffn.daily_mean, complete),
    equal("volatility", "ep.annual_volatility", lambda x: ep.annual_volatility(x.r)),
    equal("volatility", "qs.volatility", lambda x: qs.volatility(x.r)),
    equal("volatility", "ffn.daily_vol", lambda x: x.ffn.daily_vol, complete),
    equal("sharpe_ratio", "ep.sharpe_ratio", lambda x: ep.sharpe_ratio(x.r), every_rf),
    equal("sharpe_ratio", "qs.sharpe", lambda x: qs.sharpe(x.r), every_rf),
    equal("max_drawdown", "ffn.calc_max_drawdown", lambda x: ffn.calc_max_drawdown((1 + x.c).cumprod())),
    differs("max_drawdown", "ep.max_drawdown", lambda x: ep.max_drawdown(x.r), lambda x: x.depths.min(),
            "the specification's curve begins with the first return, empyrical's with 1"),
    differs("max_drawdown", "qs.max_drawdown", lambda x: qs.max_drawdown(x.r), lambda x: x.depths.min(),
            "as empyrical, since 0.0.65"),
    equal("var_95", "ep.value_at_risk", lambda x: ep.value_at_risk(x.c)),
    equal("skewness", "qs.skew", lambda x: qs.skew(x.r)),
    equal("skewness", "ffn.daily_skew", lambda x: x.ffn.daily_skew, complete),
    equal("kurtosis", "qs.kurtosis", lambda x: qs.kurtosis(x.r)),
    equal("kurtosis", "ffn.daily_kurt", lambda x: x.ffn.daily_kurt, complete),
]

RETURN = [
    differs("cagr", "ep.cagr", lambda x: ep.cagr(x.r), lambda x: x.growth ** (A / len(x.r)) - 1,
            "empyrical counts rows without a return as time"),
    equal("cagr", "qs.cagr", lambda x: qs.cagr(x.r)),
    equal("cagr_calendar", "ffn.calc_cagr", lambda x: ffn.calc_cagr(x.prices.dropna()),
          complete),
    equal("expected_return", "qs.expected_return", lambda x: qs.expected_return(x.r)),
    differs("time_in_market", "qs.exposure", lambda x: qs.exposure(x.r),
            lambda x: math.ceil((x.c != 0).mean() * 100) / 100, "quantstats rounds up to whole percent"),
    differs("risk_adjusted_return", "qs.rar", lambda x: qs.rar(x.r),
            lambda x: x.ours["cagr"] / (math.ceil((x.c != 0).mean() * 100) / 100), "as time_in_market"),
]

RISK = [
    equal("downside_deviation", "ep.downside_risk", lambda x: ep.downside_risk(x.r)),
    equal("var_historical", "ep.value_at_risk", lambda x: ep.value_at_risk(x.c)),
    equal("var_gaussian", "qs.value_at_risk", lambda x: qs.value_at_risk(x.r)),
    equal("cvar", "qs.cvar historical", lambda x: qs.cvar(x.r, method="historical")),
    differs("cvar", "ep.conditional_value_at_risk", lambda x: ep.conditional_value_at_risk(x.r),
            lambda x: x.c.sort_values()[:int((x.n - 1) * 0.05) + 1].mean(),
            "empyrical takes the floor((n-1)*0.05)+1 smallest, which cuts through equal returns"),
    differs("cvar", "qs.cvar", lambda x: qs.cvar(x.r), lambda x: x.c.mean() - x.c.std() * SHORTFALL,
            "the default of quantstats is a normal one since 0.0.86; before, it mixed both"),
    differs("es_gaussian", "qs.cvar", lambda x: qs.cvar(x.r),
            lambda x: x.c.mean() + (x.ours["es_gaussian"] - x.c.mean()) * math.sqrt(x.n / (x.n - 1)),
            "quantstats takes the deviation with divisor n-1, we n"),
    equal("tail_ratio", "ep.tail_ratio", lambda x: ep.tail_ratio(x.r)),
    equal("tail_ratio", "qs.tail_ratio", lambda x: qs.tail_ratio(x.r)),
    equal("rolling_volatility", "qs.rolling_volatility", lambda x: qs.rolling_volatility(x.c).iloc[-1]),
]

RATIO = [
    equal("sharpe", "ep.sharpe_ratio", lambda x: ep.sharpe_ratio(x.r, risk_free=x.rf / A), every_rf),
    differs("sharpe", "ep.sharpe_ratio, yearly rf", lambda x: ep.sharpe_ratio(x.r, risk_free=x.rf),
            lambda x: ratio(x, x.rf), "empyrical takes the rate as one per period: the usual mistake", every_rf),
    differs("sharpe", "qs.sharpe", lambda x: qs.sharpe(x.r, rf=x.rf), lambda x: ratio(x, geometric(max(x.rf, 0))),
            "quantstats breaks rf down geometrically, and ignores it where it is not above 0", every_rf),
    differs("sharpe", "ffn.calc_sharpe", lambda x: ffn.calc_sharpe(x.r, rf=x.rf, nperiods=A),
            lambda x: ratio(x, geometric(x.rf)), "ffn breaks rf down geometrically", every_rf),
    equal("rolling_sharpe", "qs.rolling_sharpe", lambda x: qs.rolling_sharpe(x.c).iloc[-1]),
    equal("smart_sharpe", "qs.smart_sharpe", lambda x: qs.smart_sharpe(x.r)),
    equal("probabilistic_sharpe_ratio", "qs.probabilistic_sharpe_ratio", lambda x: qs.probabilistic_sharpe_ratio(x.c)),
    equal("probabilistic_sharpe_ratio", "ffn, one trial",
          lambda x: ffn.calc_deflated_sharpe_ratio(x.r, [1.0], nperiods=A)),
    equal("deflated_sharpe_ratio", "ffn, one trial", lambda x: ffn.calc_deflated_sharpe_ratio(x.r, [1.0], nperiods=A)),
    equal("sortino", "ep.sortino_ratio", lambda x: ep.sortino_ratio(x.r)),
    equal("sortino", "qs.sortino", lambda x: qs.sortino(x.r)),
    equal("sortino", "ffn.calc_sortino_ratio", lambda x: ffn.calc_sortino_ratio(x.r, nperiods=A)),
    equal("adjusted_sortino", "qs.adjusted_sortino", lambda x: qs.adjusted_sortino(x.r)),
    equal("smart_sortino", "qs.smart_sortino", lambda x: qs.smart_sortino(x.r)),
    equal("omega", "ep.omega_ratio", lambda x: ep.omega_ratio(x.r)),
    equal("omega", "qs.omega", lambda x: qs.omega(x.r)),
    differs("omega", "ep.omega_ratio, rf", lambda x: ep.omega_ratio(x.r, risk_free=x.rf / A),
            lambda x: (x.c - x.rf / A).clip(lower=0).sum() / -(x.c - x.rf / A).clip(upper=0).sum(),
            "empyrical takes rf off as well", lambda x: x.name != "only_gains"),
    differs("calmar", "ep.calmar_ratio", lambda x: ep.calmar_ratio(x.r),
            lambda x: (x.growth ** (A / len(x.r)) - 1) / -x.depths.min() if x.under_water else math.nan,
            "empyrical counts rows without a return as time"),
    equal("calmar", "qs.calmar", lambda x: qs.calmar(x.r), with_drawdown),
    differs("calmar", "ffn.calc_calmar_ratio", lambda x: ffn.calc_calmar_ratio(x.prices),
            lambda x: x.ours["cagr_calendar"] / -x.depths.min(), "ffn divides the growth of calendar years",
            lambda x: with_drawdown(x) and complete(x)),
    equal("calmar_3y", "ep.calmar_ratio of 36 months",
          lambda x: ep.calmar_ratio(x.r[x.r.index > x.r.index[-1] - pandas.DateOffset(months=36)]),
          lambda x: x.rf == 0 and x.n == 2520),
    differs("martin_ratio", "qs.ulcer_performance_index", lambda x: qs.ulcer_performance_index(x.r, rf=x.rf),
            lambda x: (x.growth - 1 - x.rf) / qs_ulcer(x) if x.under_water else math.nan,
            "quantstats takes the total return, and a divisor of n-1", lambda x: x.n == len(x.r)),
    differs("martin_ratio", "ffn.to_ulcer_performance_index",
            lambda x: ffn.to_ulcer_performance_index(x.prices, rf=x.rf),
            lambda x: (x.ours["cagr_calendar"] - x.rf) / math.sqrt((x.depths ** 2).sum() / (x.n + 1)),
            "ffn 1.4 takes calendar years, and n+1 prices (before, means per period)",
            lambda x: x.under_water and x.n == len(x.r)),
    equal("recovery_factor", "qs.recovery_factor", lambda x: qs.recovery_factor(x.r)),
    differs("serenity_index", "qs.serenity_index", lambda x: qs.serenity_index(x.r),
            lambda x: x.c.sum() / (qs_ulcer(x) * (x.depths.std() * SHORTFALL - x.depths.mean()) / x.c.std()),
            "since 0.0.86 the shortfall of quantstats is a normal one; ours is the one it had before",
            lambda x: with_drawdown(x) and complete(x)),
    equal("profit_factor", "qs.profit_factor", lambda x: qs.profit_factor(x.r)),
    equal("gain_to_pain", "qs.gain_to_pain_ratio", lambda x: qs.gain_to_pain_ratio(x.r)),
    equal("gain_to_pain_monthly", "qs.gain_to_pain_ratio ME", lambda x: qs.gain_to_pain_ratio(x.r, resolution="ME")),
    equal("common_sense_ratio", "qs.common_sense_ratio", lambda x: qs.common_sense_ratio(x.r)),
    equal("cpc_index", "qs.cpc_index", lambda x: qs.cpc_index(x.r)),
    equal("kelly_discrete", "qs.kelly_criterion", lambda x: qs.kelly_criterion(x.r)),
]

DRAWDOWN = [
    equal("max_drawdown_from_start", "ep.max_drawdown", lambda x: ep.max_drawdown(x.r)),
    equal("max_drawdown_from_start", "qs.max_drawdown", lambda x: qs.max_drawdown(x.r)),
    equal("max_drawdown_from_start", "ffn.max_drawdown", lambda x: x.ffn.max_drawdown),
    equal("average_drawdown", "ffn.avg_drawdown", lambda x: x.ffn.avg_drawdown, with_drawdown),
    equal("average_drawdown", "qs.drawdown_details",
          lambda x: qs.drawdown_details(qs.to_drawdown_series(x.r))["max drawdown"].mean() / 100, with_a_high),
    differs("average_drawdown_days", "ffn.avg_drawdown_days", lambda x: x.ffn.avg_drawdown_days,
            lambda x: mean_or_nan(ffn_days(x)), "ffn counts from the first day below the high", with_drawdown),
    differs("average_drawdown_days", "qs.drawdown_details",
            lambda x: qs.drawdown_details(qs.to_drawdown_series(x.r))["days"].mean(), lambda x: mean_or_nan(qs_days(x)),
            "quantstats counts the days under water, both ends", with_a_high),
    differs("longest_drawdown_days", "qs.drawdown_details",
            lambda x: qs.drawdown_details(qs.to_drawdown_series(x.r))["days"].max(), lambda x: max(qs_days(x)),
            "quantstats counts the days under water, both ends", with_a_high),
    differs("ulcer_index", "qs.ulcer_index", lambda x: qs.ulcer_index(x.r),
            lambda x: x.ours["ulcer_index"] * math.sqrt(x.n / (x.n - 1)), "quantstats divides by n-1",
            complete),
    differs("ulcer_index", "ffn.to_ulcer_index", lambda x: ffn.to_ulcer_index(x.prices),
            lambda x: x.ours["ulcer_index"] * 100 * math.sqrt(x.n / (x.n + 1)), "ffn: percent, over n+1 prices",
            complete),
]

DISTRIBUTION = [
    equal("skewness_population", "scipy.skew", lambda x: scipy.stats.skew(x.c)),
    equal("kurtosis_population", "scipy.kurtosis", lambda x: scipy.stats.kurtosis(x.c)),
    equal("stability", "ep.stability_of_timeseries", lambda x: ep.stability_of_timeseries(x.r)),
    equal("autocorrelation_1", "pandas.autocorr", lambda x: x.c.autocorr(1)),
    equal("outlier_win_ratio", "qs.outlier_win_ratio", lambda x: qs.outlier_win_ratio(x.r)),
    equal("outlier_loss_ratio", "qs.outlier_loss_ratio", lambda x: qs.outlier_loss_ratio(x.r)),
]

PERIODS = [
    equal("win_rate", "qs.win_rate", lambda x: qs.win_rate(x.r)),
    equal("win_rate_months", "qs.win_rate ME", lambda x: qs.win_rate(x.r, aggregate="ME")),
    differs("win_rate_months", "ffn.pos_month_perc", lambda x: x.ffn.pos_month_perc,
            lambda x: (x.buckets(year, month) > 0).mean(), "ffn divides by all months, also those of 0", with_a_year),
    equal("win_rate_years", "qs.win_rate YE", lambda x: qs.win_rate(x.r, aggregate="YE")),
    equal("payoff_ratio", "qs.payoff_ratio", lambda x: qs.payoff_ratio(x.r)),
    equal("avg_win", "qs.avg_win", lambda x: qs.avg_win(x.r)),
    equal("avg_loss", "qs.avg_loss", lambda x: qs.avg_loss(x.r)),
    equal("avg_up_month", "ffn.avg_up_month", lambda x: x.ffn.avg_up_month, with_a_year),
    differs("avg_down_month", "ffn.avg_down_month", lambda x: x.ffn.avg_down_month,
            lambda x: mean_or_nan([m for m in x.buckets(year, month) if m <= 0]), "ffn counts a month of 0 as down",
            with_a_year),
    equal("max_consecutive_wins", "qs.consecutive_wins", lambda x: qs.consecutive_wins(x.c)),
    equal("max_consecutive_losses", "qs.consecutive_losses", lambda x: qs.consecutive_losses(x.c)),
    equal("best_day", "qs.best", lambda x: qs.best(x.r)),
    equal("worst_day", "qs.worst", lambda x: qs.worst(x.r)),
    equal("best_day", "ffn.best_day", lambda x: x.ffn.best_day, complete),
    equal("worst_day", "ffn.worst_day", lambda x: x.ffn.worst_day, complete),
]
for word, ours, theirs in [("best", max, "max"), ("worst", min, "min")]:
    def best(aggregate, word=word):
        return lambda x: getattr(qs, word)(x.r, aggregate=aggregate)

    def aggregated(period, theirs=theirs):
        return lambda x: getattr(ep.aggregate_returns(x.c, period), theirs)()

    def of_buckets(*keys, ours=ours):
        return lambda x: ours(x.buckets(*keys))

    PERIODS += [
        equal(f"{word}_week", "ep.aggregate_returns", aggregated("weekly")),
        differs(f"{word}_week", f"qs.{word} eow", best("eow"), of_buckets(year, iso_week),
                "quantstats groups by (year, ISO week): a week across New Year is split, its days join far ones"),
        equal(f"{word}_month", "ep.aggregate_returns", aggregated("monthly")),
        equal(f"{word}_month", f"qs.{word} eom", best("eom")),
        differs(f"{word}_month", f"qs.{word} month", best("month"), of_buckets(month),
                "the word month merges all Januaries"),
        equal(f"{word}_month", f"ffn.{word}_month", lambda x, w=word: getattr(x.ffn, f"{w}_month"), with_a_year),
        equal(f"{word}_quarter", "ep.aggregate_returns", aggregated("quarterly")),
        equal(f"{word}_quarter", f"qs.{word} eoq", best("eoq")),
        equal(f"{word}_year", "ep.aggregate_returns", aggregated("yearly")),
        equal(f"{word}_year", f"qs.{word} eoy", best("eoy")),
        equal(f"{word}_year", f"ffn.{word}_year", lambda x, w=word: getattr(x.ffn, f"{w}_year"), with_a_year),
    ]

RELATIVE = [
    equal("beta", "ep.beta", lambda x: ep.beta(x.r, x.b), every_rf),
    equal("beta", "qs.greeks", lambda x: qs.greeks(x.r, x.b)["beta"], every_rf),
    differs("alpha", "ep.alpha", lambda x: ep.alpha(x.r, x.b, risk_free=x.rf / A),
            lambda x: (1 + x.ours["alpha"] / A) ** A - 1, "empyrical compounds it", every_rf),
    differs("alpha", "qs.greeks", lambda x: qs.greeks(x.r, x.b)["alpha"],
            lambda x: x.ours["alpha"] + x.rf * (1 - x.ours["beta"]), "quantstats ignores rf", every_rf),
    equal("correlation", "pandas.corr", lambda x: x.r.corr(x.b)),
    equal("r_squared", "qs.r_squared", lambda x: qs.r_squared(x.r, x.b)),
    equal("tracking_error", "ep.annual_volatility of r-b", lambda x: ep.annual_volatility(x.r - x.b)),
    differs("information_ratio", "ep.excess_sharpe", lambda x: ep.excess_sharpe(x.r, x.b),
            lambda x: x.ours["information_ratio"] / ROOT, "empyrical does not annualise"),
    differs("information_ratio", "qs.information_ratio", lambda x: qs.information_ratio(x.r, x.b),
            lambda x: x.ours["information_ratio"] / ROOT, "quantstats does not annualise"),
    differs("information_ratio", "ffn.calc_information_ratio", lambda x: ffn.calc_information_ratio(x.r, x.b),
            lambda x: x.ours["information_ratio"] / ROOT, "ffn does not annualise"),
    differs("treynor", "qs.treynor_ratio", lambda x: qs.treynor_ratio(x.r, x.b, rf=x.rf),
            lambda x: (x.growth - 1 - x.rf) / x.ours["beta"], "quantstats takes the total return", every_rf),
    equal("up_capture", "ep.cum_returns_final of days up",
          lambda x: ep.cum_returns_final(x.r[x.b > 0].dropna()) / ep.cum_returns_final(x.b[(x.b > 0) & x.r.notna()])),
    differs("up_capture", "ep.up_capture", lambda x: ep.up_capture(x.r, x.b),
            lambda x: x.ours["up_capture_annualised"], "empyrical annualises each side"),
    equal("up_capture_annualised", "ep.up_capture", lambda x: ep.up_capture(x.r, x.b)),
    equal("down_capture", "ep.cum_returns_final of days down",
          lambda x: ep.cum_returns_final(x.r[x.b < 0].dropna()) / ep.cum_returns_final(x.b[(x.b < 0) & x.r.notna()])),
    differs("down_capture", "ep.down_capture", lambda x: ep.down_capture(x.r, x.b),
            lambda x: x.ours["down_capture_annualised"], "empyrical annualises each side"),
    equal("down_capture_annualised", "ep.down_capture", lambda x: ep.down_capture(x.r, x.b)),
    differs("up_percent", "ep.batting_average up market", lambda x: ep.batting_average(x.r, x.b)["up market"],
            lambda x: ((x.r > x.b) & (x.b >= 0)).sum() / ((x.b >= 0) & x.r.notna()).sum(),
            "empyrical counts b = 0 as up"),
    equal("down_percent", "ep.batting_average down market", lambda x: ep.batting_average(x.r, x.b)["down market"]),
    equal("batting_average", "ep.batting_average", lambda x: ep.batting_average(x.r, x.b)["batting average"]),
]


PEERS = SPECIFICATION + RETURN + RISK + RATIO + DRAWDOWN + DISTRIBUTION + PERIODS + RELATIVE

# Ours that none of the three has; their numbers are proven by testdata/analytics/golden.json alone.
WITHOUT_PEER = {
    "semi_deviation", "mean_absolute_deviation", "var_cornish_fisher", "es_modified", "min_track_record_length",
    "sterling", "pain_ratio", "burke_ratio", "kelly_mv", "longest_drawdown_periods", "pain_index", "cdar",
    "ljung_box_p", "hurst_exponent", "jensen_alpha", "active_return", "active_premium", "m_squared",
    "appraisal_ratio", "up_number", "down_number",
}
