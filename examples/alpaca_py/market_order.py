"""Buy a fraction of a share at the market."""
import os

from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import MarketOrderRequest

trading_client = TradingClient("api-key", "secret-key", paper=True, url_override=os.environ["APCA_API_BASE_URL"])

market_order_data = MarketOrderRequest(
    symbol="SPY",
    qty=0.023,
    side=OrderSide.BUY,
    time_in_force=TimeInForce.DAY,
)
market_order = trading_client.submit_order(order_data=market_order_data)
print(f"{market_order.side.value} {market_order.qty} {market_order.symbol}: {market_order.status.value}")
