"""Part `analytics` of run.py: metrics, the page and a day's report, against the libraries people use for them."""
import json
import math
import os
import re
import shutil
import subprocess
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
DAYS = 2520
MANY = 1000
# Where the bars in milliseconds were set, the numpy peer took this long as a whole process; they hold here in
# proportion to what it takes here.
NUMPY_MS = 114


def scaled(bar_ms, numpy):
    """The bar of this machine and how it reads: (milliseconds, text)."""
    here = bar_ms * numpy.ms() / NUMPY_MS
    return here, f"≤ {bar_ms} ms where numpy takes {NUMPY_MS}: here {here:.0f} ms"


def make_files(bench):
    """Ten years of returns of a thousand series, the first of them also as CSV, and a benchmark."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = bench.at("returns")
    os.makedirs(folder, exist_ok=True)
    random = np.random.default_rng(6)
    dates = np.busday_offset("2015-01-02", np.arange(DAYS)).astype("datetime64[D]")
    market = random.standard_normal(DAYS) * 0.008
    values = 0.0004 + market + random.standard_normal((MANY, DAYS)) * 0.012
    names = [f"s{i:04d}" for i in range(MANY)]
    files = {name: os.path.join(folder, name)
             for name in ("one.csv", "benchmark.csv", "many.parquet", "dates.i32", "returns.f64")}
    for file, row in (("one.csv", values[0]), ("benchmark.csv", 0.0003 + market)):
        with open(files[file], "w") as text:
            text.write("date,return\n" + "".join(f"{day},{value!r}\n" for day, value in zip(dates, row.tolist())))
    table = pa.table({"date": pa.array(dates)} | dict(zip(names, values)))
    pq.write_table(table, files["many.parquet"], compression="none", use_dictionary=False)
    dates.astype(np.int32).tofile(files["dates.i32"])
    values.tofile(files["returns.f64"])
    return files


def check_agreement(ours, printed, peer):
    """Ends the bench where a number that both have is not the same; the count of those that are."""
    theirs = json.loads(printed.splitlines()[-2])
    for name, value in theirs.items():
        if not math.isclose(ours[name], value, rel_tol=1e-9, abs_tol=1e-12):
            sys.exit(f"script/bench: {name} is {ours[name]}, {peer} has {value}")
    return len(theirs)


def output_of(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"script/bench: {' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def one_series(bench, table, files):
    peers = ("numpy", "empyrical", "quantstats", "polars")
    command = [bench.program, "metrics", "--returns", files["one.csv"], "--json"]
    commands = {"ours": command, "inside": [bench.tool("analytics_bench"), "metrics", files["dates.i32"],
                                            files["returns.f64"], "1"]}
    for peer in peers:
        commands[peer] = bench.peer("return_metrics.py", peer, files["one.csv"])
    mine = json.loads(output_of(command))["metrics"]
    shared = {peer: check_agreement(mine, output_of(commands[peer]), peer) for peer in peers}
    samples = bench.compare(commands)
    ours, inside = samples["ours"], samples["inside"].inner_ms()
    bar, words = scaled(10, samples["numpy"])
    for peer in peers:
        table.add(f"`metrics`, {DAYS:,} days: {len(mine)} metrics, {peer} has {shared[peer]} of them", ours, peer,
                  samples[peer], f"{samples[peer].ms() / ours.ms():.0f} x", words, ours.ms() <= bar)
    fastest = min(peers, key=lambda peer: samples[peer].inner_ms())
    ratio = samples[fastest].inner_ms() / inside
    table.add_line("the same inside the process", f"{inside:.3f} ms",
                   f"the fastest, {fastest}: {samples[fastest].inner_ms():.1f} ms", f"{ratio:.1f} x", "≥ 10 x",
                   ratio >= 10)


def many_series(bench, table, files):
    data = MANY * DAYS * 8 / 1e6
    command = [bench.program, "metrics", "--returns", files["many.parquet"], "--json"]
    samples = bench.compare({
        "ours": command, "polars": bench.peer("return_metrics.py", "polars", files["many.parquet"]),
        "inside": [bench.tool("analytics_bench"), "metrics", files["dates.i32"], files["returns.f64"], str(MANY)]},
        rounds=min(bench.rounds, 7))
    check_agreement(json.loads(output_of(command))["series"]["s0000"]["metrics"],
                    output_of(bench.peer("return_metrics.py", "polars", files["many.parquet"])), "polars")
    ours, polars, inside = samples["ours"], samples["polars"], samples["inside"].inner_ms()
    ratio = polars.ms() / ours.ms()
    table.add(f"`metrics`, {MANY:,} series x {DAYS:,} days, Parquet", ours, "polars", polars, f"{ratio:.1f} x",
              "≥ 4 x, whole process", ratio >= 4)
    within = polars.inner_ms() / inside
    table.add_line("the same inside the process", f"{inside:.0f} ms", f"polars: {polars.inner_ms():.0f} ms",
                   f"{within:.1f} x", "≥ 4 x", within >= 4)
    table.add_line("memory for it", f"{ours.mb():.0f} MB", f"the data: {data:.0f} MB; polars: {polars.mb():.0f} MB",
                   f"{ours.mb() / data:.1f} x the data", "≤ 5 x the data", ours.mb() <= 5 * data)


def numpy_yardstick(bench, files):
    return bench.peer("return_metrics.py", "numpy", files["one.csv"])


def pages(bench, table, files):
    tool = bench.tool("analytics_bench")
    samples = bench.compare(
        {"ours": [tool, "page", str(DAYS), "20"], "many": [tool, "page", str(DAYS), "500"],
         "numpy": numpy_yardstick(bench, files),
         "quantstats": bench.peer("return_page.py", files["one.csv"], files["benchmark.csv"], bench.at("page.html"))},
        rounds=min(bench.rounds, 5))
    ours, peer, many = samples["ours"].inner_ms(), samples["quantstats"], samples["many"].inner_ms()
    size = os.path.getsize(bench.at("page.html")) / 1e6
    own = int(re.search(r"bytes=(\d+)", output_of([tool, "page", str(DAYS), "20"])).group(1)) / 1e6
    bar, words = scaled(100, samples["numpy"])
    table.add_line(f"numbers and page of {DAYS:,} days, 20 names, a benchmark", f"{ours:.0f} ms, {own:.2f} MB",
                   f"quantstats: {peer.inner_ms():,.0f} ms ({peer.ms():,.0f} whole), {size:.2f} MB",
                   f"{peer.inner_ms() / ours:.0f} x", words, ours <= bar)
    bar, words = scaled(500, samples["numpy"])
    table.add_line("the same of 500 names", f"{many:.0f} ms", "", "", words, many <= bar)


def day_report(bench, table, files):
    """`analyze` on the demo's workspace of 504 days; without the page, as after a day that changed it."""
    root = bench.at("demo")
    shutil.rmtree(root, ignore_errors=True)
    output_of([bench.program, "demo", "--dir", root])
    page = os.path.join(root, "data", "outputs", "summary_dashboard.html")

    def forget_page():
        if os.path.exists(page):
            os.remove(page)

    samples = bench.compare({"ours": [bench.program, "analyze", "--root", root],
                             "numpy": numpy_yardstick(bench, files)}, prepare=forget_page)
    ours = samples["ours"]
    bar, words = scaled(50, samples["numpy"])
    table.add("`analyze` after a day, 504 days of the demo", ours, "", None, "", words, ours.ms() <= bar)


def analytics(bench, table):
    files = make_files(bench)
    one_series(bench, table, files)
    many_series(bench, table, files)
    pages(bench, table, files)
    day_report(bench, table, files)
