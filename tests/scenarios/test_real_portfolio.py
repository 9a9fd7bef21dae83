"""The portfolio that Alpaca refused two thirds of on 2025-08-29 (the log of another system): traded by us, it
is refused nothing. What cannot be traded is known beforehand, by its reason.

The recorded answers say what stood at the broker: which names were inactive, not fractionable, short, or held
by the legs of a bracket. Each test builds that account again and trades the same weights at the same prices."""
import csv
import json
import re
import urllib.request
from dataclasses import dataclass, field

import pytest

from harness import COMPACT, DATE, TESTDATA, Workspace, table
from test_broker import Exchange

BATCHES = ("BATCH_20250829_223156", "BATCH_20250829_225005", "BATCH_20250829_232316", "BATCH_20250829_232842",
           "BATCH_20250829_233114")
LAST = BATCHES[-1]
KEY = "PKREAL"
OURS = re.compile(r"^ORD_20250829_")
SENT = {"FILLED"}
# 4: done, and a limit kept names out: a sale of what somebody else's legs hold would end short.
DONE = 4
BRACKETS = ("  time_in_force: DAY\n", "  time_in_force: DAY\n  mode_on_buy: bracket\n  tp_pct: 0.05\n  sl_pct: 0.03\n")
WHOLE = ("  time_in_force: DAY\n", "  time_in_force: DAY\n  quantity_decimals: 0\n")
# The words of reasons that a row of a plan or an order that was never sent may have.
CODES = {"not_tradable", "not_fractionable", "below_min_notional", "below_one_lot", "foreign_position",
         "insufficient_funds", "unchanged", "bad_price", "inside_band", "risk_limit"}


@dataclass
class Portfolio:
    """What one recorded batch wanted, and what its answers say of the account and the assets."""
    price: dict = field(default_factory=dict)       # symbol: USD, as text
    wanted: dict = field(default_factory=dict)      # symbol: USD of the target
    short: dict = field(default_factory=dict)       # symbol: shares owed
    bracketed: dict = field(default_factory=dict)   # symbol: shares, all held by the legs of a bracket
    flags: dict = field(default_factory=dict)       # symbol: flags of the asset
    moved_to: dict = field(default_factory=dict)    # symbol: what the market had become


def answer_of(row):
    return json.loads(row["error"][4:]) if row["error"] else {}


def recorded():
    with open(TESTDATA / "alpaca/execution_log_20250829_real.csv", encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["mode"] == "REAL"]


def portfolio_of(batch):
    """Targets and prices of that batch; the account and the flags as all answers together tell them."""
    made = Portfolio()
    rows = recorded()
    for row in rows:
        symbol, said = row["symbol"], answer_of(row)
        message = said.get("message", "")
        if "is not active" in message:
            made.flags[symbol] = {"status": "inactive", "tradable": False}
        elif "is not fractionable" in message:
            made.flags[symbol] = {"fractionable": False}
        elif "existing_qty" in said and row["side"] == "BUY":
            made.short[symbol] = said["existing_qty"]
        elif "existing_qty" in said:
            assert said["held_for_orders"] == said["existing_qty"]
            made.bracketed[symbol] = said["existing_qty"]
        if "base_price" in said:
            made.moved_to[symbol] = said["base_price"]
    for row in rows:
        if row["batch_id"] == batch:
            made.price[row["symbol"]] = row["price_used"]
            made.wanted[row["symbol"]] = (float(row["notional"]) if row["side"] == "BUY" else
                                          rest_of_sell(row, made))
    for symbol in made.short.keys() | made.bracketed.keys():
        made.price.setdefault(symbol, next(r["price_used"] for r in rows if r["symbol"] == symbol))
    return made


def rest_of_sell(row, made):
    """What remains of a holding after the sell that was asked for."""
    held = made.bracketed.get(row["symbol"])
    if held is None:  # never said: a little more than was to be sold
        return 10 * float(row["price_used"])
    return (float(held) - float(row["qty"])) * float(row["price_used"])


def request(exchange, path, body=None, method="GET"):
    asked = urllib.request.Request(exchange.url + path, method=method, data=body and json.dumps(body).encode(),
                                   headers={"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": "s",
                                            "Content-Type": "application/json"})
    with urllib.request.urlopen(asked) as answer:
        return json.loads(answer.read())


def build_account(exchange, made):
    """Positions, shorts, brackets that hold all of a position, and the flags of the assets."""
    exchange.admin("prices", json.dumps({"prices": made.price}))
    exchange.admin("assets", json.dumps({"assets": made.flags}))
    held = {symbol: {"qty": "-" + qty} for symbol, qty in made.short.items()}
    if "EQ" in made.price and "EQ" not in held:  # the one sell of which no answer says what was held
        held["EQ"] = {"qty": "12"}
    exchange.admin("positions", json.dumps({"positions": {KEY: held}}))
    for symbol, qty in made.bracketed.items():
        price = float(made.price[symbol])
        request(exchange, "/v2/orders", method="POST", body={
            "symbol": symbol, "qty": qty, "side": "buy", "type": "market", "time_in_force": "gtc",
            "order_class": "bracket", "take_profit": {"limit_price": f"{price * 1.5:.2f}"},
            "stop_loss": {"stop_price": f"{price / 2:.2f}"}})


def write_targets(workspace, wanted):
    total = sum(wanted.values())
    rows = [f"{DATE},{s},{usd / total:.12f},0" for s, usd in wanted.items()]
    (workspace / "data/raw_signals/equally_weighted.csv").write_text(
        "\n".join(["trade_date,gvkey,weights,predicted_return", *rows]) + "\n")


def workspace_of(folder, made, *changes):
    workspace = Workspace.example(folder)
    workspace.configure(("    mode: dry                             # touches no broker", "    mode: paper"),
                        ("    fetch_real_prices: false\n    price_source: file", "    fetch_real_prices: true"),
                        ("    positions: ./data/positions/positions_20250829.csv\n", ""),
                        ("alpaca:  ", "alpaca:\n  requests_per_minute: 100000  "), *changes)
    write_targets(workspace, made.wanted)
    (workspace / "data/mapping/tic_gvkey_mapping_2025.csv").write_text(
        "\n".join(["tic,gvkey,latest_date,count_gvkeys", *(f"{s},{s},{DATE},1" for s in made.wanted)]) + "\n")
    return workspace


@pytest.fixture
def exchange(tmp_path):
    running = Exchange(tmp_path / "exchange", "--rate", "off", "--clock", f"{DATE}@20")
    yield running
    code, said = running.stop()
    assert code == 0, said
    assert not [line for line in said.splitlines() if re.search(r"\brefused?\b|\brejected\b", line)]


def refused_by(exchange):
    """What the exchange's own ledger says it refused."""
    orders = request(exchange, "/admin/v1/ledger")["accounts"][KEY]["orders"]
    assert any(OURS.match(order["client_order_id"] or "") for order in orders), "nothing of ours arrived"
    return [o for o in orders if o["status"] == "rejected" or (o["received"] and o["http_status"] != 200)]


def code_of(words):
    return words.split(":")[0]


def run(workspace, exchange, *args):
    return workspace.run("--json", *args, now=None, env=exchange.keys(KEY))


def check_all_explained(workspace, made):
    """Every name once in the plan, with its order or its reason; every order filled, or never sent and why."""
    rows = table(workspace.output("rebalance_plan.csv"))
    names = [row["symbol"] for row in rows]
    assert len(names) == len(set(names))
    assert set(names) == made.wanted.keys() | made.short.keys() | made.bracketed.keys() | {"EQ"} & made.price.keys()
    for row in rows:
        if row["action"] in ("SKIP", "HOLD"):
            assert code_of(row["reason"]) in CODES, row
    log = workspace.orders_of_log()
    traded = {row["symbol"] for row in rows if row["action"] in ("BUY", "SELL")}
    assert {row["symbol"] for row in log} == traded
    for row in log:
        assert row["status"] in SENT or (row["status"] == "ABANDONED" and code_of(row["error"]) in CODES), row
    return {row["symbol"]: row for row in rows}, log


def check_never_refused(workspace, exchange, made):
    assert not [row for row in workspace.orders_of_log() if row["status"] == "REJECTED"]
    assert refused_by(exchange) == []
    return check_all_explained(workspace, made)


VARIANTS = {"simple, fractional": (), "simple, whole": (WHOLE,), "bracket, fractional": (BRACKETS,),
            "bracket, whole": ((BRACKETS[0], WHOLE[1].rstrip("\n") + BRACKETS[1].removeprefix(BRACKETS[0].rstrip("\n"))),)}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_portfolio_is_traded_without_one_refusal(tmp_path, exchange, variant):
    made = portfolio_of(LAST)
    assert len(made.wanted) == 210 and len(made.flags) == 6 and len(made.short) == 5 and len(made.bracketed) == 3
    build_account(exchange, made)
    workspace = workspace_of(tmp_path / "w", made, *VARIANTS[variant])
    answer = run(workspace, exchange)
    assert answer.code == DONE, answer.err
    rows, log = check_never_refused(workspace, exchange, made)
    assert rows["WBA"]["reason"].startswith("not_tradable")
    for symbol, flags in made.flags.items():
        assert flags.get("fractionable", True) or "." not in rows[symbol]["planned_qty"], rows[symbol]
    sent = [row for row in log if row["status"] in SENT]
    assert len(sent) > 190
    # What legs of somebody's bracket hold is not sold: the plan knows it.
    assert not [row for row in log if row["status"] == "ABANDONED"]
    for symbol in made.bracketed:
        assert rows[symbol]["action"] in ("SKIP", "HOLD"), rows[symbol]
        assert code_of(rows[symbol]["reason"]) in ("risk_limit", "below_one_lot", "unchanged"), rows[symbol]
    # A short is covered before its name is bought: two orders, the second after the first.
    for symbol, owed in made.short.items():
        assert [row["qty"] for row in sent if row["symbol"] == symbol][0] == owed
    brackets = [row for row in sent if row["order_type"] == "BRACKET"]
    assert (len(brackets) > 180) == ("bracket" in variant)
    if "whole" in variant or "bracket" in variant:
        assert not [row for row in sent if row["side"] == "BUY" and "." in row["qty"]]


@pytest.mark.parametrize("batch", BATCHES[:-1])
def test_every_batch_of_that_day_is_traded_without_one_refusal(tmp_path, exchange, batch):
    made = portfolio_of(batch)
    build_account(exchange, made)
    workspace = workspace_of(tmp_path / "w", made, BRACKETS)  # as they were sent
    answer = run(workspace, exchange)
    assert answer.code == DONE, answer.err
    check_never_refused(workspace, exchange, made)


@pytest.mark.parametrize("variant", ["simple, fractional", "bracket, fractional"])
def test_trading_it_again_sends_no_crumbs(tmp_path, exchange, variant):
    """494 orders of that system's other log were refused for being worth less than one dollar."""
    made = portfolio_of(LAST)
    build_account(exchange, made)
    workspace = workspace_of(tmp_path / "w", made, *VARIANTS[variant])
    assert run(workspace, exchange).code == DONE
    first = len(workspace.orders_of_log())
    answer = run(workspace, exchange, "--again")
    assert answer.code == DONE, answer.err
    assert refused_by(exchange) == []
    again = workspace.orders_of_log()[first:]
    assert not [row for row in again if row["status"] == "REJECTED"]
    assert not [row for row in again if row["status"] in SENT and float(row["notional"]) < 1], again


def test_what_our_own_brackets_hold_is_released_and_sold(tmp_path, exchange):
    """The 55 of `insufficient qty available`: legs hold the shares. Ours are taken back first."""
    made = portfolio_of(LAST)
    exchange.admin("prices", json.dumps({"prices": made.price}))
    names = ("META", "NVDA", "ABBV", "AXON", "PANW", "PLTR")
    made.wanted = {s: made.wanted[s] for s in names}
    workspace = workspace_of(tmp_path / "w", made, BRACKETS)
    assert run(workspace, exchange).code == 0
    first = workspace.orders_of_log()
    write_targets(workspace, made.wanted | {"META": made.wanted["META"] / 2})
    answer = run(workspace, exchange, "--again")
    assert answer.code == 0, answer.err
    again = workspace.orders_of_log()[len(first):]
    sold = [row for row in again if row["side"] == "SELL" and row["order_type"] == "MARKET"]
    assert [(row["symbol"], row["status"]) for row in sold] == [("META", "FILLED")], again
    assert refused_by(exchange) == []


def test_a_bracket_that_the_market_has_left_is_not_sent(tmp_path, exchange):
    """`stop_loss.stop_price must be <= base_price - 0.01`: the plan was made at 3.20, the market stood at 3.06."""
    made = portfolio_of(BATCHES[0])
    build_account(exchange, made)
    workspace = workspace_of(tmp_path / "w", made, BRACKETS, ("  price_tolerance_pct: 1.0 ", "  price_tolerance_pct: 50.0 "))
    assert workspace.call("signals", "--date", DATE).code == 0
    targets = f"data/intermediate/targets_consolidated_{COMPACT}.parquet"
    planned = workspace.call("plan", "--targets", targets, env=exchange.keys(KEY))
    assert planned.code == DONE, planned.err
    assert made.moved_to.keys() == {"STI"}
    exchange.admin("prices", json.dumps({"prices": made.moved_to}))
    answer = workspace.call("execute", "--date", DATE, env=exchange.keys(KEY))
    assert answer.code == 0, answer.err
    log = {row["symbol"]: row for row in workspace.orders_of_log()}
    assert log["STI"]["status"] == "ABANDONED" and log["STI"]["error"].startswith("bad_price: "), log["STI"]
    assert refused_by(exchange) == []
    assert not [row for row in log.values() if row["status"] == "REJECTED"]
