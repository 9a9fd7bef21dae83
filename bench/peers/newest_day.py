"""M1 with a data library: python newest_day.py polars|duckdb|pandas|csv|fastexcel IN OUT DATE.

The rows of the newest date up to DATE: no asset twice, weights scaled to sum 1, sorted, written as CSV.
Prints the time without start-up and imports.
"""
import datetime
import sys
import time


def scan_polars(path, pl):
    if path.endswith(".parquet"):
        return pl.scan_parquet(path)
    types = {"trade_date": pl.String, "gvkey": pl.String, "weights": pl.Float64}
    return pl.scan_csv(path, schema_overrides=types)


def finish_polars(day, out, pl):
    if day["gvkey"].is_duplicated().any():
        sys.exit("an asset stands twice")
    day = day.select(pl.col("trade_date").cast(pl.String).str.head(10), "gvkey",
                     pl.col("weights") / pl.col("weights").sum()).sort("gvkey")
    day.write_csv(out)


def with_polars(path, out, date):
    import polars as pl

    start = time.perf_counter()
    until = date + " 23:59:59"
    if path.endswith(".parquet"):
        until = datetime.datetime.fromisoformat(until)
    rows = scan_polars(path, pl).select("trade_date", "gvkey", "weights").filter(
        pl.col("trade_date") <= until)
    newest = rows.select(pl.col("trade_date").max()).collect(engine="streaming").item()
    day = rows.filter(pl.col("trade_date") == newest).collect(engine="streaming")
    finish_polars(day, out, pl)
    return start


def with_fastexcel(path, out, date):
    import polars as pl

    start = time.perf_counter()
    rows = pl.read_excel(path, engine="calamine", columns=["trade_date", "gvkey", "weights"])
    rows = rows.with_columns(pl.col("trade_date").cast(pl.String), pl.col("gvkey").cast(pl.String))
    rows = rows.filter(pl.col("trade_date") <= date + " 23:59:59")
    finish_polars(rows.filter(pl.col("trade_date") == pl.col("trade_date").max()), out, pl)
    return start


def with_duckdb(path, out, date):
    import duckdb

    start = time.perf_counter()
    types = "{'trade_date': 'VARCHAR', 'gvkey': 'VARCHAR', 'weights': 'DOUBLE'}"
    source = (f"read_parquet('{path}')" if path.endswith(".parquet")
              else f"read_csv('{path}', types={types})")
    rows = f"(SELECT trade_date, gvkey, weights FROM {source} WHERE trade_date <= '{date} 23:59:59')"
    db = duckdb.connect()
    newest = db.execute(f"SELECT max(trade_date) FROM {rows}").fetchone()[0]
    db.execute(f"CREATE TABLE day AS SELECT * FROM {rows} WHERE trade_date = '{newest}'")
    if db.execute("SELECT count(*) > count(DISTINCT gvkey) FROM day").fetchone()[0]:
        sys.exit("an asset stands twice")
    db.execute("COPY (SELECT CAST(trade_date AS VARCHAR)[:10] AS trade_date, gvkey, weights / (SELECT sum(weights) FROM day) "
               f"FROM day ORDER BY gvkey) TO '{out}' (HEADER)")
    return start


def with_pandas(path, out, date):
    import pandas as pd

    start = time.perf_counter()
    rows = pd.read_csv(path, dtype={"gvkey": str}, usecols=["trade_date", "gvkey", "weights"])
    rows = rows[rows["trade_date"] <= date + " 23:59:59"]
    day = rows[rows["trade_date"] == rows["trade_date"].max()].copy()
    if day["gvkey"].duplicated().any():
        sys.exit("an asset stands twice")
    day["weights"] /= day["weights"].sum()
    day.sort_values("gvkey").to_csv(out, index=False)
    return start


def with_csv(path, out, date):
    import csv

    start = time.perf_counter()
    newest, day = "", {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            when = row["trade_date"]
            if when < newest or when > date + " 23:59:59":
                continue
            if when > newest:
                newest, day = when, {}
            if row["gvkey"] in day:
                sys.exit("an asset stands twice")
            day[row["gvkey"]] = float(row["weights"])
    total = sum(day.values())
    with open(out, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["trade_date", "gvkey", "weights"])
        writer.writerows((newest[:10], key, day[key] / total) for key in sorted(day))
    return start


if __name__ == "__main__":
    kind, path, out, date = sys.argv[1:5]
    started = globals()["with_" + kind](path, out, date)
    print(f"inner_ms={(time.perf_counter() - started) * 1e3:.3f}")
