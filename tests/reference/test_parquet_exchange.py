"""Our Parquet in other people's readers, and theirs in ours."""
import datetime

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest

from harness import COMPACT, DATE, NOW, TESTDATA, table

TARGETS = f"data/intermediate/targets_consolidated_{COMPACT}.parquet"


@pytest.fixture
def written(workspace):
    """Our targets as Parquet and as CSV."""
    assert workspace.call("signals", "--date", DATE).code == 0
    assert workspace.call("signals", "--date", DATE, "--out", "t.csv").code == 0
    return workspace / TARGETS, table(workspace / "t.csv")


def test_our_types_are_those_of_the_contract(written):
    schema = pyarrow.parquet.read_schema(written[0])
    assert [(f.name, f.type) for f in schema] == [
        ("trade_date", pyarrow.date32()), ("asset_id", pyarrow.string()), ("target_weight", pyarrow.float64()),
        ("asof", pyarrow.timestamp("us", tz="UTC")), ("strategy_id", pyarrow.string()),
        ("signal_date", pyarrow.date32())]


@pytest.mark.parametrize("reader", ["pandas", "polars", "duckdb", "pyarrow"])
def test_other_readers_see_what_our_csv_says(written, reader):
    path, want = written
    if reader == "pandas":
        rows = pandas.read_parquet(path).to_dict("records")
    elif reader == "polars":
        rows = polars.read_parquet(path).to_dicts()
    elif reader == "duckdb":
        found = duckdb.sql(
            f"""select * replace ("asof" at time zone 'UTC' as "asof") from '{path}'""")
        rows = [dict(zip(found.columns, values)) for values in found.fetchall()]
    else:
        rows = pyarrow.parquet.read_table(path).to_pylist()
    assert len(rows) == len(want) == 222
    for got, row in zip(rows, want):
        assert got["asset_id"] == row["asset_id"] and got["strategy_id"] == row["strategy_id"]
        assert got["target_weight"] == float(row["target_weight"])
        assert got["trade_date"] == datetime.date.fromisoformat(row["trade_date"])
        assert got["signal_date"] == datetime.date.fromisoformat(row["signal_date"])
        asof = pandas.Timestamp(got["asof"])
        assert (asof if asof.tzinfo else asof.tz_localize("UTC")) == pandas.Timestamp(row["asof"])


@pytest.mark.parametrize("writer", ["pandas", "polars", "duckdb"])
def test_targets_of_other_writers_give_the_same_orders(workspace, written, writer):
    path, _ = written
    theirs = workspace / "theirs.parquet"
    frame = pandas.read_parquet(path)
    if writer == "pandas":
        frame["asset_id"] = frame["asset_id"].astype("int64")  # ids as numbers are the same ids
        frame.to_parquet(theirs, index=False)
    elif writer == "polars":
        polars.from_pandas(frame).write_parquet(theirs)
    else:
        duckdb.sql(f"copy (select * from '{path}') to '{theirs}' (format parquet)")
    for targets, folder in ((path, "a"), (theirs, "b")):
        answer = workspace.call("plan", "--targets", targets, "--out-orders", f"{folder}/o.csv",
                                "--out-plan", f"{folder}/p.csv", "--now", NOW)
        assert answer.code == 0, answer.err
    for name in ("o.csv", "p.csv"):
        assert (workspace / f"a/{name}").read_bytes() == (workspace / f"b/{name}").read_bytes()


def test_published_targets_of_the_earlier_system_are_planned(workspace):
    path = TESTDATA / "finrl/targets_consolidated_20250301.parquet"
    frame = pandas.read_parquet(path)
    answer = workspace.call("plan", "--targets", path, "--now", NOW)
    assert answer.code == 0, answer.err
    rows = {r["asset_id"]: r for r in table(workspace.output("rebalance_plan.csv"))}
    fates = {str(r.asset_id): (r.target_weight, rows[str(r.asset_id)]) for r in frame.itertuples()}
    assert len(fates) == 285
    assert all(float(row["target_weight"]) == weight for weight, row in fates.values())
    # ancestor-defects 12: of these 285, it dropped 160 without a word.
    lost = [row["reason"].split(":")[0] for _, row in fates.values() if row["action"] == "SKIP"]
    assert sorted(set(lost)) == ["ambiguous_mapping", "no_price"] and len(lost) == 160


def test_strategy_files_may_be_parquet(workspace):
    csv = pandas.read_csv(workspace / "data/raw_signals/equally_weighted.csv", encoding="utf-8-sig")
    csv["trade_date"] = pandas.to_datetime(csv["trade_date"])
    csv.to_parquet(workspace / "data/raw_signals/equally_weighted.parquet", index=False)
    assert workspace.call("signals", "--date", DATE, "--out", "csv.csv").code == 0
    workspace.edit("config/strategy_manifest.yaml",
                   ("equally_weighted.csv\n    format: csv", "equally_weighted.parquet\n    format: parquet"))
    answer = workspace.call("signals", "--date", DATE, "--out", "parquet.csv")
    assert answer.code == 0, answer.err
    assert (workspace / "csv.csv").read_bytes() == (workspace / "parquet.csv").read_bytes()
