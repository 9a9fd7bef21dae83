"""M5 against the broker, as a user sees it: what agrees, what others did, what nobody can explain."""
import json
import re
import urllib.request

import pytest

from harness import COMPACT, DATE, Workspace, table
from test_broker import Exchange

KEY = "PKRECON"
INSTALLATION = f"ORD_{COMPACT}_AAL_BUY_abcdefghij"  # the whole form of our ids, from nowhere


@pytest.fixture
def exchange(tmp_path):
    """An exchange whose day is the example's, so that mode paper trades it."""
    running = Exchange(tmp_path / "exchange", "--rate", "off", "--clock", f"{DATE}@60")
    yield running
    code, said = running.stop()
    assert code == 0, said


@pytest.fixture
def workspace(tmp_path):
    made = Workspace.example(tmp_path / "workspace")
    made.configure(("    mode: dry                             # touches no broker", "    mode: paper"),
                   ("    fetch_real_prices: false\n    price_source: file", "    fetch_real_prices: true"),
                   ("    positions: ./data/positions/positions_20250829.csv\n", ""))
    return made


def order(exchange, **body):
    """Somebody with the account's keys trades by hand."""
    request = urllib.request.Request(
        f"{exchange.url}/v2/orders", method="POST", headers={"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": "s",
                                                             "Content-Type": "application/json"},
        data=json.dumps({"type": "market", "time_in_force": "day"} | body).encode())
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def reconcile(workspace, exchange, *args):
    return workspace.call("reconcile", "--source", "broker", "--json", *args, env=exchange.keys(KEY))


def differences(answer):
    return [(d["subject"], d["symbol"], d["cause"]) for d in answer.json()["differences"]]


def run(workspace, exchange):
    return workspace.run("--json", now=None, env=exchange.keys(KEY))


def test_a_day_that_was_traded_agrees_to_the_cent(workspace, exchange):
    answer = run(workspace, exchange)
    assert answer.code == 0, answer.err
    answer = reconcile(workspace, exchange, "--strict")
    assert answer.code == 0, answer.out + answer.err
    told = answer.json()
    orders = len(workspace.orders_of_log())
    assert told["differences"] == [] and told["open"] == 0
    assert orders > 100 and told["orders_agree"] == orders and told["source"] == "broker"
    eod = table(workspace.output(f"positions_eod_{COMPACT}.csv"))
    assert {row["source"] for row in eod} == {"broker"} and eod[-1]["symbol"] == "CASH"
    assert len(eod) == told["positions_agree"] + 1
    page = workspace.call("reconcile", "--source", "broker", env=exchange.keys(KEY)).out
    assert re.search(r"broker and journal: \d+ orders? and \d+ executions? agree, positions agree, cash agrees", page)


def test_what_others_hold_and_trade_is_named_and_left_alone(workspace, exchange):
    exchange.admin("positions", json.dumps({"positions": {KEY: {"WEN": {"qty": "7"}}}}))
    assert reconcile(workspace, exchange).code == 0  # the first look: what is held is the start
    made = order(exchange, symbol="WEN", qty="3", side="buy")
    exchange.admin("cash", json.dumps({"cash": {KEY: "250"}}))
    answer = reconcile(workspace, exchange)
    assert answer.code == 0, answer.err
    assert differences(answer) == [("position", "WEN", "manual_trade"), ("cash", "", "transfer"),
                                   ("cash", "", "manual_trade")]
    told = answer.json()
    assert any(made["id"] in line for line in told["foreign"])
    assert any(line.startswith("10 WEN") for line in told["foreign"])
    assert reconcile(workspace, exchange, "--strict").code == 0  # told once; the next count starts here


def test_the_strict_end_with_10_for_a_trade_by_hand_and_not_for_a_deposit(workspace, exchange):
    assert reconcile(workspace, exchange).code == 0
    exchange.admin("cash", json.dumps({"cash": {KEY: "250"}}))
    assert reconcile(workspace, exchange, "--strict").code == 0
    order(exchange, symbol="WEN", qty="3", side="buy")
    assert reconcile(workspace, exchange, "--strict").code == 10


def test_what_nobody_can_explain_is_not_traded_until_somebody_looked(workspace, exchange):
    assert workspace.call("signals", "--date", DATE).code == 0
    assert reconcile(workspace, exchange).code == 0
    order(exchange, symbol="AAL", qty="3", side="buy", client_order_id=INSTALLATION)
    answer = reconcile(workspace, exchange, "--strict")
    assert answer.code == 10 and differences(answer) == [("order", "AAL", "unknown")]
    assert "another installation" in answer.json()["differences"][0]["explanation"]

    targets = f"data/intermediate/targets_consolidated_{COMPACT}.parquet"
    planned = workspace.call("plan", "--targets", targets, env=exchange.keys(KEY))
    assert planned.code == 0, planned.err
    rows = {row["symbol"]: row for row in table(workspace.output("rebalance_plan.csv"))}
    assert rows["AAL"]["action"] == "SKIP" and rows["AAL"]["reason"].startswith("quarantined: order ORD_")
    assert "--ack" in rows["AAL"]["reason"]

    key = answer.json()["differences"][0]["key"]
    assert reconcile(workspace, exchange, "--ack", key).code == 2  # says nothing about why
    wrong = reconcile(workspace, exchange, "--ack", "order:x", "--reason", "?")
    assert wrong.code != 0 and key in wrong.err
    seen = reconcile(workspace, exchange, "--ack", key, "--reason", "my test")
    assert seen.code == 0 and seen.json()["open"] == 0, seen.err
    assert workspace.call("plan", "--targets", targets, env=exchange.keys(KEY)).code == 0
    rows = {row["symbol"]: row for row in table(workspace.output("rebalance_plan.csv"))}
    assert not rows["AAL"]["reason"].startswith("quarantined")


@pytest.mark.parametrize("isolate", [[], ["--isolate"]])
def test_the_alerts_of_a_run_know_what_is_open_and_what_was_measured(workspace, exchange, isolate):
    """Also when M5 and M6 are processes of their own."""
    workspace.configure(("    source: logs", "    source: broker"),
                        ("\nanalytics:\n", "\nanalytics:\n  alerts:\n    rules:\n"
                         "      mine: {metric: gross_exposure, op: '>', critical: 0.1}\n"))
    assert reconcile(workspace, exchange).code == 0
    order(exchange, symbol="AAL", qty="3", side="buy", client_order_id=INSTALLATION)
    told = workspace.run("--json", *isolate, now=None, env=exchange.keys(KEY)).json()
    alerts = {a["rule"]: a for a in told["alerts"] if a["level"] == "critical"}
    assert set(alerts) == {"open_difference", "mine"}
    assert "another installation" in alerts["open_difference"]["sentence"]
    assert alerts["mine"]["sentence"].startswith("Gross exposure is 0.9") and alerts["mine"]["scope"] == "portfolio"
    assert not any(a["acknowledged"] for a in told["alerts"])
    assert f"recon_broker_{COMPACT}.csv" in [path.rsplit("/", 1)[-1] for path in told["files"]]
    assert workspace.call("alerts ack", "mine", "--reason", "meant so", env=exchange.keys(KEY)).code == 0
    again = workspace.run("--json", *isolate, now=None, env=exchange.keys(KEY)).json()
    seen = {a["rule"]: a["acknowledged"] for a in again["alerts"]}
    assert seen["mine"] and not seen["open_difference"]


def test_a_broker_that_cannot_be_asked_ends_with_6_and_touches_nothing(workspace, exchange):
    before = workspace.snapshot()
    exchange.admin("faults", 'faults: [{on: "GET /v2/account/activities", do: garble, times: 30}]')
    answer = reconcile(workspace, exchange)
    assert answer.code == 6 and "/v2/account/activities" in answer.err
    assert workspace.snapshot() == before


def test_mode_dry_has_no_broker(workspace, exchange):
    answer = reconcile(workspace, exchange, "--mode", "dry")
    assert answer.code == 2 and "mode dry has no broker" in answer.err


def test_a_plan_without_orders_is_not_held_against_the_rows_of_an_earlier_one(tmp_path):
    made = Workspace.example(tmp_path / "dry")
    assert made.run().code == 0
    first = len(made.orders_of_log())
    assert first > 100
    with open(made / "config/config.yaml", "a", encoding="utf-8") as config:
        config.write("planning:\n  band: {absolute: 0.5}\n")
    assert made.run("--again").code == 0
    assert table(made.output("planned_orders.csv")) == [] and len(made.orders_of_log()) == first
    answer = made.call("reconcile", "--source", "logs", "--date", DATE, "--json")
    assert answer.code == 0, answer.out + answer.err
    assert answer.json()["mismatch"] == 0
    opening = {row["symbol"]: row["qty"] for row in table(made.output("positions_bod.csv"))}
    eod = table(made.output(f"positions_eod_{COMPACT}.csv"))
    assert {row["symbol"]: row["actual_qty"] for row in eod if row["symbol"] != "CASH"} == opening
