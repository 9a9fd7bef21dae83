"""alpaca-py under the names that all three clients share here, so that a check is written once and judged three times.

An adapter calls its client as that client's documentation says and turns what it parsed into plain values: names as on
the wire, no number made or mended. `lacks` lists what a client has no call for: the README's table says why.
"""
import json
from dataclasses import dataclass

from alpaca.common.exceptions import APIError
from alpaca.data.historical.corporate_actions import CorporateActionsClient
from alpaca.data.historical.stock import StockHistoricalDataClient
from alpaca.data.requests import (CorporateActionsRequest, StockBarsRequest, StockLatestBarRequest,
                                  StockLatestQuoteRequest, StockLatestTradeRequest, StockSnapshotRequest)
from alpaca.data.timeframe import TimeFrame
from alpaca.trading import requests as trading
from alpaca.trading.client import TradingClient
from alpaca.trading.models import AccountConfiguration


@dataclass
class Refused(Exception):
    """What a client threw at an answer that was not 2xx, as far as it tells."""
    status: int
    code: int
    message: str
    body: dict
    name: str = ""
    extra: dict = None

    def __str__(self):
        return f"{self.status} {self.code} {self.message} {self.body}"


def plain(value):
    """alpaca-py's models as dicts; an enum is its word, a time its text."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


class AlpacaPy:
    name = "alpaca-py"
    lacks = {"submit_and_wait"}
    ORDERS = {"market": trading.MarketOrderRequest, "limit": trading.LimitOrderRequest,
              "stop": trading.StopOrderRequest, "stop_limit": trading.StopLimitOrderRequest,
              "trailing_stop": trading.TrailingStopOrderRequest}

    def __init__(self, exchange, key, secret="secret"):
        self.key = key
        self.trading = TradingClient(key, secret, paper=True, url_override=exchange.url)
        self.data = StockHistoricalDataClient(key, secret, url_override=exchange.url)
        self.actions = CorporateActionsClient(key, secret, url_override=exchange.url)

    def _do(self, function, *args):
        try:
            return plain(function(*args))
        except APIError as error:
            body = json.loads(str(error))
            # `code` as the client's own property gives it: it is a KeyError when our body lacks it.
            raise Refused(error.status_code, error.code, error.message, body, "APIError") from error

    def account(self):
        return self._do(self.trading.get_account)

    def clock(self):
        return self._do(self.trading.get_clock)

    def calendar(self, start, end):
        days = self._do(self.trading.get_calendar, trading.GetCalendarRequest(start=start, end=end))
        return [{"date": d["date"], "open": d["open"][11:16], "close": d["close"][11:16]} for d in days]

    def assets(self, **filters):
        return self._do(self.trading.get_all_assets, trading.GetAssetsRequest(**filters))

    def asset(self, symbol):
        return self._do(self.trading.get_asset, symbol)

    def submit(self, **order):
        make = self.ORDERS[order["type"]]
        return self._do(self.trading.submit_order, make(**{k: v for k, v in order.items() if k != "type"}))

    def post(self, **order):
        """Past its own validation, by the documented generic call."""
        return self._do(self.trading.post, "/orders", order)

    def order(self, order_id, nested=None):
        asked = None if nested is None else trading.GetOrderByIdRequest(nested=nested)
        return self._do(self.trading.get_order_by_id, order_id, asked)

    def order_by_client_id(self, client_order_id):
        return self._do(self.trading.get_order_by_client_id, client_order_id)

    def orders(self, symbols=None, **filters):
        return self._do(self.trading.get_orders, trading.GetOrdersRequest(symbols=symbols, **filters))

    def replace(self, order_id, **changes):
        return self._do(self.trading.replace_order_by_id, order_id, trading.ReplaceOrderRequest(**changes))

    def cancel(self, order_id):
        return self._do(self.trading.cancel_order_by_id, order_id)

    def cancel_all(self):
        return self._do(self.trading.cancel_orders)

    def positions(self):
        return self._do(self.trading.get_all_positions)

    def position(self, symbol):
        return self._do(self.trading.get_open_position, symbol)

    def close(self, symbol, **how):
        return self._do(self.trading.close_position, symbol, trading.ClosePositionRequest(**how) if how else None)

    def close_all(self, cancel_orders=None):
        return self._do(self.trading.close_all_positions, cancel_orders)

    def activities(self, kind, page_size):
        """Its TradingClient has no such method; its documented `get` pages by hand."""
        rows, token = [], None
        while True:
            page = self._do(self.trading.get, f"/account/activities/{kind}",
                            {"page_size": page_size, "page_token": token})
            rows += page
            if len(page) < page_size:
                return rows
            token = page[-1]["id"]

    def history(self, **asked):
        return self._do(self.trading.get_portfolio_history, trading.GetPortfolioHistoryRequest(**asked))

    def configuration(self):
        return self._do(self.trading.get_account_configurations)

    def configure(self, **changes):
        whole = AccountConfiguration(**{**self.configuration(), **changes})
        return self._do(self.trading.set_account_configurations, whole)

    def bars(self, symbols, start, end, limit=None):
        asked = StockBarsRequest(symbol_or_symbols=symbols, timeframe=TimeFrame.Day, start=start, end=end, limit=limit,
                                 feed="iex")
        bars = self._do(self.data.get_stock_bars, asked)["data"]
        return {symbol: [(b["timestamp"][:10], b["close"]) for b in rows] for symbol, rows in bars.items()}

    def latest_trades(self, symbols):
        asked = StockLatestTradeRequest(symbol_or_symbols=symbols, feed="iex")
        return {s: t.price for s, t in self._do(self.data.get_stock_latest_trade, asked).items()}

    def latest_quotes(self, symbols):
        asked = StockLatestQuoteRequest(symbol_or_symbols=symbols, feed="iex")
        return {s: (q.bid_price, q.ask_price) for s, q in self._do(self.data.get_stock_latest_quote, asked).items()}

    def latest_bars(self, symbols):
        asked = StockLatestBarRequest(symbol_or_symbols=symbols, feed="iex")
        return {s: b.close for s, b in self._do(self.data.get_stock_latest_bar, asked).items()}

    def snapshots(self, symbols):
        asked = StockSnapshotRequest(symbol_or_symbols=symbols, feed="iex")
        return {s: {"trade": x.latest_trade.price, "ask": x.latest_quote.ask_price, "day": x.daily_bar.close}
                for s, x in self._do(self.data.get_stock_snapshot, asked).items()}

    def corporate_actions(self, symbols, start, end):
        asked = CorporateActionsRequest(symbols=symbols, start=start, end=end)
        return self._do(self.actions.get_corporate_actions, asked)["data"]
