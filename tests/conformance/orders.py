"""Orders as the tests write them, and waiting for what becomes of them."""
from decimal import Decimal

from exchange import poll


def market(symbol, qty=1, side="buy", **more):
    return {"symbol": symbol, "qty": qty, "side": side, "type": "market", "time_in_force": "day", **more}


def limit(symbol, price, qty=1, side="buy", **more):
    return {"symbol": symbol, "qty": qty, "side": side, "type": "limit", "time_in_force": "day",
            "limit_price": price, **more}


def bracket(symbol, take_profit, stop_loss, qty=2, **more):
    return market(symbol, qty, order_class="bracket", take_profit={"limit_price": take_profit},
                  stop_loss={"stop_price": stop_loss}, **more)


def oco(symbol, take_profit, stop_loss, qty=2):
    """Without a limit price of its own: all three clients leave it to take_profit."""
    return {"symbol": symbol, "qty": qty, "side": "sell", "type": "limit", "time_in_force": "day", "order_class": "oco",
            "take_profit": {"limit_price": take_profit}, "stop_loss": {"stop_price": stop_loss}}


def number(text):
    """The exact value of a number that must be text."""
    assert isinstance(text, str), f"{text!r} is not text"
    return Decimal(text)


def until(client, order, *statuses):
    """The order as the client sees it once it has one of these statuses."""
    def seen():
        now = client.order(order["id"])
        return now if now["status"] in statuses else None
    return poll(seen, what=f"order {order['id']} of {client.name} to be {' or '.join(statuses)}")


def buy(client, symbol, qty=1):
    """Bought at the market, filled."""
    return until(client, client.submit(**market(symbol, qty)), "filled")


def resting(client, order):
    """Submitted and at the venue: what may be replaced."""
    return until(client, client.submit(**order), "new")
