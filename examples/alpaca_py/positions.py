"""What do I hold? Then close all of it."""
import os
import time

from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import MarketOrderRequest

trading_client = TradingClient("api-key", "secret-key", paper=True, url_override=os.environ["APCA_API_BASE_URL"])

trading_client.submit_order(
    MarketOrderRequest(symbol="AAPL", qty=3, side=OrderSide.BUY, time_in_force=TimeInForce.DAY))
while not trading_client.get_all_positions():
    time.sleep(0.05)

aapl_position = trading_client.get_open_position("AAPL")
print(f"{aapl_position.qty} shares of AAPL, worth {aapl_position.market_value}")
for position in trading_client.get_all_positions():
    print(f"{position.qty} shares of {position.symbol}")

closed = trading_client.close_all_positions(cancel_orders=True)
print(f"closing: {[(response.symbol, response.status) for response in closed]}")
