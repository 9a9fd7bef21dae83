"""Checks 21 and 22: prices of the past and of now, by REST and by the data stream."""
import datetime
import re

import msgpack
import pytest

from exchange import FIXED, POOL, poll
from history import FIRST, SESSIONS, TODAY, close, closes
from raw_socket import RawSocket
from streams import market_stream

LAST_OF_2020 = datetime.date(2020, 12, 31)
CLIENTS = ["alpaca-py", "npm-3", "npm-4"]
CHANNELS = "trades quotes bars updatedBars dailyBars statuses lulds corrections cancelErrors".split()
MSGPACK = {"Content-Type": "application/msgpack"}


@pytest.fixture(params=CLIENTS)
def reader(request, history, log_in, counter):
    """Each client on the exchange with a daily history, which stands at the open of TODAY."""
    return log_in(request.param, history, counter.key())


@pytest.fixture
def raw(history, counter):
    return history.wire(counter.key())


def test_check_21_daily_bars_of_two_names(reader):
    bars = reader.bars(["UPP", "DWN"], "2020-12-01T00:00:00Z", "2020-12-31T23:59:59Z")

    assert bars == {name: closes(name, FIRST, LAST_OF_2020) for name in ("UPP", "DWN")}


@pytest.mark.parametrize("page", [1, 5, 22, 43])
def test_check_21_pages_join_without_gap_or_repeat(raw, page):
    """A page counts points over all names; names come in order, each complete before the next."""
    query = {"symbols": "UPP,DWN", "timeframe": "1Day", "start": "2020-12-01", "end": "2020-12-31", "limit": page}
    seen, pages = [], 0
    while True:
        answer = raw.json("GET", "/v2/stocks/bars", params=query)
        points = [(name, bar["t"][:10], float(bar["c"])) for name, bars in answer["bars"].items() for bar in bars]
        assert len(points) <= page
        seen, pages = seen + points, pages + 1
        if answer["next_page_token"] is None:
            break
        query["page_token"] = answer["next_page_token"]

    assert seen == [(name, *point) for name in ("DWN", "UPP") for point in closes(name, FIRST, LAST_OF_2020)]
    assert pages >= 44 // page


@pytest.mark.parametrize("name", ["npm-3", "npm-4"])
def test_check_21_the_npm_clients_follow_the_pages(history, log_in, counter, name):
    client = log_in(name, history, counter.key())
    asked = {"pageLimit": 7} if name == "npm-3" else {"limit": 7}

    assert client.bars(["UPP", "DWN"], "2020-12-01T00:00:00Z", "2020-12-31T23:59:59Z", **asked) == \
        {symbol: closes(symbol, FIRST, LAST_OF_2020) for symbol in ("UPP", "DWN")}


def test_check_21_alpaca_py_stops_at_its_limit(history, log_in, counter):
    """Its `limit` is the number of points in all."""
    client = log_in("alpaca-py", history, counter.key())
    bars = client.bars(["UPP", "DWN"], "2020-12-01T00:00:00Z", "2020-12-31T23:59:59Z", limit=30)

    assert [len(rows) for rows in bars.values()] == [22, 8]


def test_check_21_a_bar_on_the_wire(raw):
    answer = raw.json("GET", "/v2/stocks/UPP/bars", params={"timeframe": "1Day", "start": "2020-12-31",
                                                           "end": "2020-12-31"})
    assert answer["symbol"] == "UPP" and answer["next_page_token"] is None
    bar, = answer["bars"]
    assert bar["t"] == "2020-12-31T05:00:00Z"  # midnight in New York
    for name in "o h l c vw".split():
        assert isinstance(bar[name], (int, float)) and bar["l"] <= bar[name] <= bar["h"]
    assert isinstance(bar["v"], int) and isinstance(bar["n"], int)


def test_check_21_nothing_of_the_future(raw):
    answer = raw.json("GET", "/v2/stocks/bars", params={"symbols": "UPP", "timeframe": "1Day", "start": "2020-12-30",
                                                       "end": "2021-02-01"})
    assert max(bar["t"][:10] for bar in answer["bars"]["UPP"]) <= str(TODAY)
    assert [bar["t"][:10] for bar in answer["bars"]["UPP"]][:2] == ["2020-12-30", "2020-12-31"]


def test_check_21_newest_first_on_request(raw):
    answer = raw.json("GET", "/v2/stocks/bars", params={"symbols": "UPP", "timeframe": "1Day", "start": "2020-12-28",
                                                       "end": "2020-12-31", "sort": "desc"})
    assert [bar["t"][:10] for bar in answer["bars"]["UPP"]] == ["2020-12-31", "2020-12-30", "2020-12-29", "2020-12-28"]


def test_check_21_the_latest_of_each_kind(reader):
    price = float(close("UPP", TODAY))  # from the open on, the day's close (product.md)

    assert reader.latest_trades(["UPP", "FLAT"]) == {"UPP": price, "FLAT": 50.25}
    assert reader.latest_quotes(["UPP"]) == {"UPP": (price, price)}
    assert reader.latest_bars(["FLAT"]) == {"FLAT": 50.25}
    assert reader.snapshots(["UPP"]) == {"UPP": {"trade": price, "ask": price, "day": price}}


def test_check_21_unknown_names_are_absent(reader):
    assert set(reader.latest_trades(["UPP", "NOSUCH"])) == {"UPP"}
    assert set(reader.snapshots(["NOSUCH", "UPP"])) == {"UPP"}
    assert reader.bars(["NOSUCH"], "2020-12-01T00:00:00Z", "2020-12-31T00:00:00Z") == {}


def test_check_21_latest_on_the_wire(raw):
    day_before = float(close("UPP", LAST_OF_2020))
    trade = raw.json("GET", "/v2/stocks/UPP/trades/latest")
    assert trade["symbol"] == "UPP" and {"t", "x", "p", "s", "c", "i", "z"} <= set(trade["trade"])
    quote = raw.json("GET", "/v2/stocks/UPP/quotes/latest")["quote"]
    assert {"t", "ax", "ap", "as", "bx", "bp", "bs", "c", "z"} <= set(quote)
    assert re.fullmatch("[A-Z]", trade["trade"]["x"]) and re.fullmatch("[A-Z]", quote["ax"])
    snapshot = raw.json("GET", "/v2/stocks/snapshots", params={"symbols": "UPP"})["UPP"]
    assert {"latestTrade", "latestQuote", "minuteBar", "dailyBar", "prevDailyBar"} <= set(snapshot)
    assert snapshot["prevDailyBar"]["c"] == day_before
    assert raw.json("GET", "/v2/stocks/UPP/snapshot")["symbol"] == "UPP"
    assert raw.json("GET", "/v2/stocks/UPP/bars/latest")["bar"]["c"] == float(close("UPP", TODAY))


@pytest.mark.parametrize("query", [
    {"symbols": "UPP"}, {"timeframe": "1Day"}, {"symbols": "UPP", "timeframe": "1Eon"},
    {"symbols": "UPP", "timeframe": "1Day", "limit": "10001"}, {"symbols": "UPP", "timeframe": "1Day", "start": "soon"},
    {"symbols": "UPP", "timeframe": "1Day", "page_token": "never given"}])
def test_check_21_bad_questions_are_400(raw, query):
    answer = raw("GET", "/v2/stocks/bars", params=query)

    assert answer.status_code == 400, answer.text
    assert answer.json()["message"]


def test_check_21_corporate_actions_may_be_none(history, log_in, counter):
    """The client wants the key even when there is nothing under it."""
    client = log_in("alpaca-py", history, counter.key())
    assert client.corporate_actions(["UPP"], TODAY, TODAY) == {}


@pytest.mark.parametrize("channels", [{"trades": 1}, {"quotes": 1}, {"trades": 1, "quotes": 1}])
def test_check_22_prices_arrive(exchange, client, symbol, channels):
    stream = market_stream(exchange, client, **{channel: [symbol] for channel in channels}).ready()
    try:
        exchange.set_prices(**{symbol: "101.25"})
        if "trades" in channels:
            assert poll(stream.trades, what="a trade")[-1] == (symbol, 101.25)
        if "quotes" in channels:
            assert poll(stream.quotes, what="a quote")[-1] == (symbol, 101.25, 101.25)
    finally:
        stream.stop()


def test_check_22_other_names_are_not_heard(exchange, client, counter, symbol):
    stream = market_stream(exchange, client, trades=[symbol]).ready()
    try:
        exchange.set_prices(**{counter.symbol(): "7", symbol: "102"})
        assert poll(stream.trades, what="a trade") == [(symbol, 102.0)]
    finally:
        stream.stop()


def test_check_22_more_than_thirty_names_are_405(exchange, client):
    stream = market_stream(exchange, client, trades=POOL[:31])
    try:
        if client.name != "alpaca-py":
            poll(lambda: "authenticated" in stream.said("state_change"), what="the login")
            stream.do("subscribeForTrades", POOL[:31])
        assert poll(stream.errors, what="the refusal") == [405]
    finally:
        stream.stop()


@pytest.mark.parametrize("name", CLIENTS)
def test_check_22_a_second_connection_is_406(exchange, log_in, key, name):
    first = market_stream(exchange, log_in("npm-4", exchange, key), trades=["KO"]).ready()
    try:
        second = market_stream(exchange, log_in(name, exchange, key), trades=["KO"])
        try:
            assert 406 in poll(second.errors, what="the refusal")
        finally:
            second.stop()
    finally:
        first.stop()


@pytest.mark.parametrize("name", CLIENTS)
def test_check_22_a_wrong_secret_is_402(guarded, log_in, name):
    stream = market_stream(guarded, log_in(name, guarded, "KNOWN", "wrong"), trades=["KO"])
    try:
        assert 402 in poll(stream.errors, what="the refusal")
    finally:
        stream.stop()


@pytest.mark.parametrize("packed", [True, False])
def test_check_22_the_dialogue_on_the_wire(exchange, key, symbol, packed):
    """msgpack for who asks for it in the handshake, JSON for all others; controls alone in their arrays."""
    with RawSocket(f"{exchange.ws}/v2/iex", **(MSGPACK if packed else {})) as socket:
        read = socket.packed if packed else socket.json
        write = (lambda m: socket.send(msgpack.packb(m))) if packed else socket.send
        assert read() == [{"T": "success", "msg": "connected"}]
        write({"action": "auth", "key": key, "secret": "secret"})
        assert read() == [{"T": "success", "msg": "authenticated"}]
        write({"action": "subscribe", "trades": [symbol], "quotes": []})
        ack, = read()
        assert ack.pop("T") == "subscription"
        assert {channel: ack[channel] for channel in CHANNELS} == {
            **{channel: [] for channel in CHANNELS}, "trades": [symbol], "corrections": [symbol],
            "cancelErrors": [symbol]}
        exchange.set_prices(**{symbol: "103.5"})
        trade, = read()
        assert (trade["T"], trade["S"], trade["p"]) == ("t", symbol, 103.5)
        assert {"i", "x", "s", "t", "c", "z"} <= set(trade)
        assert isinstance(trade["t"], msgpack.Timestamp if packed else str)
        write({"action": "unsubscribe", "trades": [symbol]})
        assert read()[0]["trades"] == []
        exchange.set_prices(**{symbol: "104"})
        socket.quiet()


@pytest.mark.parametrize("before, message, code", [
    ([], {"action": "subscribe", "trades": ["KO"]}, 401),
    (["login"], {"action": "auth", "key": "again", "secret": "again"}, 403),
    (["login"], {"action": "dance"}, 400),
    ([], "no json", 400),
])
def test_check_22_errors_on_the_wire(exchange, key, before, message, code):
    with RawSocket(f"{exchange.ws}/v2/iex") as socket:
        socket.json()
        if before:
            socket.send({"action": "auth", "key": key, "secret": "secret"})
            socket.json()
        socket.send(message)
        error, = socket.json()
        assert (error["T"], error["code"]) == ("error", code) and error["msg"]


def test_check_22_every_feed_has_a_path(exchange, key):
    for feed in ("iex", "sip", "delayed_sip"):
        with RawSocket(f"{exchange.ws}/v2/{feed}") as socket:
            assert socket.json() == [{"T": "success", "msg": "connected"}]


@pytest.mark.parametrize("name", CLIENTS)
def test_check_22_a_minute_makes_a_bar(own_history, log_in, key, name):
    stream = market_stream(own_history, log_in(name, own_history, key), bars=["UPP"]).ready()
    try:
        own_history.advance("2m")
        symbol, price = poll(stream.bars, what="a bar")[0]
        assert (symbol, price) == ("UPP", float(close("UPP", SESSIONS[SESSIONS.index(TODAY)])))
    finally:
        stream.stop()


def test_static_prices_are_what_the_file_says(client):
    assert client.latest_trades(list(FIXED)) == {symbol: float(price) for symbol, price in FIXED.items()}
