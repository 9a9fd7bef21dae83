"""Rest a limit order, find it among the open ones, cancel everything."""
import os

from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, QueryOrderStatus, TimeInForce
from alpaca.trading.requests import GetOrdersRequest, LimitOrderRequest

trading_client = TradingClient("api-key", "secret-key", paper=True, url_override=os.environ["APCA_API_BASE_URL"])

limit_order_data = LimitOrderRequest(
    symbol="KO",
    limit_price=17.5,
    qty=4,
    side=OrderSide.BUY,
    time_in_force=TimeInForce.GTC,
    client_order_id="my_first_order",
)
limit_order = trading_client.submit_order(order_data=limit_order_data)

my_order = trading_client.get_order_by_client_id("my_first_order")
print(f"Got order #{my_order.id}")

request_params = GetOrdersRequest(status=QueryOrderStatus.OPEN, side=OrderSide.BUY)
for order in trading_client.get_orders(filter=request_params):
    print(f"open: {order.qty} {order.symbol} at {order.limit_price}")

cancel_statuses = trading_client.cancel_orders()
print(f"canceled: {[status.status for status in cancel_statuses]}")
