"""`signalbus demo`: its numbers computed again by our own arithmetic, the same twice, killed and called again."""
import csv
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import time
import urllib.request
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from harness import BINARY, REPOSITORY, call, environment, sha256, table

EXAMPLE = REPOSITORY / "examples/demo"
PRICES = "data/prices/us_large_caps_20_daily_close.csv"
DAYS = 45  # enough for two month ends and every kind of fault
CASH = Decimal(100000)
CENT = Decimal("0.01")
# Evidence and stories hold real durations; everything else must be the same twice.
TIMED = ("data/runs/", "logs/", "state/")


def stable(page):
    """Without what differs between machines: the folder and the seconds."""
    page = re.sub(r", \d+\.\d s$", "", page, count=1, flags=re.MULTILINE)
    return page[:page.index("\nLook into ")] + "\n"


def demo(folder, *args, **options):
    return call("demo", "--dir", folder, *args, timeout=600, **options)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "done"
    answer = demo(folder, "--days", DAYS, "--json")
    assert answer.code == 0, answer.err
    return folder, answer.json()


def closes(folder):
    return {row["date"]: row for row in table(folder / PRICES)}


def fills_of(folder):
    """(run date, symbol, signed quantity, price) of every execution in the journal, in its order."""
    with sqlite3.connect(f"file:{folder}/state/signalbus.db?mode=ro", uri=True) as journal:
        rows = journal.execute("SELECT b.run_date, f.symbol, f.side, f.quantity, f.price FROM fill f "
                               "JOIN batch b ON b.record = f.batch ORDER BY f.record").fetchall()
    nano = Decimal(10) ** -9
    return [(date, symbol, (1 if side == "BUY" else -1) * quantity * nano, price * nano)
            for date, symbol, side, quantity, price in rows]


def books_by_day(folder):
    """Cash and positions at the end of each session, from the fills alone."""
    cash, held, out = CASH, {}, {}
    fills = fills_of(folder)
    for row in table(folder / "data/outputs/demo_days.csv"):
        for date, symbol, quantity, price in fills:
            if date == row["date"]:
                cash -= (quantity * price).quantize(CENT, ROUND_HALF_EVEN)
                held[symbol] = held.get(symbol, 0) + quantity
        held = {symbol: quantity for symbol, quantity in held.items() if quantity}
        out[row["date"]] = (cash, dict(held))
    return out


def check_books(folder):
    prices = closes(folder)
    days = table(folder / "data/outputs/demo_days.csv")
    books = books_by_day(folder)
    for row in days:
        cash, held = books[row["date"]]
        worth = sum(quantity * Decimal(prices[row["date"]][symbol]) for symbol, quantity in held.items())
        assert Decimal(row["cash"]) == cash, row
        assert abs(Decimal(row["equity"]) - (cash + worth)) < CENT, row
        assert int(row["positions"]) == len(held) and row["differences"] == "0", row
    return days


def test_equity_and_cash_of_every_day_follow_from_fills_and_closes(done):
    folder, said = done
    days = check_books(folder)
    assert len(days) == DAYS == said["sessions"]
    assert Decimal(said["equity_end"]) == Decimal(days[-1]["equity"])
    assert sum(int(row["orders"]) for row in days) == said["orders"] > 60
    assert sum(int(row["fills"]) for row in days) == said["fills"] == len(fills_of(folder))


def test_strategies_own_the_account_and_their_returns_follow_from_their_books(done):
    """All sleeves are the account, every day; a return is chained anew from equity and what moved."""
    folder, said = done
    value, last = {}, {}
    for row in table(folder / "data/outputs/demo_days.csv"):
        sleeves = {sleeve["strategy_id"]: sleeve
                   for sleeve in table(folder / f"data/outputs/sleeves_{row['date'].replace('-', '')}.csv")}
        assert sum(Decimal(sleeve["equity"]) for sleeve in sleeves.values()) == pytest.approx(Decimal(row["equity"]), abs=CENT)
        assert sum(Decimal(sleeve["cash"]) for sleeve in sleeves.values()) == Decimal(row["cash"])
        for name, sleeve in sleeves.items():
            equity, capital = float(sleeve["equity"]), float(sleeve["capital_moved"])
            if name in last:
                value[name] = value.get(name, 1) * (equity - (capital - last[name][1])) / last[name][0]
            last[name] = (equity, capital)
    assert set(said["strategies"]) == {"equal_weight", "inverse_volatility", "momentum"}
    for name, told in said["strategies"].items():
        assert told["return"] == pytest.approx(value[name] - 1, abs=1e-9)
        assert float(told["profit"]) == pytest.approx(last[name][0] - last[name][1], abs=0.001)


def test_executions_are_at_the_close_of_their_own_day(done):
    folder, _ = done
    prices = closes(folder)
    for date, symbol, _, price in fills_of(folder):
        assert price == Decimal(prices[date][symbol]), (date, symbol)


def test_every_day_has_its_positions_and_its_reconciliation(done):
    folder, _ = done
    for date, (cash, held) in books_by_day(folder).items():
        rows = {row["symbol"]: row for row in table(folder / f"data/outputs/positions_eod_{date.replace('-', '')}.csv")}
        assert Decimal(rows.pop("CASH")["market_value"]) == cash, date
        assert {symbol: Decimal(row["actual_qty"]) for symbol, row in rows.items()} == held, date
        assert (folder / f"data/outputs/recon_report_{date.replace('-', '')}.csv").is_file()
        assert table(folder / f"data/outputs/recon_broker_{date.replace('-', '')}.csv") == []
        assert (folder / f"data/runs/{date.replace('-', '')}-1/manifest.json").is_file()


def test_the_drawdown_and_the_return_are_what_the_curve_says(done):
    folder, said = done
    curve = [CASH] + [Decimal(row["equity"]) for row in table(folder / "data/outputs/demo_days.csv")]
    worst = min(value / max(curve[:i + 1]) - 1 for i, value in enumerate(curve))
    assert said["max_drawdown"] == pytest.approx(float(worst), abs=1e-12)
    assert said["return"] == pytest.approx(float(curve[-1] / CASH - 1), abs=1e-12)


def test_faults_happened_and_are_told_day_by_day(done):
    folder, said = done
    told = {}
    for row in table(folder / "data/outputs/demo_days.csv"):
        for word in filter(None, row["faults"].split(", ")):
            verb, count = word.split(" ")
            told[verb] = told.get(verb, 0) + int(count)
    assert told == {verb: count for verb, count in said["faults"].items() if count}
    assert sum(told.values()) >= 10 and said["asked_again"] > 0
    page = demo(folder).out  # finished: it only tells
    assert f"{sum(told.values())} injected" in page and "0 differences" in page and "nothing was traded now" in page


def test_the_exchange_itself_says_the_same(done):
    """Its ledger, opened by another program: every order once, the same cash, the same positions."""
    folder, _ = done
    first = table(folder / "data/outputs/demo_days.csv")[0]["date"]
    exchange = subprocess.Popen(
        [str(BINARY), "exchange", "--listen", "127.0.0.1:0", "--prices", str(folder / PRICES), "--clock", f"{first}@0",
         "--state", str(folder / "state/sim"), "--rate", "off"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment())
    try:
        url = re.search(r"http://127\.0\.0\.1:\d+", exchange.stdout.readline()).group(0)
        with urllib.request.urlopen(f"{url}/admin/v1/ledger") as answer:
            (account,) = json.load(answer)["accounts"].values()
    finally:
        exchange.terminate()
        exchange.communicate(timeout=20)
    cash, held = list(books_by_day(folder).values())[-1]
    assert Decimal(str(account["cash"])) == cash
    assert {row["symbol"]: Decimal(str(row["qty"])) for row in account["positions"]} == held
    ids = [order["client_order_id"] for order in account["orders"]]
    with sqlite3.connect(f"file:{folder}/state/signalbus.db?mode=ro", uri=True) as journal:
        known = {row[0] for row in journal.execute("SELECT client_order_id FROM intent")}
    assert len(ids) == len(set(ids)) and set(ids) <= known


def steady(folder):
    return {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.relative_to(folder).as_posix().startswith(TIMED)}


def test_the_same_seed_gives_the_same_bytes(done, tmp_path):
    folder, said = done
    again = demo(tmp_path / "again", "--days", DAYS, "--json")
    assert again.code == 0, again.err
    assert {**again.json(), "root": ""} == {**said, "root": ""}
    assert steady(tmp_path / "again") == steady(folder)
    assert fills_of(tmp_path / "again") == fills_of(folder)


def test_another_seed_has_another_fate(done, tmp_path):
    folder, said = done
    assert demo(tmp_path / "other", "--days", 1).code == 0
    config = tmp_path / "other/config/config.yaml"
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "config").mkdir()
    (fresh / "demo.json").write_text((folder / "demo.json").read_text())
    (fresh / "config/config.yaml").write_text(
        (folder / "config/config.yaml").read_text().replace("  seed: 1\n", "  seed: 2\n"))
    assert "  seed: 1\n" in config.read_text()
    answer = demo(fresh, "--json")  # what is missing is written, what is there is kept
    assert answer.code == 0, answer.err
    assert answer.json()["faults"] != said["faults"] and answer.json()["differences"] == 0
    check_books(fresh)


def rows_done(folder):
    path = folder / "data/outputs/demo_days.csv"
    return len(path.read_text().splitlines()) - 1 if path.exists() else 0


def test_killed_at_any_moment_it_goes_on_when_called_again(tmp_path):
    folder = tmp_path / "killed"
    chance = random.Random(20)
    kills = 0
    for turn in range(8):
        running = subprocess.Popen([str(BINARY), "demo", "--dir", str(folder), "--days", str(DAYS)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())
        goal = min(rows_done(folder) + chance.randint(0, 6), DAYS)
        while running.poll() is None and rows_done(folder) < goal:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.05))
        if running.poll() is None:
            kills += 1
            running.send_signal(signal.SIGKILL)
        running.communicate()
    answer = demo(folder, "--json")
    assert answer.code == 0, answer.err
    assert kills >= 4 and answer.json()["differences"] == 0
    assert len(check_books(folder)) == DAYS
    dates = [row["date"] for row in table(folder / "data/outputs/demo_days.csv")]
    assert dates == sorted(set(dates))


def test_the_workspace_is_the_one_in_examples_and_moves_with_the_binary(done):
    folder, _ = done
    for path in sorted(EXAMPLE.rglob("*")):
        name = path.relative_to(EXAMPLE).as_posix()
        if not path.is_file() or "__pycache__" in name:
            continue
        expected = path.read_bytes()
        if name == "config/config.yaml":
            first = table(folder / "data/outputs/demo_days.csv")[0]["date"]
            expected = expected.replace(b'"2020-12-29@0"', f'"{first}@0"'.encode())
        assert (folder / name).read_bytes() == expected, name


def test_the_readme_shows_what_it_prints(tmp_path):
    """Two years, as a newcomer runs them. SB_UPDATE_DOCS=1 writes the excerpt instead."""
    answer = demo(tmp_path / "two_years")
    assert answer.code == 0, answer.err
    readme = REPOSITORY / "README.md"
    before, rest = readme.read_text(encoding="utf-8").split("<!-- demo -->\n```\n")
    shown, after = rest.split("```\n<!-- end -->")
    if os.environ.get("SB_UPDATE_DOCS"):
        page = answer.out[:answer.out.index("\nLook into ")] + "\n"
        readme.write_text(f"{before}<!-- demo -->\n```\n{page}```\n<!-- end -->{after}", encoding="utf-8")
    else:
        assert stable(shown + "\nLook into ") == stable(answer.out), "run this test with SB_UPDATE_DOCS=1 and commit"
    check_books(tmp_path / "two_years")


def test_nothing_is_overwritten(done, tmp_path):
    folder, _ = done
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    answer = demo(taken)
    assert answer.code == 2 and "not empty" in answer.err
    assert [path.name for path in taken.iterdir()] == ["mine.txt"]
    before = steady(folder)
    answer = demo(folder, "--days", 3)
    assert answer.code == 2 and f"--days {DAYS}" in answer.err
    assert demo(folder).code == 0 and steady(folder) == before
    assert demo(tmp_path / "many", "--days", 100000).code == 2
    assert demo(tmp_path / "none", "--days", 0).code == 2


def test_without_a_folder_each_demo_has_its_own(tmp_path):
    for name in ("signalbus-demo", "signalbus-demo-2"):
        assert call("demo", "--days", 2, cwd=tmp_path).code == 0
        assert rows_done(tmp_path / name) == 2
    assert sorted(os.listdir(tmp_path)) == ["signalbus-demo", "signalbus-demo-2"]


def test_a_day_after_the_demo_is_run_by_hand(done, tmp_path):
    folder = tmp_path / "by_hand"
    assert demo(folder, "--days", 3).code == 0
    answer = call("run", "--once", "--root", folder, timeout=120)
    assert answer.code == 0 and "is finished" in answer.out, answer.err
