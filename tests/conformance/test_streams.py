"""Checks 20, 25 and 26: the stream of trade updates, the order that waits for it, and staying connected."""
import os
import time
import uuid

import pytest
from websockets.exceptions import ConnectionClosed

from exchange import poll
from orders import buy, limit, market, number, resting, until
from raw_socket import RawSocket, trading
from streams import market_stream, trade_stream

IDLE_SECONDS = 60 if os.environ.get("SIGNALBUS_LONG") else 12  # more than one default ping interval of 10 s
UNAUTHORIZED = {"stream": "authorization", "data": {"action": "listen", "status": "unauthorized"}}


@pytest.fixture
def stream(exchange, client):
    """The client's own stream of trade updates, listening."""
    opened = trade_stream(exchange, client)
    yield opened.ready()
    opened.stop()


def events(stream, order_id, *expected):
    """The updates of an order once its events are the expected ones; `pending_new` and `accepted` may be among them."""
    def seen():
        mine = [u for u in stream.updates() if u["order"]["id"] == order_id
                and u["event"] not in ("pending_new", "accepted", "pending_cancel", "pending_replace")]
        return mine if [u["event"] for u in mine] == list(expected) else None
    return poll(seen, what=f"events {expected}; last {[(u['event'], u['order']['id']) for u in stream.updates()]}")


def test_check_20_new_and_fill(stream, client, symbol):
    order = client.submit(**market(symbol, 3))
    new, fill = events(stream, order["id"], "new", "fill")

    assert new["timestamp"] and new.get("price") is None
    assert number(str(fill["price"])) == 100 and number(str(fill["qty"])) == 3
    assert number(str(fill["position_qty"])) == 3
    assert str(uuid.UUID(fill["execution_id"])) == fill["execution_id"]
    assert fill["order"]["status"] == "filled" and number(fill["order"]["filled_qty"]) == 3
    assert fill["order"]["client_order_id"] == order["client_order_id"]


def test_check_20_a_partial_fill_comes_first(stream, client, exchange, key, symbol):
    exchange.fault(key, "fill", "partial_fill", share=0.4)
    order = client.submit(**limit(symbol, 100, 10))

    def first():
        return [u for u in stream.updates() if u["event"] == "partial_fill"]
    part, = poll(first, what="a partial fill")
    assert number(str(part["qty"])) == 4 and part["order"]["status"] == "partially_filled"
    exchange.set_prices(**{symbol: "99"})
    until(client, order, "filled")
    _, _, last = events(stream, order["id"], "new", "partial_fill", "fill")
    assert number(str(last["qty"])) == 6 and number(str(last["position_qty"])) == 10


def test_check_20_canceled(stream, client, symbol):
    order = resting(client, limit(symbol, 50))
    client.cancel(order["id"])

    _, canceled = events(stream, order["id"], "new", "canceled")
    assert canceled["order"]["canceled_at"] and canceled["order"]["status"] == "canceled"


def test_check_20_replaced(stream, client, symbol):
    order = resting(client, limit(symbol, 50))
    new = client.replace(order["id"], limit_price=51)

    _, replaced = events(stream, order["id"], "new", "replaced")
    assert replaced["order"]["replaced_by"] == new["id"]
    events(stream, new["id"], "new")


def test_check_20_only_its_own_account_is_heard(stream, client, exchange, counter, symbol):
    stranger = exchange.wire(counter.key()).order(**market(symbol))
    order = buy(client, symbol)
    events(stream, order["id"], "new", "fill")

    assert stranger["id"] not in [u["order"]["id"] for u in stream.updates()]


@pytest.mark.parametrize("name", ["alpaca-py", "npm-3", "npm-4"])
def test_check_20_a_wrong_secret_is_unauthorized(guarded, log_in, name):
    client = log_in(name, guarded, "KNOWN", "wrong")
    stream = trade_stream(guarded, client, "wrong")
    try:
        if name == "alpaca-py":
            poll(lambda: stream.stream.refusals, what="alpaca-py to be refused")
            assert not stream.stream.acks
        else:
            event, text = {"npm-3": ("client_error", "bad key id or secret"), "npm-4": ("error", "auth failed")}[name]
            assert text in poll(lambda: stream.said(event), what=f"{name} to be refused")
    finally:
        stream.stop()


@pytest.mark.parametrize("path", ["/stream", "/stream/"])
@pytest.mark.parametrize("login", [
    {"action": "authenticate", "data": {"key_id": "{key}", "secret_key": "secret"}},
    {"action": "auth", "key": "{key}", "secret": "secret"},
])
def test_check_20_the_dialogue_on_the_wire(exchange, key, symbol, path, login):
    """JSON in binary frames, no welcome, one answer to each message."""
    def filled(value):
        return {k: filled(v) for k, v in value.items()} if isinstance(value, dict) else value.replace("{key}", key)

    with RawSocket(exchange.ws + path) as socket:
        socket.quiet()
        socket.send(filled(login))
        frame = socket.frame()
        assert isinstance(frame, bytes)
        assert b'"status":"authorized"' in frame.replace(b" ", b"")
        socket.send({"action": "listen", "data": {"streams": ["trade_updates"]}})
        assert socket.json() == {"stream": "listening", "data": {"streams": ["trade_updates"]}}
        order = exchange.wire(key).order(**market(symbol))
        seen = []
        while not seen or seen[-1]["data"]["event"] != "fill":
            seen.append(socket.json())
            assert seen[-1]["stream"] == "trade_updates" and seen[-1]["data"]["order"]["id"] == order["id"]
        for update in seen:
            data = update["data"]
            assert data["timestamp"] and data["order"]["submitted_at"]
            for name in ("price", "qty", "position_qty"):
                assert isinstance(data.get(name, "0"), str), f"{name} is {data[name]!r}"


def test_check_20_listening_to_nothing_stops_the_updates(exchange, key, symbol):
    socket, answer = trading(exchange, key)
    with socket:
        assert answer["data"]["status"] == "authorized"
        socket.send({"action": "listen", "data": {"streams": ["trade_updates"]}})
        socket.json()
        socket.send({"action": "listen", "data": {"streams": []}})
        assert socket.json() == {"stream": "listening", "data": {"streams": []}}
        exchange.wire(key).order(**market(symbol))
        socket.quiet()


def test_check_20_listening_needs_a_login(exchange):
    with RawSocket(f"{exchange.ws}/stream") as socket:
        socket.send({"action": "listen", "data": {"streams": ["trade_updates"]}})
        assert socket.json() == UNAUTHORIZED


@pytest.mark.parametrize("message", ["not json", "[]", '{"action": 5}', '{"action":"listen","data":{"streams":"all"}}',
                                     b"\xff\xfe", "{" * 200])
def test_check_20_nonsense_ends_no_more_than_its_connection(exchange, key, message):
    socket, _ = trading(exchange, key)
    with socket:
        socket.send(message)
        try:
            socket.frame(0.5)
        except (TimeoutError, ConnectionClosed):
            pass
    assert exchange.wire(key)("GET", "/v2/clock").status_code == 200


def test_check_25_submit_and_wait(exchange, log_in, key, symbol):
    """The order is posted only after the stream has acknowledged that it listens; the promise ends with the fill."""
    client = log_in("npm-4", exchange, key)
    order = client.submit_and_wait(symbol=symbol, qty="2", side="buy", type="market")

    assert order["status"] == "filled" and number(order["filled_qty"]) == 2
    assert len(exchange.ledger(key)["orders"]) == 1


def test_check_25_submit_and_wait_hears_a_refusal(exchange, log_in, key, refused):
    with refused(422, 42210000, 'asset "NOSUCH" not found'):
        log_in("npm-4", exchange, key).submit_and_wait(symbol="NOSUCH", qty="1", side="buy", type="market")


def test_check_26_pings_are_answered(exchange, key):
    for path in ("/stream", "/v2/iex"):
        with RawSocket(exchange.ws + path) as socket:
            for payload in (b"", b"are you there", b"x" * 125):
                assert socket.socket.ping(payload).wait(5), f"no pong from {path}"


@pytest.fixture(scope="session")
def idle(exchange, log_in, counter):
    """One quiet stream of each kind and client, open while everything else runs."""
    opened = []
    for name in ("alpaca-py", "npm-3", "npm-4"):
        client = log_in(name, exchange, counter.key())
        opened.append(trade_stream(exchange, client).ready())
        opened.append(market_stream(exchange, client, trades=["KO"]).ready())
    since = time.monotonic()
    yield opened, since
    for stream in opened:
        stream.stop()


def test_idle_streams_are_opened(idle):
    """Here, so that they have been quiet for long when `last` looks at them."""
    opened, _ = idle
    assert [stream.reconnects for stream in opened] == [0] * 6


@pytest.mark.last
def test_check_26_idle_streams_stay_connected(idle):
    """All clients ping every 10 s by default, npm 4 here every 0.2 s; both npm clients hang up without a pong in 5 s."""
    opened, since = idle
    time.sleep(max(0.0, since + IDLE_SECONDS - time.monotonic()))

    assert [stream.reconnects for stream in opened] == [0] * 6
