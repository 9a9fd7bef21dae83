"""Every REST answer against the schema that Alpaca publishes for it."""
import pytest

from exchange import poll
from openapi import DEVIATIONS, Published
from orders import bracket, limit, market

BARS = {"timeframe": "1Day", "start": "2020-12-01", "end": "2020-12-31"}

# Questions that need nothing prepared: path as published, what stands for its names, query.
TRADING = [
    ("/v2/account", {}, {}), ("/v2/account/configurations", {}, {}), ("/v2/account/activities", {}, {}),
    ("/v2/account/activities/{activity_type}", {"activity_type": "FILL"}, {}),
    ("/v2/account/activities/{activity_type}", {"activity_type": "CSD"}, {}),
    ("/v2/account/portfolio/history", {}, {"period": "1M", "timeframe": "1D"}),
    ("/v2/assets", {}, {"status": "active"}), ("/v2/assets/{symbol_or_asset_id}", {"symbol_or_asset_id": "AAPL"}, {}),
    ("/v2/calendar", {}, {"start": "2026-01-01", "end": "2026-01-31"}), ("/v2/clock", {}, {}),
    ("/v2/orders", {}, {"status": "all"}), ("/v2/orders", {}, {"status": "all", "nested": "true"}),
    ("/v2/positions", {}, {}),
]
MARKET = [
    ("/v2/stocks/bars", {}, {"symbols": "UPP,DWN", **BARS}), ("/v2/stocks/{symbol}/bars", {"symbol": "UPP"}, BARS),
    ("/v2/stocks/bars/latest", {}, {"symbols": "UPP"}), ("/v2/stocks/quotes/latest", {}, {"symbols": "UPP,DWN"}),
    ("/v2/stocks/trades/latest", {}, {"symbols": "UPP,DWN"}), ("/v2/stocks/snapshots", {}, {"symbols": "UPP,DWN"}),
    ("/v2/stocks/{symbol}/bars/latest", {"symbol": "UPP"}, {}),
    ("/v2/stocks/{symbol}/quotes/latest", {"symbol": "UPP"}, {}),
    ("/v2/stocks/{symbol}/trades/latest", {"symbol": "UPP"}, {}),
    ("/v2/stocks/{symbol}/snapshot", {"symbol": "UPP"}, {}),
    ("/v1/corporate-actions", {}, {"symbols": "UPP", "start": "2020-12-01", "end": "2020-12-31"}),
]


@pytest.fixture(scope="module")
def published():
    return Published()


@pytest.fixture(scope="module")
def lived_in(exchange, counter):
    """An account with a fill, a deposit, a position, an open order and a bracket."""
    key, symbols = counter.key(), [counter.symbol() for _ in range(3)]
    wire = exchange.wire(key)
    wire.json("GET", "/v2/account")
    exchange.set_cash(key, "500")
    filled = wire.order(**market(symbols[0], "1.5"))
    wire.order(**limit(symbols[1], 50))
    wire.order(**bracket(symbols[2], 110, 90))
    poll(lambda: len(wire.json("GET", "/v2/positions")) == 2, what="two positions")
    return wire, filled


def check(published, document, method, template, answer):
    schema = published.answer(document, method, template, answer.status_code)
    problems = published.problems(schema, answer.json())
    assert not problems, f"{method} {template}:\n" + "\n".join(problems[:20])


@pytest.mark.parametrize("template, names, query", TRADING)
def test_a_trading_answer(published, lived_in, template, names, query):
    wire, _ = lived_in
    answer = wire("GET", template.format(**names), params=query)

    check(published, "trading", "GET", template, answer)
    if template in ("/v2/orders", "/v2/positions", "/v2/assets", "/v2/calendar") or "activity_type" in template:
        assert answer.json(), "an empty list says nothing about its rows"


@pytest.mark.parametrize("template, names, query", MARKET)
def test_a_market_data_answer(published, history, counter, template, names, query):
    check(published, "market-data", "GET", template,
          history.wire(counter.key())("GET", template.format(**names), params=query))


@pytest.mark.parametrize("order", [
    lambda s: market(s), lambda s: limit(s, 50), lambda s: bracket(s, 110, 90),
    lambda s: {"symbol": s, "notional": "25", "side": "buy", "type": "market", "time_in_force": "day"},
    lambda s: {"symbol": s, "qty": "1", "side": "buy", "type": "stop_limit", "time_in_force": "gtc", "stop_price": "120",
               "limit_price": "121"},
    lambda s: {"symbol": s, "qty": "1", "side": "buy", "type": "trailing_stop", "time_in_force": "day",
               "trail_percent": "5"},
], ids=["market", "limit", "bracket", "notional", "stop_limit", "trailing_stop"])
def test_orders_from_their_post_to_their_end(published, wire, symbol, order):
    posted = wire("POST", "/v2/orders", json=order(symbol))
    check(published, "trading", "POST", "/v2/orders", posted)
    by_id = posted.json()["id"]

    check(published, "trading", "GET", "/v2/orders/{order_id}", wire("GET", f"/v2/orders/{by_id}?nested=true"))
    check(published, "trading", "GET", "/v2/orders:by_client_order_id",
          wire("GET", "/v2/orders:by_client_order_id", params={"client_order_id": posted.json()["client_order_id"]}))
    check(published, "trading", "DELETE", "/v2/orders", wire("DELETE", "/v2/orders"))


def test_a_replacement(published, wire, symbol):
    order = wire.order(**limit(symbol, 50))
    poll(lambda: wire.json("GET", f"/v2/orders/{order['id']}")["status"] == "new", what="the order at its venue")
    check(published, "trading", "PATCH", "/v2/orders/{order_id}",
          wire("PATCH", f"/v2/orders/{order['id']}", json={"limit_price": "51"}))


def test_a_changed_configuration(published, wire):
    check(published, "trading", "PATCH", "/v2/account/configurations",
          wire("PATCH", "/v2/account/configurations", json={"no_shorting": True}))


def test_closing_positions(published, wire, exchange, key, counter):
    free, held, partly = (counter.symbol() for _ in range(3))
    wire.json("GET", "/v2/account")
    for symbol in (free, held, partly):
        exchange.set_position(key, symbol, "4")
    wire.order(**limit(held, 150, 4, "sell"))
    check(published, "trading", "GET", "/v2/positions/{symbol_or_asset_id}", wire("GET", f"/v2/positions/{free}"))
    check(published, "trading", "DELETE", "/v2/positions/{symbol_or_asset_id}",
          wire("DELETE", f"/v2/positions/{partly}", params={"qty": "1"}))
    answer = wire("DELETE", "/v2/positions")

    check(published, "trading", "DELETE", "/v2/positions", answer)
    rows = {row["symbol"]: row for row in answer.json()}
    assert not published.problems(published.named("trading", "Order"), rows[free]["body"])
    assert rows[held]["status"] == 403 and rows[held]["body"]["code"] == 40310000


def test_the_schemas_do_bite(published):
    """What a client would choke on must not pass."""
    order = published.named("trading", "Order")
    good = {"type": "market", "time_in_force": "day", "notional": None, "qty": "1", "legs": None}

    assert not published.problems(order, good)
    for bad in ({"qty": 1}, {"type": "guess"}, {"id": "12"}, {"legs": {}}, {"status": None}):
        assert published.problems(order, {**good, **bad}), bad


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda d: d.place)
def test_every_deviation_is_needed(published, deviation):
    schema = published.named(deviation.document, deviation.place.split(".")[0])

    assert Published(deviations=[]).problems(schema, deviation.example), "the schema as written takes it as well"
    assert not published.problems(schema, deviation.example)
