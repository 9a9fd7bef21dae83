"""Enter with a way out on both sides."""
import os

from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderClass, OrderSide, TimeInForce
from alpaca.trading.requests import MarketOrderRequest, StopLossRequest, TakeProfitRequest

trading_client = TradingClient("api-key", "secret-key", paper=True, url_override=os.environ["APCA_API_BASE_URL"])

bracket_order_data = MarketOrderRequest(
    symbol="MSFT",
    qty=5,
    side=OrderSide.BUY,
    time_in_force=TimeInForce.DAY,
    order_class=OrderClass.BRACKET,
    take_profit=TakeProfitRequest(limit_price=450),
    stop_loss=StopLossRequest(stop_price=380),
)
bracket_order = trading_client.submit_order(order_data=bracket_order_data)
print(f"{bracket_order.order_class.value} of {bracket_order.qty} {bracket_order.symbol}")
