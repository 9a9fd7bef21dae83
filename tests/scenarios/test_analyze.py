"""M6 over days that had everything: trades, dividends, a split, a deposit and fees. Every number is worked out again
here, from the exchange's own ledger and with decimals."""
import csv
import json
import math
import re
import shutil
import subprocess
import urllib.request
from decimal import Decimal
from pathlib import Path

import pytest

from harness import BINARY, REPOSITORY, call, environment, table

KEY = "PKANALYZE"
SESSIONS = ["2021-01-04", "2021-01-05", "2021-01-06", "2021-01-07", "2021-01-08", "2021-01-11", "2021-01-12",
            "2021-01-13"]
CENT = Decimal("0.01")
# Raw closes: CCC splits four for one on the 8th.
PRICES = {
    "AAA": ["50.10", "51.37", "50.02", "52.11", "53.40", "52.95", "54.01", "55.55"],
    "BBB": ["120.5", "119.25", "121.75", "118.6", "117.05", "119.9", "122.3", "121.1"],
    "CCC": ["400.4", "404.8", "399.2", "410", "101.5", "103.25", "102.1", "104.7"],
}
ACTIONS = """symbol,ex_date,type,ratio,amount
AAA,2021-01-06,dividend,,0.37
BBB,2021-01-11,dividend,,1.05
CCC,2021-01-08,split,4:1,
"""
FEES = """fee,side,per_share,of_value,order_max
TAF,sell,0.000166,,8.30
SEC,sell,,0.0000278,
"""
CONFIG = """
scheduler:
  m1: {mode: blend, blend: {even: 0.5, tilt: 0.5}}
  m2: {fetch_real_prices: true, price_source: latest}
  m4: {mode: paper, run: true}
  m5: {source: broker, run: true}
  m6: {run: true}
alpaca: {key_id: "${APCA_API_KEY_ID}", secret: "${APCA_API_SECRET_KEY}", environment: paper}
risk: {min_cash_buffer_pct: 2%, sectors_file: data/mapping/sectors.csv}
execution: {settle_seconds: 0}
analytics:
  benchmark: AAA
  risk_free_rate: 0.02
  risk_thresholds: {max_drawdown: -0.0001, volatility: 9.0}
"""
MANIFEST = """
strategies:
  - {id: even, path: data/raw_signals/even.csv, format: csv, max_age_days: 30}
  - {id: tilt, path: data/raw_signals/tilt.csv, format: csv, max_age_days: 30}
"""


class Exchange:
    def __init__(self, folder):
        folder.mkdir()
        rows = [["date", *PRICES]] + [[day, *(PRICES[name][i] for name in PRICES)] for i, day in enumerate(SESSIONS)]
        rows.insert(1, ["2020-12-31", "50", "120", "400"])
        with open(folder / "prices.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        (folder / "actions.csv").write_text(ACTIONS, encoding="utf-8")
        (folder / "fees.csv").write_text(FEES, encoding="utf-8")
        self.process = subprocess.Popen(
            [str(BINARY), "exchange", "--listen", "127.0.0.1:0", "--prices", str(folder / "prices.csv"), "--actions",
             str(folder / "actions.csv"), "--fees", str(folder / "fees.csv"), "--clock", f"{SESSIONS[0]}@0", "--rate",
             "off", "--cash", "100000"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=environment())
        self.url = re.search(r"http://127\.0\.0\.1:\d+", self.process.stdout.readline()).group(0)

    def env(self):
        return {"APCA_API_KEY_ID": KEY, "APCA_API_SECRET_KEY": "s", "APCA_API_BASE_URL": self.url,
                "APCA_API_DATA_URL": self.url + "/v2"}

    def admin(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/admin/v1/{path}", data=data)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"{}")

    def activities(self):
        request = urllib.request.Request(f"{self.url}/v2/account/activities?page_size=100", headers={
            "APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": "s"})
        with urllib.request.urlopen(request) as answer:
            return [row for row in json.loads(answer.read()) if row["activity_type"] != "FILL"]


def write_weights(folder, name, rows):
    lines = ["trade_date,asset_id,target_weight"]
    for day, weights in rows.items():
        lines += [f"{day},{symbol},{weight}" for symbol, weight in zip(PRICES, weights)]
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def make_workspace(root):
    for folder in ("config", "data/raw_signals", "data/mapping"):
        (root / folder).mkdir(parents=True)
    (root / "config/config.yaml").write_text(CONFIG, encoding="utf-8")
    (root / "config/strategy_manifest.yaml").write_text(MANIFEST, encoding="utf-8")
    (root / "data/mapping/sectors.csv").write_text("symbol,sector\nAAA,Energy\nBBB,Energy\nCCC,=SUM(1)\n",
                                                   encoding="utf-8")
    even = {SESSIONS[0]: (0.4, 0.3, 0.3), SESSIONS[3]: (0.2, 0.5, 0.3), SESSIONS[6]: (0.6, 0.2, 0.2)}
    tilt = {SESSIONS[0]: (0.1, 0.1, 0.8), SESSIONS[2]: (0.5, 0.25, 0.25), SESSIONS[5]: (0.1, 0.1, 0.8)}
    write_weights(root / "data/raw_signals", "even", even)
    write_weights(root / "data/raw_signals", "tilt", tilt)
    market = root / "data/market"
    market.mkdir()
    rows = ["date,symbol,close", "2020-12-31,AAA,50"]
    rows += [f"{day},AAA,{PRICES['AAA'][i]}" for i, day in enumerate(SESSIONS)]
    (market / "closes.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def call_in(root, exchange, command, *args):
    return call(*command.split(), "--root", root, *args, env=exchange.env())


@pytest.fixture(scope="module")
def traded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("analyze")
    exchange, root = Exchange(folder / "exchange"), folder / "workspace"
    make_workspace(root)
    for number, day in enumerate(SESSIONS):
        if number > 0:
            exchange.admin("clock", {"advance": "1session"})
        exchange.admin("clock", {"advance": "5m"})
        if number == 4:
            exchange.admin("cash", {"cash": {KEY: "5000"}})
        # The last day as the specification's separate commands; the numbers must not tell which.
        apart = ["--isolate"] if day == SESSIONS[-1] else []
        answer = call_in(root, exchange, "run", "--once", "--date", day, "--json", *apart)
        assert answer.code == 0, f"{day}: {answer.out}{answer.err}"
    yield root, exchange
    exchange.process.terminate()
    exchange.process.communicate(timeout=20)


def days_of(root):
    return table(root / f"data/outputs/pnl_daily_{SESSIONS[-1].replace('-', '')}.csv")


def number(row, key):
    return Decimal(row[key])


def test_profit_explains_every_cent_of_the_equity(traded):
    root, _ = traded
    days = days_of(root)
    assert [row["date"] for row in days] == SESSIONS
    before = Decimal("100000")
    for row in days:
        parts = sum(number(row, key) for key in ("overnight_pnl", "trading_pnl", "dividends", "interest", "fees",
                                                 "other"))
        assert parts == number(row, "pnl"), row
        assert number(row, "equity_open") == before, row
        assert number(row, "equity_close") - before - number(row, "external_flow") - parts == 0, row
        assert number(row, "identity_break") == 0, row
        before = number(row, "equity_close")
        assert row["recon_status"] == "ok", row


def test_equity_is_what_the_exchange_says(traded):
    root, _ = traded
    for row in days_of(root):
        eod = table(root / f"data/outputs/positions_eod_{row['date'].replace('-', '')}.csv")
        assert sum(Decimal(line["market_value"]) for line in eod) == number(row, "equity_close"), row["date"]


def test_dividends_fees_split_and_deposit_are_the_ledgers(traded):
    root, exchange = traded
    days = days_of(root)
    told = exchange.activities()
    paid = sum(Decimal(row["net_amount"]) for row in told if row["activity_type"] == "DIV")
    fees = sum(Decimal(row["net_amount"]) for row in told if row["activity_type"] == "FEE")
    assert paid > 100 and fees < 0 and any(row["activity_type"] in ("SPLIT", "SSP") for row in told)
    assert sum(number(row, "dividends") for row in days) == paid
    assert sum(number(row, "fees") for row in days) == fees
    assert {row["date"]: row["external_flow"] for row in days if number(row, "external_flow") != 0} == {
        SESSIONS[4]: "5000"}
    # Four for one changes no value: that day's profit of CCC is the move of a quarter of the old price.
    names = [row for row in table(root / f"data/outputs/names_daily_{SESSIONS[-1].replace('-', '')}.csv")
             if row["date"] == SESSIONS[4] and row["symbol"] == "CCC"]
    moved = abs(number(names[0], "overnight_pnl"))
    assert moved < 100000 * Decimal("0.05")


def test_returns_are_of_the_money_that_was_there(traded):
    root, _ = traded
    growth = 1.0
    for row in days_of(root):
        base = float(row["equity_open"])
        expected = (float(row["equity_close"]) - float(row["external_flow"])) / base - 1
        assert math.isclose(float(row["daily_return"]), expected, abs_tol=1e-12), row
        growth *= 1 + expected
        assert math.isclose(float(row["cumulative_return"]), growth - 1, abs_tol=1e-12), row
    benchmark = [50, *map(float, PRICES["AAA"])]
    for i, row in enumerate(days_of(root)):
        assert math.isclose(float(row["benchmark_return"]), benchmark[i + 1] / benchmark[i] - 1, abs_tol=1e-12)


def test_the_names_and_the_rest_are_the_whole_profit(traded):
    root, _ = traded
    names = table(root / f"data/outputs/names_daily_{SESSIONS[-1].replace('-', '')}.csv")
    for row in days_of(root):
        of_names = sum(number(name, "pnl") for name in names if name["date"] == row["date"])
        assert of_names + number(row, "fees") + number(row, "interest") == number(row, "pnl"), row


def view_of(page):
    html = page.read_text(encoding="utf-8")
    found = re.search(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)
    return json.loads(found.group(1))


def test_every_attribution_adds_up_to_profit_and_return(traded):
    root, _ = traded
    view = view_of(root / "data/outputs/summary_dashboard.html")
    profit = sum(number(row, "pnl") for row in days_of(root))
    total = float(days_of(root)[-1]["cumulative_return"])
    tables = {one["by"]: one["rows"] for one in view["attribution"]}
    assert set(tables) == {"strategy", "sector", "symbol", "side"}
    for by, rows in tables.items():
        assert sum(Decimal(str(row["usd"])) for row in rows) == profit, by
        assert math.isclose(sum(row["contribution"] for row in rows), total, abs_tol=1e-12), by
    assert {"even", "tilt"} <= {row["label"] for row in tables["strategy"]}


def test_thresholds_become_levels_of_the_snapshot(traded):
    root, _ = traded
    rows = {(row["scope"], row["metric"]): row
            for row in table(root / f"data/outputs/risk_snapshot_{SESSIONS[-1].replace('-', '')}.csv")}
    drawdown = rows["portfolio", "max_drawdown_from_start"]
    assert (drawdown["state"], drawdown["threshold_critical"]) == ("critical", "-0.0001")
    assert rows["portfolio", "volatility"]["state"] == "ok"
    assert rows["portfolio", "max_drawdown"]["threshold_critical"] == ""
    assert rows["portfolio", "rolling_sharpe_63d"]["value"] == ""
    assert "needs 63" in rows["portfolio", "rolling_sharpe_63d"]["reason"]


def test_the_same_days_give_the_same_bytes_and_part_of_them_the_same_numbers(traded, tmp_path):
    root, exchange = traded
    names = ("pnl_daily", "risk_snapshot", "names_daily")
    for folder in ("one", "two"):
        answer = call_in(root, exchange, "analyze", "--mode", "paper", "--out-dir", tmp_path / folder, "--json")
        assert answer.code == 0, answer.err
    for name in names:
        file = f"{name}_{SESSIONS[-1].replace('-', '')}.csv"
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    answer = call_in(root, exchange, "analyze", "--mode", "paper", "--out-dir", tmp_path / "part", "--start",
                     SESSIONS[3], "--end", SESSIONS[5])
    assert answer.code == 0, answer.err
    part = table(tmp_path / "part" / f"pnl_daily_{SESSIONS[5].replace('-', '')}.csv")
    whole = {row["date"]: row for row in days_of(root)}
    for row in part:
        for key in ("equity_open", "equity_close", "pnl", "external_flow", "daily_return", "identity_break"):
            assert row[key] == whole[row["date"]][key], (row["date"], key)


def test_orders_tell_delay_and_time_to_fill(traded):
    root, _ = traded
    view = view_of(root / "data/outputs/summary_dashboard.html")
    log = list({row["client_order_id"]: row for row in table(root / "data/outputs/execution_log.csv")}.values())
    assert log and view["costs_by_symbol"]
    for costs in view["costs_by_symbol"]:
        rows = [row for row in log if row["symbol"] == costs["label"]]
        assert costs["orders"] == len(rows)
        delay = sum((1 if row["side"] == "BUY" else -1) * Decimal(row["qty"])
                    * (Decimal(row["price_used"]) - Decimal(row["decision_price"])) for row in rows)
        assert abs(Decimal(costs["delay"]) - delay) <= Decimal("0.00001")
        whole = sum(row["filled_qty"] == row["qty"] for row in rows)
        assert math.isclose(costs["full_rate"], whole / len(rows))
        # The exchange's clock stands still, so it dates each fill before our submission: nobody knows.
        assert costs["fill_seconds"] is None


def configured(traded, folder, keys):
    """A copy of the workspace whose analytics block has more keys."""
    root, exchange = traded
    shutil.copytree(root, folder)
    config = folder / "config/config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("analytics:\n", f"analytics:\n  {keys}\n"),
                      encoding="utf-8")
    return folder, exchange


def analyzed(root, exchange):
    answer = call_in(root, exchange, "analyze", "--mode", "paper", "--out-dir", root / "out")
    assert answer.code == 0, answer.err
    return view_of(root / "out/summary_dashboard.html")


def test_days_to_liquidate_need_volumes_and_are_of_the_five_sessions_before(traded, tmp_path):
    root, exchange = traded
    without = view_of(root / "data/outputs/summary_dashboard.html")["liquidity"]
    assert without["days"] is None and "needs 5; add them with `signalbus prices`" in without["reason"]
    assert without["capacity_usd"] is None and "without a volume" in without["capacity_reason"]
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    volume = {name: {day: 100 * (i + 3) for i, day in enumerate(SESSIONS)} for name in PRICES}
    with open(copy / "data/market/daily_2021.csv", "w", newline="", encoding="utf-8") as file:
        rows = [[day, name, PRICES[name][i], volume[name][day]] for i, day in enumerate(SESSIONS) for name in PRICES]
        csv.writer(file).writerows([["date", "symbol", "close", "volume"], *rows])
    view = analyzed(copy, exchange)
    expected = {}
    for name, closes in PRICES.items():
        traded_usd = [float(closes[i]) * volume[name][SESSIONS[i]] for i in range(2, 7)]
        held = next(row for row in view["names"] if row["symbol"] == name)
        expected[name] = abs(float(held["value"])) / (0.2 * sum(traded_usd) / 5)
    slowest = max(expected, key=expected.get)
    assert view["liquidity"]["slowest"] == slowest and view["liquidity"]["reason"] == ""
    assert math.isclose(view["liquidity"]["days"], expected[slowest], rel_tol=1e-9)
    rows = {(row["scope"], row["metric"]): row
            for row in table(copy / f"out/risk_snapshot_{SESSIONS[-1].replace('-', '')}.csv")}
    for name, days in expected.items():
        assert math.isclose(float(rows[f"symbol:{name}", "days_to_liquidate"]["value"]), days, rel_tol=1e-9)
    assert rows["portfolio", "days_to_liquidate"]["unit"] == "days"
    assert rows["portfolio", "capacity"]["reason"] == "needs 60 observations, has 8"


WEIGHTS = """date,symbol,weight,sector
2020-12-31,AAA,0.5,Oil
2020-12-31,BBB,0.4,
2020-12-31,CASH,0.1,
"""


def test_the_effects_of_sectors_are_the_difference_to_the_benchmarks_parts(traded, tmp_path):
    assert "analytics.benchmark_weights" in view_of(traded[0] / "data/outputs/summary_dashboard.html")["brinson"]["reason"]
    root, exchange = configured(traded, tmp_path / "copy", "benchmark_weights: weights.csv")
    (root / "weights.csv").write_text(WEIGHTS, encoding="utf-8")
    missing = analyzed(root, exchange)["brinson"]
    assert missing["rows"] == [] and "has no close of BBB on 2020-12-31" in missing["reason"]
    closes = ["date,symbol,close", "2020-12-31,BBB,120"] + [f"{day},BBB,{PRICES['BBB'][i]}"
                                                            for i, day in enumerate(SESSIONS)]
    (root / "data/market/more.csv").write_text("\n".join(closes) + "\n", encoding="utf-8")
    brinson = analyzed(root, exchange)["brinson"]
    assert brinson["reason"] == ""
    theirs = 0.5 * 55.55 / 50 + 0.4 * 121.1 / 120 + 0.1 - 1
    ours = float(days_of(root)[-1]["cumulative_return"])
    effects = sum(row["allocation"] + row["selection"] + row["interaction"] for row in brinson["rows"])
    assert math.isclose(brinson["active"], ours - theirs, abs_tol=1e-11)
    assert math.isclose(effects, brinson["active"], abs_tol=1e-11)
    assert {"Oil", "Energy", "=SUM(1)", "_cash"} <= {row["sector"] for row in brinson["rows"]}
    (root / "weights.csv").write_text(WEIGHTS.replace("0.4", "0.3"), encoding="utf-8")
    answer = call_in(root, exchange, "analyze", "--mode", "paper", "--out-dir", root / "out")
    assert answer.code == 3 and "weights of 2020-12-31 add up to 0.9, not 1" in answer.err


def test_a_factor_view_needs_days_enough(traded, tmp_path):
    root, exchange = configured(traded, tmp_path / "copy", "factors: factors.csv")
    rows = ["date,market"] + [f"{day},0.00{i}" for i, day in enumerate(SESSIONS)]
    (root / "factors.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert analyzed(root, exchange)["factors"]["reason"] == "needs more than 63 common days with factors.csv, has 8"


def test_the_text_is_for_a_mail(traded):
    text = (traded[0] / "data/outputs/summary.txt").read_text(encoding="utf-8")
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "profit explains every cent of the equity on each of 8 days" in text
    assert "\nAlerts\n  critical: " in text and "the threshold" not in text


def test_without_positions_nothing_is_written_and_the_remedy_is_said(tmp_path, traded):
    _, exchange = traded
    root = tmp_path / "empty"
    make_workspace(root)
    answer = call_in(root, exchange, "analyze")
    assert answer.code != 0 and "run `signalbus run` or `signalbus reconcile` first" in answer.err
    assert not (root / "data/outputs").exists()


def test_prices_fill_the_market_folder_and_a_second_time_nothing(traded, tmp_path):
    root, exchange = traded
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    (copy / "data/market/closes.csv").unlink()
    answer = call_in(copy, exchange, "prices", "--mode", "paper", "--json")
    assert answer.code == 0, answer.err
    made = [Path(path).name for path in answer.json()["files"]]
    assert made == ["daily_2020.csv", "daily_2021.csv"] or made == ["daily_2021.csv"]
    closes = {(row["date"], row["symbol"]): Decimal(row["close"])
              for row in table(copy / "data/market/daily_2021.csv")}
    for i, day in enumerate(SESSIONS[:-1]):
        for name, values in PRICES.items():
            assert closes[day, name] == Decimal(values[i]), (day, name)
    again = call_in(copy, exchange, "prices", "--mode", "paper", "--json").json()
    assert (again["new"], again["changed"], again["files"]) == (0, 0, [])


# ---- metrics ----

NAMES = json.loads((REPOSITORY / "testdata/analytics/metric_names.json").read_text(encoding="utf-8"))["names"]


def test_metrics_of_a_file_have_every_name_and_count_what_was_dropped(tmp_path):
    rows = ["date,return", "2024-01-02,0.01", "2024-01-03,", "2024-01-04,-0.02", "2024-01-05,NaN", "2024-01-08,0.03"]
    (tmp_path / "r.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    told = call("metrics", "--returns", tmp_path / "r.csv", "--json").json()
    assert (told["n_used"], told["n_dropped"]) == (3, 2)
    assert set(NAMES) <= set(told["metrics"])
    assert math.isclose(told["metrics"]["total_return"], 1.01 * 0.98 * 1.03 - 1, rel_tol=1e-12)
    assert told["metrics"]["beta"] is None and told["metrics"]["best_day"] == 0.03
    page = call("metrics", "--returns", tmp_path / "r.csv").out
    assert "needs a benchmark" in page and "observations" in page


def test_metrics_of_several_columns_stand_under_series(tmp_path):
    (tmp_path / "r.csv").write_text("Date,a,b\n2024-01-02,100,10\n2024-01-03,110,9\n2024-01-04,99,9\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("date,close\n2024-01-02,50\n2024-01-03,51\n2024-01-04,49\n", encoding="utf-8")
    told = call("metrics", "--returns", tmp_path / "r.csv", "--prices", "--benchmark", tmp_path / "b.csv",
                "--json").json()["series"]
    assert set(told) == {"a", "b"} and told["a"]["n_used"] == 2
    assert math.isclose(told["a"]["metrics"]["total_return"], -0.01, rel_tol=1e-9)
    assert told["b"]["metrics"]["correlation"] is not None


@pytest.mark.parametrize("text,said", [
    ("date,return\n2024-01-02,x\n", "r.csv:2: return: "),
    ("date,return\n2024-01-02,-1.5\n", "return"),
    ("date,return\n2024-01-03,0.1\n2024-01-02,0.1\n", "r.csv: return: "),
    ("return\n0.1\n", "has 1 column"),
])
def test_metrics_refuse_what_they_cannot_read(tmp_path, text, said):
    (tmp_path / "r.csv").write_text(text, encoding="utf-8")
    answer = call("metrics", "--returns", tmp_path / "r.csv", "--json")
    assert answer.code == 3 and said in answer.err and answer.json()["exit_code"] == 3
