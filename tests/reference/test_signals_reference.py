"""M1 against pandas on the published files, for every date they have."""
import pandas
import pytest

from harness import EXAMPLE, Workspace, table

SIGNALS = EXAMPLE / "data/raw_signals"
READ = {"equal_csv": lambda: pandas.read_csv(SIGNALS / "equally_weighted.csv", encoding="utf-8-sig"),
        "equal_xlsx": lambda: pandas.read_excel(SIGNALS / "equally_weighted.xlsx")}
SHARES = {"equal_csv": 0.3, "equal_xlsx": 0.9}


@pytest.fixture(scope="module")
def frames():
    """Every published signal: {strategy: {date: weights by asset id, scaled to sum 1}}."""
    out = {}
    for strategy, read in READ.items():
        frame = read()
        frame["trade_date"] = pandas.to_datetime(frame["trade_date"]).dt.date
        out[strategy] = {}
        for date, rows in frame.groupby("trade_date"):
            weights = rows.set_index(rows["gvkey"].astype(str))["weights"]
            out[strategy][date] = weights / weights.sum()
    return out


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return Workspace.example(tmp_path_factory.mktemp("reference") / "w")


def targets(workspace, *args):
    answer = workspace.call("signals", *args, "--out", "out/targets.csv")
    assert answer.code == 0, answer.err
    return table(workspace / "out/targets.csv")


def check(rows, want, date, strategy):
    assert [r["asset_id"] for r in rows] == sorted(want.index, key=int)
    assert {r["trade_date"] for r in rows} == {r["signal_date"] for r in rows} == {date.isoformat()}
    assert {r["strategy_id"] for r in rows} == {strategy}
    assert {r["asof"] for r in rows} == {f"{date.isoformat()}T00:00:00Z"}
    for row in rows:
        assert float(row["target_weight"]) == pytest.approx(want[row["asset_id"]], abs=1e-12)
    assert sum(float(r["target_weight"]) for r in rows) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("strategy", READ)
def test_select_equals_pandas_on_every_date(shared, frames, strategy):
    assert len(frames[strategy]) == 31
    for date, want in frames[strategy].items():
        check(targets(shared, "--date", date, "--pick", strategy), want, date, strategy)


def test_blend_equals_pandas_on_every_date(shared, frames):
    total = sum(SHARES.values())
    for date in frames["equal_csv"]:
        parts = [frames[s][date] * (share / total) for s, share in SHARES.items()]
        want = parts[0].add(parts[1], fill_value=0)
        blend = ",".join(f"{s}={share}" for s, share in SHARES.items())
        check(targets(shared, "--date", date, "--mode", "blend", "--blend", blend), want, date, "blend")


def test_between_two_dates_the_older_signal_counts(shared, frames):
    dates = sorted(frames["equal_csv"])
    for before, after in zip(dates, dates[1:]):
        day = after - pandas.Timedelta(days=1)
        if (day - before).days > 100:
            continue  # older than max_age_days of the manifest
        rows = targets(shared, "--date", day, "--pick", "equal_csv")
        assert {r["signal_date"] for r in rows} == {before.isoformat()}
        assert {r["trade_date"] for r in rows} == {day.isoformat()}
