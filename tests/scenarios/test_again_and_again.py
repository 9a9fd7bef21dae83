"""Runs that happen twice, at once, after a crash, or on permuted inputs: nothing is doubled."""
import json
import random
import signal
import subprocess
import time

import pytest

from harness import BINARY, COMPACT, DATE, NOW, Workspace, call, environment, sha256, table


def test_a_second_run_of_the_day_changes_nothing_but_its_own_evidence(ran):
    before = ran.snapshot()
    answer = ran.run("--json", now="2025-08-29T20:00:00Z")
    assert answer.code == 0, answer.err
    assert ran.snapshot() == before
    said = answer.json()
    assert [s["state"] for s in said["stages"]] == ["done before", "done before", "done", "done", "done"]
    assert (ran / f"data/runs/{COMPACT}-2/manifest.json").is_file()


def test_a_run_keeps_a_copy_of_every_output(ran):
    folder = ran / f"data/runs/{COMPACT}-1"
    outputs = {p.name: sha256(p) for d in ("outputs", "intermediate") for p in (ran / "data" / d).iterdir()}
    archived = {p.name: sha256(p) for p in folder.iterdir()}
    archived.pop("manifest.json")
    assert archived == outputs


def test_the_manifest_names_every_input_and_output_by_its_true_hash(workspace, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    answer = call("run", "--once", "--date", DATE, "--now", NOW, "--config",
                  workspace / "config/config.yaml", cwd=elsewhere)
    assert answer.code == 0, answer.err
    manifest = json.loads((workspace / f"data/runs/{COMPACT}-1/manifest.json").read_text())
    inputs = {file["path"]: file["sha256"] for file in manifest["inputs"]}
    assert set(inputs) == {"config/config.yaml", "config/strategy_manifest.yaml",
                           "data/raw_signals/equally_weighted.csv",
                           "data/mapping/tic_gvkey_mapping_2025.csv",
                           "data/prices/prices_20250829.csv",
                           "data/positions/positions_20250829.csv"}
    assert len(manifest["outputs"]) == 19
    for file in manifest["inputs"] + manifest["outputs"]:
        assert file["sha256"] == sha256(workspace / file["path"]), file


def test_evidence_of_a_run_survives_the_loss_of_the_journal(ran):
    folder = ran / f"data/runs/{COMPACT}-1"
    before = {p.name: sha256(p) for p in folder.iterdir()}
    for path in (ran / "state").iterdir():
        path.unlink()
    assert ran.run(now="2025-08-29T21:00:00Z").code == 0
    assert {p.name: sha256(p) for p in folder.iterdir()} == before


def test_same_inputs_and_time_give_the_same_bytes_in_another_folder(two):
    for workspace in two:
        assert workspace.run().code == 0
    assert two[0].snapshot() == two[1].snapshot()


def test_the_order_of_input_rows_changes_no_byte(two):
    shuffle = random.Random(20250829)
    for name in ("mapping/tic_gvkey_mapping_2025.csv", "prices/prices_20250829.csv",
                 "positions/positions_20250829.csv", "raw_signals/equally_weighted.csv"):
        path = two[1] / "data" / name
        first, *rows = path.read_bytes().splitlines()
        shuffle.shuffle(rows)
        path.write_bytes(b"\n".join([first, *rows]) + b"\n")
    for workspace in two:
        assert workspace.run().code == 0
    one, other = (w.snapshot() for w in two)
    changed = {name for name in one if one[name] != other[name]}
    # plan.json names the hashes of the inputs, which did change.
    assert {name for name in changed if name.startswith("data/outputs")} == {"data/outputs/plan.json"}
    assert not any(name.startswith("data/intermediate") for name in changed)


def test_again_opens_the_next_batch_with_other_ids(ran):
    first = ran.orders_of_log()
    assert ran.run("--again", now="2025-08-29T14:00:00Z").code == 0
    log = ran.orders_of_log()
    second = log[len(first):]
    assert log[:len(first)] == first
    assert {row["batch_id"] for row in first} == {f"{COMPACT}-1"}
    assert {row["batch_id"] for row in second} == {f"{COMPACT}-2"}
    assert len(second) == len(first)
    assert not {row["client_order_id"] for row in first} & {row["client_order_id"] for row in second}


def test_ids_are_of_the_run_date_and_know_no_price(two):
    # ancestor-defects 5, 6
    assert two[0].run(now="2025-08-29T13:00:00Z").code == 0
    prices = two[1] / "data/prices/prices_20250829.csv"
    rows = [row.split(",") for row in prices.read_text().split()]
    moved = [rows[0]] + [[s, f"{float(p) * 1.0001:.6f}"] for s, p in rows[1:]]
    prices.write_text("\n".join(",".join(row) for row in moved) + "\n")
    assert two[1].run(now="2025-09-03T02:00:00Z").code == 0
    ids = [{(r["symbol"], r["side"]): r["client_order_id"] for r in w.orders_of_log()} for w in two]
    common = ids[0].keys() & ids[1].keys()
    assert len(common) > 200
    assert all(ids[0][key] == ids[1][key] for key in common)
    assert all(f"_{COMPACT}_" in i for i in ids[1].values())


def start(workspace, *args):
    return subprocess.Popen([str(BINARY), "run", "--config", "config/config.yaml", *args], cwd=workspace.root,
                            env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for_line(workspace, text, seconds=20):
    log = workspace / "logs/scheduler.log"
    deadline = time.monotonic() + seconds
    while not (log.exists() and text in log.read_text()):
        assert time.monotonic() < deadline, f"no {text!r} in the log"
        time.sleep(0.01)


def test_a_killed_run_is_finished_by_the_next_without_doubling_an_order(tmp_path):
    # ancestor-defects 5
    clean = Workspace.example(tmp_path / "clean")
    begin = time.monotonic()
    assert clean.run().code == 0
    length = time.monotonic() - begin
    ids = [row["client_order_id"] for row in clean.orders_of_log()]
    moments = random.Random(7)
    for attempt in range(30):
        workspace = Workspace.example(tmp_path / str(attempt))
        for _ in range(moments.randint(1, 2)):
            process = start(workspace, "--date", DATE, "--once", "--now", NOW)
            time.sleep(moments.uniform(0.0, 1.05 * length))
            process.send_signal(signal.SIGKILL)
            process.communicate()
        answer = workspace.run()
        assert answer.code == 0, answer.err
        # The same orders under the same ids, each once; and every later file says the same.
        assert [row["client_order_id"] for row in workspace.orders_of_log()] == ids
        page = {"data/outputs/summary_dashboard.html"}  # it lists the runs, of which there were more
        assert {name: hash for name, hash in workspace.snapshot().items() if name not in page} == \
            {name: hash for name, hash in clean.snapshot().items() if name not in page}
        assert {r["status"] for r in table(workspace.output(f"recon_report_{COMPACT}.csv"))} == {"OK", "SKIPPED"}


@pytest.fixture
def daemon(workspace):
    """A daemon that waits for its next run."""
    process = start(workspace, "--daemon")
    wait_for_line(workspace, "next run for")
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


def test_a_second_instance_is_told_who_trades_the_account(workspace, daemon):
    # ancestor-defects 22
    before = workspace.snapshot(without=("logs",))
    for name in ("run", "execute"):
        answer = workspace.call(name, "--date", DATE)
        assert answer.code == 8, answer.err
        assert f"pid {daemon.pid}" in answer.err
    assert workspace.snapshot(without=("logs",)) == before


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_waiting_daemon_stops_when_asked(workspace, daemon, signal_number):
    daemon.send_signal(signal_number)
    daemon.communicate(timeout=10)  # it waits until the next morning; a lost signal would time out
    assert daemon.returncode == 0
    assert "stopped as asked" in (workspace / "logs/scheduler.log").read_text()
