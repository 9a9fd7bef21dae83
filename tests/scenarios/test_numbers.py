"""The books added up by hand: every cell of the plan, the orders, the end-of-day positions and the
reconciliation is computed here once more, with decimals, from the inputs alone."""
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, getcontext

import pandas
import pytest

from harness import COMPACT, table

getcontext().prec = 60

MICRO = Decimal("0.000001")
OPEN, INCREASE, REDUCE, CLOSE = ("open a new position", "increase to target", "reduce to target",
                                 "close: no longer targeted")


def usd(value):
    return value.quantize(MICRO, ROUND_HALF_EVEN)


def cut(value, decimals):
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN)


def plain(value):
    """As files write numbers: no exponent, no zeros at the end."""
    return f"{value.normalize():f}"


def targets_of(workspace):
    """What M1 handed over: (asset id, weight) with the weight as the shortest decimal of its double."""
    frame = pandas.read_parquet(workspace / f"data/intermediate/targets_consolidated_{COMPACT}.parquet")
    assert list(frame["asset_id"]) == sorted(frame["asset_id"], key=int)
    return [(row.asset_id, Decimal(repr(row.target_weight))) for row in frame.itertuples()]


def held_in(workspace):
    return {row["symbol"]: Decimal(row["qty"])
            for row in table(workspace / "data/positions/positions_20250829.csv")}


def prices_in(workspace):
    return {row["symbol"]: Decimal(row["price"])
            for row in table(workspace / "data/prices/prices_20250829.csv")}


def symbols_in(workspace):
    out = {}
    for row in table(workspace / "data/mapping/tic_gvkey_mapping_2025.csv"):
        out.setdefault(row["gvkey"], set()).add(row["tic"])
    return out


class Book:
    """Product page M2 and M5, read once more."""

    def __init__(self, workspace, equity, buffer, decimals, least):
        self.equity, self.decimals, self.least = equity, decimals, least
        self.investable = equity * (1 - buffer)
        self.held, self.prices = held_in(workspace), prices_in(workspace)
        symbols = symbols_in(workspace)
        self.rows, self.orders = [], []
        for asset, weight in targets_of(workspace):
            self.plan(asset, self.symbol_for(symbols[asset]), weight)
        targeted = {row["symbol"] for row in self.rows}
        for symbol in sorted(set(self.held) - targeted):
            self.plan("", symbol, Decimal(0))
        self.orders.sort(key=lambda o: (o["side"] == "BUY", -o["notional"], o["symbol"]))
        value = sum(q * self.prices[s] for s, q in self.held.items() if s in self.prices)
        self.starting_cash = (equity - value).quantize(MICRO, ROUND_DOWN)

    def symbol_for(self, symbols):
        for known in (self.held, self.prices):
            found = [s for s in symbols if s in known]
            if len(found) == 1:
                return found[0]
        assert len(symbols) == 1
        return next(iter(symbols))

    def plan(self, asset, symbol, weight):
        price, current = self.prices.get(symbol), self.held.get(symbol, Decimal(0))
        row = {"asset_id": asset, "symbol": symbol, "price": price, "weight": weight, "current": current,
               "code": "", "qty": Decimal(0), "notional": Decimal(0), "action": "SKIP"}
        self.rows.append(row)
        if price is None:
            row["code"] = "no_price"
            row["target"] = current if weight else Decimal(0)
            return
        row["target"] = cut(weight * self.investable / price, self.decimals)
        delta = row["target"] - current
        exits = weight == 0
        qty = abs(delta) if exits else cut(abs(delta), self.decimals)
        notional = usd(qty * price)
        if delta == 0:
            row.update(action="HOLD", code="unchanged")
        elif qty == 0:
            row["code"] = "below_one_lot"
        elif notional < self.least and not exits:
            row["code"] = "below_min_notional"
        else:
            side = "BUY" if delta > 0 else "SELL"
            row.update(action=side, qty=qty, notional=notional)
            reason = (OPEN if current == 0 else INCREASE if delta > 0 else CLOSE if exits else REDUCE)
            self.orders.append({"asset_id": asset, "symbol": symbol, "side": side, "qty": qty,
                                "notional": notional, "price": price, "reason": reason})

    def sum(self, side):
        return sum(o["notional"] for o in self.orders if o["side"] == side)


VARIANTS = {
    "as published": [],
    "whole shares and a minimum of 50 USD": [
        ("  time_in_force: DAY", "  time_in_force: DAY\n  quantity_decimals: 0\n  min_order_notional: 50")],
    "blend of both files": [
        ("mode: select                          # or: mode: blend, blend: {equal_csv: 0.6, equal_xlsx: "
         "0.4}\n    pick: equal_csv", "mode: blend\n    blend: {equal_csv: 0.6, equal_xlsx: 0.4}")],
    "nine decimals and a larger buffer": [
        ("  time_in_force: DAY", "  time_in_force: DAY\n  quantity_decimals: 9"),
        ("min_cash_buffer_pct: 0.05", "min_cash_buffer_pct: 0.1234567")],
}


@pytest.fixture(params=VARIANTS)
def books(request, workspace):
    """A run of each variant with two holdings more than any target, and our own computation of it."""
    workspace.configure(*VARIANTS[request.param])
    with open(workspace / "data/positions/positions_20250829.csv", "a", encoding="utf-8") as file:
        file.write("ZZA,0.123456789,41\nZZB,0.000000001,1\n")
    with open(workspace / "data/prices/prices_20250829.csv", "a", encoding="utf-8") as file:
        file.write("ZZA,156.71\nZZB,81.42\n")
    answer = workspace.run()
    assert answer.code == 0, answer.err
    whole = "whole" in request.param
    decimals = 0 if whole else 9 if "nine" in request.param else 4
    buffer = Decimal("0.1234567") if "nine" in request.param else Decimal("0.05")
    book = Book(workspace, Decimal(100000), buffer, decimals, Decimal(50 if whole else 1))
    return workspace, book


def test_every_name_of_the_rebalance_plan(books):
    workspace, book = books
    rows = table(workspace.output("rebalance_plan.csv"))
    assert [(r["asset_id"], r["symbol"]) for r in rows] == [(r["asset_id"], r["symbol"]) for r in book.rows]
    for got, want in zip(rows, book.rows):
        place = got["symbol"]
        assert got["price"] == ("" if want["price"] is None else plain(want["price"])), place
        assert Decimal(got["target_weight"]) == want["weight"], place
        assert Decimal(got["target_qty"]) == want["target"], place
        assert Decimal(got["current_qty"]) == want["current"], place
        assert Decimal(got["delta"]) == want["target"] - want["current"], place
        assert got["action"] == want["action"], place
        assert Decimal(got["planned_qty"]) == want["qty"], place
        assert Decimal(got["notional"]) == want["notional"], place
        code, _, words = got["reason"].partition(": ")
        assert code == want["code"], place
        assert (words != "") == (want["action"] == "SKIP"), place
        after = want["current"] + want["qty"] * (1 if want["action"] == "BUY" else -1)
        weight = after * want["price"] / book.equity if want["price"] else 0
        assert float(got["planned_weight"]) == pytest.approx(float(weight), rel=1e-14), place


def test_every_cell_of_the_planned_orders(books):
    workspace, book = books
    # Were buys scaled to the funds there are, these sums would not be the whole story.
    available = book.starting_cash + book.sum("SELL")
    assert book.sum("BUY") < min(available / Decimal("1.04"), available - book.equity + book.investable)
    rows = table(workspace.output("planned_orders.csv"))
    assert len(rows) == len(book.orders) > 100
    for got, want in zip(rows, book.orders):
        assert got == {"asset_id": want["asset_id"], "symbol": want["symbol"], "side": want["side"],
                       "qty": plain(want["qty"]), "order_type": "MARKET", "tp_price": "",
                       "sl_price": "", "limit_price": "", "ref_price": plain(want["price"]),
                       "notional": plain(want["notional"]), "time_in_force": "DAY",
                       "reason": want["reason"]}


def test_end_of_day_positions_are_the_morning_plus_the_fills(books):
    workspace, book = books
    after = dict(book.held)
    for order in book.orders:
        signed = order["qty"] if order["side"] == "BUY" else -order["qty"]
        after[order["symbol"]] = after.get(order["symbol"], Decimal(0)) + signed
    after = {s: q for s, q in after.items() if q != 0}
    cash = book.starting_cash - book.sum("BUY") + book.sum("SELL")
    values = {s: usd(q * book.prices[s]) for s, q in after.items()}
    equity = cash + sum(values.values())
    rows = table(workspace.output(f"positions_eod_{COMPACT}.csv"))
    assert [r["symbol"] for r in rows] == [*sorted(after), "CASH"]
    for row in rows[:-1]:
        symbol = row["symbol"]
        assert Decimal(row["actual_qty"]) == after[symbol], symbol
        assert Decimal(row["price"]) == book.prices[symbol], symbol
        assert Decimal(row["market_value"]) == values[symbol], symbol
        assert float(row["weight_percentage"]) == pytest.approx(float(100 * values[symbol] / equity), 1e-14)
        assert row["source"] == "simulated"
    assert Decimal(rows[-1]["actual_qty"]) == Decimal(rows[-1]["market_value"]) == cash
    # No trade changes what the account is worth: only the cutting of cents may.
    assert abs(equity - book.equity) < Decimal("0.001")


def test_the_reconciliation_report_agrees_with_plan_and_positions(books):
    workspace, book = books
    equity = sum(Decimal(r["market_value"]) for r in table(workspace.output(f"positions_eod_{COMPACT}.csv")))
    for got, want in zip(table(workspace.output(f"recon_report_{COMPACT}.csv")), book.rows, strict=True):
        signed = -want["qty"] if want["action"] == "SELL" else want["qty"]
        final = want["current"] + signed
        assert got["symbol"] == want["symbol"]
        assert Decimal(got["planned_qty"]) == Decimal(got["actual_qty"]) == signed, want
        assert Decimal(got["delta_qty"]) == 0
        assert got["status"] == ("SKIPPED" if want["action"] == "SKIP" else "OK")
        assert Decimal(got["target_qty"]) == want["target"]
        assert Decimal(got["final_qty"]) == final
        assert Decimal(got["qty_difference"]) == final - want["target"]
        value = usd(final * want["price"]) if want["price"] else Decimal(0)
        assert float(got["actual_weight"]) == pytest.approx(float(value / equity), rel=1e-14)
        assert float(got["weight_deviation"]) == float(got["actual_weight"]) - float(want["weight"])
        skipped, off = want["action"] == "SKIP", final != want["target"]
        assert got["cause"] == ("skipped" if skipped else "rounding" if off else ""), want
        assert (got["explanation"] != "") == (got["cause"] != "")


def test_log_and_fills_tell_of_each_order_once_at_the_price_of_the_plan(books):
    workspace, book = books
    log, fills = workspace.orders_of_log(), table(workspace.output("filled_orders.csv"))
    for row, fill, want in zip(log, fills, book.orders, strict=True):
        assert (row["symbol"], row["side"]) == (fill["symbol"], fill["side"]) == (want["symbol"], want["side"])
        assert Decimal(row["qty"]) == Decimal(row["filled_qty"]) == Decimal(fill["qty"]) == want["qty"]
        assert Decimal(row["price_used"]) == Decimal(fill["price"]) == want["price"]
        assert Decimal(row["notional"]) == want["notional"]
        assert row["status"] == "SIMULATED" and row["mode"] == "DRY" and row["error"] == ""
        assert row["client_order_id"] == fill["client_order_id"]
        assert row["client_order_id"].startswith(f"ORD_{COMPACT}_{want['symbol']}_{want['side']}_")
    assert len({row["client_order_id"] for row in log}) == len(log)
