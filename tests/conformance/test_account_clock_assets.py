"""Checks 1 to 4 and 19: the account, its login, the clock and the calendar, assets, the account's configuration."""
import base64
import re
import uuid
from decimal import Decimal

import pytest

from exchange import CASH, FIXED

MONEY = ("cash equity last_equity portfolio_value buying_power regt_buying_power non_marginable_buying_power "
         "long_market_value short_market_value initial_margin maintenance_margin last_maintenance_margin multiplier "
         "sma accrued_fees").split()
FLAGS = "trading_blocked transfers_blocked account_blocked trade_suspended_by_user shorting_enabled".split()
REMOVED = "pattern_day_trader daytrade_count daytrading_buying_power".split()  # from the API on 2026-07-06


def test_check_01_the_account_opens_with_its_cash(client):
    account = client.account()

    assert str(uuid.UUID(account["id"])) == account["id"]
    assert account["status"] == "ACTIVE"
    assert account["account_number"].startswith("PA")
    assert account["currency"] == "USD"
    assert Decimal(account["cash"]) == Decimal(account["equity"]) == Decimal(CASH)
    assert account["multiplier"] == "4"
    assert Decimal(account["buying_power"]) == 4 * Decimal(CASH)


def test_check_01_money_is_text_on_the_wire(wire):
    account = wire.json("GET", "/v2/account")

    for name in MONEY:
        assert isinstance(account[name], str), f"{name} is {account[name]!r}"
        assert re.fullmatch(r"-?\d+(\.\d+)?", account[name]), f"{name} is {account[name]!r}"
    for name in FLAGS:
        assert isinstance(account[name], bool), f"{name} is {account[name]!r}"
    assert not [name for name in REMOVED if name in account]


def test_check_01_headers_of_an_answer(wire):
    first, second = wire("GET", "/v2/account"), wire("GET", "/v2/account")

    assert first.headers["Content-Type"].lower().replace(" ", "") == "application/json;charset=utf-8"
    assert first.headers["X-Request-ID"] and first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


@pytest.mark.parametrize("name", ["alpaca-py", "npm-3", "npm-4"])
@pytest.mark.parametrize("key, secret", [("KNOWN", "wrong"), ("UNKNOWN", "right")])
def test_check_02_a_wrong_key_or_secret_is_401_with_a_code(guarded, log_in, refused, name, key, secret):
    with refused(401, 40110000, "request is not authorized"):
        log_in(name, guarded, key, secret).account()


@pytest.mark.parametrize("name", ["alpaca-py", "npm-3", "npm-4"])
def test_check_02_the_right_secret_is_let_in(guarded, log_in, name):
    assert log_in(name, guarded, "KNOWN", "right").account()["status"] == "ACTIVE"


@pytest.mark.parametrize("headers, status", [
    ({}, 401),
    ({"Authorization": "Basic " + base64.b64encode(b"KNOWN:right").decode()}, 200),
    ({"Authorization": "Basic " + base64.b64encode(b"KNOWN:wrong").decode()}, 401),
    ({"apca-api-key-id": "KNOWN", "APCA-API-SECRET-KEY": "right"}, 200),
])
def test_check_02_each_way_to_log_in(guarded, headers, status):
    wire = guarded.wire("KNOWN", "right")
    wire.session.headers.clear()
    answer = wire("GET", "/v2/account", headers=headers)

    assert answer.status_code == status, answer.text
    if status == 401:
        assert answer.json() == {"code": 40110000, "message": "request is not authorized"}


def test_check_03_the_clock_is_open(client, wire):
    assert client.clock()["is_open"] is True

    clock = wire.json("GET", "/v2/clock")
    assert set(clock) >= {"timestamp", "is_open", "next_open", "next_close"}
    for name in ("timestamp", "next_open", "next_close"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?-0[45]:00", clock[name]), clock[name]


@pytest.mark.parametrize("name", ["alpaca-py", "npm-3", "npm-4"])
def test_check_03_the_calendar_knows_holidays_and_half_days(history, log_in, counter, name):
    """Dates from alpaca-py and npm 3, date-times from npm 4."""
    days = log_in(name, history, counter.key()).calendar("2020-12-24", "2021-01-05")

    assert days == [{"date": date, "open": "09:30", "close": "13:00" if date == "2020-12-24" else "16:00"}
                    for date in ("2020-12-24", "2020-12-28", "2020-12-29", "2020-12-30", "2020-12-31", "2021-01-04",
                                 "2021-01-05")]


def test_check_03_a_calendar_row_is_complete(history, counter):
    rows = history.wire(counter.key()).json("GET", "/v2/calendar", params={"start": "2020-12-24", "end": "2020-12-28"})

    for row in rows:
        # Text of the day, later than the row's own; by which rule of settlement the contract does not say.
        assert re.fullmatch(r"202[01]-\d\d-\d\d", row["settlement_date"]) and row.pop("settlement_date") > row["date"]
    assert rows == [
        {"date": "2020-12-24", "open": "09:30", "close": "13:00", "session_open": "0400", "session_close": "1700"},
        {"date": "2020-12-28", "open": "09:30", "close": "16:00", "session_open": "0400", "session_close": "2000"}]


def test_check_04_active_assets_are_listed(client):
    assets = {a["symbol"]: a for a in client.assets(status="active")}

    assert set(FIXED) <= set(assets)
    aapl = assets["AAPL"]
    assert str(uuid.UUID(aapl["id"])) == aapl["id"]
    for flag in ("tradable", "marginable", "shortable", "easy_to_borrow", "fractionable"):
        assert aapl[flag] is True


def test_check_04_one_asset_by_symbol_and_by_id(client, wire):
    spy = client.asset("SPY")

    assert spy["symbol"] == "SPY" and spy["status"] == "active"
    assert client.asset(spy["id"])["symbol"] == "SPY"
    raw = wire.json("GET", "/v2/assets/SPY")
    assert raw["class"] == "us_equity" and "asset_class" not in raw
    assert raw["name"] and raw["borrow_status"] == "easy_to_borrow"
    assert wire.json("GET", "/v2/assets/BRK.B")["symbol"] == "BRK.B"


def test_check_04_an_unknown_asset_is_404(client, refused):
    with refused(404, 40410000):
        client.asset("NOSUCH")


def test_check_19_the_configuration_is_read_whole(client):
    configuration = client.configuration()

    assert configuration["suspend_trade"] is False and configuration["no_shorting"] is False
    assert configuration["fractional_trading"] is True
    assert configuration["max_margin_multiplier"] in ("1", "2", "4")
    assert configuration["trade_confirm_email"] in ("all", "none")


def test_check_19_suspending_blocks_orders_until_it_is_lifted(client, symbol, refused):
    order = {"symbol": symbol, "qty": 1, "side": "buy", "type": "market", "time_in_force": "day"}

    # alpaca-py sends the whole model here, with nulls; the others only the key that changes.
    assert client.configure(suspend_trade=True)["suspend_trade"] is True
    assert client.account()["trade_suspended_by_user"] is True
    with refused(403, 40310000, "new orders are rejected by user request"):
        client.submit(**order)
    assert client.configure(suspend_trade=False)["suspend_trade"] is False
    assert client.submit(**order)["symbol"] == symbol


def test_check_19_a_null_changes_nothing(wire):
    before = wire.json("GET", "/v2/account/configurations")
    after = wire.json("PATCH", "/v2/account/configurations", json={key: None for key in before})

    assert after == before
