"""Seeded series of returns, what `signalbus metrics` says of them, and what the table of peers asks of them."""
import math
from functools import cached_property

import numpy
import pandas
import quantstats  # noqa: F401  takes seconds; once is enough
from ffn.core import PerformanceStats

from harness import call

A = 252  # returns in a year, for everybody


def _random(seed):
    return numpy.random.default_rng(seed)


def _dates(count, start="2016-01-01"):
    # The day before is the last of a year: ffn's months and years, made of prices, are then complete.
    return pandas.bdate_range(start, periods=count)


def normal(seed, count, mean=0.0004):
    return _random(seed).normal(mean, 0.011, count)


def fat_tails(count):
    return numpy.clip(_random(2).standard_t(3, count) * 0.007 + 0.0003, -0.4, 0.4)


def crash():
    """The worst days are around one New Year, the best around the next: it matters whose week they are in."""
    returns = normal(3, 2520)
    dates = _dates(2520)
    for new_year, around in [("2019-01-01", [-0.18, -0.35, -0.04]), ("2020-01-01", [0.12, 0.2, 0.03])]:
        at = dates.searchsorted(pandas.Timestamp(new_year))
        returns[at - 1:at + 2] = around
    return returns


def idle():
    """Weeks and whole months without a position."""
    returns = normal(4, 1260)
    months = _dates(1260).month
    returns[(months == 4) | (months == 9)] = 0
    returns[::7] = 0
    return returns


def missing():
    returns = normal(5, 756)
    returns[[0, 10, 11, 300, 755]] = math.nan
    return returns


def loss_first(count):
    returns = normal(6, count)
    returns[0] = -0.1
    return returns


RETURNS = {
    "normal": normal(1, 2520),
    "fat_tails": fat_tails(2520),
    "crash": crash(),
    "losing": normal(7, 2520, mean=-0.0006),
    "only_gains": numpy.abs(normal(8, 600)) + 1e-4,
    "only_losses": -numpy.abs(normal(9, 300)) - 1e-4,
    "idle": idle(),
    "missing": missing(),
    "ties": numpy.round(normal(10, 1000), 3),
    "half_a_year": loss_first(126),
    "five_days": numpy.array([-0.01, 0.004, 0.0125, -0.002, 0.007]),
}


def _benchmark(returns, seed):
    """What moves half with them; some days stand still."""
    own = _random(seed).normal(0.0003, 0.008, len(returns))
    out = 0.5 * numpy.nan_to_num(returns) + own
    out[3::97] = 0
    return out


class Sample:
    """One series at one risk-free rate. `r` may have missing values, `c` has none."""

    def __init__(self, name, rf, folder):
        self.name, self.rf = name, rf
        values = RETURNS[name]
        self.r = pandas.Series(values, _dates(len(values)), name="r")
        self.b = pandas.Series(_benchmark(values, 100 + len(values)), self.r.index, name="b")
        self.c = self.r.dropna()
        self.n = len(self.c)
        paths = []
        for series in (self.r, self.b):
            paths.append(folder / f"{name}_{series.name}.csv")
            if not paths[-1].exists():
                series.to_csv(paths[-1], index_label="date")
        answer = call("metrics", "--returns", paths[0], "--benchmark", paths[1], "--rf", rf, "--json")
        assert answer.code == 0, answer.err
        found = answer.json()
        assert found["n_used"] == self.n and found["n_dropped"] == len(values) - self.n
        self.ours = {k: math.nan if v is None else v for k, v in found["metrics"].items()}

    def __str__(self):
        return f"{self.name}, rf {self.rf}"

    @cached_property
    def growth(self):
        return float((1 + self.c).prod())

    @cached_property
    def prices(self):
        """The curve from the value before the first return, which ffn needs."""
        start = pandas.Series([1.0], [self.r.index[0] - pandas.offsets.BDay()])
        return pandas.concat([start, (1 + self.r.fillna(0)).cumprod()])

    @cached_property
    def ffn(self):
        return PerformanceStats(self.prices, rf=self.rf, annualization_factor=A)

    @cached_property
    def depths(self):
        """The drawdown series, the start counted as a high."""
        curve = self.prices.iloc[1:]
        return curve / numpy.maximum(curve.cummax(), 1) - 1

    @cached_property
    def under_water(self):
        """(first day below the high, last day below it, day of recovery or None), by time."""
        below = self.depths < 0
        runs = (below != below.shift()).cumsum()
        out = []
        for _, run in below[below].groupby(runs[below]):
            after = self.depths.index.searchsorted(run.index[-1]) + 1
            out.append((run.index[0], run.index[-1],
                        self.depths.index[after] if after < len(self.depths) else None))
        return out

    def buckets(self, *keys):
        """Compounded returns of the groups that these functions of a date make."""
        return (1 + self.c).groupby([key(self.c.index) for key in keys]).prod() - 1
