"""Checks 17 and 18: the record of executions and cash, and the portfolio's history."""
import re
import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exchange import poll
from history import SESSIONS, TODAY, close
from orders import buy, market, number, until

NEW_YORK = ZoneInfo("America/New_York")
NUMBERS = "price qty leaves_qty cum_qty".split()


def test_check_17_every_execution_has_a_row(client, symbol):
    orders = [buy(client, symbol, qty) for qty in (1, 2, 3)]
    rows = client.activities("FILL", 2)  # two pages: 2 and 1

    assert [row["order_id"] for row in rows] == [o["id"] for o in reversed(orders)]
    assert [number(row["qty"]) for row in rows] == [3, 2, 1]
    assert len({row["id"] for row in rows}) == 3
    for row in rows:
        assert row["activity_type"] == "FILL" and row["type"] == "fill" and row["side"] == "buy"
        assert row["symbol"] == symbol and number(row["price"]) == 100
        assert number(row["leaves_qty"]) == 0 and row["order_status"] == "filled"


def test_check_17_full_pages_end_as_well(client, symbol):
    for _ in range(4):
        buy(client, symbol)

    assert len(client.activities("FILL", 2)) == 4  # the page after the last is empty


def test_check_17_an_execution_on_the_wire(wire, symbol):
    order = wire.order(**market(symbol))
    row, = poll(lambda: wire.json("GET", "/v2/account/activities/FILL"), what="the execution")

    stamp, _, rest = row["id"].partition("::")
    assert re.fullmatch(r"\d{17}", stamp) and str(uuid.UUID(rest)) == rest
    assert row["order_id"] == order["id"] and "client_order_id" not in row
    for name in NUMBERS:
        assert isinstance(row[name], str), f"{name} is {row[name]!r}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", row["transaction_time"])


def test_check_17_types_order_and_windows(wire, symbol):
    for qty in (1, 2, 3):
        wire.order(**market(symbol, qty))
    poll(lambda: len(wire.json("GET", "/v2/account/activities")) == 3, what="three executions")

    def listed(**query):
        return [row["qty"] for row in wire.json("GET", "/v2/account/activities", params=query)]

    assert listed(activity_types="FILL,DIV") == ["3", "2", "1"]
    assert listed(activity_types="DIV") == [] and listed(category="non_trade_activity") == []
    assert listed(category="trade_activity", direction="asc") == ["1", "2", "3"]
    tomorrow, yesterday = (str(date.today() + timedelta(days=n)) for n in (2, -2))
    assert listed(after=tomorrow) == [] and listed(after=yesterday, until=tomorrow) == ["3", "2", "1"]
    page = wire.json("GET", "/v2/account/activities", params={"page_size": 2})
    assert listed(page_size=2, page_token=page[-1]["id"]) == ["1"]
    assert wire("GET", "/v2/account/activities", params={"page_size": 101}).status_code in (400, 422)


def test_check_17_a_deposit_is_a_row(client, exchange, key):
    client.account()
    exchange.set_cash(key, "250.50")
    row, = client.activities("CSD", 100)

    assert row["activity_type"] == "CSD" and number(row["net_amount"]) == number("250.5")
    assert number(client.account()["cash"]) == number("100250.5")


def test_check_18_the_history_is_numbers_of_one_length(client):
    history = client.history(period="1M", timeframe="1D")

    lengths = {len(history[name]) for name in ("timestamp", "equity", "profit_loss", "profit_loss_pct")}
    assert len(lengths) == 1
    assert history["timeframe"] == "1D"
    assert all(isinstance(t, int) for t in history["timestamp"])
    for name in ("equity", "profit_loss"):
        assert all(isinstance(value, (int, float)) for value in history[name])


@pytest.mark.parametrize("name", ["alpaca-py", "npm-3", "npm-4"])
def test_check_18_equity_by_day(own_history, log_in, key, name):
    """10 UPP bought at the open of the first day gain 10.00 a session."""
    client = log_in(name, own_history, key)
    until(client, client.submit(**market("UPP", 10)), "filled")
    for _ in range(3):
        own_history.advance("1session")
    history = client.history(period="1M", timeframe="1D")

    equity = {datetime.fromtimestamp(at, NEW_YORK).date(): value
              for at, value in zip(history["timestamp"], history["equity"], strict=True)}
    first = SESSIONS.index(TODAY)
    gains = {day: 10 * (close("UPP", day) - close("UPP", TODAY)) for day in SESSIONS[first:first + 3]}
    assert list(gains.values()) == [0, 10, 20]
    assert {day: equity.get(day) for day in gains} == {day: 100000 + gain for day, gain in gains.items()}
    assert history["base_value"] == 100000


def test_check_18_shapes_on_the_wire(own_history, key):
    wire = own_history.wire(key)
    wire.json("GET", "/v2/account")
    own_history.advance("1session")
    for query in ({}, {"period": "1W"}, {"period": "1D", "timeframe": "5Min"}, {"period": "1A", "timeframe": "1D"},
                  {"period": "1M", "timeframe": "1D", "date_end": "2021-01-05", "extended_hours": "false"}):
        history = wire.json("GET", "/v2/account/portfolio/history", params=query)
        assert len(history["timestamp"]) == len(history["equity"]) == len(history["profit_loss"])
        assert None not in history["equity"] and None not in history["profit_loss"]
        assert isinstance(history.get("cashflow", {}), dict)
    assert wire("GET", "/v2/account/portfolio/history", params={"timeframe": "2Days"}).status_code in (400, 422)
