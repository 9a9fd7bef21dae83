"""Checks 5, 6, 7, 13 and 16: an order from its submission to its end, ids that stay unique, replacing, canceling all."""
import re
import uuid

import pytest

from exchange import POOL_PRICE
from orders import buy, limit, market, number, resting, until

TIMES = "created_at updated_at submitted_at filled_at expired_at canceled_at failed_at replaced_at".split()
ORDER_FIELDS = set(TIMES) | set(
    "id client_order_id replaced_by replaces asset_id symbol asset_class notional qty filled_qty filled_avg_price "
    "order_class order_type type side time_in_force limit_price stop_price status extended_hours legs trail_percent "
    "trail_price hwm".split())


def test_check_05_a_market_order_fills(client, symbol):
    order = client.submit(**market(symbol))

    assert order["status"] == "pending_new"
    assert number(order["qty"]) == 1 and number(order["filled_qty"]) == 0
    filled = until(client, order, "filled")
    assert filled["id"] == order["id"] and filled["client_order_id"] == order["client_order_id"]
    assert number(filled["filled_qty"]) == 1
    assert number(filled["filled_avg_price"]) == number(POOL_PRICE)
    assert filled["filled_at"]
    assert number(client.account()["cash"]) == 100000 - number(POOL_PRICE)


def test_check_05_an_order_on_the_wire(wire, symbol):
    order = wire.order(**market(symbol, "1.5"))

    assert ORDER_FIELDS <= set(order)
    for name in ("id", "asset_id"):
        assert str(uuid.UUID(order[name])) == order[name]
    assert order["client_order_id"]
    assert order["symbol"] == symbol and order["asset_class"] == "us_equity"
    assert order["order_class"] == "" and order["type"] == order["order_type"] == "market"
    assert order["qty"] == "1.5" and order["filled_qty"] == "0" and order["extended_hours"] is False
    for name in ("filled_avg_price", "notional", "limit_price", "stop_price", "legs", "filled_at", "canceled_at",
                 "expired_at", "failed_at", "replaced_at", "replaced_by", "replaces", "trail_percent", "trail_price",
                 "hwm"):
        assert order[name] is None, f"{name} is {order[name]!r}"
    for name in ("created_at", "updated_at", "submitted_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", order[name]), order[name]


@pytest.mark.parametrize("sent, shown", [(1.0, "1"), ("1.0", "1"), (2.50, "2.5"), ("1.000000001", "1.000000001"),
                                         ("12.123456789", "12.123456789")])
def test_check_05_quantities_keep_their_digits(wire, symbol, sent, shown):
    assert wire.order(**limit(symbol, "50", sent))["qty"] == shown


def test_check_06_a_resting_order_is_listed_and_canceled(client, symbol):
    order = resting(client, limit(symbol, 50))

    assert [o["id"] for o in client.orders(status="open", symbols=[symbol])] == [order["id"]]
    client.cancel(order["id"])
    canceled = until(client, order, "canceled")
    assert canceled["canceled_at"] and number(canceled["filled_qty"]) == 0
    assert client.orders(status="open", symbols=[symbol]) == []
    assert [o["id"] for o in client.orders(status="closed", symbols=[symbol])] == [order["id"]]
    client.cancel(order["id"])  # again: 2xx


def test_check_06_a_cancel_is_204_without_a_body(wire, symbol):
    order = wire.order(**limit(symbol, 50))
    answer = wire("DELETE", f"/v2/orders/{order['id']}")

    assert (answer.status_code, answer.content) == (204, b"")


def test_check_06_a_filled_order_cannot_be_canceled(client, symbol, refused):
    order = buy(client, symbol)

    with refused(422, 42210000, 'order is already in "filled" state'):
        client.cancel(order["id"])


def test_check_06_an_unknown_order_is_404(client, refused):
    nobody = str(uuid.uuid4())

    with refused(404, 40410000):
        client.order(nobody)
    with refused(404, 40410000):
        client.cancel(nobody)
    with refused(404, 40410000):
        client.order_by_client_id("never-sent")


def test_check_07_a_client_order_id_is_unique_for_ever(client, symbol, refused):
    again = {"client_order_id": f"same-{symbol}"}
    first = resting(client, limit(symbol, 50, **again))
    with refused(422, 40010001, "client_order_id must be unique"):
        client.submit(**limit(symbol, 50, **again))

    client.cancel(first["id"])
    until(client, first, "canceled")
    with refused(422, 40010001, "client_order_id must be unique"):
        client.submit(**limit(symbol, 50, **again))

    assert client.order_by_client_id(again["client_order_id"])["id"] == first["id"]


def test_check_07_a_client_order_id_is_unique_after_the_fill(client, symbol, refused):
    order = market(symbol, client_order_id=f"filled-{symbol}")
    first = until(client, client.submit(**order), "filled")

    with refused(422, 40010001, "client_order_id must be unique"):
        client.submit(**order)
    assert client.order_by_client_id(order["client_order_id"])["id"] == first["id"]
    assert number(client.position(symbol)["qty"]) == 1


def test_check_07_the_same_id_in_another_account_is_free(exchange, counter, symbol):
    order = market(symbol, client_order_id="shared-by-two-accounts")

    assert [exchange.wire(counter.key()).order(**order)["client_order_id"] for _ in range(2)] == \
        ["shared-by-two-accounts"] * 2


def test_check_07_ids_up_to_128_characters(wire, symbol):
    assert len(wire.order(**limit(symbol, 50, client_order_id="x" * 128))["client_order_id"]) == 128
    answer = wire("POST", "/v2/orders", json=limit(symbol, 50, client_order_id="x" * 129))
    assert answer.status_code == 422, answer.text


def test_check_13_replacing_makes_a_new_order(client, symbol):
    old = resting(client, limit(symbol, 50, 2))
    new = client.replace(old["id"], limit_price=51.5, qty=3)

    assert new["id"] != old["id"] and new["replaces"] == old["id"]
    replaced = until(client, old, "replaced")
    assert replaced["replaced_by"] == new["id"] and replaced["replaced_at"]
    assert number(replaced["limit_price"]) == 50
    now = until(client, new, "new")
    assert number(now["limit_price"]) == number("51.5") and number(now["qty"]) == 3
    assert [o["id"] for o in client.orders(status="open", symbols=[symbol])] == [new["id"]]


def test_check_13_a_replacement_that_changes_nothing_is_refused(client, symbol, refused):
    order = resting(client, limit(symbol, 50))

    with refused(422, 42210000, "order parameters are not changed"):
        client.replace(order["id"], limit_price=50)
    assert client.order(order["id"])["status"] == "new"


def test_check_13_a_filled_order_cannot_be_replaced(client, symbol, refused):
    order = buy(client, symbol)

    with refused(422, 42210000):
        client.replace(order["id"], limit_price=99)


def test_check_13_a_replacement_may_fill_at_once(client, symbol):
    order = resting(client, limit(symbol, 50))
    new = client.replace(order["id"], limit_price=101)

    assert number(until(client, new, "filled")["filled_avg_price"]) <= 101


def test_check_16_all_open_orders_are_canceled(client, symbol):
    orders = [resting(client, limit(symbol, price)) for price in (50, 51, 52)]
    answer = client.cancel_all()

    assert {row["id"]: row["status"] for row in answer} == {o["id"]: 200 for o in orders}
    for order in orders:
        until(client, order, "canceled")
    assert client.cancel_all() == []


def test_check_16_the_answer_is_207(wire, symbol):
    order = wire.order(**limit(symbol, 50))
    answer = wire("DELETE", "/v2/orders")

    assert answer.status_code == 207
    assert [(row["id"], row["status"]) for row in answer.json()] == [(order["id"], 200)]


def test_orders_are_listed_newest_first_in_windows(wire, symbol):
    ids = [wire.order(**limit(symbol, price))["id"] for price in (50, 51, 52, 53, 54)]

    def listed(**query):
        return [o["id"] for o in wire.json("GET", "/v2/orders", params={"status": "all", **query})]

    assert listed() == ids[::-1]
    assert listed(direction="asc") == ids
    assert listed(limit=2) == ids[:-3:-1]
    assert listed(direction="asc", after_order_id=ids[1]) == ids[2:]
    assert listed(before_order_id=ids[2]) == [ids[1], ids[0]]
    third = wire.json("GET", f"/v2/orders/{ids[2]}")["submitted_at"]
    assert listed(after=third) == [ids[4], ids[3]]
    assert listed(until=third, direction="asc") == ids[:2]
    assert listed(symbols="NOSUCH") == [] and listed(side="sell") == []
    assert len(listed(symbols=f"AAPL,{symbol}")) == 5


def test_orders_filters_of_the_clients(client, symbol):
    order = resting(client, limit(symbol, 50))
    filled = buy(client, symbol)

    assert [o["id"] for o in client.orders(status="all", limit=500, direction="asc", symbols=[symbol])] == \
        [order["id"], filled["id"]]
    assert [o["id"] for o in client.orders(status="all", after="2020-01-01T00:00:00Z", limit=1)] == [filled["id"]]
    assert client.orders(status="all", after="2100-01-01T00:00:00Z") == []
