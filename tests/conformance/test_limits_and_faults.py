"""Checks 23 and 24: too many requests, and an exchange that is ill. What the clients do then is their own."""
import time

import pytest
import requests

from exchange import running
from orders import buy, limit, market

PY_RETRY_SECONDS = 3  # alpaca-py waits as long before it tries again, after 429 and 504


@pytest.fixture(scope="module")
def five_a_minute(tmp_path_factory):
    yield from running(tmp_path_factory, "limited", "--clock", "open", "--rate", "5")


@pytest.fixture
def limited(five_a_minute, counter):
    """An exchange that takes five requests a minute, in a window that does not end under the test's feet."""
    reset = int(five_a_minute.wire(counter.key())("GET", "/v2/account").headers["X-RateLimit-Reset"])
    if reset - time.time() < 5:
        time.sleep(max(0.0, reset - time.time()) + 0.1)
    return five_a_minute


def spend(exchange, key):
    """All five of this minute."""
    wire = exchange.wire(key)
    assert [wire("GET", "/v2/account").status_code for _ in range(5)] == [200] * 5


def test_check_23_the_limit_counts_down(limited, counter):
    wire, now = limited.wire(counter.key()), time.time()
    answers = [wire("GET", "/v2/account") for _ in range(6)]

    assert [a.status_code for a in answers] == [200] * 5 + [429]
    assert {a.headers["X-RateLimit-Limit"] for a in answers} == {"5"}
    assert [a.headers["X-RateLimit-Remaining"] for a in answers] == ["4", "3", "2", "1", "0", "0"]
    resets = {int(a.headers["X-RateLimit-Reset"]) for a in answers}
    assert len(resets) == 1 and now < resets.pop() <= now + 61
    assert answers[-1].json() == {"code": 42910000, "message": "rate limit exceeded"}


def test_check_23_every_account_has_its_own_limit(limited, counter):
    spend(limited, counter.key())
    assert limited.wire(counter.key())("GET", "/v2/account").status_code == 200


def test_check_23_npm_4_learns_when_to_come_back(limited, log_in, counter, refused):
    key = counter.key()
    spend(limited, key)
    with refused(429, 42910000, "rate limit exceeded") as caught:
        log_in("npm-4", limited, key, retry=False).account()

    said = caught.error.extra
    assert said["name"] == "RateLimitError" and said["rateLimit"]["limit"] == 5 and said["requestId"]
    assert 0 < said["retryAfterMs"] <= 61000


def test_check_23_npm_3_gets_the_429(limited, log_in, counter, refused):
    key = counter.key()
    spend(limited, key)
    with refused(429, 42910000, "rate limit exceeded"):
        log_in("npm-3", limited, key).account()


def test_check_23_alpaca_py_tries_again(exchange, log_in, key):
    client = log_in("alpaca-py", exchange, key)
    exchange.fault(key, "GET /v2/account", "status_before", status=429)
    began = time.monotonic()

    assert client.account()["status"] == "ACTIVE"
    assert PY_RETRY_SECONDS <= time.monotonic() - began < 2 * PY_RETRY_SECONDS


def test_check_23_npm_4_tries_a_read_again(exchange, log_in, key):
    client = log_in("npm-4", exchange, key)
    exchange.fault(key, "GET /v2/account", "status_before", status=429)

    assert client.account()["status"] == "ACTIVE"


def test_check_24_alpaca_py_repeats_an_accepted_post(exchange, log_in, key, symbol, refused):
    """504 after accepting: the client posts again under the same id, and hears that it was taken."""
    client = log_in("alpaca-py", exchange, key)
    order = market(symbol, client_order_id=f"once-{symbol}")
    exchange.fault(key, "POST /v2/orders", "accept_then_status", status=504)
    with refused(422, 40010001, "client_order_id must be unique"):
        client.submit(**order)

    taken, = exchange.ledger(key)["orders"]
    assert taken["client_order_id"] == order["client_order_id"] and taken["received"] == 2
    assert client.order_by_client_id(order["client_order_id"])["symbol"] == symbol


@pytest.mark.parametrize("name", ["npm-3", "npm-4"])
def test_check_24_the_npm_clients_post_once(exchange, log_in, key, symbol, refused, name):
    client = log_in(name, exchange, key)
    order = market(symbol, client_order_id=f"once-{symbol}")
    exchange.fault(key, "POST /v2/orders", "accept_then_status", status=504)
    with refused(504):
        client.submit(**order)

    taken, = exchange.ledger(key)["orders"]
    assert taken["received"] == 1
    assert client.order_by_client_id(order["client_order_id"])["symbol"] == symbol


@pytest.mark.parametrize("name", ["npm-3", "npm-4", "alpaca-py"])
def test_check_24_a_refusal_before_anything_places_nothing(exchange, log_in, key, symbol, refused, name):
    client = log_in(name, exchange, key)
    client.account()
    exchange.fault(key, "POST /v2/orders", "status_before", status=503)
    with refused(503):
        client.submit(**market(symbol))

    assert client.orders(status="all") == []
    buy(client, symbol)


@pytest.mark.parametrize("verb, placed", [("drop_request", 0), ("drop_response", 1)])
def test_check_24_a_lost_connection(exchange, wire, key, symbol, verb, placed):
    wire.json("GET", "/v2/account")
    exchange.fault(key, "POST /v2/orders", verb)
    with pytest.raises(requests.ConnectionError):
        wire("POST", "/v2/orders", json=limit(symbol, 50))

    assert len(wire.json("GET", "/v2/orders", params={"status": "all"})) == placed


@pytest.mark.parametrize("verb, more", [("html", {}), ("garble", {}), ("truncate", {"bytes": 20})])
def test_check_24_answers_that_are_none(exchange, wire, key, verb, more):
    wire.json("GET", "/v2/account")
    exchange.fault(key, "GET /v2/account", verb, **more)
    try:
        text = wire("GET", "/v2/account").text
    except requests.RequestException:
        text = ""  # cut short of its own length
    with pytest.raises(ValueError):
        requests.models.complexjson.loads(text)
    assert wire.json("GET", "/v2/account")["status"] == "ACTIVE"


def test_check_24_a_late_answer(exchange, wire, key):
    wire.json("GET", "/v2/account")
    exchange.fault(key, "GET /v2/clock", "delay", seconds=0.4)
    began = time.monotonic()
    wire.json("GET", "/v2/clock")

    assert time.monotonic() - began >= 0.4


def test_check_24_a_fault_ends_and_concerns_one_account(exchange, wire, key, counter):
    wire.json("GET", "/v2/account")
    exchange.fault(key, "GET /v2/account", "status_before", status=500, times=2)

    assert exchange.wire(counter.key())("GET", "/v2/account").status_code == 200
    assert [wire("GET", "/v2/account").status_code for _ in range(3)] == [500, 500, 200]


@pytest.mark.parametrize("script", ["faults:\n  - {on: any, do: explode}\n", "faults:\n  - {on: any, do: html, why: me}\n",
                                    "faults: 5\n", "{"])
def test_check_24_an_unknown_fault_is_refused(exchange, script):
    assert exchange.admin("POST", "/admin/v1/faults", data=script).status_code == 400
