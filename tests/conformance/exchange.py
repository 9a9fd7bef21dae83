"""The embedded exchange as a process: started on throw-away files, driven through its admin door."""
import itertools
import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

import requests

from harness import BINARY, environment

START_SECONDS = 20
CASH = "100000"

# Names whose price stays; every other symbol of the file belongs to one test alone (see `fresh_symbols`).
FIXED = {"AAPL": "200.25", "MSFT": "410.5", "SPY": "500", "KO": "62.35", "BRK.B": "455.1", "PENY": "0.5"}
POOL_PRICE = "100"
POOL = ["Q" + "".join(pair) for pair in itertools.product("ABCDEFGHIJKLMNOPQRSTUVWXYZ", repeat=2)]


def static_prices():
    """A price file's text: the fixed names and the pool."""
    rows = [*FIXED.items(), *((symbol, POOL_PRICE) for symbol in POOL)]
    return "symbol,price\n" + "".join(f"{symbol},{price}\n" for symbol, price in rows)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def poll(probe, seconds=10.0, what="a condition"):
    """The first value of probe() that is true. Fails with `what` and the last value when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}; the last answer was {value!r}"
        time.sleep(0.01)


class Wire:
    """Requests as they are: no client between the test and the bytes."""

    def __init__(self, url, key, secret="secret"):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update({"APCA-API-KEY-ID": key, "APCA-API-SECRET-KEY": secret})

    def __call__(self, method, path, **options):
        return self.session.request(method, self.url + path, timeout=30, allow_redirects=False, **options)

    def json(self, method, path, expect=200, **options):
        answer = self(method, path, **options)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.text else None

    def order(self, expect=200, **body):
        return self.json("POST", "/v2/orders", expect, json=body)


class Exchange:
    """One running exchange. Its stderr is kept: a sanitizer's word in it fails the session."""

    def __init__(self, folder, *flags, prices=None, cash=CASH):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.prices_file = folder / "prices.csv"
        self.prices_file.write_text(prices or static_prices(), encoding="utf-8")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws = f"ws://127.0.0.1:{self.port}"
        command = [str(BINARY), "exchange", "--listen", f"127.0.0.1:{self.port}", "--prices",
                   str(self.prices_file), "--cash", cash, "--seed", "7", *map(str, flags)]
        self.log = open(folder / "stderr.txt", "wb")
        self.process = subprocess.Popen(command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        self.admin = Wire(self.url, "ADMIN")
        self._wait(" ".join(command))

    def _wait(self, command):
        def ready():
            assert self.process.poll() is None, f"{command}\nended with {self.process.returncode}\n{self.said()}"
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return True
            except OSError:
                return False
        try:
            poll(ready, START_SECONDS, f"{command} to listen")
        except AssertionError:
            self.process.kill()
            raise

    def said(self):
        self.log.flush()
        return Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def stop(self):
        """Ends it the polite way; what it said on the way must hold no sanitizer's report."""
        self.process.terminate()
        try:
            code = self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the exchange did not end within 10 s of SIGTERM\n{self.said()}")
        said = self.said()
        self.log.close()
        assert "Sanitizer" not in said and "runtime error" not in said, said
        assert code == 0, f"the exchange ended with {code}\n{said}"

    def wire(self, key, secret="secret"):
        return Wire(self.url, key, secret)

    # The admin door (product.md, "Embedded exchange").
    def _post(self, what, body):
        data = body if isinstance(body, str) else json.dumps(body)
        answer = self.admin("POST", f"/admin/v1/{what}", data=data)
        assert answer.status_code < 300, f"admin {what} {data}: {answer.status_code} {answer.text}"

    def set_prices(self, **prices):
        self._post("prices", {"prices": prices})

    def set_cash(self, key, amount):
        self._post("cash", {"cash": {key: amount}})

    def set_position(self, key, symbol, qty, entry=POOL_PRICE):
        self._post("positions", {"positions": {key: {symbol: {"qty": qty, "avg_entry_price": entry}}}})

    def set_asset(self, symbol, **flags):
        self._post("assets", {"assets": {symbol: flags}})

    def advance(self, by):
        self._post("clock", {"advance": by})

    def fault(self, key, on, do, **more):
        """One fault for one account; `more` are the verb's numbers, `times` (1 unless given), `after`."""
        words = {"on": f'"{on}"', "do": do, "times": 1, "key_id": f'"{key}"', **more}
        self._post("faults", "faults:\n  - {" + ", ".join(f"{k}: {v}" for k, v in words.items()) + "}\n")

    def ledger(self, key):
        """What the exchange knows of an account: the truth that answers are compared with."""
        return self.admin.json("GET", "/admin/v1/ledger")["accounts"][key]


def running(tmp_path_factory, name, *flags, **options):
    """For fixtures: an exchange for as long as the fixture lives."""
    exchange = Exchange(tmp_path_factory.mktemp(name), *flags, **options)
    yield exchange
    exchange.stop()


class Counter:
    """Keys and symbols that nobody else of this session has."""

    def __init__(self):
        self._numbers = itertools.count(1)
        self._symbols = iter(POOL)
        self._lock = threading.Lock()

    def key(self):
        with self._lock:
            return f"PKCONFORM{os.getpid():07d}{next(self._numbers):04d}"

    def symbol(self):
        with self._lock:
            return next(self._symbols)
