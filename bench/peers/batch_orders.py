"""The orders of an execution log, one after another through alpaca-py: python batch_orders.py URL LOG"""
import csv
import sys
import time

from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import MarketOrderRequest

with open(sys.argv[2], newline="") as file:
    rows = list(csv.DictReader(file))
client = TradingClient("BENCH-PEER", "secret", paper=True, url_override=sys.argv[1])
start = time.perf_counter()
for row in rows:
    side = OrderSide.BUY if row["side"] == "BUY" else OrderSide.SELL
    client.submit_order(MarketOrderRequest(symbol=row["symbol"], qty=row["qty"], side=side,
                                           time_in_force=TimeInForce.DAY, client_order_id=row["client_order_id"]))
total = time.perf_counter() - start
print(f"inner_ms={total * 1000:.3f} orders_per_second={len(rows) / total:.0f}")
