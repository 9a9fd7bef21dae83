"""The clients' streams under one set of names: started, listening, everything kept that they hand to their user."""
import asyncio
import itertools
import logging
import threading

from alpaca.data.live.stock import StockDataStream
from alpaca.trading.stream import TradingStream

from client_npm import snake
from client_python import plain
from exchange import poll

HANDLES = itertools.count(1)
KEEPALIVE_MS = 200  # npm 4's ping interval here: the 10 s of its default, shortened so that a test sees many


class _Acks:
    """Notes what alpaca-py reads and does not hand on: acknowledgements and refused logins. Changes nothing else."""

    def watch(self):
        self.acks, self.refusals, self.connects = [], [], 0
        return self

    async def _auth(self):
        try:
            await super()._auth()
        except ValueError as refused:
            self.refusals.append(str(refused))
            raise

    async def _start_ws(self):
        await super()._start_ws()
        self.connects += 1

    async def _dispatch(self, message):
        if message.get("stream") == "listening" or message.get("T") in ("subscription", "error"):
            self.acks.append(message)
        await super()._dispatch(message)


class _WatchedTrading(_Acks, TradingStream):
    pass


class _WatchedData(_Acks, StockDataStream):
    pass


class _Python:
    """An alpaca-py stream on its own thread, as its `run` wants."""

    def _run(self, stream):
        self.stream = stream.watch()
        self.thread = threading.Thread(target=stream.run, daemon=True)
        self.thread.start()

    def stop(self):
        """`stop` alone takes effect at its next 5 s time-out, so the socket is closed as well. Between
        reconnects the loop may end at the first of the two; then nobody answers the second."""
        loop = self.stream._loop
        for call in (self.stream.stop_ws, self.stream.close):
            if loop and loop.is_running():
                asked = asyncio.run_coroutine_threadsafe(call(), loop)
                poll(lambda: asked.done() or not self.thread.is_alive(), what=f"alpaca-py's {call.__name__}")
        self.thread.join(10)
        assert not self.thread.is_alive(), "alpaca-py's stream did not stop"

    @property
    def reconnects(self):
        return self.stream.connects - 1


class PythonTrades(_Python):
    def __init__(self, exchange, key, secret="secret"):
        self.seen = []
        stream = _WatchedTrading(key, secret, url_override=f"{exchange.ws}/stream")

        async def keep(update):
            self.seen.append(plain(update))

        stream.subscribe_trade_updates(keep)
        self._run(stream)

    def ready(self):
        poll(lambda: self.stream.acks, what="the listening acknowledgement of alpaca-py")
        return self

    def updates(self):
        return self.seen


class PythonMarket(_Python):
    def __init__(self, exchange, key, secret="secret", trades=(), quotes=(), bars=(), statuses=()):
        self.seen = {"trades": [], "quotes": [], "bars": [], "statuses": []}
        stream = _WatchedData(key, secret, url_override=f"{exchange.ws}/v2/iex")
        for channel, symbols in (("trades", trades), ("quotes", quotes), ("bars", bars), ("trading_statuses", statuses)):
            if symbols:
                getattr(stream, f"subscribe_{channel}")(self._keep(channel.removeprefix("trading_")), *symbols)
        self._run(stream)

    def _keep(self, channel):
        async def keep(message):
            self.seen[channel].append(plain(message))
        return keep

    def ready(self):
        poll(lambda: self.stream.acks, what="the subscription acknowledgement of alpaca-py")
        return self

    def errors(self):
        return [m["code"] for m in self.stream.acks if m.get("T") == "error"] + [
            CODES.get(text, text) for text in self.stream.refusals]

    def trades(self):
        return [(t["symbol"], t["price"]) for t in self.seen["trades"]]

    def quotes(self):
        return [(q["symbol"], q["bid_price"], q["ask_price"]) for q in self.seen["quotes"]]

    def bars(self):
        return [(b["symbol"], b["close"]) for b in self.seen["bars"]]


class _Npm:
    """A stream of a Node client; what it emits is fetched from the bridge."""

    def __init__(self, client, kind, **settings):
        self.client, self.bridge, self.version = client, client.bridge, client.bridge.version
        self.handle = f"{kind}{next(HANDLES)}"
        self.seen = []
        self.bridge.ask(open=kind, handle=self.handle, stream=settings, **client.login)

    def _fetch(self):
        self.seen += self.bridge.ask(take=self.handle)
        return self.seen

    def said(self, event):
        return [e["data"] for e in self._fetch() if e["event"] == event]

    def do(self, call, *args):
        self.bridge.ask(on=self.handle, call=call, args=list(args))

    def stop(self):
        self.bridge.ask(close=self.handle)

    @property
    def reconnects(self):
        return len([s for s in self.said("state_change") if s == "waiting to reconnect"])


class NpmTrades(_Npm):
    def __init__(self, client):
        super().__init__(client, "trading", **({"pingIntervalMs": KEEPALIVE_MS} if client.bridge.version == 4 else {}))
        if self.version == 4:
            self.do("subscribeTradeUpdates")

    def ready(self):
        if self.version == 3:
            poll(lambda: "connected" in self.said("state_change"), what="npm 3 to be authorized")
            self.do("subscribe", ["trade_updates"])
        poll(lambda: self.said("subscription"), what="the listening acknowledgement")
        return self

    def updates(self):
        return [snake(u) for u in self.said("trade_updates" if self.version == 3 else "trade_update")]


class NpmMarket(_Npm):
    def __init__(self, client, trades=(), quotes=(), bars=()):
        super().__init__(client, "data", **({"pingIntervalMs": KEEPALIVE_MS} if client.bridge.version == 4 else {}))
        self.asked = {"Trades": list(trades), "Quotes": list(quotes), "Bars": list(bars)}

    def ready(self):
        poll(lambda: "authenticated" in self.said("state_change"), what="the data stream to authenticate")
        wanted = [(channel, symbols) for channel, symbols in self.asked.items() if symbols]
        for channel, symbols in wanted:
            self.do(f"subscribeFor{channel}", symbols)
        poll(lambda: len(self.said("subscription")) >= len(wanted), what="the subscription acknowledgements")
        return self

    def errors(self):
        """The clients hand on the text that belongs to the code."""
        return [CODES.get(text, text) for text in self.said("client_error" if self.version == 3 else "error")]

    def trades(self):
        if self.version == 3:
            return [(t["Symbol"], t["Price"]) for t in self.said("stock_trades")]
        return [(t["symbol"], t["price"]) for t in self.said("trade")]

    def quotes(self):
        if self.version == 3:
            return [(q["Symbol"], q["BidPrice"], q["AskPrice"]) for q in self.said("stock_quotes")]
        return [(q["symbol"], q["bidPrice"], q["askPrice"]) for q in self.said("quote")]

    def bars(self):
        if self.version == 3:
            return [(b["Symbol"], b["ClosePrice"]) for b in self.said("stock_bars")]
        return [(b["symbol"], b["close"]) for b in self.said("bar")]


CODES = {"not authenticated": 401, "auth failed": 402, "symbol limit exceeded": 405, "connection limit exceeded": 406}


def trade_stream(exchange, client, secret="secret"):
    if client.name == "alpaca-py":
        return PythonTrades(exchange, client.key, secret)
    return NpmTrades(client)


def market_stream(exchange, client, **channels):
    if client.name == "alpaca-py":
        return PythonMarket(exchange, client.key, **channels)
    return NpmMarket(client, **channels)


# A refused login is retried by alpaca-py with a traceback each time: expected here, and noise in a report.
logging.getLogger("alpaca").setLevel(logging.CRITICAL)
