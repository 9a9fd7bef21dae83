"""How much can I spend, and how did the day go?"""
import os

from alpaca.trading.client import TradingClient

trading_client = TradingClient("api-key", "secret-key", paper=True, url_override=os.environ["APCA_API_BASE_URL"])

account = trading_client.get_account()

if account.trading_blocked:
    print("Account is currently restricted from trading.")
print(f"${account.buying_power} is available as buying power.")

balance_change = float(account.equity) - float(account.last_equity)
print(f"Today's portfolio balance change: ${balance_change}")
