"""The two npm clients under the names that all three clients share here (see client_python.py)."""
import re

from bridge import NodeError, date
from client_python import Refused

CAMEL = re.compile("^[a-z].*[A-Z]")  # not the words of enums that are keys, as DIV in a cash flow


def snake(value):
    """npm 4 renames fields to camelCase; the parsed field wins over a raw one that it also passes through."""
    if isinstance(value, list):
        return [snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    raw = {k: snake(v) for k, v in value.items() if not CAMEL.search(k)}
    parsed = {re.sub("([A-Z])", r"_\1", k).lower(): snake(v) for k, v in value.items() if CAMEL.search(k)}
    return {**raw, **parsed}


def camel(fields):
    """take_profit={"limit_price": 1} becomes takeProfit={"limitPrice": 1}."""
    def name(word):
        first, *rest = word.split("_")
        return first + "".join(part.capitalize() for part in rest)
    return {name(k): camel(v) if isinstance(v, dict) else v for k, v in fields.items()}


def given(**fields):
    return {k: v for k, v in fields.items() if v is not None}


class Npm:
    """What both npm adapters share: the call through the bridge, and what it throws."""

    def __init__(self, bridge, key, secret="secret", **options):
        self.bridge, self.key = bridge, key
        self.login = {"key": key, "secret": secret, "options": options}

    def _do(self, call, *args):
        try:
            return self.bridge.ask(call=call, args=list(args), **self.login)
        except NodeError as error:
            raise self.refusal(error.said) from error

    @staticmethod
    def refusal(said):
        body = said["body"] if isinstance(said.get("body"), dict) else {}
        return Refused(said.get("status"), said.get("code"), body.get("message", said["message"]), body,
                       said["name"], said)


class Npm3(Npm):
    name = "npm-3"
    lacks = {"close_part", "close_all_cancelling", "order_nested", "submit_and_wait"}

    def account(self):
        return self._do("getAccount")

    def clock(self):
        return self._do("getClock")

    def calendar(self, start, end):
        return [{k: d[k] for k in ("date", "open", "close")} for d in self._do("getCalendar", {"start": start, "end": end})]

    def assets(self, **filters):
        return self._do("getAssets", filters)

    def asset(self, symbol):
        return self._do("getAsset", symbol)

    def submit(self, **order):
        return self._do("createOrder", order)

    post = submit

    def order(self, order_id):
        return self._do("getOrder", order_id)

    def order_by_client_id(self, client_order_id):
        return self._do("getOrderByClientId", client_order_id)

    def orders(self, symbols=None, **filters):
        return self._do("getOrders", given(symbols=symbols and ",".join(symbols), **filters))

    def replace(self, order_id, **changes):
        return self._do("replaceOrder", order_id, changes)

    def cancel(self, order_id):
        assert self._do("cancelOrder", order_id) in (None, ""), "a 204 has no body"

    def cancel_all(self):
        return self._do("cancelAllOrders")

    def positions(self):
        return self._do("getPositions")

    def position(self, symbol):
        return self._do("getPosition", symbol)

    def close(self, symbol):
        return self._do("closePosition", symbol)

    def close_all(self):
        return self._do("closeAllPositions")

    def activities(self, kind, page_size):
        rows, token = [], None
        while True:
            page = self._do("getAccountActivities", given(activityTypes=kind, pageSize=page_size, pageToken=token))
            rows += page
            if len(page) < page_size:
                return rows
            token = page[-1]["id"]

    def history(self, **asked):
        return self._do("getPortfolioHistory", asked)

    def configuration(self):
        return self._do("getAccountConfigurations")

    def configure(self, **changes):
        return self._do("updateAccountConfigurations", changes)

    def bars(self, symbols, start, end, **more):
        asked = {"timeframe": "1Day", "start": start, "end": end, "feed": "iex", **more}
        bars = self._do("getMultiBarsV2", symbols, asked)
        return {s: [(b["Timestamp"][:10], b["ClosePrice"]) for b in rows] for s, rows in bars.items()}

    def latest_trades(self, symbols):
        return {s: t["Price"] for s, t in self._do("getLatestTrades", symbols).items()}

    def latest_quotes(self, symbols):
        return {s: (q["BidPrice"], q["AskPrice"]) for s, q in self._do("getLatestQuotes", symbols).items()}

    def latest_bars(self, symbols):
        return {s: b["ClosePrice"] for s, b in self._do("getLatestBars", symbols).items()}

    def snapshots(self, symbols):
        return {x["symbol"]: {"trade": x["LatestTrade"]["Price"], "ask": x["LatestQuote"]["AskPrice"],
                              "day": x["DailyBar"]["ClosePrice"]} for x in self._do("getSnapshots", symbols)}


class Npm4(Npm):
    name = "npm-4"
    lacks = set()
    BUILDERS = {"market": "market", "limit": "limit", "stop": "stop", "stop_limit": "stopLimit",
                "trailing_stop": "trailingStop"}

    def _do(self, call, *args):
        return snake(super()._do(call, *args))

    def account(self):
        return self._do("trading.account.getAccount")

    def clock(self):
        return self._do("trading.clock.legacyClock")

    def calendar(self, start, end):
        days = self._do("trading.calendar.legacyCalendar", {"start": date(start), "end": date(end)})
        return [{"date": d["date"][:10], "open": d["open"], "close": d["close"]} for d in days]

    def assets(self, **filters):
        return [self._asset(a) for a in self._do("trading.assets.getV2Assets", camel(filters))]

    def asset(self, symbol):
        return self._asset(self._do("trading.assets.getV2AssetsSymbolOrAssetId", {"symbolOrAssetId": symbol}))

    @staticmethod
    def _asset(asset):
        return {("class" if k == "_class" else k): v for k, v in asset.items()}

    def submit(self, **order):
        """The builder of its kind."""
        kind = order.get("order_class", "")
        builder = kind or self.BUILDERS[order["type"]]
        fields = camel({k: v for k, v in order.items() if k not in ("type", "order_class")})
        return self._do(f"trading.orders.{builder}", fields)

    def post(self, **order):
        """Past the builders, which insist on fields."""
        return self._do("trading.orders.postOrder", {"postOrderRequest": camel(order)})

    def submit_and_wait(self, **order):
        """Its workflow helper, on a stream of its own."""
        try:
            return snake(self.bridge.ask(submitAndWait=camel(order), **self.login))
        except NodeError as error:
            raise self.refusal(error.said) from error

    def order(self, order_id, nested=None):
        return self._do("trading.orders.getOrderByOrderID", given(orderId=order_id, nested=nested))

    def order_by_client_id(self, client_order_id):
        return self._do("trading.orders.getOrderByClientOrderId", {"clientOrderId": client_order_id})

    def orders(self, **filters):
        return self._do("trading.orders.getAllOrders", camel(filters))

    def replace(self, order_id, **changes):
        changes = {k: str(v) for k, v in changes.items()}
        return self._do("trading.orders.patchOrderByOrderId",
                        {"orderId": order_id, "patchOrderRequest": camel(changes)})

    def cancel(self, order_id):
        return self._do("trading.orders.deleteOrderByOrderID", {"orderId": order_id})

    def cancel_all(self):
        return self._do("trading.orders.deleteAllOrders")

    def positions(self):
        return self._do("trading.positions.getAllOpenPositions")

    def position(self, symbol):
        return self._do("trading.positions.getOpenPosition", {"symbolOrAssetId": symbol})

    def close(self, symbol, **how):
        how = {k: float(v) for k, v in how.items()}
        return self._do("trading.positions.deleteOpenPosition", {"symbolOrAssetId": symbol, **how})

    def close_all(self, cancel_orders=None):
        return self._do("trading.closeAllPositions", given(cancelOrders=cancel_orders))

    def activities(self, kind, page_size):
        """Not `collectActivitiesByType`: version 4.0.2 reads every row of that as one without a trade."""
        return self._do("trading.collectActivities", {"activityTypes": [kind], "pageSize": page_size})

    def history(self, **asked):
        return self._do("trading.portfolioHistory.getAccountPortfolioHistory", asked)

    def configuration(self):
        return self._do("trading.accountConfigurations.getAccountConfig")

    def configure(self, **changes):
        return self._do("trading.accountConfigurations.patchAccountConfig",
                        {"accountConfigurations": camel(changes)})

    def bars(self, symbols, start, end, **more):
        asked = {"symbols": symbols, "timeframe": "1Day", "start": date(start), "end": date(end), "feed": "iex", **more}
        bars = super()._do("marketData.getStockBars", asked)
        return {s: [(b["timestamp"][:10], b["close"]) for b in rows] for s, rows in bars.items()}

    def _latest(self, call, key, symbols):
        return super()._do(f"marketData.stocks.{call}", {"symbols": ",".join(symbols), "feed": "iex"})[key]

    def latest_trades(self, symbols):
        return {s: t["p"] for s, t in self._latest("stockLatestTrades", "trades", symbols).items()}

    def latest_quotes(self, symbols):
        return {s: (q["bp"], q["ap"]) for s, q in self._latest("stockLatestQuotes", "quotes", symbols).items()}

    def latest_bars(self, symbols):
        return {s: b["c"] for s, b in self._latest("stockLatestBars", "bars", symbols).items()}

    def snapshots(self, symbols):
        answer = super()._do("marketData.stocks.stockSnapshots", {"symbols": ",".join(symbols), "feed": "iex"})
        return {s: {"trade": x["latestTrade"]["p"], "ask": x["latestQuote"]["ap"], "day": x["dailyBar"]["c"]}
                for s, x in answer.items()}
