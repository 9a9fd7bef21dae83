"""All metrics that a library has of a file of returns:
    python return_metrics.py numpy|empyrical|quantstats|polars FILE

Prints the time without start-up, imports and reading, and with one series its values by the names of
`signalbus metrics`. FILE is CSV or Parquet with a column `date`; only polars takes many series.
"""
import json
import math
import sys
import time

A = 252


def read(path):
    import pandas as pd

    table = pd.read_csv(path, index_col="date", parse_dates=["date"])
    return table[table.columns[0]]


def longest(flags, np):
    """Of a boolean array the longest run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0


def with_numpy(path):
    import numpy as np

    dates = np.loadtxt(path, delimiter=",", skiprows=1, usecols=0, dtype="U10").astype("datetime64[D]")
    r = np.loadtxt(path, delimiter=",", skiprows=1, usecols=1)
    start = time.perf_counter()
    n, mean, std = len(r), r.mean(), r.std(ddof=1)
    curve = np.cumprod(1 + r)
    peak = np.maximum.accumulate(np.concatenate(([1.0], curve)))[1:]
    depth = curve / peak - 1
    total = curve[-1]
    cagr = total ** (A / n) - 1
    d = r - mean
    m2, m3, m4 = (d ** 2).sum(), (d ** 3).sum(), (d ** 4).sum()
    low, high = np.quantile(r, [0.05, 0.95])
    wins, losses = r[r > 0], r[r < 0]
    down = math.sqrt((np.minimum(r, 0) ** 2).sum() / n)
    logs = np.cumsum(np.log1p(r))
    out = {
        "total_return": total - 1, "annualized_return": mean * A, "volatility": std * math.sqrt(A),
        "sharpe": mean / std * math.sqrt(A), "cagr": cagr, "max_drawdown_from_start": depth.min(),
        "calmar": cagr / -depth.min(), "var_95": low, "cvar": r[r <= low].mean(), "tail_ratio": abs(high) / abs(low),
        "skewness": n * math.sqrt(n - 1) / (n - 2) * m3 / m2 ** 1.5,
        "kurtosis": n * (n + 1) * (n - 1) * m4 / ((n - 2) * (n - 3) * m2 ** 2)
        - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)),
        "downside_deviation": down * math.sqrt(A), "sortino": mean / down * math.sqrt(A),
        "omega": wins.sum() / -losses.sum(), "profit_factor": wins.sum() / -losses.sum(),
        "win_rate": len(wins) / (len(wins) + len(losses)), "payoff_ratio": wins.mean() / -losses.mean(),
        "avg_win": wins.mean(), "avg_loss": losses.mean(), "best_day": r.max(), "worst_day": r.min(),
        "max_consecutive_wins": longest(r > 0, np), "max_consecutive_losses": longest(r < 0, np),
        "ulcer_index": math.sqrt((depth ** 2).mean()), "pain_index": -depth.mean(),
        "stability": np.corrcoef(np.arange(n), logs)[0, 1] ** 2,
        "autocorrelation_1": np.corrcoef(r[1:], r[:-1])[0, 1], "mean_absolute_deviation": np.abs(d).mean(),
        "gain_to_pain": r.sum() / -losses.sum(), "recovery_factor": abs(r.sum()) / -depth.min()}
    for unit, name in (("M", "month"), ("Y", "year")):
        keys = dates.astype(f"datetime64[{unit}]")
        first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        buckets = np.multiply.reduceat(1 + r, first) - 1
        out[f"best_{name}"], out[f"worst_{name}"] = buckets.max(), buckets.min()
    return start, out


def with_empyrical(path):
    import numpy as np

    np.NINF = -np.inf  # gone since numpy 2; empyrical-reloaded 0.5.9 still names it
    import empyrical as ep
    from scipy import stats

    r = read(path)
    start = time.perf_counter()
    months = ep.aggregate_returns(r, "monthly")
    years = ep.aggregate_returns(r, "yearly")
    return start, {
        "total_return": ep.cum_returns_final(r), "cagr": ep.annual_return(r), "volatility": ep.annual_volatility(r),
        "sharpe": ep.sharpe_ratio(r), "calmar": ep.calmar_ratio(r), "stability": ep.stability_of_timeseries(r),
        "max_drawdown_from_start": ep.max_drawdown(r), "omega": ep.omega_ratio(r), "sortino": ep.sortino_ratio(r),
        "skewness_population": stats.skew(r), "kurtosis_population": stats.kurtosis(r), "tail_ratio": ep.tail_ratio(r),
        "var_95": ep.value_at_risk(r), "downside_deviation": ep.downside_risk(r),
        "best_month": months.max(), "worst_month": months.min(), "best_year": years.max(), "worst_year": years.min()}


def with_quantstats(path):
    from quantstats import stats as qs

    r = read(path)
    start = time.perf_counter()
    return start, {
        "total_return": qs.comp(r), "volatility": qs.volatility(r), "sharpe": qs.sharpe(r), "sortino": qs.sortino(r),
        "adjusted_sortino": qs.adjusted_sortino(r), "smart_sharpe": qs.smart_sharpe(r),
        "max_drawdown_from_start": qs.max_drawdown(r), "skewness": qs.skew(r), "kurtosis": qs.kurtosis(r),
        "tail_ratio": qs.tail_ratio(r), "win_rate": qs.win_rate(r), "payoff_ratio": qs.payoff_ratio(r),
        "profit_factor": qs.profit_factor(r), "avg_win": qs.avg_win(r), "avg_loss": qs.avg_loss(r),
        "best_day": qs.best(r), "worst_day": qs.worst(r), "max_consecutive_wins": qs.consecutive_wins(r),
        "max_consecutive_losses": qs.consecutive_losses(r), "gain_to_pain": qs.gain_to_pain_ratio(r),
        "kelly_discrete": qs.kelly_criterion(r), "recovery_factor": qs.recovery_factor(r),
        "common_sense_ratio": qs.common_sense_ratio(r), "cpc_index": qs.cpc_index(r),
        "outlier_win_ratio": qs.outlier_win_ratio(r), "outlier_loss_ratio": qs.outlier_loss_ratio(r)}


def polars_expressions(pl):
    """The same set, of the rows of one series."""
    r = pl.col("value")
    n = pl.len()
    mean, std = r.mean(), r.std()
    curve = (1 + r).cum_prod()
    depth = curve / pl.max_horizontal(curve.cum_max(), pl.lit(1.0)) - 1
    total = (1 + r).product()
    low, high = r.quantile(0.05, "linear"), r.quantile(0.95, "linear")
    wins, losses = r.filter(r > 0), r.filter(r < 0)
    down = ((r.clip(upper_bound=0) ** 2).sum() / n).sqrt()
    cagr = total ** (A / n) - 1
    logs = (1 + r).log().cum_sum()
    return {
        "total_return": total - 1, "annualized_return": mean * A, "volatility": std * math.sqrt(A),
        "sharpe": mean / std * math.sqrt(A), "cagr": cagr, "max_drawdown_from_start": depth.min(),
        "calmar": cagr / -depth.min(), "var_95": low, "cvar": r.filter(r <= low).mean(),
        "tail_ratio": high.abs() / low.abs(), "skewness": r.skew(bias=False), "kurtosis": r.kurtosis(bias=False),
        "downside_deviation": down * math.sqrt(A), "sortino": mean / down * math.sqrt(A),
        "omega": wins.sum() / -losses.sum(), "profit_factor": wins.sum() / -losses.sum(),
        "win_rate": wins.len() / (wins.len() + losses.len()), "payoff_ratio": wins.mean() / -losses.mean(),
        "avg_win": wins.mean(), "avg_loss": losses.mean(), "best_day": r.max(), "worst_day": r.min(),
        "ulcer_index": (depth ** 2).mean().sqrt(), "pain_index": -depth.mean(),
        "stability": pl.corr(pl.int_range(n), logs) ** 2, "autocorrelation_1": pl.corr(r, r.shift(1)),
        "mean_absolute_deviation": (r - mean).abs().mean(), "gain_to_pain": r.sum() / -losses.sum(),
        "recovery_factor": r.sum().abs() / -depth.min()}


def with_polars(path):
    import polars as pl

    scan = pl.read_parquet if path.endswith(".parquet") else pl.read_csv
    # One row per series and day: a query with an expression for each of thousands of columns takes minutes.
    rows = scan(path).unpivot(index="date", variable_name="series")
    start = time.perf_counter()
    made = rows.lazy().group_by("series", maintain_order=True).agg(
        [value.alias(name) for name, value in polars_expressions(pl).items()]).collect()
    values = made.row(0, named=True)
    del values["series"]
    return start, values


def main():
    library, path = sys.argv[1:]
    start, values = {"numpy": with_numpy, "empyrical": with_empyrical, "quantstats": with_quantstats,
                     "polars": with_polars}[library](path)
    inner = time.perf_counter() - start
    print(json.dumps({name: float(value) for name, value in values.items()}))
    print(f"inner_ms={inner * 1000:.3f}")


if __name__ == "__main__":
    main()
