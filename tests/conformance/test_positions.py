"""Check 15: what is held, closing it whole, in part and all at once."""
import uuid

import pytest

from exchange import poll
from orders import buy, limit, number, resting, until

REQUIRED = ("asset_id symbol exchange asset_class asset_marginable qty qty_available side avg_entry_price cost_basis "
            "market_value current_price lastday_price unrealized_pl unrealized_plpc unrealized_intraday_pl "
            "unrealized_intraday_plpc change_today").split()
EXCHANGES = "AMEX ARCA ASCX BATS NYSE NASDAQ NYSEARCA FTXU CBSE GNSS ERSX OTC CRYPTO".split() + [""]


def gone(client, symbol):
    poll(lambda: symbol not in [p["symbol"] for p in client.positions()], what=f"{symbol} to be closed")


def test_check_15_a_position_follows_its_price(client, exchange, symbol):
    buy(client, symbol, 10)
    exchange.set_prices(**{symbol: "110"})

    position = client.position(symbol)
    assert [p["symbol"] for p in client.positions()] == [symbol]
    assert position["side"] == "long" and number(position["qty"]) == number(position["qty_available"]) == 10
    assert number(position["avg_entry_price"]) == 100 and number(position["cost_basis"]) == 1000
    assert number(position["current_price"]) == 110 and number(position["market_value"]) == 1100
    assert number(position["unrealized_pl"]) == 100 and number(position["unrealized_plpc"]) == number("0.1")
    account = client.account()
    assert number(account["equity"]) == 100100 and number(account["long_market_value"]) == 1100


def test_check_15_a_position_on_the_wire(wire, exchange, key, symbol):
    wire.json("GET", "/v2/account")
    exchange.set_position(key, symbol, "2.5", "90")
    position, = wire.json("GET", "/v2/positions")

    assert set(REQUIRED) <= set(position)
    assert str(uuid.UUID(position["asset_id"])) == position["asset_id"]
    assert position["exchange"] in EXCHANGES and position["asset_class"] == "us_equity"
    assert position["asset_marginable"] is True
    for name in REQUIRED[5:]:
        assert isinstance(position[name], str), f"{name} is {position[name]!r}"
    assert position["qty"] == "2.5"
    assert wire.json("GET", f"/v2/positions/{position['asset_id']}") == position


def test_check_15_nothing_held_is_404(client, symbol, refused):
    assert client.positions() == []
    with refused(404, 40410000, "position does not exist"):
        client.position(symbol)
    with refused(404, 40410000, "position does not exist"):
        client.close(symbol)
    with refused(404, 40410000, "symbol not found: NOSUCH"):
        client.position("NOSUCH")


def test_check_15_closing_a_position_sells_all_of_it(client, symbol):
    buy(client, symbol, 3)
    order = client.close(symbol)

    assert order["side"] == "sell" and order["type"] == "market" and order["time_in_force"] == "day"
    assert number(order["qty"]) == 3
    until(client, order, "filled")
    gone(client, symbol)


@pytest.mark.needs("close_part")
@pytest.mark.parametrize("how, sold", [({"qty": "1"}, "1"), ({"percentage": "50"}, "2")])
def test_check_15_closing_a_part(client, symbol, how, sold):
    buy(client, symbol, 4)
    order = client.close(symbol, **how)

    assert number(order["qty"]) == number(sold)
    until(client, order, "filled")
    assert number(client.position(symbol)["qty"]) == 4 - number(sold)


@pytest.mark.parametrize("query", [{"qty": "1", "percentage": "50"}, {"qty": "0"}, {"percentage": "101"}, {"qty": "x"}])
def test_check_15_a_part_that_makes_no_sense(wire, symbol, query):
    wire.order(symbol=symbol, qty=4, side="buy", type="market", time_in_force="day")
    poll(lambda: wire("GET", f"/v2/positions/{symbol}").status_code == 200, what="the position")
    answer = wire("DELETE", f"/v2/positions/{symbol}", params=query)

    assert answer.status_code == 422, answer.text
    assert wire.json("GET", f"/v2/positions/{symbol}")["qty"] == "4"


def test_check_15_shares_held_by_an_order_are_not_closed(client, symbol, refused):
    buy(client, symbol, 4)
    resting(client, limit(symbol, 150, 3, "sell"))

    with refused(403, 40310000, "insufficient qty available for order (requested: 4, available: 1)"):
        client.close(symbol)


def test_check_15_all_positions_are_closed(client, counter, symbol):
    symbols = {symbol, counter.symbol()}
    for name in symbols:
        buy(client, name, 2)
    rows = client.close_all()

    assert {row["symbol"]: row["status"] for row in rows} == {name: 200 for name in symbols}
    for row in rows:
        assert row["body"]["side"] == "sell" and number(row["body"]["qty"]) == 2
    poll(lambda: client.positions() == [], what="all positions to be closed")
    assert client.close_all() == []


@pytest.mark.needs("close_all_cancelling")
def test_check_15_closing_all_cancels_the_orders_first(client, symbol):
    buy(client, symbol, 2)
    order = resting(client, limit(symbol, 150, 2, "sell"))
    row, = client.close_all(cancel_orders=True)

    assert (row["symbol"], row["status"]) == (symbol, 200)
    until(client, order, "canceled")
    gone(client, symbol)


def test_check_15_closing_all_tells_what_it_could_not_close(client, symbol):
    buy(client, symbol, 2)
    resting(client, limit(symbol, 150, 2, "sell"))
    row, = client.close_all()

    assert (row["symbol"], row["status"]) == (symbol, 403)
    assert row["body"]["code"] == 40310000
    assert row["body"]["message"] == "insufficient qty available for order (requested: 2, available: 0)"
    assert number(client.position(symbol)["qty"]) == 2


def test_check_15_the_answer_is_207(wire, exchange, key, symbol):
    wire.json("GET", "/v2/account")
    exchange.set_position(key, symbol, "2")
    answer = wire("DELETE", "/v2/positions", params={"cancel_orders": "true"})

    assert answer.status_code == 207
    row, = answer.json()
    assert set(row) >= {"symbol", "status", "body"} and row["status"] == 200
    assert row["body"]["symbol"] == symbol
    again = wire("DELETE", "/v2/positions")
    assert again.status_code in (200, 207)


def test_check_15_a_short_position(client, exchange, symbol):
    until(client, client.submit(symbol=symbol, qty=2, side="sell", type="market", time_in_force="day"), "filled")
    exchange.set_prices(**{symbol: "90"})

    position = client.position(symbol)
    assert position["side"] == "short" and number(position["qty"]) == -2
    assert number(position["market_value"]) == -180 and number(position["unrealized_pl"]) == 20
    assert number(client.account()["short_market_value"]) == -180
    order = client.close(symbol)
    assert order["side"] == "buy" and number(order["qty"]) == 2
    until(client, order, "filled")
    gone(client, symbol)
