"""The arithmetic of a plan as bench/performance_test makes it: python plan_arithmetic.py numpy|decimal N K.

numpy: float64 columns, with the reasons, weights and sorted orders that a plan has. decimal: sizes,
funding and sorted orders in Python's exact decimals, one name after the other.
"""
import sys
import time
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal


def scene(count):
    ids = range(count)
    weights = [(350 + i * 7919 % 1000) / 1000.0 / count for i in ids]
    cents = [500 + i * 104729 % 49500 for i in ids]
    held = [0 if i % 5 == 0 else 1 + i * 1299709 % 900000 for i in ids]  # in 1/1000 share
    return weights, cents, held, 100000 * count


UNCHANGED, BELOW_LOT, BELOW_MINIMUM, TRADED = range(4)
OPEN, INCREASE, REDUCE = range(3)


def totals(orders, sells, buys, *_):
    return f"{orders} orders, sells {sells:.2f}, buys {buys:.2f}"


def make_numpy(count):
    import numpy as np

    weights, cents, held, equity = scene(count)
    weight = np.array(weights)
    price = np.array(cents) / 100.0
    quantity = np.array(held) / 1000.0
    symbol = np.arange(count)

    def plan():
        cash = max(equity - (quantity * price).sum(), 0)
        target = np.trunc(weight * (equity * 0.95) / price * 1e4) / 1e4
        delta = target - quantity
        size = np.trunc(np.abs(delta) * 1e4) / 1e4
        notional = np.round(size * price, 6)
        buy = delta > 0
        reason = np.select([delta == 0, size == 0, notional < 1], [UNCHANGED, BELOW_LOT, BELOW_MINIMUM], TRADED)
        traded = reason == TRADED
        sells = notional[traded & ~buy].sum()
        buys = notional[traded & buy].sum()
        limit = min((cash + sells) / 1.04, cash + sells - equity * 0.05)
        if buys > limit:
            size[buy] = np.trunc(size[buy] * (limit / buys) * 1e4) / 1e4
            notional = np.round(size * price, 6)
            traded &= notional >= 1
            buys = notional[traded & buy].sum()
        planned = (quantity + np.where(traded, np.where(buy, size, -size), 0)) * price / equity
        rows = (target, delta, reason, planned)
        order = np.flatnonzero(traded)
        order = order[np.lexsort((symbol[order], -notional[order], buy[order]))]
        orders = (symbol[order], buy[order], size[order], price[order], notional[order])
        purpose = np.select([quantity[order] == 0, buy[order]], [OPEN, INCREASE], REDUCE)
        return len(order), sells, buys, rows, orders, purpose

    return plan


def make_decimal(count):
    weights, cents, held, equity = scene(count)
    weight = [Decimal(repr(w)) for w in weights]
    price = [Decimal(c) / 100 for c in cents]
    quantity = [Decimal(h) / 1000 for h in held]
    four, six, one = Decimal("1e-4"), Decimal("1e-6"), Decimal(1)

    def plan():
        cash = max(Decimal(0), equity - sum(q * p for q, p in zip(quantity, price)))
        investable = equity * Decimal("0.95")
        orders = []
        for i in range(count):
            target = (weight[i] * investable / price[i]).quantize(four, ROUND_DOWN)
            delta = target - quantity[i]
            size = abs(delta).quantize(four, ROUND_DOWN)
            notional = (size * price[i]).quantize(six, ROUND_HALF_EVEN)
            if notional >= one:
                orders.append([delta > 0, -notional, i, size])
        sells = -sum(o[1] for o in orders if not o[0])
        buys = -sum(o[1] for o in orders if o[0])
        limit = min((cash + sells) / Decimal("1.04"), cash + sells - equity * Decimal("0.05"))
        if buys > limit:
            for o in orders:
                if o[0]:
                    o[3] = (o[3] * limit / buys).quantize(four, ROUND_DOWN)
                    o[1] = -(o[3] * price[o[2]]).quantize(six, ROUND_HALF_EVEN)
            buys = -sum(o[1] for o in orders if o[0])
        orders.sort()
        return len(orders), sells, buys

    return plan


if __name__ == "__main__":
    kind, count, iterations = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    plan = {"numpy": make_numpy, "decimal": make_decimal}[kind](count)
    plan()
    start = time.perf_counter()
    for _ in range(iterations):
        answer = plan()
    print(f"total_ms={(time.perf_counter() - start) * 1e3:.3f}")
    print(totals(*answer))
