"""The torture's little world: an exchange that keeps its ledger, and workspaces that trade twelve names once.

Every case has a key of its own, so an account of its own, and a fresh workspace: cases share nothing but
the exchange's process, which is replaced now and then to keep its ledger short.
"""
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from decimal import Decimal
from pathlib import Path

from harness import BINARY, call, environment

DATE = "2025-08-29"
COMPACT = "20250829"
CASH = Decimal(100_000)
# Seconds. Long, because a run that other work keeps off the processors does not hang.
HUNG_AFTER = 300
# Never in any file, nor in what the program says.
CANARY = "CANARYq9Zt"

# symbol: price, held before, target weight. Exits, cuts, buys with fractions, shorts, and two that change sides.
NAMES = {
    "AAA": ("200.25", "60", None),
    "BBB": ("410.5", "40", "0.05"),
    "CCC": ("62.35", "100", "-0.05"),
    "DDD": ("150.1", "-30", "0.06"),
    "EEE": ("500", None, "0.08"),
    "FFF": ("33.33", None, "0.07"),
    "GGG": ("18.07", "12.5", "0.04"),
    "HHH": ("95.5", None, "0.11"),
    "III": ("250", None, "-0.04"),
    "JJJ": ("75.4", "8", None),
    "KKK": ("12.01", None, "0.09"),
    "LLL": ("1200.75", None, "0.1"),
}
PRICES = {symbol: Decimal(row[0]) for symbol, row in NAMES.items()}
HELD = {symbol: Decimal(row[1]) for symbol, row in NAMES.items() if row[1]}

CONFIG = """\
mapping: {{file: ./data/mapping.csv, id_column: id, symbol_column: symbol}}
alpaca:
  key_id: "${{APCA_API_KEY_ID}}"
  secret: "${{APCA_API_SECRET_KEY}}"
scheduler:
  m1: {{mode: select, pick: only}}
  m2: {{fetch_real_prices: true, price_source: {source}}}
  m4: {{mode: {mode}}}
  m5: {{source: logs}}
execution:
  settle_seconds: {settle}
  grace_seconds: {settle}
  poll_seconds: 1
  fill_wait_seconds: 20
  end_wait_seconds: {end_wait}
planning: {{foreign_positions: sell}}
weights: {{allow_short: true, allow_cash: true, max_gross: 1.5}}
risk: {{max_share_per_order: 5000, max_notional_per_order: 50000, max_total_notional: 500000, price_tolerance_pct: 1.0}}
"""

SIM = """\
sim: {{prices: ./data/prices.csv, cash: 100000, clock: "{date}@0", transport: {transport}}}
"""

MANIFEST = """\
strategies:
  - id: only
    path: ./data/signals.csv
    format: csv
    column_mapping: {trade_date: trade_date, id: asset_id, weight: target_weight}
    max_age_days: 5
"""


def price_table():
    return "symbol,price\n" + "".join(f"{s},{p}\n" for s, p in PRICES.items())


def make_template(root, mode="paper", transport="direct", settle=0, end_wait=5, source="snapshot"):
    """The files of a workspace; cases copy them."""
    root = Path(root)
    (root / "config").mkdir(parents=True)
    (root / "data").mkdir()
    config = CONFIG.format(mode=mode, settle=settle, end_wait=end_wait, source=source)
    if mode == "sim":
        config += SIM.format(date=DATE, transport=transport)
        (root / "data/prices.csv").write_text(price_table())
    (root / "config/config.yaml").write_text(config)
    (root / "config/strategy_manifest.yaml").write_text(MANIFEST)
    (root / "data/mapping.csv").write_text("id,symbol\n" + "".join(f"{s},{s}\n" for s in NAMES))
    rows = "".join(f"{DATE},{s},{row[2]}\n" for s, row in NAMES.items() if row[2])
    (root / "data/signals.csv").write_text("trade_date,id,weight\n" + rows)
    if mode == "sim":
        hold_in_sim(root)
    return root


def hold_in_sim(root):
    """Gives the account of mode sim its positions, through the door of an exchange process on its ledger."""
    maker = Exchange(root.parent / "maker")
    maker.open_account("SIM")
    maker.stop()
    (root / "state").mkdir(mode=0o700)
    shutil.move(maker.folder / "state", root / "state/sim")
    shutil.rmtree(maker.folder)


class Exchange:
    """`signalbus exchange` as a process with a ledger on disk; may be killed and started again."""

    def __init__(self, folder, flags=()):
        self.folder = Path(folder)
        self.flags = [*flags]
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "prices.csv").write_text(price_table())
        self.port = 0
        self.start()

    def start(self):
        """At the port that it had before, so that clients find it again."""
        command = [str(BINARY), "exchange", "--listen", f"127.0.0.1:{self.port}", "--prices",
                   str(self.folder / "prices.csv"), "--cash", str(CASH), "--clock", DATE, "--rate", "off",
                   "--state", str(self.folder / "state"), *self.flags]
        said = self.folder / "said.txt"
        begin = said.stat().st_size if said.exists() else 0
        with open(said, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=environment(), start_new_session=True)
        deadline = time.monotonic() + 20
        found = None
        while found is None:
            text = said.read_bytes()[begin:].decode(errors="replace")
            found = re.search(r"listening on (http://127\.0\.0\.1:(\d+))\n", text)
            ended = self.process.poll()
            assert found or (ended is None and time.monotonic() < deadline), f"no exchange, exit {ended}: {text}"
            if not found:
                time.sleep(0.002)
        self.url = found.group(1)
        self.port = int(found.group(2))

    def admin(self, method, path, body=None):
        request = urllib.request.Request(f"{self.url}/admin/v1/{path}", method=method,
                                         data=body.encode() if body is not None else None)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return json.loads(answer.read(), parse_float=Decimal)

    def account(self, key):
        """What the ledger says of one key; None when it never came."""
        return self.admin("GET", "ledger")["accounts"].get(key)

    def open_account(self, key):
        held = {s: {"qty": str(q), "avg_entry_price": str(PRICES[s])} for s, q in HELD.items()}
        self.admin("POST", "positions", json.dumps({"positions": {key: held}}))

    def faults(self, script):
        self.admin("POST", "faults", script)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=20)
        said = (self.folder / "said.txt").read_text(errors="replace")
        assert code == 0 and "Sanitizer" not in said, f"the exchange ended with {code}\n{said[-2000:]}"


def threads_of(pid):
    """What each thread of a process waits for, and the seconds that it ran and that it waited for a processor."""
    told = []
    for task in sorted(Path(f"/proc/{pid}/task").iterdir()):
        try:
            ran, waited, _ = map(int, (task / "schedstat").read_text().split())
            told.append(f"{task.name}: {(task / 'wchan').read_text()}, ran {ran / 1e9:.2f}, waited {waited / 1e9:.2f}")
        except OSError:
            pass  # it just ended
    return "\n".join(told)


class Case:
    """One account, one workspace, one batch to trade."""

    def __init__(self, name, root, template, exchange=None):
        self.key = f"PK{CANARY}{name}"
        self.exchange = exchange
        self.root = Path(root)
        shutil.copytree(template, self.root)
        self.env = {}
        if exchange is not None:
            exchange.open_account(self.key)
            self.env = self.environment_for(exchange.url)
        self.said = ""

    def environment_for(self, url):
        return {"APCA_API_KEY_ID": self.key, "APCA_API_SECRET_KEY": "secret" + CANARY,
                "APCA_API_BASE_URL": url, "APCA_API_DATA_URL": url}

    def __truediv__(self, path):
        return self.root / path

    def command(self, *args):
        return [str(BINARY), "run", "--once", "--json", "--config", "config/config.yaml", *args]

    def start(self, *args, before=(), env=None):
        """Starts a run in a process group of its own; `before` is what stands in front of it."""
        return subprocess.Popen([*map(str, before), *self.command(*args)], cwd=self.root,
                                env=environment({**self.env, **(env or {})}), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def finish(self, process, timeout=HUNG_AFTER, spoilt=None):
        """The exit code, as Python gives it: negative for a signal.

        `spoilt`: words by which a sanitizer says that it could not do its own work; then the run died of that.
        """
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            threads = threads_of(process.pid)
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            raise AssertionError(f"a run hung for {timeout} s\n{threads}\n{out.decode()}\n{err.decode()}") from None
        self.said = out.decode(errors="replace") + err.decode(errors="replace")
        assert CANARY not in self.said, f"a secret was printed\n{self.said}"
        if spoilt and spoilt in self.said:
            return -signal.SIGKILL
        assert "Sanitizer" not in self.said and "runtime error" not in self.said, self.said
        assert process.returncode not in (70, 99, -6, -11), f"exit {process.returncode}\n{self.said}"
        return process.returncode

    def run(self, *args, before=(), env=None, timeout=HUNG_AFTER, spoilt=None):
        return self.finish(self.start(*args, before=before, env=env), timeout, spoilt)

    def call(self, command, *args):
        """Another command on the same workspace and account."""
        answer = call(*command.split(), "--config", "config/config.yaml", *args, cwd=self.root, env=self.env)
        assert CANARY not in answer.out + answer.err, answer
        return answer

    def until_done(self, expect=(0,), tries=4, may_be=(6,)):
        """Restarts until a code of `expect`; on the way only those of `may_be` are right. The codes."""
        codes = []
        for _ in range(tries):
            codes.append(self.run())
            if codes[-1] in expect:
                return codes
            assert codes[-1] in may_be, f"exit {codes[-1]} after {codes[:-1]}\n{self.said}"
        raise AssertionError(f"not done after {tries} runs: {codes}\n{self.said}")

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)


class World:
    """Exchanges, one after the other, and the cases on them."""

    def __init__(self, folder, cases_per_exchange=48, **template):
        self.folder = Path(folder)
        self.template = make_template(self.folder / "template", **template)
        self.is_sim = template.get("mode") == "sim"
        self.cases_per_exchange = cases_per_exchange
        self.numbers = itertools.count(1)
        self.left = 0
        self.exchange = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def case(self):
        number = next(self.numbers)
        if not self.is_sim:
            if self.left == 0:
                self.close()
                self.exchange = Exchange(self.folder / f"exchange{number}")
                self.left = self.cases_per_exchange
            self.left -= 1
        return Case(f"{number:06}", self.folder / f"case{number}", self.template, self.exchange)

    def close(self):
        if self.exchange is None:
            return
        exchange, self.exchange = self.exchange, None
        exchange.stop()
        shutil.rmtree(exchange.folder)


def sim_account(case):
    """What the embedded exchange of mode sim wrote down, read by an exchange process of the same terms."""
    folder = case.root.parent / (case.root.name + ".reader")
    shutil.copytree(case.root / "state/sim", folder / "state")
    reader = Exchange(folder)
    try:
        return reader.account("SIM")
    finally:
        reader.stop()
        shutil.rmtree(reader.folder)
