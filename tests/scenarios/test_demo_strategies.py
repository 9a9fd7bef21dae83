"""The demo's weights: what strategies.py writes is what is checked in, and no weight knows its own day's price."""
import csv
import importlib.util
import random
import statistics

import pytest

from harness import REPOSITORY

DEMO = REPOSITORY / "examples/demo"
PRICES = DEMO / "data/prices/us_large_caps_20_daily_close.csv"
WEIGHTS = DEMO / "data/raw_signals"
NAMES = ["equal_weight", "inverse_volatility", "momentum"]


@pytest.fixture(scope="module")
def strategies():
    spec = importlib.util.spec_from_file_location("strategies", DEMO / "strategies.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_date(path):
    out = {}
    for row in rows(path):
        out.setdefault(row["trade_date"], {})[row["symbol"]] = float(row["weight"])
    return out


def write_prices(path, table):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def changed_from(table, day, seed):
    """The same prices before `day`, others from then on."""
    chance = random.Random(seed)
    return [row if row["date"] < day else
            {key: value if key == "date" else f"{float(value) * chance.uniform(0.3, 3):.3f}" for key, value in row.items()}
            for row in table]


def test_the_script_writes_the_files_that_are_checked_in(strategies, tmp_path):
    strategies.write_all(PRICES, tmp_path)
    for name in NAMES:
        assert (tmp_path / f"{name}.csv").read_bytes() == (WEIGHTS / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_dated_on_the_last_session_of_each_month_and_sum_to_one(name):
    sessions = [row["date"] for row in rows(PRICES)]
    weights = by_date(WEIGHTS / f"{name}.csv")
    assert len(weights) == 47 and min(weights) == "2019-01-31" and max(weights) == "2022-11-30"
    for date, row in weights.items():
        assert max(day for day in sessions if day[:7] == date[:7]) == date
        assert round(sum(row.values()), 9) == 1 and min(row.values()) > 0


@pytest.mark.parametrize("day", ["2019-06-28", "2020-03-31", "2022-02-28", "2022-11-30"])
def test_prices_of_a_day_and_later_change_no_weight_of_that_day(strategies, tmp_path, day):
    write_prices(tmp_path / "prices.csv", changed_from(rows(PRICES), day, seed=7))
    strategies.write_all(tmp_path / "prices.csv", tmp_path)
    for name in NAMES:
        before, after = by_date(WEIGHTS / f"{name}.csv"), by_date(tmp_path / f"{name}.csv")
        for date in before:
            assert date > day or after[date] == before[date], f"{name} of {date} knows prices of {day} or later"
        if name != "equal_weight" and day < max(before):
            assert after != before, "the check has no teeth: later weights should have changed"


def test_the_day_before_does_count(strategies, tmp_path):
    table = rows(PRICES)
    day = "2022-02-28"
    before = [row["date"] for row in table].index(day) - 1
    write_prices(tmp_path / "prices.csv", changed_from(table, table[before]["date"], seed=7))
    strategies.write_all(tmp_path / "prices.csv", tmp_path)
    name = "inverse_volatility.csv"
    assert by_date(tmp_path / name)[day] != by_date(WEIGHTS / name)[day]


def test_weights_are_what_their_definitions_say():
    """The same numbers by another way, for a date in the middle."""
    day = "2021-05-28"
    table = rows(PRICES)
    at = [row["date"] for row in table].index(day)
    symbols = [key for key in table[0] if key != "date"]
    closes = {symbol: [float(row[symbol]) for row in table[:at]] for symbol in symbols}
    scores = {}
    for symbol, prices in closes.items():
        scores[symbol] = 1 / statistics.stdev(prices[i] / prices[i - 1] - 1 for i in range(-60, 0))
    weights = by_date(WEIGHTS / "inverse_volatility.csv")[day]
    for symbol in symbols:
        assert weights[symbol] == pytest.approx(scores[symbol] / sum(scores.values()), abs=2e-6)
    past = {symbol: prices[-22] / prices[-253] for symbol, prices in closes.items()}
    best = sorted(past, key=past.get)[-5:]
    assert by_date(WEIGHTS / "momentum.csv")[day] == {symbol: 0.2 for symbol in best}
