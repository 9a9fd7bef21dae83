"""Plans and the doctor with a broker: our client against our exchange, as a user sees it."""
import json
import re
import subprocess
import urllib.request

import pytest

from harness import BINARY, COMPACT, DATE, Workspace, environment, table

CANARY = "CANARY7f3a"
TARGETS = f"data/intermediate/targets_consolidated_{COMPACT}.parquet"


class Exchange:
    """`signalbus exchange` on the example's prices, and what its admin door can do."""

    def __init__(self, folder, *flags):
        prices = Workspace.example(folder / "prices") / "data/prices/prices_20250829.csv"
        self.process = subprocess.Popen(
            [str(BINARY), "exchange", "--listen", "127.0.0.1:0", "--prices", str(prices), *flags],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment())
        first = self.process.stdout.readline()
        self.url = re.search(r"http://127\.0\.0\.1:\d+", first).group(0)

    def keys(self, key="PK" + CANARY):
        return {"APCA_API_KEY_ID": key, "APCA_API_SECRET_KEY": "secret" + CANARY,
                "APCA_API_BASE_URL": self.url, "APCA_API_DATA_URL": self.url + "/v2"}

    def admin(self, path, body):
        request = urllib.request.Request(f"{self.url}/admin/v1/{path}", data=body.encode(), method="POST")
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def stop(self):
        self.process.terminate()
        said, _ = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.fixture(scope="module")
def exchange(tmp_path_factory):
    running = Exchange(tmp_path_factory.mktemp("exchange"), "--rate", "off")
    yield running
    code, said = running.stop()
    assert code == 0, said
    assert CANARY not in said, "the exchange printed a key"


@pytest.fixture
def workspace(tmp_path):
    """The example in mode paper, with today's targets of its own strategy and prices of the market."""
    made = Workspace.example(tmp_path / "workspace")
    made.configure(("    mode: dry                             # touches no broker", "    mode: paper"),
                   ("    fetch_real_prices: false\n    price_source: file", "    fetch_real_prices: true"),
                   ("    positions: ./data/positions/positions_20250829.csv\n", ""))
    assert made.call("signals", "--date", DATE).code == 0
    return made


def plan(workspace, env, *args):
    return workspace.call("plan", "--targets", TARGETS, *args, env=env)


def bytes_below(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_plan_takes_equity_positions_and_prices_from_the_broker(workspace, exchange):
    exchange.admin("positions", json.dumps({"positions": {"PKPLAN": {"AAL": {"qty": "10"}}}}))
    answer = plan(workspace, exchange.keys("PKPLAN"))
    assert answer.code == 0, answer.err
    rows = {row["symbol"]: row for row in table(workspace.output("rebalance_plan.csv"))}
    assert rows["AAL"]["current_qty"] == "10" and rows["AAL"]["price"] == "13.89"
    recorded = json.loads(workspace.output("plan.json").read_text())
    assert recorded["equity"] == 100138.9  # 100,000 USD and 10 shares at 13.89
    prices = {row["symbol"]: row["price"] for row in table(workspace.output(f"prices_{COMPACT}.csv"))}
    assert prices["AAL"] == "13.89" and len(prices) == 212


def test_snapshot_and_latest_give_the_same_plan_on_a_static_market(workspace, exchange):
    seen = []
    for source in ("snapshot", "latest"):
        assert plan(workspace, exchange.keys(), "--price-source", source).code == 0
        seen.append(workspace.output("planned_orders.csv").read_bytes())
    assert seen[0] == seen[1] and seen[0].count(b"\n") > 200


def test_names_that_cannot_be_traded_are_planned_away(workspace, exchange):
    exchange.admin("assets", '{"assets": {"BAX": {"tradable": false}, "WEN": {"fractionable": false}}}')
    assert plan(workspace, exchange.keys()).code == 0
    rows = {row["symbol"]: row for row in table(workspace.output("rebalance_plan.csv"))}
    assert rows["BAX"]["action"] == "SKIP" and rows["BAX"]["reason"].startswith("not_tradable")
    assert "." not in rows["WEN"]["planned_qty"]
    exchange.admin("assets", '{"assets": {"BAX": {"tradable": true}, "WEN": {"fractionable": true}}}')


@pytest.mark.parametrize("path", ["/v2/account", "/v2/positions", "/v2/clock", "/v2/stocks/snapshots"])
def test_nothing_is_planned_on_an_answer_that_is_none(workspace, exchange, path):
    """ancestor-defects 2, over the wire: garbage where JSON should be."""
    before = workspace.snapshot()
    key = "PK" + path.replace("/", "")
    exchange.admin("faults", f'faults: [{{on: "GET {path}", do: garble, times: 8, key_id: {key}}}]')
    answer = plan(workspace, exchange.keys(key))
    assert answer.code == 6, answer.err
    assert path in answer.err and "Traceback" not in answer.err
    assert workspace.snapshot() == before


def test_wrong_keys_end_with_the_brokers_refusal(workspace, tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("GOODKEY,right\n")
    strict = Exchange(tmp_path / "strict", "--keys", str(keys))
    try:
        answer = plan(workspace, strict.keys("GOODKEY"))
        assert answer.code == 5 and "401" in answer.err, answer.err
        assert CANARY not in answer.err
    finally:
        assert strict.stop()[0] == 0


def test_an_exchange_that_is_not_there_ends_with_exit_6(workspace):
    env = {"APCA_API_KEY_ID": "k", "APCA_API_SECRET_KEY": "s", "APCA_API_BASE_URL": "http://127.0.0.1:9",
           "APCA_API_DATA_URL": "http://127.0.0.1:9"}
    answer = plan(workspace, env)
    assert answer.code == 6 and "127.0.0.1:9" in answer.err


def test_the_doctor_passes_on_a_working_exchange_and_says_how_to_mend_the_rest(workspace, exchange):
    answer = workspace.call("doctor", "--json", env=exchange.keys())
    checks = {check["name"]: check for check in answer.json()["checks"]}
    assert answer.code == 0, checks
    assert {"disk", "keys", "network", "clock", "account", "permissions", "market data"} <= set(checks)
    without = workspace.call("doctor", env={"APCA_API_BASE_URL": exchange.url})
    assert without.code == 2 and "APCA_API_KEY_ID" in without.out and "-> " in without.out


def test_every_call_is_recorded_and_no_secret_is_anywhere(workspace, exchange):
    for command in (["doctor"], ["plan", "--targets", TARGETS, "--debug"], ["config", "show"]):
        answer = workspace.call(" ".join(command[:2]) if command[0] == "config" else command[0],
                                *(command[2:] if command[0] == "config" else command[1:]), env=exchange.keys())
        assert answer.code == 0, answer.err
        assert CANARY not in answer.out + answer.err
    calls = [json.loads(line) for line in (workspace / "logs/alpaca_calls.jsonl").read_text().splitlines()]
    assert {"/v2/account", "/v2/positions", "/v2/stocks/snapshots"} <= {call["endpoint"] for call in calls}
    assert all(call["status"] == 200 and call["latency_ms"] > 0 and call["request_id"] for call in calls)
    assert CANARY.encode() not in bytes_below(workspace.root)


@pytest.mark.parametrize("transport", ["http", "direct"])
def test_mode_sim_plans_on_an_exchange_in_the_same_process(tmp_path, transport):
    workspace = Workspace.example(tmp_path / "workspace")
    workspace.configure(("    mode: dry                             # touches no broker", "    mode: sim"),
                        ("    fetch_real_prices: false\n    price_source: file", "    fetch_real_prices: true"),
                        ("    positions: ./data/positions/positions_20250829.csv\n", ""))
    with open(workspace / "config/config.yaml", "a", encoding="utf-8") as config:
        config.write("\nsim:\n  prices: ./data/prices/prices_20250829.csv\n  cash: 250000\n"
                     f"  transport: {transport}\n")
    assert workspace.call("signals", "--date", DATE).code == 0
    for _ in range(2):  # the second finds the account of the first
        answer = plan(workspace, {})
        assert answer.code == 0, answer.err
        assert "equity 250,000.00 USD" in answer.out
    assert (workspace / "state/sim/exchange.ledger").is_file()
    assert workspace.call("doctor").code == 0
