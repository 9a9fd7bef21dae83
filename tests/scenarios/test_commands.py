"""The commands of the functional specification (§5.1, §5.3), by our names and by the names of its
scripts: the files it lists, with its columns first; and what each command answers with --json."""
import pytest

from harness import BINARY, COMPACT, DATE, NOW, Workspace, call, header, sha256, table

# Specification §3.2; the plan's own columns are from §2.2 and product.md §3.
LEADING_COLUMNS = {
    f"data/intermediate/target_contributions_{COMPACT}.csv":
        "trade_date,asset_id,strategy_id,signal_date,strategy_weight,blend_weight,contribution,quarantined",
    "data/outputs/planned_orders.csv": "asset_id,symbol,side,qty,order_type,tp_price,sl_price,"
        "limit_price,ref_price,notional,time_in_force,reason",
    "data/outputs/rebalance_plan.csv": "asset_id,symbol,price,target_weight,target_qty,current_qty,delta,"
        "action,planned_qty,planned_weight,notional,reason",
    "data/outputs/execution_log.csv": "ts,mode,symbol,side,qty,order_type,tp_price,sl_price,time_in_force,"
        "client_order_id,price_used,notional,status,order_id,error,batch_id,attempt,filled_qty,"
        "filled_avg_price,submitted_at,updated_at,reject_code,decision_price",
    "data/outputs/filled_orders.csv": "execution_id,order_id,client_order_id,symbol,side,qty,price,ts,"
        "strategy_split",
    f"data/outputs/positions_eod_{COMPACT}.csv": "symbol,actual_qty,price,market_value,weight_percentage,"
        "asset_id,avg_entry_price,source",
    f"data/outputs/recon_report_{COMPACT}.csv": "symbol,planned_qty,actual_qty,delta_qty,status,"
        "target_weight,actual_weight,weight_deviation,target_qty,final_qty,qty_difference,cause,explanation",
}
TARGETS = f"data/intermediate/targets_consolidated_{COMPACT}.parquet"
CONFIG = ["--config", "config/config.yaml"]

# The specification's five commands; its prices come from a broker, ours here from a file.
SPECIFIED = {
    "signals": ["--manifest", "config/strategy_manifest.yaml", "--date", DATE, "--mode", "select",
                "--pick", "equal_csv", "--out", TARGETS],
    "plan": [*CONFIG, "--targets", TARGETS, "--equity", "100000", "--out-orders",
             "data/outputs/planned_orders.csv", "--out-plan", "data/outputs/rebalance_plan.csv",
             "--price-source", "file", "--prices", "data/prices/prices_20250829.csv"],
    "execute": [*CONFIG, "--mode", "dry", "--debug"],
    "reconcile": [*CONFIG, "--date", DATE, "--source", "logs", "--out-dir", "data/outputs"],
}
RUN = [*CONFIG, "--date", DATE, "--once", "--debug"]
SCRIPTS = {"signals": "run_signal_bus", "plan": "run_execution", "execute": "alp_execution",
           "reconcile": "m5_reconcile", "run": "scheduler"}


@pytest.fixture(params=["signalbus", "script names"])
def command(request, tmp_path):
    """command("plan", args…) by either name."""
    def run(name, *args, **options):
        if request.param == "signalbus":
            return call(name, *args, **options)
        link = tmp_path / SCRIPTS[name]
        if not link.exists():
            link.symlink_to(BINARY)
        return call(*args, program=link, **options)
    return run


def check_files(workspace):
    assert (workspace / TARGETS).read_bytes()[:4] == b"PAR1"
    for path, columns in LEADING_COLUMNS.items():
        assert ",".join(header(workspace / path)) == columns, path


def test_the_independent_commands_write_the_files_of_the_specification(command, workspace):
    for name, args in SPECIFIED.items():
        answer = command(name, *args, "--now", NOW, cwd=workspace.root)
        assert answer.code == 0, answer.err
    check_files(workspace)


def test_one_run_writes_the_files_of_the_specification(command, workspace):
    answer = command("run", *RUN, "--now", NOW, cwd=workspace.root)
    assert answer.code == 0, answer.err
    check_files(workspace)
    assert "m5" in (workspace / "logs/scheduler.log").read_text()


def test_separate_commands_and_one_run_write_the_same_bytes(two):
    for name, args in SPECIFIED.items():
        assert call(name, *args, "--now", NOW, cwd=two[0].root).code == 0
    assert call("analyze", "--now", NOW, cwd=two[0].root).code == 0
    assert two[1].run().code == 0
    one, other = (workspace.snapshot() for workspace in two)
    page = "data/outputs/summary_dashboard.html"  # the one that lists the run
    assert one.pop(page) != other.pop(page)
    assert one == other


def test_isolated_stages_write_the_same_bytes(two):
    one, other = two
    assert one.run().code == other.run("--isolate").code == 0
    assert one.snapshot() == other.snapshot()
    archived = [sorted(p.name for p in (w / f"data/runs/{COMPACT}-1").iterdir()) for w in two]
    assert archived[0] == archived[1]


def test_csv_targets_plan_the_same_orders_as_parquet(workspace):
    for extension in ("parquet", "csv"):
        out = f"data/intermediate/t.{extension}"
        assert workspace.call("signals", "--date", DATE, "--out", out).code == 0
        answer = workspace.call("plan", "--targets", out, "--out-orders", f"{extension}/o.csv",
                                "--out-plan", f"{extension}/p.csv", "--now", NOW)
        assert answer.code == 0, answer.err
    for name in ("o.csv", "p.csv"):
        assert sha256(workspace / f"parquet/{name}") == sha256(workspace / f"csv/{name}")


def test_orders_are_derived_from_the_plan_when_there_is_no_orders_file(two):
    """Specification §2.4, derive_orders_from_plan."""
    for workspace in two:
        assert workspace.run("--skip", "m4", "--skip", "m5").code == 0
    two[1].output("planned_orders.csv").unlink()
    for workspace in two:
        answer = workspace.call("execute", "--now", NOW)
        assert answer.code == 0, answer.err
    assert sha256(two[0].output("execution_log.csv")) == sha256(two[1].output("execution_log.csv"))


@pytest.mark.parametrize("source", ["snapshot", "latest"])
def test_real_prices_without_keys_are_refused_and_nothing_is_written(workspace, source):
    assert workspace.call("signals", "--date", DATE).code == 0
    before = workspace.snapshot()
    answer = workspace.call("plan", "--targets", TARGETS, "--fetch-real-prices", "--price-source", source)
    assert answer.code == 2
    assert "APCA_API_KEY_ID" in answer.err
    assert workspace.snapshot() == before


@pytest.mark.parametrize("mode,missing", [("sim", "sim.prices"), ("paper", "APCA_API_KEY_ID"),
                                          ("live", "APCA_API_KEY_ID")])
def test_a_mode_without_what_it_needs_says_so_and_writes_nothing(workspace, mode, missing):
    before = workspace.snapshot()
    for name in ("run", "execute"):
        answer = workspace.call(name, "--mode", mode)
        assert answer.code == 2 and missing in answer.err
        assert workspace.snapshot() == before


def test_json_is_one_object_of_every_command(workspace):
    calls = {"signals": ["--date", DATE], "plan": ["--date", DATE], "execute": [], "reconcile": ["--date", DATE],
             "run": ["--date", DATE, "--once"], "config check": [], "config show": []}
    for name, args in calls.items():
        answer = workspace.call(name, "--json", *args)
        assert answer.code == 0, answer.err
        assert isinstance(answer.json(), dict) and answer.err == "", name
    assert isinstance(call("init", str(workspace / "new"), "--json").json(), dict)


def test_json_of_a_run_adds_up(workspace):
    said = workspace.run("--json").json()
    assert said["run_date"] == DATE and said["run"] == 1 and said["mode"] == "dry" and said["exit_code"] == 0
    assert [(s["stage"], s["state"]) for s in said["stages"]] == [(m, "done") for m in ("m1", "m2", "m4", "m5", "m6")]
    orders = table(workspace.output("planned_orders.csv"))
    assert said["plan"]["orders"] == len(orders)
    assert said["reconciliation"]["ok"] + said["reconciliation"]["skipped"] == said["plan"]["rows"] == 222
    assert said["reconciliation"]["cash"] == said["plan"]["cash_after"]
    for path in said["files"]:
        assert (workspace / path).is_file()
    assert all(set(alert) == {"rule", "scope", "level", "since", "sentence", "acknowledged"}
               for alert in said["alerts"])
    open_now = workspace.call("alerts", "--json").json()["open"]
    assert [(a["rule"], a["level"], a["sentence"]) for a in said["alerts"]] == [
        (a["rule"], a["level"], a["sentence"]) for a in open_now]


def test_quiet_prints_nothing(workspace):
    answer = workspace.run("--quiet")
    assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_help_has_an_example_for_every_command():
    for name in ("run", "signals", "plan", "execute", "reconcile", "init", "audit verify"):
        answer = call(*name.split(), "--help")
        assert answer.code == 0 and "Example" in answer.out and f"signalbus {name}" in answer.out
    assert call("--version").out.startswith("signalbus ")


@pytest.mark.parametrize("args", [[], ["frobnicate"], ["run", "--frobnicate"], ["run", "--date", "2025-02-30"],
                                  ["run", "--once", "--daemon"], ["run", "--mode", "papper"],
                                  ["plan", "--equity", "1,000"], ["signals", "--mode", "mix"],
                                  ["run", "--only", "m9"], ["run", "--now", "yesterday"]])
def test_a_command_line_that_cannot_be_understood_is_exit_2(args, tmp_path):
    answer = call(*args, cwd=tmp_path)
    assert answer.code == 2 and answer.err != "" and answer.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_new_workspace_runs_once_its_files_are_there(tmp_path):
    fresh = Workspace(tmp_path / "fresh")
    assert call("init", fresh.root).code == 0
    again = call("init", fresh.root)
    assert again.code == 2 and "nothing is overwritten" in again.err
    assert fresh.call("config check").code == 0
    missing = fresh.run()
    assert missing.code == 3 and "data/raw_signals/my_strategy.csv" in missing.err
    (fresh / "data/raw_signals/my_strategy.csv").write_text(
        "trade_date,gvkey,weights\n2025-08-28,1,0.48\n2025-08-28,2,0.52\n")
    (fresh / "data/mapping/tic_gvkey_mapping_2025.csv").write_text("tic,gvkey\nAAPL,1\nMSFT,2\n")
    (fresh / "data/prices/prices.csv").write_text("symbol,price\nAAPL,200\nMSFT,500\n")
    assert fresh.run().code == 0
    # 48 and 52 % of the 95,000 USD that may be invested.
    orders = [(o["symbol"], o["qty"]) for o in table(fresh.output("planned_orders.csv"))]
    assert orders == [("MSFT", "98.8"), ("AAPL", "228")]


@pytest.mark.parametrize("command, code, said", [
    ("plan", 3, "run `signalbus signals` first"),
    ("execute", 3, "run `signalbus plan` first"),
    ("reconcile", 3, "run `signalbus plan` first"),
    ("analyze", 3, "run `signalbus run` or `signalbus reconcile` first"),
    ("notify test", 2, "no channel is configured; see"),
    ("alerts", 0, "no alert yet in this mode; `signalbus run`"),
])
def test_a_newcomer_is_told_the_next_command(tmp_path, command, code, said):
    assert call("init", tmp_path / "new").code == 0
    answer = call(*command.split(), "--root", tmp_path / "new")
    assert answer.code == code and said in answer.out + answer.err


def test_one_record_is_one_record(tmp_path):
    assert call("init", tmp_path / "new").code == 0
    assert call("halt", "--root", tmp_path / "new", "--reason", "x").code == 0
    assert ": ok, 1 record\n" in call("audit", "verify", "--root", tmp_path / "new").out
