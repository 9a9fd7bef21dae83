"""Puts load on an exchange at rest: python fill_exchange.py URL ORDERS STREAMS

Places that many limit orders far from the market over the symbols S000 to S499, then opens that many
trade-update streams, says `ready` and keeps them until its input ends.
"""
import contextlib
import json
import sys

import requests
from websockets.sync.client import connect

url, orders, streams = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
session = requests.Session()
session.headers.update({"APCA-API-KEY-ID": "BENCH-REST", "APCA-API-SECRET-KEY": "secret"})
for number in range(orders):
    answer = session.post(f"{url}/v2/orders", json={
        "symbol": f"S{number % 500:03d}", "qty": "1", "side": "buy", "type": "limit", "limit_price": "1.00",
        "time_in_force": "gtc", "client_order_id": f"rest_{number}"}, timeout=30)
    answer.raise_for_status()
open_streams = contextlib.ExitStack()
for number in range(streams):
    socket = open_streams.enter_context(connect(url.replace("http", "ws") + "/stream", proxy=None))
    socket.send(json.dumps({"action": "authenticate",
                            "data": {"key_id": f"BENCH-{number}", "secret_key": "secret"}}))
    socket.recv()
    socket.send(json.dumps({"action": "listen", "data": {"streams": ["trade_updates"]}}))
    socket.recv()
print("ready", flush=True)
if streams:
    sys.stdin.read()
    open_streams.close()
