"""Orders one after another through alpaca-py: python alpaca_orders.py URL COUNT"""
import sys
import time

from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import MarketOrderRequest

url, count = sys.argv[1], int(sys.argv[2])
client = TradingClient("BENCH-PEER", "secret", paper=True, url_override=url)
start = time.perf_counter()
for number in range(count):
    side = OrderSide.BUY if number % 2 == 0 else OrderSide.SELL
    client.submit_order(MarketOrderRequest(symbol="AAPL", qty=1, side=side, time_in_force=TimeInForce.DAY,
                                           client_order_id=f"sb_20250829_AAPL_{number}"))
total = time.perf_counter() - start
print(f"inner_ms={total * 1000:.3f} orders_per_second={count / total:.0f}")
