"""What must be true, whatever happened: the exchange's own ledger against the journal's tables.

Reads SQLite and computes the hash chain by itself, so that it shares no code with what it judges.
"""
import csv
import hashlib
import shutil
import sqlite3
import stat
from collections import Counter
from decimal import ROUND_HALF_EVEN, Decimal

from world import CANARY, CASH, COMPACT, HELD

PRICE = QUANTITY = Decimal(10) ** 9
FINAL = {"FILLED", "PARTIAL", "CANCELED", "EXPIRED", "REJECTED", "ABANDONED", "NEVER_ACCEPTED"}
NEVER_THERE = {"PLANNED", "ABANDONED", "NEVER_ACCEPTED"}


def field(value):
    if value is None:
        return b"-,"
    text = str(value).encode()
    return str(len(text)).encode() + b":" + text + b","


def check_chain(database):
    """Numbers without a gap, and every hash as it must be."""
    rows = []
    tables = [row["name"] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    columns = {table: [row["name"] for row in database.execute(f"PRAGMA table_info({table})")] for table in tables}
    for table in tables:
        if columns[table][0] != "record" or columns[table][-1] != "hash":
            continue
        for row in database.execute(f"SELECT * FROM {table}"):
            rows.append((row["record"], table, tuple(row)[1:-1], row["hash"]))
    rows.sort()
    last = ""
    for number, (record, table, cells, stored) in enumerate(rows, 1):
        assert record == number, f"record {number} is missing, {record} ({table}) follows"
        due = hashlib.sha256(field(last) + field(table) + field(record) + b"".join(map(field, cells))).hexdigest()
        assert stored == due, f"record {record} ({table}) breaks the chain"
        last = stored
    return len(rows)


class Books:
    """The journal of a workspace, from a copy: reading must not mend what it looks at."""

    def __init__(self, root):
        self.orders = {}
        self.batches = []
        self.postings = Counter()
        self.fills = []
        path = root / "state/signalbus.db"
        if not path.exists() or path.stat().st_size == 0:
            return
        copy = root.parent / (root.name + ".books")
        copy.mkdir()
        try:
            for name in ("signalbus.db", "signalbus.db-wal"):
                if (root / "state" / name).exists():
                    shutil.copy(root / "state" / name, copy / name)
            database = sqlite3.connect(copy / "signalbus.db")
            database.row_factory = sqlite3.Row
            try:
                self.read(database)
            finally:
                database.close()
        finally:
            shutil.rmtree(copy)

    def read(self, database):
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
        assert sound == "ok", sound
        if database.execute("PRAGMA user_version").fetchone()[0] == 0:
            return  # killed before the schema was there
        check_chain(database)
        self.batches = [dict(row) for row in database.execute(
            "SELECT b.*, coalesce((SELECT state FROM closing c WHERE c.batch = b.record ORDER BY c.record DESC "
            "LIMIT 1), 'open') AS state FROM batch b ORDER BY record")]
        for row in database.execute("SELECT * FROM intent ORDER BY record"):
            self.orders[row["client_order_id"]] = {**dict(row), "fills": [], "bodies": [], "asked": None}
        names = {order["record"]: order for order in self.orders.values()}
        for row in database.execute("SELECT * FROM posting ORDER BY record"):
            order = names[row["intent"]]
            order["bodies"].append(row["body_sha256"])
            order["asked"] = row["quantity"]
            if row["body"] is not None:
                assert hashlib.sha256(row["body"].encode()).hexdigest() == row["body_sha256"], "a body and its hash"
        for row in database.execute("SELECT * FROM event ORDER BY record"):
            order = names[row["intent"]]
            assert order["state"] not in FINAL, f"{order['client_order_id']} was {order['state']}, and changed"
            assert row["filled_qty"] >= order.get("filled_qty", 0), "a filled quantity went down"
            order.update({k: row[k] for k in ("state", "order_id", "filled_qty", "updated_at", "reject_code", "error")})
        for row in database.execute("SELECT * FROM fill ORDER BY record"):
            names[row["intent"]]["fills"].append(dict(row))
            self.fills.append({**dict(row), "client_order_id": names[row["intent"]]["client_order_id"]})


def ours(account):
    """Orders of the ledger that were posted, by their id; each id once."""
    found = {}
    for order in account["orders"]:
        assert order["received"] > 0, f"an order that nobody posted: {order}"
        assert order["client_order_id"] not in found, f"{order['client_order_id']} is there twice"
        found[order["client_order_id"]] = order
    return found


def check_write_ahead(books, account, copies=1):
    """Nothing is at the exchange that the journal did not know before; right after a kill already.

    `copies`: how often the network may have repeated each request.
    """
    if account is None:
        return
    for name, order in ours(account).items():
        intent = books.orders.get(name)
        assert intent is not None, f"{name} is at the exchange, the journal has no such intent"
        assert intent["bodies"], f"{name} is at the exchange and was never written ahead"
        assert order["received"] <= copies * len(intent["bodies"]), \
            f"{name} was received {order['received']} times, written ahead {len(intent['bodies'])} times"
        assert {order["body_sha256"]} == set(intent["bodies"]), f"{name}: other bytes arrived than were stored"


def executions(fills, quantity=Decimal, price=Decimal):
    # An activity's id is its time, "::" and the execution's id.
    return sorted((f["execution_id"].split("::")[-1], quantity(f["qty" if "qty" in f else "quantity"]), price(f["price"]))
                  for f in fills)


def check_orders(books, account):
    """Each intent: once there with equal executions, or certainly not there."""
    there = ours(account)
    for name, intent in books.orders.items():
        order = there.get(name)
        assert intent["state"] in FINAL, f"{name} is {intent['state']}"
        refused = order is not None and order["status"] == "refused"
        if order is None or refused:
            assert intent["state"] in NEVER_THERE | {"REJECTED"}, f"{name}: {intent['state']}, and not at the exchange"
            assert not intent["fills"], f"{name} has fills of an order that is not there"
            continue
        assert intent["state"] not in NEVER_THERE, f"{name}: {intent['state']}, and at the exchange as {order['status']}"
        known = executions(intent["fills"], lambda q: Decimal(q) / QUANTITY, lambda p: Decimal(p) / PRICE)
        assert known == executions(order["fills"]), f"{name}: executions differ\n{known}\n{order['fills']}"
        filled = sum((q for _, q, _ in known), Decimal(0))
        assert filled == Decimal(order["filled_qty"]) == Decimal(intent["filled_qty"]) / QUANTITY, name
        assert (intent["state"] == "FILLED") == (filled == Decimal(intent["asked"]) / QUANTITY), f"{name}: {intent}"
        assert intent["state"] == "PARTIAL" or filled == 0 or intent["state"] == "FILLED", f"{name}: {intent['state']}"


def books_of(fills, start_cash=CASH, held=None):
    """Cash and positions after executions, each to the cent as the exchange books it."""
    cash = start_cash
    positions = dict(HELD if held is None else held)
    for fill in fills:
        signed = Decimal(fill["quantity"]) / QUANTITY * (1 if fill["side"] == "BUY" else -1)
        paid = (signed * Decimal(fill["price"]) / PRICE).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        cash -= paid
        positions[fill["symbol"]] = positions.get(fill["symbol"], Decimal(0)) + signed
    return cash, {symbol: qty for symbol, qty in positions.items() if qty}


def check_money(books, account):
    cash, positions = books_of(books.fills)
    assert Decimal(account["cash"]) == cash, f"cash is {account['cash']}, the journal's fills make {cash}"
    there = {p["symbol"]: Decimal(p["qty"]) for p in account["positions"]}
    assert there == positions, f"positions are {there}, the journal's fills make {positions}"


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check_views(root, books):
    """The files that people read say what the journal says."""
    filled = read_csv(root / "data/outputs/filled_orders.csv")
    last = books.batches[-1]["record"]  # this file is of one batch, the log of the day
    told = sorted((r["execution_id"], r["client_order_id"], Decimal(r["qty"]), Decimal(r["price"])) for r in filled)
    known = sorted((f["execution_id"], f["client_order_id"], Decimal(f["quantity"]) / QUANTITY,
                    Decimal(f["price"]) / PRICE)
                   for f in books.fills if books.orders[f["client_order_id"]]["batch"] == last)
    assert told == known, f"filled_orders.csv: {told}\njournal: {known}"
    rows = read_csv(root / "data/outputs/execution_log.csv")
    seen = Counter((r["client_order_id"], r["status"]) for r in rows)
    assert max(seen.values()) == 1, f"execution_log.csv tells twice: {seen}"
    newest = {r["client_order_id"]: r["status"] for r in rows}
    states = {name: order["state"] for name, order in books.orders.items()}
    assert newest == states, f"execution_log.csv: {newest}\njournal: {states}"


def check_private(root):
    """State for its owner alone, and the secrets nowhere."""
    state = root / "state"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700, oct(state.stat().st_mode)
    for path in state.rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, f"{path}: {oct(path.stat().st_mode)}"
    for path in root.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), f"{path} holds a secret"


def check_end(root, account, may_end=("finished",), copies=1, batches=1):
    """All of it, once a run said that it is done; the last of the batches ended so."""
    books = Books(root)
    assert len(books.batches) == batches, f"{len(books.batches)} batches"
    assert books.batches[-1]["state"] in may_end, books.batches[-1]
    assert all(batch["state"] == "ended" for batch in books.batches[:-1]), books.batches
    check_write_ahead(books, account, copies)
    check_orders(books, account)
    check_money(books, account)
    check_views(root, books)
    check_private(root)
    assert (root / f"data/outputs/recon_report_{COMPACT}.csv").exists()
    return books
