"""Part `execution` of run.py: whole batches of 500 orders, sent by the real program to `signalbus exchange`."""
import csv
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from datetime import datetime

from served_exchange import ServedExchange, price_lines

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = 500
DATE = "2025-08-29"
LIMIT = 200  # requests a minute, as Alpaca's
CONFIG = """mapping: {{file: ./mapping.csv, id_column: id, symbol_column: symbol}}
alpaca:
  requests_per_minute: {per_minute}
scheduler:
  m1: {{mode: select, pick: equal}}
  m2: {{fetch_real_prices: true}}
  m4: {{mode: {mode}}}
sim: {{prices: ./prices.csv, cash: 10000000, transport: direct, clock: {date}}}
risk: {{min_cash_buffer_pct: 0.05}}
"""
MANIFEST = """strategies:
  - id: equal
    path: ./signals.csv
    format: csv
    column_mapping: {date: trade_date, id: asset_id, weight: target_weight}
    max_age_days: 100
"""


def workspace(root, mode, per_minute=1_000_000):
    """A workspace that wants the same weight of every name, and holds nothing."""
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(os.path.join(root, "config"))
    files = {
        "config/config.yaml": CONFIG.format(mode=mode, date=DATE, per_minute=per_minute),
        "config/strategy_manifest.yaml": MANIFEST, "prices.csv": price_lines(),
        "mapping.csv": "id,symbol\n" + "".join(f"S{n:03d},S{n:03d}\n" for n in range(NAMES)),
        "signals.csv": "date,id,weight\n" + "".join(f"{DATE},S{n:03d},{1 / NAMES}\n" for n in range(NAMES))}
    for name, text in files.items():
        with open(os.path.join(root, name), "w") as file:
            file.write(text)
    return root


class DayExchange(ServedExchange):
    """On the example's day, from 09:30 in New York."""

    def __init__(self, bench, rate):
        super().__init__(bench, "--rate", str(rate), "--cash", "10000000", "--clock", f"{DATE}@1")

    def keys(self):
        return os.environ | {"APCA_API_KEY_ID": "BENCH", "APCA_API_SECRET_KEY": "s",
                             "APCA_API_BASE_URL": self.url, "APCA_API_DATA_URL": self.url + "/v2"}


def run_day(bench, root, env=None):
    """Seconds of a whole day; every order must have filled."""
    start = time.perf_counter()
    done = subprocess.run([bench.program, "run", "--once", "--date", DATE, "--config", f"{root}/config/config.yaml"],
                          env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    seconds = time.perf_counter() - start
    with open(f"{root}/data/outputs/execution_log.csv", newline="") as file:
        filled = sum(row["status"] == "FILLED" for row in csv.DictReader(file))
    if done.returncode != 0 or filled != NAMES:
        sys.exit(f"script/bench: {filled} of {NAMES} orders filled, exit code {done.returncode}\n{done.stdout}")
    return seconds


def calls_of(root):
    """Every request to the trading API: (when its answer was there, in seconds; method and path; status)."""
    with open(f"{root}/logs/alpaca_calls.jsonl") as file:
        calls = [json.loads(line) for line in file]
    calls = [call for call in calls if "/stocks/" not in call["endpoint"]]  # data has a limit of its own
    return [(datetime.fromisoformat(c["at"].replace("Z", "+00:00")).timestamp(), c["method"], c["endpoint"], c["status"])
            for c in calls]


def paced(bench, table):
    """500 orders at the rate that the exchange permits, against its own limiter, in real time."""
    root = workspace(bench.at("paced"), "paper", LIMIT)
    with DayExchange(bench, LIMIT) as exchange:
        run_day(bench, root, exchange.keys())
    calls = calls_of(root)
    refused = sum(status == 429 for *_, status in calls)
    posts = [i for i, call in enumerate(calls) if call[1] == "POST" and call[2].startswith("/v2/orders")]
    # A minute's worth may leave at once, and again each minute: so long would the last order have to wait.
    ideal = 60 * (posts[-1] // LIMIT)
    # The first requests find out what time it is at the exchange: they are noted with this machine's.
    began = next(at for at, *_ in calls if abs(at - calls[posts[0]][0]) < 600)
    took = calls[posts[-1]][0] - began
    used = ideal / took
    table.add_line(f"{NAMES} orders at {LIMIT} requests a minute, {len(calls)} requests", f"{took:.1f} s, {refused} x 429",
                   f"the permitted rate itself: {ideal} s", f"{100 * used:.1f} % of it", "≥ 99 %, no 429",
                   used >= 0.99 and refused == 0)


def unpaced(bench, table, python):
    """The same 500 orders with no limit: ours with its synced journal, alpaca-py with nothing."""
    ours, whole, theirs = [], [], []
    for number in range(min(bench.rounds, 5) + 1):
        root = workspace(bench.at("unpaced"), "paper")
        with DayExchange(bench, "off") as exchange:
            seconds = run_day(bench, root, exchange.keys())
        calls = calls_of(root)
        posts = [at for at, method, path, _ in calls if method == "POST" and path.startswith("/v2/orders")]
        with DayExchange(bench, "off") as exchange:
            said = subprocess.run([python, os.path.join(HERE, "peers", "batch_orders.py"), exchange.url,
                                   f"{root}/data/outputs/execution_log.csv"],
                                  stdout=subprocess.PIPE, text=True, check=True).stdout
        if number > 0:
            ours.append((len(posts) - 1) / (posts[-1] - posts[0]))
            whole.append(NAMES / seconds)
            theirs.append(float(re.search(r"orders_per_second=([0-9.]+)", said).group(1)))
    rate, peer, day = (statistics.median(values) for values in (ours, theirs, whole))
    table.add_line(f"a batch of {NAMES} orders, journal synced", f"{rate:,.0f}/s ({day:,.0f}/s of the whole day)",
                   f"alpaca-py, no journal: {peer:,.0f}/s", f"{rate / peer:.1f} x", "≥ 3 x", rate >= 3 * peer)


def simulated_day(bench, table):
    root = bench.at("simulated")
    samples = bench.compare(
        {"ours": [bench.program, "run", "--once", "--date", DATE, "--config", f"{root}/config/config.yaml"]},
        prepare=lambda: workspace(root, "sim"))
    ours = samples["ours"]
    with open(f"{root}/data/outputs/execution_log.csv", newline="") as file:
        filled = sum(row["status"] == "FILLED" for row in csv.DictReader(file))
    if filled != NAMES:
        sys.exit(f"script/bench: {filled} of {NAMES} orders of the simulated day filled")
    table.add(f"`run --once --mode sim`, {NAMES} names bought", ours, "", None, "", "≤ 250 ms", ours.ms() <= 250)


def execution(bench, table, python):
    simulated_day(bench, table)
    unpaced(bench, table, python)
    paced(bench, table)
