"""Hear of every change of my orders. Runs until it is stopped."""
import os

from alpaca.trading.stream import TradingStream

trading_stream = TradingStream("api-key", "secret-key", paper=True, url_override=os.environ["APCA_API_STREAM_URL"])


async def update_handler(data):
    print(f"{data.event}: {data.order.side.value} {data.order.qty} {data.order.symbol}", flush=True)


trading_stream.subscribe_trade_updates(update_handler)
trading_stream.run()
