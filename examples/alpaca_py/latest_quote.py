"""What does it cost now, for several names at once?"""
import os

from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.requests import StockLatestQuoteRequest

client = StockHistoricalDataClient("api-key", "secret-key", url_override=os.environ["APCA_API_DATA_URL"])

multisymbol_request_params = StockLatestQuoteRequest(symbol_or_symbols=["SPY", "AAPL"])
latest_multisymbol_quotes = client.get_stock_latest_quote(multisymbol_request_params)
print(f"SPY asks {latest_multisymbol_quotes['SPY'].ask_price}")
print(f"AAPL asks {latest_multisymbol_quotes['AAPL'].ask_price}")
