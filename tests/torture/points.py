"""K1, K2 and K4: a kill at every system call, two kills in a row, an error at every write."""
import json
import shutil
import time
from dataclasses import dataclass, field

import oracle
import shim
from world import sim_account


@dataclass
class Tally:
    """What was really done, for the report."""
    name: str
    points: int = 0  # cases whose kill, error or cut took place
    runs: int = 0  # of the program
    idle: int = 0  # cases in which it did not come so far
    failures: list = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def line(self):
        seconds = time.monotonic() - self.started
        return (f"{self.name}: {self.points} points, {self.runs} runs, {self.idle} without effect, "
                f"{len(self.failures)} failures, {seconds:.0f} s, {self.points / max(seconds, 0.01):.1f} points/s")


def account_of(world, case):
    if not world.is_sim:
        return case.exchange.account(case.key)
    return sim_account(case) if (case / "state/sim/exchange.ledger").exists() else None


def reference(world):
    """What an undisturbed run leaves: the measure of all others."""
    case = world.case()
    assert case.run() == 0, case.said
    account = account_of(world, case)
    books = oracle.check_end(case.root, account)
    case.remove()
    assert len(books.orders) >= 12, f"only {len(books.orders)} orders"
    return outcome_of(account)


def check_audit(case):
    """The program's own word on its journal."""
    answer = case.call("audit verify")
    assert answer.code == 0, answer.out + answer.err


def outcome_of(account):
    return {"cash": account["cash"], "positions": {p["symbol"]: p["qty"] for p in account["positions"]}}


def check_done(world, case, wanted, may_end=("finished",)):
    """The end is right, is what an undisturbed run gives, and another run changes nothing."""
    account = account_of(world, case)
    oracle.check_end(case.root, account, may_end)
    check_audit(case)
    if wanted is not None:
        assert outcome_of(account) == wanted, f"{outcome_of(account)}\nundisturbed: {wanted}"
    code = case.run()
    assert code == 0 and "is finished" in case.said, f"exit {code}\n{case.said}"
    after = account_of(world, case)
    assert after == account, "a run after the end changed something at the exchange"


def killed_at(world, wanted, tally, *points):
    """One case: killed at each of `points` in turn, restarted until done, judged. How many kills took place."""
    case = world.case()
    fired = 0
    code = 0
    for point in points:
        code = case.run(env=shim.kill_at(point))
        tally.runs += 1
        assert code in (-9, 0), f"exit {code} instead of a kill at call {point}\n{case.said}"
        if code == 0:
            break
        fired += 1
        oracle.check_write_ahead(oracle.Books(case.root), account_of(world, case))
    if code != 0:
        tally.runs += len(case.until_done())
    check_done(world, case, wanted)
    tally.runs += 1
    case.remove()
    return fired


def failed_at(world, wanted, tally, call, number, error, onwards):
    """One case: an error instead of a kill. What it may say is 7 or 0; what it may leave is the same."""
    case = world.case()
    log = world.folder / "calls"
    code = case.run(env=shim.fail_at(number, call, error, onwards, log))
    tally.runs += 1
    assert code in (0, 6, 7), f"exit {code} after {error} at {call} {number}\n{case.said}"
    if error in ("EIO", "ENOSPC"):
        check_last_write(case, code, log, -shim.ERRORS[error])
    oracle.check_write_ahead(oracle.Books(case.root), account_of(world, case))
    if code != 0:
        tally.runs += len(case.until_done())
    check_done(world, case, wanted)
    tally.runs += 1
    case.remove()
    return code


JOURNAL = "state/signalbus.db"


def check_last_write(case, code, log, error):
    """A journal that could not be written or synced is not written again, and the process ends with 7.

    What SQLite moves from its log into the main file when it closes is durable already: that may fail.
    """
    owed = failed = False  # owed: written to the log, and not synced yet
    for call, name in shim.on_files(log):
        is_log = name.endswith(JOURNAL + "-wal")
        if failed:
            writes = call.name in ("write", "pwrite64") and JOURNAL in name and not name.endswith("-shm")
            assert not writes, f"{call.name} on {name} after a failure of the journal"
        elif is_log and call.name == "pwrite64":
            owed = True
            failed = call.result == error
        elif is_log and call.name in ("fsync", "fdatasync"):
            failed = owed and call.result == error
            owed = owed and call.result < 0
    assert not failed or code == 7, f"exit {code} after a failure of the journal\n{case.said}"


def guarded(tally, where, keep, work, *arguments):
    """Runs one case; a failure is told, kept with its workspace, and does not end the campaign."""
    try:
        return work(*arguments)
    except Exception as failure:
        if keep is None:
            raise
        world = arguments[0]
        kept = keep / f"{tally.name}-{len(tally.failures) + 1}"
        newest = max(world.folder.glob("case*"), key=lambda path: path.stat().st_mtime_ns)
        shutil.copytree(newest, kept / "workspace", dirs_exist_ok=True)
        (kept / "why.json").write_text(json.dumps({"where": where, "why": str(failure)}, indent=1))
        tally.failures.append(where)
        print(f"FAILED {where}: {str(failure)[:600]}\n  kept in {kept}", flush=True)
        return None
