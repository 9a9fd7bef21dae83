"""The examples of alpaca-py, as a reader would run them: a process each, and the exchange shows what they did."""
import os
import subprocess
import sys
import time
from decimal import Decimal

import pytest

from exchange import poll, running
from harness import REPOSITORY
from orders import market

EXAMPLES = REPOSITORY / "examples/alpaca_py"
KEY = "api-key"  # as in the examples; the secret is theirs, too


@pytest.fixture
def fresh(tmp_path_factory):
    """An exchange of its own: all examples use one account."""
    yield from running(tmp_path_factory, "examples", "--clock", "open")


def environment(exchange):
    return {**os.environ, "APCA_API_BASE_URL": exchange.url, "APCA_API_DATA_URL": exchange.url,
            "APCA_API_STREAM_URL": f"{exchange.ws}/stream", "PYTHONUNBUFFERED": "1"}


def run(exchange, name):
    done = subprocess.run([sys.executable, EXAMPLES / name], env=environment(exchange), capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, f"{name}\n{done.stderr}"
    return done.stdout


def test_account_and_assets(fresh):
    assert run(fresh, "account.py") == ("$400000 is available as buying power.\n"
                                        "Today's portfolio balance change: $0.0\n")
    assert "We can trade AAPL.\n" in run(fresh, "assets.py")


def test_a_market_order(fresh):
    assert run(fresh, "market_order.py") == "buy 0.023 SPY: pending_new\n"
    wire = fresh.wire(KEY)
    poll(lambda: [(p["symbol"], p["qty"]) for p in wire.json("GET", "/v2/positions")] == [("SPY", "0.023")],
         what="the position")


def test_a_limit_order(fresh):
    said = run(fresh, "limit_order.py")

    assert "Got order #" in said and "open: 4 KO at 17.5\n" in said and "canceled: [200]\n" in said
    assert fresh.wire(KEY).json("GET", "/v2/orders") == []


def test_a_bracket_order(fresh):
    assert run(fresh, "bracket_order.py") == "bracket of 5 MSFT\n"
    order, = fresh.wire(KEY).json("GET", "/v2/orders", params={"status": "all", "nested": "true"})
    assert sorted(leg["type"] for leg in order["legs"]) == ["limit", "stop"]


def test_positions(fresh):
    said = run(fresh, "positions.py")

    assert "3 shares of AAPL, worth 600.75\n" in said and "closing: [('AAPL', 200)]\n" in said
    poll(lambda: fresh.wire(KEY).json("GET", "/v2/positions") == [], what="the positions to be closed")
    assert Decimal(fresh.wire(KEY).json("GET", "/v2/account")["cash"]) == 100000


def test_the_latest_quote(fresh):
    assert run(fresh, "latest_quote.py") == "SPY asks 500.0\nAAPL asks 200.25\n"


def test_trade_updates(fresh, tmp_path):
    wire, heard = fresh.wire(KEY), tmp_path / "heard.txt"
    with open(heard, "wb") as out:
        process = subprocess.Popen([sys.executable, EXAMPLES / "trade_updates.py"], env=environment(fresh), stdout=out,
                                   stderr=subprocess.DEVNULL)
    try:
        def filled():
            """Orders until one is heard: the example does not say when it listens."""
            wire.order(**market("KO"))
            time.sleep(0.05)
            return "fill: buy 1 KO\n" in heard.read_text(encoding="utf-8")
        poll(filled, 20, "a fill on the example's output")
    finally:
        process.kill()
        process.wait()


def test_every_example_is_run(request):
    """A new file in the folder needs its test here."""
    source = request.path.read_text(encoding="utf-8")
    assert [path.name for path in sorted(EXAMPLES.glob("*.py")) if f'"{path.name}"' not in source] == []
