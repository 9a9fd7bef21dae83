"""Promises about secrets, the configuration file and the fate of what fails; limits and policies."""
import os
import shutil
import stat
from decimal import Decimal

import pytest

from harness import COMPACT, DATE, TESTDATA, sha256, table

POSITIONS = "data/positions/positions_20250829.csv"
CONFIG_FILES = ("config/config.yaml", "config/strategy_manifest.yaml")
BLEND = ("mode: select                          # or: mode: blend, blend: {equal_csv: 0.6, equal_xlsx: 0.4}\n"
         "    pick: equal_csv", "mode: blend\n    blend: {equal_csv: 0.6, equal_xlsx: 0.4}")


@pytest.mark.parametrize("damage", ["absent", "a folder", "half a row"])
def test_positions_that_cannot_be_read_are_not_an_empty_account(workspace, damage):
    # ancestor-defects 2
    path = workspace / POSITIONS
    if damage == "half a row":
        text = path.read_text().rstrip()
        path.write_text(text[:text.rindex(",")])
    else:
        path.unlink()
    if damage == "a folder":
        path.mkdir()
    before = workspace.snapshot()
    answer = workspace.run()
    assert answer.code == 3 and "positions_20250829.csv" in answer.err
    assert {p for p in workspace.snapshot() if p.startswith("data/outputs")} == set()
    assert all(workspace.snapshot()[p] == before[p] for p in before)


def test_the_newest_positions_before_the_date_are_the_start_of_the_next_day(ran):
    ran.configure(("    positions: ./data/positions/positions_20250829.csv\n", ""))
    evening = {r["symbol"]: r["actual_qty"] for r in table(ran.output(f"positions_eod_{COMPACT}.csv"))}
    # Older and newer files than the day before must not be taken.
    (ran.output("positions_eod_20250101.csv")).write_text("symbol,qty\nAAL,1\n")
    (ran.output("positions_eod_20250902.csv")).write_text("symbol,qty\nAAL,2\n")
    assert ran.run(date="2025-09-02", now="2025-09-02T13:00:00Z").code == 0
    morning = {r["symbol"]: r["qty"] for r in table(ran.output("positions_bod.csv"))}
    cash = evening.pop("CASH")
    assert morning == evening
    # Equity is what the evening says it is worth, at the day's prices.
    plan = ran.call("run", "--date", "2025-09-02", "--once", "--json").json()
    assert plan["reconciliation"]["equity"] == pytest.approx(100000, abs=0.001)
    assert float(cash) > 5000


def test_only_fills_count_in_the_reconciliation(ran):
    # ancestor-defects 3; --strict
    log = ran.output("execution_log.csv")
    lines = log.read_text().splitlines()
    refused = lines[1].split(",")
    names = lines[0].split(",")
    refused[names.index("status")] = "REJECTED"
    refused[names.index("filled_qty")] = "0"
    refused[names.index("filled_avg_price")] = ""
    refused[names.index("error")] = "fractional orders must be simple orders"
    log.write_text("\n".join([lines[0], ",".join(refused), *lines[2:]]) + "\n")
    assert ran.call("reconcile", "--date", DATE).code == 0
    answer = ran.call("reconcile", "--date", DATE, "--strict")
    assert answer.code == 10
    symbol = refused[names.index("symbol")]
    row = next(r for r in table(ran.output(f"recon_report_{COMPACT}.csv")) if r["symbol"] == symbol)
    assert row["status"] == "MISMATCH" and row["cause"] == "rejected" and row["actual_qty"] == "0"
    assert "fractional orders must be simple orders" in row["explanation"]
    held = {r["symbol"]: r["qty"] for r in table(ran / POSITIONS)}
    evening = {r["symbol"]: r["actual_qty"] for r in table(ran.output(f"positions_eod_{COMPACT}.csv"))}
    assert Decimal(evening[symbol]) == Decimal(held[symbol])


def test_a_strict_reconciliation_without_differences_is_exit_0(ran):
    assert ran.call("reconcile", "--date", DATE, "--strict").code == 0


def test_no_command_writes_the_configuration(workspace):
    # ancestor-defects 18
    for path in CONFIG_FILES:
        os.chmod(workspace / path, 0o444)
    before = [(sha256(workspace / p), os.stat(workspace / p).st_mtime_ns) for p in CONFIG_FILES]
    for name, args in [("signals", ["--date", DATE]), ("plan", ["--date", DATE]), ("execute", []),
                       ("reconcile", ["--date", DATE]), ("run", ["--date", DATE, "--once", "--again"]),
                       ("config check", []), ("config show", [])]:
        assert workspace.call(name, *args).code == 0, name
        assert [(sha256(workspace / p), os.stat(workspace / p).st_mtime_ns) for p in CONFIG_FILES] == before


def test_secrets_appear_in_no_file_and_no_output(workspace):
    # ancestor-defects 19
    canaries = {"APCA_API_KEY_ID": "PKCANARYKEY4711", "APCA_API_SECRET_KEY": "canarySecret/0815+x"}
    said = ""
    for name, args in [("signals", ["--date", DATE]), ("plan", ["--date", DATE, "--json"]), ("execute", []),
                       ("reconcile", ["--date", DATE]), ("run", ["--date", DATE, "--once", "--again"]),
                       ("run", ["--date", DATE, "--once", "--isolate", "--again"]),
                       ("run", ["--mode", "paper"]), ("config check", []), ("config check", ["--mode", "paper"]),
                       ("config show", []), ("config show", ["--json"])]:
        answer = workspace.call(name, "--debug", *args, env=canaries)
        said += answer.out + answer.err
    assert "alpaca.key_id = ***" in said and "alpaca.secret = ***" in said
    for canary in canaries.values():
        assert canary not in said
        for path in workspace.root.rglob("*"):
            assert not path.is_file() or canary.encode() not in path.read_bytes(), path


def test_a_secret_written_into_the_configuration_is_refused_and_not_repeated(workspace):
    # ancestor-defects 19
    workspace.configure(('"${APCA_API_SECRET_KEY}"', "inlineCanary4711"))
    answer = workspace.run()
    assert answer.code == 2 and "config.yaml:11: alpaca.secret" in answer.err
    assert "inlineCanary4711" not in answer.err + answer.out


def test_state_is_for_its_owner_only(ran):
    assert stat.S_IMODE(os.stat(ran / "state").st_mode) == 0o700
    for path in (ran / "state").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_limit_of_one_order_skips_that_order_and_the_rest_goes_on(workspace):
    # ancestor-defects 7
    workspace.configure(("max_notional_per_order: 50000 ", "max_notional_per_order: 431.8181 "))
    answer = workspace.run()
    assert answer.code == 4
    plan = table(workspace.output("rebalance_plan.csv"))
    skipped = [r for r in plan if r["reason"].startswith("risk_limit:")]
    # Seven names have no holding: their orders are the whole weight, 431.82 USD, cut to lots.
    assert skipped and all("431.8181" in r["reason"] and r["action"] == "SKIP" for r in skipped)
    orders = table(workspace.output("planned_orders.csv"))
    assert max(float(o["notional"]) for o in orders) <= 431.8181
    assert [r["symbol"] for r in workspace.orders_of_log()] == [o["symbol"] for o in orders]
    assert len(orders) + len(skipped) == 212
    report = table(workspace.output(f"recon_report_{COMPACT}.csv"))
    assert {r["status"] for r in report} == {"OK", "SKIPPED"}


@pytest.mark.parametrize("how", ["run", "isolated", "alone"])
def test_a_limit_of_the_whole_batch_refuses_it_and_touches_no_file(ran, how):
    # ancestor-defects 7
    ran.configure(("max_total_notional: 1000000 ", "max_total_notional: 40000 "))
    before, log = ran.snapshot(), ran.orders_of_log()
    if how == "alone":
        answer = ran.call("plan", "--date", DATE)
    else:
        answer = ran.run("--again", *(["--isolate"] if how == "isolated" else []))
    assert answer.code == 4, answer.err
    assert "40000" in answer.err and "max_total_notional" in answer.err
    assert ran.snapshot() == before
    assert ran.orders_of_log() == log


@pytest.mark.parametrize("isolate", [[], ["--isolate"]])
def test_a_refused_plan_does_not_let_an_older_one_be_executed(ran, isolate):
    ran.configure(("execution:\n", "planning:\n  min_coverage: 99%\n\nexecution:\n"))
    before = ran.snapshot()
    answer = ran.run("--again", *isolate)
    assert answer.code == 4 and "planning.min_coverage" in answer.err
    assert ran.snapshot() == before


@pytest.mark.parametrize("isolate", [[], ["--isolate"]])
def test_an_order_skipped_by_a_limit_does_not_stop_the_rest(workspace, isolate):
    workspace.configure(("max_notional_per_order: 50000 ", "max_notional_per_order: 300 "))
    assert workspace.run(*isolate).code == 4
    assert len(workspace.orders_of_log()) == len(table(workspace.output("planned_orders.csv"))) > 190


@pytest.mark.parametrize("command", [["execute"], ["run", "--once", "--isolate"], ["run", "--once"]])
def test_a_finished_batch_needs_no_plan(ran, command):
    for name in ("planned_orders.csv", "plan.json", "rebalance_plan.csv"):
        ran.output(name).write_text("damaged")
    ran.configure(("    source: logs\n    run: true", "    source: logs\n    run: false"))
    log = ran.orders_of_log()
    answer = ran.call(command[0], "--date", DATE, *command[1:])
    assert answer.code == 0, answer.err
    assert ran.orders_of_log() == log


def test_a_cash_buffer_is_kept(workspace):
    # ancestor-defects 7
    workspace.configure(("min_cash_buffer_pct: 0.05", "min_cash_buffer_pct: 0.30"))
    assert workspace.run().code == 0
    cash = table(workspace.output(f"positions_eod_{COMPACT}.csv"))[-1]
    assert cash["symbol"] == "CASH" and float(cash["market_value"]) >= 30000


def test_prices_that_moved_since_the_plan_are_refused_by_the_gate(workspace):
    # ancestor-defects 7
    assert workspace.run("--skip", "m4", "--skip", "m5").code == 0
    order = table(workspace.output("planned_orders.csv"))[0]
    prices = workspace / "data/prices/prices_20250829.csv"
    line = f"{order['symbol']},{order['ref_price']}"
    assert line in prices.read_text()
    prices.write_text(prices.read_text().replace(line, f"{order['symbol']},{float(order['ref_price']) * 1.02}"))
    answer = workspace.call("execute", "--date", DATE)
    assert answer.code == 4
    log = {r["symbol"]: r for r in workspace.orders_of_log()}
    assert log[order["symbol"]]["status"] == "ABANDONED" and "risk_limit" in log[order["symbol"]]["error"]
    assert sum(r["status"] == "SIMULATED" for r in log.values()) == len(log) - 1 == 211
    assert workspace.call("reconcile", "--date", DATE, "--strict").code == 10


def test_orders_edited_by_hand_are_refused_unless_accepted(workspace):
    assert workspace.run("--skip", "m4", "--skip", "m5").code == 0
    path = workspace.output("planned_orders.csv")
    first = table(path)[0]
    path.write_text(path.read_text().replace(f"{first['symbol']},SELL,{first['qty']}",
                                             f"{first['symbol']},SELL,1", 1))
    before = workspace.snapshot()
    answer = workspace.call("execute")
    assert answer.code == 3 and "planned_orders.csv: differs from the plan" in answer.err
    assert workspace.snapshot() == before
    answer = workspace.call("execute", "--accept-edited")
    assert answer.code == 0, answer.err
    assert workspace.orders_of_log()[0]["qty"] == "1"


@pytest.mark.parametrize("name,args", [("execute", []), ("plan", []), ("reconcile", [])])
def test_a_date_that_contradicts_the_plan_is_exit_2(ran, name, args):
    targets = f"data/intermediate/targets_consolidated_{COMPACT}.parquet"
    before = ran.snapshot()
    answer = ran.call(name, "--date", "2025-08-28", *(["--targets", targets] if name == "plan" else []))
    assert answer.code == 2, answer.err
    assert DATE in answer.err and "2025-08-28" in answer.err
    assert ran.snapshot() == before


@pytest.mark.parametrize("isolate", [[], ["--isolate"]])
def test_last_good_targets_stand_in_for_a_failed_signal(workspace, isolate):
    workspace.configure(("    pick: equal_csv", "    pick: equal_csv\n    on_failure: last_good"))
    assert workspace.run("--only", "m1", date="2025-08-28").code == 0
    (workspace / "data/raw_signals/equally_weighted.csv").unlink()
    answer = workspace.run(*isolate)
    assert answer.code == 0, answer.err
    note = (workspace / "logs/scheduler.log").read_text()
    assert "targets_consolidated_20250828.parquet stand in" in note
    assert len(workspace.orders_of_log()) == 212
    assert {r["batch_id"] for r in workspace.orders_of_log()} == {f"{COMPACT}-1"}


def test_last_good_targets_still_belong_to_the_strategies_that_asked(workspace):
    workspace.configure((BLEND[0], BLEND[1] + "\n    on_failure: last_good"))
    assert workspace.run("--only", "m1", date="2025-08-28").code == 0
    (workspace / "data/raw_signals/equally_weighted.csv").unlink()
    answer = workspace.run()
    assert answer.code == 0, answer.err
    owners = {row["strategy_id"] for row in table(workspace.output("planned_shares.csv"))}
    assert owners - {"_account"} == {"equal_csv", "equal_xlsx"}


def test_limits_that_need_the_account_let_a_rehearsal_pass(workspace):
    """Equity, holdings and the day are known in mode dry too: from the files, and nothing used up."""
    workspace.configure(("risk:\n", "risk:\n  max_gross_pct: 150%\n  max_weight_pct: 50%\n  max_daily_orders: 5000\n"
                                    "  max_daily_notional: 100000000\n  max_open_orders: 5000\n"))
    answer = workspace.run()
    assert answer.code == 0, answer.err
    assert "Plan (M2), trading NORMAL" in answer.out
    assert [row["status"] for row in workspace.orders_of_log()] == ["SIMULATED"] * 212


def test_without_earlier_targets_last_good_is_the_failure_itself(workspace):
    workspace.configure(("    pick: equal_csv", "    pick: equal_csv\n    on_failure: last_good"))
    (workspace / "data/raw_signals/equally_weighted.csv").unlink()
    answer = workspace.run()
    assert answer.code == 3 and "equally_weighted.csv" in answer.err
    assert not workspace.output("planned_orders.csv").exists()


@pytest.mark.parametrize("isolate", [[], ["--isolate"]])
def test_a_failed_reconciliation_may_be_tolerated(workspace, isolate):
    workspace.configure(("    source: logs", "    source: logs\n    on_failure: skip"))
    assert workspace.run("--skip", "m5").code == 0
    log = workspace.output("execution_log.csv")
    log.write_text(log.read_text().replace(",SIMULATED,", ",SIMULETED,", 1))
    answer = workspace.run("--only", "m5", *isolate)
    assert answer.code == 0
    assert "SIMULETED" in answer.err + (workspace / "logs/scheduler.log").read_text()


def test_a_run_that_fails_at_once_ends_with_its_own_exit_code(workspace):
    """Parquet support loads beside the run: ending before it is loaded once crashed half the time."""
    (workspace / "data/raw_signals/equally_weighted.csv").unlink()
    for command in (["run", "--once"], ["signals"]) * 10:
        assert workspace.call(command[0], "--date", DATE, *command[1:]).code == 3


def test_a_failed_strategy_of_a_blend_is_dropped_when_the_policy_says_so(workspace):
    workspace.configure(BLEND, ("execution:\n", "signals:\n  on_failure: drop\n\nexecution:\n"))
    (workspace / "data/raw_signals/equally_weighted.xlsx").write_bytes(b"not a workbook")
    answer = workspace.run("--json")
    assert answer.code == 0, answer.err
    assert any("equal_xlsx dropped" in note for note in answer.json()["notes"])
    rows = table(workspace / f"data/intermediate/target_contributions_{COMPACT}.csv")
    assert {r["strategy_id"] for r in rows} == {"equal_csv"} and {r["blend_weight"] for r in rows} == {"1"}


def test_a_failed_strategy_of_a_blend_stops_everything_by_default(workspace):
    workspace.configure(BLEND)
    (workspace / "data/raw_signals/equally_weighted.xlsx").write_bytes(b"not a workbook")
    answer = workspace.run()
    assert answer.code == 3 and "strategy equal_xlsx" in answer.err
    assert not workspace.output("planned_orders.csv").exists()


def test_select_without_a_pick_is_refused(workspace):
    # ancestor-defects 14
    workspace.configure(("    pick: equal_csv\n", ""))
    answer = workspace.run()
    assert answer.code == 2 and "equal_csv" in answer.err and "equal_xlsx" in answer.err


def test_an_unknown_key_is_an_error(workspace):
    # ancestor-defects 7
    workspace.configure(("max_share_per_order:", "max_shares_per_order:"))
    answer = workspace.run()
    assert answer.code == 2 and "did you mean 'max_share_per_order'" in answer.err
    assert not (workspace / "state").exists()


def test_every_target_and_every_holding_has_a_fate(ran):
    # ancestor-defects 1, 12
    rows = table(ran.output("rebalance_plan.csv"))
    assert len(rows) == 222
    assert all(r["action"] in ("BUY", "SELL", "HOLD", "SKIP") for r in rows)
    assert all(r["reason"] for r in rows if r["action"] == "SKIP")


def test_stages_do_what_was_asked_only(workspace):
    answer = workspace.run("--only", "m1", "--json")
    assert answer.code == 0
    assert (workspace / f"data/intermediate/targets_consolidated_{COMPACT}.parquet").exists()
    assert not workspace.output("planned_orders.csv").exists()


def test_targets_of_another_day_are_not_planned_as_todays(workspace):
    (workspace / "data/intermediate").mkdir(parents=True, exist_ok=True)
    shutil.copy(TESTDATA / "finrl/targets_consolidated_20250301.parquet",
                workspace / f"data/intermediate/targets_consolidated_{COMPACT}.parquet")
    answer = workspace.run("--skip", "m1")
    assert answer.code in (2, 3) and "2025-03-01" in answer.err
    assert not workspace.output("planned_orders.csv").exists()


def test_a_day_without_a_session_goes_on_in_dry_mode_with_a_note(workspace):
    # ancestor-defects 20
    assert workspace.run(date="2025-08-30", now="2025-08-30T13:00:00Z").code == 0
    assert "2025-08-30 is not a trading day" in (workspace / "logs/scheduler.log").read_text()


def test_the_run_date_is_the_day_in_new_york(workspace):
    # ancestor-defects 20: 03:30 UTC on the 30th is still the evening of the 29th there
    answer = workspace.call("run", "--once", "--json", "--now", "2025-08-30T03:30:00Z")
    assert answer.code == 0 and answer.json()["run_date"] == DATE
