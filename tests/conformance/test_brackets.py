"""Check 14: orders with legs. Bracket, one-cancels-other, one-triggers-other; their lists, their ends, their refusals."""
import pytest

from exchange import poll
from orders import bracket, buy, limit, market, number, oco, until


def family(client, symbol, order_id):
    """The parent as a nested list shows it, with its legs by type."""
    parent, = [o for o in client.orders(status="all", nested=True, symbols=[symbol]) if o["id"] == order_id]
    return parent, {leg["type"]: leg for leg in parent["legs"] or []}


def legs_until(client, symbol, order_id, **statuses):
    """The legs once they have these statuses: legs_until(..., limit="filled", stop="canceled")."""
    def seen():
        _, legs = family(client, symbol, order_id)
        return legs if {kind: leg["status"] for kind, leg in legs.items()} == statuses else None
    return poll(seen, what=f"legs {statuses}; last {family(client, symbol, order_id)}")


def entered(client, symbol):
    """A filled bracket of 2 at 100, out at 110 or 90."""
    order = client.submit(**bracket(symbol, 110, 90))
    assert order["order_class"] == "bracket"
    until(client, order, "filled")
    return order


def test_check_14_a_bracket_waits_with_both_legs(client, symbol):
    order = entered(client, symbol)
    legs = legs_until(client, symbol, order["id"], limit="new", stop="held")

    assert number(legs["limit"]["limit_price"]) == 110 and number(legs["stop"]["stop_price"]) == 90
    for leg in legs.values():
        assert leg["side"] == "sell" and number(leg["qty"]) == 2 and leg["symbol"] == symbol
        assert leg["id"] != order["id"] and leg["created_at"] and leg["submitted_at"]


def test_check_14_taking_the_profit_cancels_the_stop(client, exchange, symbol):
    order = entered(client, symbol)
    exchange.set_prices(**{symbol: "111"})

    legs = legs_until(client, symbol, order["id"], limit="filled", stop="canceled")
    assert number(legs["limit"]["filled_avg_price"]) >= 110
    assert [p for p in client.positions() if p["symbol"] == symbol] == []


def test_check_14_the_stop_ends_the_position(client, exchange, symbol):
    order = entered(client, symbol)
    exchange.set_prices(**{symbol: "89"})

    def out():
        _, legs = family(client, symbol, order["id"])
        # Alpaca shows the take-profit as canceled or as replaced then (contract 3.4).
        return legs["stop"]["status"] == "filled" and legs["limit"]["status"] in ("canceled", "replaced") and legs
    assert number(poll(out, what="the stop to fill")["stop"]["filled_avg_price"]) <= 90
    assert [p for p in client.positions() if p["symbol"] == symbol] == []


def test_check_14_legs_are_rows_of_their_own_unless_nested(client, symbol):
    order = entered(client, symbol)
    legs_until(client, symbol, order["id"], limit="new", stop="held")

    flat = client.orders(status="all", symbols=[symbol])
    assert len(flat) == 3 and all(not o["legs"] for o in flat)
    nested = client.orders(status="all", nested=True, symbols=[symbol])
    assert [len(o["legs"]) for o in nested] == [2]


@pytest.mark.needs("order_nested")
def test_check_14_one_order_with_its_legs(client, symbol):
    order = entered(client, symbol)

    assert len(client.order(order["id"], nested=True)["legs"]) == 2
    assert not client.order(order["id"], nested=False)["legs"]


def test_check_14_canceling_an_entry_cancels_its_legs(client, symbol):
    entry = client.submit(**{**bracket(symbol, 110, 40), "type": "limit", "limit_price": 50})
    until(client, entry, "new", "accepted")
    client.cancel(entry["id"])

    until(client, entry, "canceled")
    legs_until(client, symbol, entry["id"], limit="canceled", stop="canceled")


def test_check_14_canceling_a_leg_cancels_the_rest(client, symbol):
    order = entered(client, symbol)
    legs = legs_until(client, symbol, order["id"], limit="new", stop="held")
    client.cancel(legs["limit"]["id"])

    legs_until(client, symbol, order["id"], limit="canceled", stop="canceled")
    assert number(client.position(symbol)["qty_available"]) == 2


def test_check_14_legs_hold_the_whole_position(client, symbol, refused):
    order = entered(client, symbol)
    legs_until(client, symbol, order["id"], limit="new", stop="held")

    with refused(403, 40310000, "insufficient qty available for order (requested: 1, available: 0)") as caught:
        client.submit(**market(symbol, 1, "sell"))
    assert len(caught.body["related_orders"]) == 1  # a bracket contributes one id (contract 4.1)


def test_check_14_a_leg_may_get_a_new_price_but_no_new_quantity(client, symbol, refused):
    order = entered(client, symbol)
    legs = legs_until(client, symbol, order["id"], limit="new", stop="held")

    with refused(422, 42210000, "qty cannot be changed for advanced orders"):
        client.replace(legs["limit"]["id"], qty=1)
    new = client.replace(legs["limit"]["id"], limit_price=115)
    assert number(new["limit_price"]) == 115 and new["replaces"] == legs["limit"]["id"]


def test_check_14_one_cancels_the_other(client, exchange, symbol):
    buy(client, symbol, 2)
    order = client.submit(**oco(symbol, 110, 90))

    assert order["order_class"] == "oco"
    parent, legs = family(client, symbol, order["id"])
    assert parent["type"] == "limit" and number(parent["limit_price"]) == 110  # the take-profit is the parent
    assert list(legs) == ["stop"] and number(legs["stop"]["stop_price"]) == 90
    exchange.set_prices(**{symbol: "111"})
    until(client, order, "filled")
    legs_until(client, symbol, order["id"], stop="canceled")
    assert [p for p in client.positions() if p["symbol"] == symbol] == []


def test_check_14_the_stop_of_an_oco_cancels_its_parent(client, exchange, symbol):
    buy(client, symbol, 2)
    order = client.submit(**oco(symbol, 110, 90))
    exchange.set_prices(**{symbol: "89"})

    until(client, order, "canceled", "replaced")
    legs_until(client, symbol, order["id"], stop="filled")


def test_check_14_one_triggers_the_other(client, exchange, symbol):
    order = client.submit(**market(symbol, 2, order_class="oto", stop_loss={"stop_price": 90}))

    assert order["order_class"] == "oto"
    until(client, order, "filled")
    _, legs = family(client, symbol, order["id"])
    assert list(legs) == ["stop"] and number(legs["stop"]["stop_price"]) == 90
    exchange.set_prices(**{symbol: "89"})
    legs_until(client, symbol, order["id"], stop="filled")


@pytest.mark.parametrize("take_profit, stop_loss, message", [
    (99, 90, "take_profit.limit_price must be >= base_price + 0.01"),
    (110, 101, "stop_loss.stop_price must be <= base_price - 0.01"),
])
def test_check_14_legs_on_the_wrong_side_of_the_price(client, symbol, refused, take_profit, stop_loss, message):
    with refused(422, 42210000, message) as caught:
        client.submit(**bracket(symbol, take_profit, stop_loss))
    assert number(caught.body["base_price"]) == 100


def test_check_14_a_bracket_only_enters(client, symbol, refused):
    buy(client, symbol, 2)

    with refused(422, 42210000, "bracket orders must be entry orders"):
        client.submit(**{**bracket(symbol, 90, 110), "side": "sell"})


def test_check_14_a_stop_loss_without_a_class_is_ignored(wire, symbol):
    order = wire.order(**limit(symbol, 50, stop_loss={"stop_price": 40}))

    assert order["order_class"] == "" and order["legs"] is None


def test_check_14_legs_on_the_wire(wire, symbol):
    order = wire.order(**bracket(symbol, "110", "90"))
    parent = poll(lambda: wire.json("GET", f"/v2/orders/{order['id']}", params={"nested": "true"}), what="the order")

    for leg in parent["legs"]:
        for name in ("created_at", "updated_at", "submitted_at", "client_order_id", "asset_id"):
            assert leg[name], f"{name} of a leg is {leg[name]!r}"
        assert leg["order_class"] == "bracket" and leg["extended_hours"] is False and leg["notional"] is None
    assert {leg["type"]: (leg["limit_price"], leg["stop_price"]) for leg in parent["legs"]} == {
        "limit": ("110", None), "stop": (None, "90")}
