"""The short form, for ctest: every part of the torture over a few of its points. script/torture is the long one."""
import os
import re
import resource
import signal
import subprocess
import time

import oracle
import points
import pytest
import traffic
from campaign import PARTS, Options
from world import CANARY, World


def run(part, tmp_path, **options):
    tally = PARTS[part](Options(tmp_path / "world", **options))
    print(tally.line())
    return tally


def one_of(jobs):
    """The share of one of so many processes, another one each time: short, and over time all of it."""
    return {"jobs": jobs, "job": os.getpid() % jobs}


@pytest.fixture
def world(tmp_path):
    with World(tmp_path / "world") as made:
        yield made


def wait_for_orders(case, process, number):
    """Until so many orders of the run have reached the exchange."""
    deadline = time.monotonic() + 30
    while len((case.exchange.account(case.key) or {"orders": []})["orders"]) < number:
        assert process.poll() is None and time.monotonic() < deadline, case.finish(process)
        time.sleep(0.01)


def hanging(case):
    """A run that is in the middle of its orders and stays there."""
    case.exchange.faults(f'faults: [{{on: "POST /v2/orders", do: silence, after: 2, key_id: {case.key}}}]')
    process = case.start()
    wait_for_orders(case, process, 3)
    return process


@pytest.mark.parametrize("mode, transport", [("paper", ""), ("sim", "direct")])
def test_a_kill_at_any_system_call_loses_nothing_and_sends_nothing_twice(tmp_path, mode, transport):
    assert run("kill", tmp_path, points=108, **one_of(6), mode=mode, transport=transport).points >= 15


def test_a_kill_in_the_recovery_from_a_kill(tmp_path):
    assert run("twice", tmp_path, number=6, seed=os.getpid()).runs > 6


def test_kills_at_random_while_the_exchange_misbehaves(tmp_path):
    assert run("random", tmp_path, number=12, seed=os.getpid()).points >= 12


def test_a_disk_that_fails_ends_the_run_and_changes_no_order(tmp_path):
    assert run("errors", tmp_path, points=2, **one_of(4)).points >= 12


@pytest.mark.parametrize("mode, transport", [("paper", ""), ("sim", "direct")])
def test_lost_power_keeps_what_was_promised(tmp_path, mode, transport):
    assert run("power", tmp_path, number=8, seed=os.getpid(), mode=mode, transport=transport).points == 8


def test_a_connection_cut_at_any_byte(tmp_path):
    assert run("network", tmp_path, number=6, points=8, **one_of(3)).points >= 15


def test_too_few_descriptors(tmp_path):
    assert run("descriptors", tmp_path, **one_of(5)).points >= 5


def test_a_second_instance_is_refused_and_told_who_holds_the_account(world):
    case = world.case()
    process = hanging(case)
    before = oracle.Books(case.root)
    traffic.check_second_instance(case, process)
    assert oracle.Books(case.root).orders == before.orders
    process.kill()
    assert case.finish(process) == -signal.SIGKILL
    case.until_done()
    oracle.check_end(case.root, case.exchange.account(case.key))


def test_a_halt_in_the_middle_of_the_orders_stops_the_sending_and_cancels_what_is_open(world):
    """The run is at its sells, one of them stays open, each answer takes longer than a permission is good for."""
    undisturbed = points.reference(world)
    case = world.case()
    case.exchange.admin("POST", "assets", '{"assets": {"AAA": {"halted": true}}}')  # taken, not filled
    case.exchange.faults('faults: [{on: "POST /v2/orders", do: delay, seconds: 1, times: always}]')
    process = case.start()
    wait_for_orders(case, process, 2)
    said = case.call("halt", "--reason", "a drill")
    there = len(case.exchange.account(case.key)["orders"])
    assert said.code == 0 and "trading is HALTED" in said.out and "a drill" in said.out, said
    assert "the process that trades the account cancels its open orders: " in said.out, said
    assert f"held by pid {process.pid} " in said.out, said
    assert case.finish(process) == 9, case.said
    account = case.exchange.account(case.key)
    # The gate may have let one out before the halt came; with the next it has to ask again.
    assert len(account["orders"]) <= there + 1
    assert any(order["status"] == "canceled" for order in account["orders"]), "nothing was open, so nothing was tried"
    books = oracle.check_end(case.root, account, may_end=("ended",))
    assert {"ABANDONED", "CANCELED", "FILLED"} == {order["state"] for order in books.orders.values()}
    case.exchange.faults("faults: []")
    case.exchange.admin("POST", "assets", '{"assets": {"AAA": {"halted": false}}}')
    assert case.run() == 9, case.said  # still halted
    assert case.exchange.account(case.key) == account
    assert case.call("resume", "--reason", "the drill is over").code == 0
    assert case.run() == 0, case.said
    account = case.exchange.account(case.key)
    oracle.check_end(case.root, account, batches=2)
    assert points.outcome_of(account) == undisturbed
    points.check_audit(case)


def dump_unlimited():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def test_no_core_is_written_of_a_process_that_has_keys(world):
    """A core holds the keys: a signal that would dump one does not."""
    sleeper = subprocess.Popen(["sleep", "60"], preexec_fn=dump_unlimited, cwd=world.folder)
    sleeper.send_signal(signal.SIGQUIT)
    _, status, _ = os.wait4(sleeper.pid, 0)
    case = world.case()
    dump_unlimited()
    process = hanging(case)
    limits = open(f"/proc/{process.pid}/limits", encoding="ascii").read()
    assert re.search(r"Max core file size +0 +0 ", limits), limits
    process.send_signal(signal.SIGQUIT)
    _, ended, _ = os.wait4(process.pid, 0)
    assert os.WTERMSIG(ended) == signal.SIGQUIT
    assert not os.WCOREDUMP(ended)
    if not os.WCOREDUMP(status):
        pytest.skip("this machine writes no cores at all: only the limit was seen")


def test_secrets_are_nowhere_even_after_a_refusal_in_debug(world):
    case = world.case()
    case.exchange.faults(f'faults: [{{on: "POST /v2/orders", do: status_before, status: 401, key_id: {case.key}}}]')
    assert case.run("--debug") == 5, case.said
    oracle.check_private(case.root)
    assert CANARY not in case.said


def test_the_oracle_sees_a_lost_execution_and_a_broken_chain(world):
    """The judge itself: a journal that was tampered with does not pass."""
    import sqlite3
    case = world.case()
    assert case.run() == 0
    account = case.exchange.account(case.key)
    oracle.check_end(case.root, account)
    path = case / "state/signalbus.db"
    whole = path.read_bytes()
    for change, says in (("DELETE FROM fill WHERE record = (SELECT min(record) FROM fill)", "missing"),
                         ("UPDATE posting SET notional = notional + 1 WHERE post = 1", "breaks the chain")):
        with sqlite3.connect(path) as database:
            for (trigger,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                database.execute(f"DROP TRIGGER {trigger}")
            database.execute(change)
        database.close()
        with pytest.raises(AssertionError, match=says):
            oracle.check_end(case.root, account)
        path.write_bytes(whole)
    account["orders"][0]["filled_qty"] = "1"
    with pytest.raises(AssertionError):
        oracle.check_end(case.root, account)
