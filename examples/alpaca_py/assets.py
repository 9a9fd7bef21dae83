"""Which US equities are there, and can I trade AAPL?"""
import os

from alpaca.trading.client import TradingClient
from alpaca.trading.enums import AssetClass
from alpaca.trading.requests import GetAssetsRequest

trading_client = TradingClient("api-key", "secret-key", paper=True, url_override=os.environ["APCA_API_BASE_URL"])

search_params = GetAssetsRequest(asset_class=AssetClass.US_EQUITY)
assets = trading_client.get_all_assets(search_params)
print(f"{len(assets)} assets")

aapl_asset = trading_client.get_asset("AAPL")
if aapl_asset.tradable:
    print("We can trade AAPL.")
