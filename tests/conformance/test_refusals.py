"""Checks 8 to 12: what Alpaca refuses, with the status, code, text and extra fields that it is known by."""
import uuid

import pytest

from orders import bracket, limit, market, number, resting, until


@pytest.fixture
def holding(exchange, key, client, symbol):
    """An account that holds 5 of `symbol`, bought at 100."""
    client.account()
    exchange.set_position(key, symbol, "5")
    return client


def test_check_08_a_notional_order_fills_in_fractions(client, exchange, symbol):
    exchange.set_prices(**{symbol: "30"})
    order = client.submit(symbol=symbol, notional=100, side="buy", type="market", time_in_force="day")

    assert order["qty"] is None and number(order["notional"]) == 100
    filled = until(client, order, "filled")
    assert number(filled["filled_qty"]) == number("3.333333333")  # cut to 9 decimals
    assert client.position(symbol)["qty"] == "3.333333333"


@pytest.mark.parametrize("order, expected", [
    ({"notional": 0.5}, (403, 40310000, "cost basis must be >= minimal amount of order 1")),
    ({"notional": 1.234}, (422, 42210000, "notional value must be limited to 2 decimal places")),
    ({"qty": 1.5, "time_in_force": "gtc"}, (422, 42210000, "fractional orders must be DAY orders")),
    ({"qty": 0.001}, (403, 40310000, "cost basis must be >= minimal amount of order 1")),
    ({"qty": 1.5, "side": "sell"}, (422, 42210000, "fractional orders cannot be sold short")),
])
def test_check_08_fractions_have_rules(client, symbol, refused, order, expected):
    with refused(*expected):
        client.submit(**{"symbol": symbol, "side": "buy", "type": "market", "time_in_force": "day", **order})


def test_check_08_a_bracket_is_whole_shares(client, symbol, refused):
    with refused(422, 42210000, "fractional orders must be simple orders"):
        client.submit(**bracket(symbol, 110, 90, qty=1.5))


def test_check_08_an_asset_that_is_not_fractionable(client, exchange, symbol, refused):
    exchange.set_asset(symbol, fractionable=False)

    with refused(403, 40310000, f'asset "{symbol}" is not fractionable'):
        client.submit(**market(symbol, 1.5))
    until(client, client.submit(**market(symbol, 2)), "filled")


def test_check_08_a_small_sale_is_let_through(holding, symbol):
    """The minimum is for orders that open or increase (contract 4.1)."""
    assert until(holding, holding.submit(**market(symbol, 0.001, "sell")), "filled")


@pytest.mark.parametrize("asset, order, expected", [
    ({"status": "inactive"}, {}, (422, 40010001, "asset {symbol} is not active")),
    ({"shortable": False}, {"side": "sell"}, (422, 42210000, 'asset "{symbol}" cannot be sold short')),
    ({"tradable": False}, {}, (422, 42210000, "asset {symbol} is not tradable")),
])
def test_check_08_assets_that_cannot_be_traded(client, exchange, symbol, refused, asset, order, expected):
    exchange.set_asset(symbol, **asset)
    status, code, text = expected

    with refused(status, code, text.format(symbol=symbol)):
        client.submit(**{**market(symbol), **order})


def test_check_08_an_unknown_symbol(client, refused):
    with refused(422, 42210000, 'asset "NOSUCH" not found'):
        client.submit(**market("NOSUCH"))


@pytest.mark.parametrize("symbol_now, price, shown", [("AAPL", 290.123, "290.123"), ("PENY", 0.12345, "0.12345")])
def test_check_09_prices_have_steps(client, refused, symbol_now, price, shown):
    text = f"invalid limit_price {shown}. sub-penny increment does not fulfill minimum pricing criteria"
    with refused(422, 42210000, text):
        client.submit(**limit(symbol_now, price))


def test_check_09_below_a_dollar_four_decimals_are_fine(client):
    assert number(client.submit(**limit("PENY", 0.1234, 10))["limit_price"]) == number("0.1234")


@pytest.mark.parametrize("order, message", [
    ({"type": "market", "qty": "1", "limit_price": "90"}, "market orders require no stop or limit price"),
    ({"type": "market", "qty": "1", "notional": "100"}, "only one of qty or notional is accepted"),
    ({"type": "market"}, "qty or notional is required"),
    ({"type": "limit", "qty": "1"}, "limit orders require a limit price"),
    ({"type": "stop", "qty": "1"}, "stop orders require a stop price"),
    ({"type": "stop_limit", "qty": "1", "stop_price": "90"}, "stop limit orders require both stop and limit price"),
    ({"type": "trailing_stop", "qty": "1"}, "trailing stop orders must specify one of trail_price or trail_percent"),
    ({"type": "market", "qty": "0"}, "qty must be > 0"),
    ({"type": "sometimes", "qty": "1"}, "invalid order type"),
    ({"type": "market", "qty": "1", "time_in_force": "never"}, "invalid time_in_force"),
    ({"type": "market", "qty": "1", "side": "hold"}, "invalid side"),
])
def test_check_09_orders_that_contradict_themselves(client, symbol, refused, order, message):
    """Most of these are stopped by the builders of alpaca-py and npm 4: sent by the clients' own raw calls."""
    with refused(422, 40010001, message):
        client.post(**{"symbol": symbol, "side": "buy", "time_in_force": "day", **order})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b'{"symbol":'])
def test_check_09_a_body_that_is_no_order(wire, body):
    answer = wire("POST", "/v2/orders", data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422), answer.text
    assert isinstance(answer.json()["code"], int) and answer.json()["message"]


def test_check_10_more_than_is_held(holding, symbol, refused):
    with refused(403, 40310000, "insufficient qty available for order (requested: 10, available: 5)") as caught:
        holding.submit(**market(symbol, 10, "sell"))

    assert caught.body["available"] == "5" and caught.body["existing_qty"] == "5"
    assert caught.body["held_for_orders"] == "0" and caught.body["symbol"] == symbol
    assert "related_orders" not in caught.body


def test_check_10_what_an_open_sale_holds(holding, symbol, refused):
    first = resting(holding, limit(symbol, 150, 5, "sell"))
    with refused(403, 40310000, "insufficient qty available for order (requested: 5, available: 0)") as caught:
        holding.submit(**limit(symbol, 151, 5, "sell"))

    assert caught.body["available"] == "0" and caught.body["held_for_orders"] == "5"
    assert caught.body["related_orders"] == [first["id"]]
    assert holding.position(symbol)["qty_available"] == "0"


def test_check_11_a_wash_trade(holding, symbol, refused):
    sale = resting(holding, limit(symbol, 120, 5, "sell"))
    with refused(403, 40310000, "potential wash trade detected. use complex orders") as caught:
        holding.submit(**limit(symbol, 125))

    assert caught.body["existing_order_id"] == sale["id"]
    assert caught.body["reject_reason"] == "opposite side limit order exists"
    assert resting(holding, limit(symbol, 50))  # below the sale: no wash


def test_check_11_a_market_order_against_an_open_one(holding, symbol, refused):
    sale = resting(holding, limit(symbol, 120, 5, "sell"))
    with refused(403, 40310000, "potential wash trade detected. use complex orders") as caught:
        holding.submit(**market(symbol))

    assert caught.body["existing_order_id"] == sale["id"]


def test_check_12_beyond_the_buying_power(client, symbol, refused):
    with refused(403, 40310000, "insufficient buying power") as caught:
        client.submit(**limit(symbol, 100, 10000))

    assert number(caught.body["buying_power"]) == 400000
    assert number(caught.body["cost_basis"]) == 1000000


def test_check_12_open_buys_reduce_the_buying_power(client, symbol, refused):
    resting(client, limit(symbol, 50, 6000))

    assert number(client.account()["buying_power"]) == 100000
    with refused(403, 40310000, "insufficient buying power"):
        client.submit(**limit(symbol, 50, 6000))


def test_check_12_a_market_buy_reserves_the_collar(client, symbol, refused):
    """4 % above the price (product.md): 3,900 shares at 100 need 405,600."""
    with refused(403, 40310000, "insufficient buying power") as caught:
        client.submit(**market(symbol, 3900))
    assert number(caught.body["cost_basis"]) == 405600


def test_check_12_no_order_crosses_zero(client, symbol, refused):
    short = until(client, client.submit(**market(symbol, 3, "sell")), "filled")

    assert number(short["filled_qty"]) == 3
    position = client.position(symbol)
    assert position["side"] == "short" and number(position["qty"]) == -3
    with refused(403, 40310000, "insufficient qty available for order (requested: 5, available: 3)") as caught:
        client.submit(**market(symbol, 5))
    assert caught.body["existing_qty"] == "3" and "related_orders" not in caught.body


def test_every_refusal_is_json_with_an_integer_code(wire, symbol):
    answers = [wire("POST", "/v2/orders", json=market(symbol, 10000)),
               wire("POST", "/v2/orders", json=market("NOSUCH")),
               wire("GET", f"/v2/orders/{uuid.uuid4()}"), wire("GET", "/v2/positions/AAPL"),
               wire("GET", "/v2/nothing"), wire("PUT", "/v2/account")]

    for answer in answers:
        assert 400 <= answer.status_code < 500
        assert answer.headers["Content-Type"].lower().startswith("application/json"), answer.url
        body = answer.json()
        assert isinstance(body["code"], int) and isinstance(body["message"], str), body
