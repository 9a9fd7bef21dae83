#!/usr/bin/env python3
"""The three strategies of the demo, from daily closes to target weights. Python 3, standard library only.

    python3 strategies.py [PRICES [FOLDER]]

reads PRICES (date,SYM,SYM,...: one row per session, oldest first) and writes one file per strategy into
FOLDER, with the columns trade_date,symbol,weight. Without arguments: the demo's own files, beside this script.

  equal_weight        the same weight for every name.
  inverse_volatility  weights in proportion to 1 / (standard deviation of the last 60 daily returns).
  momentum            the 5 names with the highest return from 252 to 21 sessions ago, equally weighted
                      ("12-1": twelve months without the newest, which tends to reverse).

Each strategy is computed once a month, for the last session of that month. Weights dated D may be traded on
D, so they are computed from the closes before D and from nothing later: that is the whole rule against
looking ahead, and `window` below is the only place that touches prices.
"""
import csv
import math
import sys
from pathlib import Path

VOLATILITY_RETURNS = 60
MOMENTUM_FROM = 252
MOMENTUM_TO = 21
MOMENTUM_NAMES = 5
DECIMALS = 6  # of a weight; the weights of a date add up to exactly 1

HERE = Path(__file__).resolve().parent
PRICES = HERE / "data/prices/us_large_caps_20_daily_close.csv"
FOLDER = HERE / "data/raw_signals"


def read_prices(path):
    """Dates, symbols and closes by symbol, as they stand in the file."""
    with open(path, encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    symbols = header[1:]
    closes = {symbol: [float(row[i]) for row in rows] for i, symbol in enumerate(symbols, start=1)}
    return [row[0] for row in rows], symbols, closes


def month_ends(dates):
    """Indices of the last session of every month that is over: the newest date starts no month of its own."""
    return [i for i in range(len(dates) - 1) if dates[i][:7] != dates[i + 1][:7]]


def window(closes, day, count):
    """The last `count` closes before session `day`, oldest first."""
    return closes[day - count:day]


def equal_weight(symbols, closes, day):
    return {symbol: 1.0 for symbol in symbols}


def volatility(prices):
    returns = [after / before - 1 for before, after in zip(prices, prices[1:])]
    mean = math.fsum(returns) / len(returns)
    return math.sqrt(math.fsum((r - mean) ** 2 for r in returns) / (len(returns) - 1))


def inverse_volatility(symbols, closes, day):
    return {symbol: 1 / volatility(window(closes[symbol], day, VOLATILITY_RETURNS + 1)) for symbol in symbols}


def momentum(symbols, closes, day):
    def past_return(symbol):
        prices = window(closes[symbol], day, MOMENTUM_FROM + 1)
        return prices[-1 - MOMENTUM_TO] / prices[0] - 1

    best = sorted(symbols, key=lambda symbol: (-past_return(symbol), symbol))[:MOMENTUM_NAMES]
    return {symbol: 1.0 for symbol in sorted(best)}


STRATEGIES = {"equal_weight": equal_weight, "inverse_volatility": inverse_volatility, "momentum": momentum}


def scaled(raw):
    """Weights in units of the last decimal that add up to exactly 1; the largest takes what rounding left."""
    unit = 10 ** DECIMALS
    total = math.fsum(raw.values())
    weights = {symbol: round(value / total * unit) for symbol, value in raw.items()}
    largest = max(weights, key=lambda symbol: weights[symbol])
    weights[largest] += unit - sum(weights.values())
    return weights


def rows_of(strategy, dates, symbols, closes):
    """(trade_date, symbol, weight) of every month end that has enough history."""
    for day in month_ends(dates):
        if day <= MOMENTUM_FROM:  # the first date is the same for all three
            continue
        for symbol, units in scaled(strategy(symbols, closes, day)).items():
            yield dates[day], symbol, f"{units / 10 ** DECIMALS:.{DECIMALS}f}"


def write_all(prices, folder):
    dates, symbols, closes = read_prices(prices)
    folder.mkdir(parents=True, exist_ok=True)
    for name, strategy in STRATEGIES.items():
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["trade_date", "symbol", "weight"])
            writer.writerows(rows_of(strategy, dates, symbols, closes))


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    if len(given) > 2:
        sys.exit(__doc__)
    write_all(given[0] if given else PRICES, given[1] if len(given) > 1 else FOLDER)
