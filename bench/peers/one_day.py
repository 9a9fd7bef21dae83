"""A day with pandas: python one_day.py WORKSPACE DATE. Signals to targets (Parquet), plan, orders,
simulated fills, positions and comparison (CSV), in float64, without a journal and without syncing.
"""
import sys
import time

import numpy as np
import pandas as pd


def targets_of(root, date):
    rows = pd.read_csv(f"{root}/data/raw_signals/equally_weighted.csv", dtype={"gvkey": str})
    rows["trade_date"] = pd.to_datetime(rows["trade_date"])
    rows = rows[rows["trade_date"] <= date]
    day = rows[rows["trade_date"] == rows["trade_date"].max()].rename(
        columns={"gvkey": "asset_id", "weights": "target_weight"})
    assert not day["asset_id"].duplicated().any()
    day["target_weight"] /= day["target_weight"].sum()
    return day[["trade_date", "asset_id", "target_weight"]].assign(strategy_id="equal_csv")


def plan_of(root, targets):
    mapping = pd.read_csv(f"{root}/data/mapping/tic_gvkey_mapping_2025.csv", dtype={"gvkey": str})
    prices = pd.read_csv(f"{root}/data/prices/prices_20250829.csv")
    positions = pd.read_csv(f"{root}/data/positions/positions_20250829.csv")
    mapped = targets.merge(mapping.rename(columns={"gvkey": "asset_id", "tic": "symbol"})[
        ["asset_id", "symbol"]], on="asset_id", how="left").drop_duplicates("asset_id")
    plan = mapped.merge(positions[["symbol", "qty"]], on="symbol", how="outer").merge(
        prices, on="symbol", how="left")
    plan[["qty", "target_weight"]] = plan[["qty", "target_weight"]].fillna(0)
    plan["target_qty"] = np.trunc(plan["target_weight"] * 95_000 / plan["price"] * 1e9) / 1e9
    plan["delta"] = plan["target_qty"] - plan["qty"]
    plan["planned_qty"] = np.trunc(plan["delta"].abs() * 1e4) / 1e4
    plan["notional"] = (plan["planned_qty"] * plan["price"]).round(6)
    plan["action"] = np.where(plan["price"].isna(), "SKIP", np.where(plan["delta"] > 0, "BUY", "SELL"))
    plan.loc[plan["notional"] < 1, "action"] = "SKIP"
    return plan


def main(root, date):
    outputs = f"{root}/data/outputs"
    targets = targets_of(root, date)
    targets.to_parquet(f"{root}/data/intermediate/targets.parquet", index=False)
    targets.to_csv(f"{root}/data/intermediate/contributions.csv", index=False)
    plan = plan_of(root, targets)
    orders = plan[plan["action"] != "SKIP"].sort_values(
        ["action", "notional", "symbol"], ascending=[False, False, True])
    orders.to_csv(f"{outputs}/planned_orders.csv", index=False)
    plan.to_csv(f"{outputs}/rebalance_plan.csv", index=False)
    log = orders.assign(ts=pd.Timestamp.now("UTC"), status="SIMULATED", filled_qty=orders["planned_qty"])
    log.to_csv(f"{outputs}/execution_log.csv", index=False)
    log[["ts", "symbol", "action", "filled_qty", "price"]].to_csv(f"{outputs}/filled_orders.csv", index=False)
    sign = np.where(log["action"] == "BUY", 1, -1)
    filled = pd.DataFrame({"symbol": log["symbol"], "moved": log["filled_qty"] * sign})
    final = plan.merge(filled, on="symbol", how="left").fillna({"moved": 0})
    final["actual_qty"] = final["qty"] + final["moved"]
    final["market_value"] = final["actual_qty"] * final["price"]
    final[final["actual_qty"] != 0][["symbol", "actual_qty", "price", "market_value"]].to_csv(
        f"{outputs}/positions_eod.csv", index=False)
    final["status"] = np.where(final["action"] == "SKIP", "SKIPPED", "OK")
    final.to_csv(f"{outputs}/recon_report.csv", index=False)


if __name__ == "__main__":
    start = time.perf_counter()
    main(sys.argv[1], sys.argv[2])
    print(f"inner_ms={(time.perf_counter() - start) * 1e3:.3f}")
