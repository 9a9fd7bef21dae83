"""K3: kills and stops at random moments, while the exchange misbehaves by a script."""
import os
import re
import signal
import time
from pathlib import Path

import oracle
from points import account_of

# One is drawn for each case; {key} keeps it off the other accounts.
FAULTS = {
    "none": "",
    "lost answers": '{{on: "POST /v2/orders", do: drop_response, times: 3, after: {n}, key_id: {key}}}',
    "lost requests": '{{on: "POST /v2/orders", do: drop_request, times: 3, after: {n}, key_id: {key}}}',
    "504 after": '{{on: "POST /v2/orders", do: accept_then_status, status: 504, times: 2, after: {n}, key_id: {key}}}',
    "503 before": '{{on: "POST /v2/orders", do: status_before, status: 503, times: 2, after: {n}, key_id: {key}}}',
    "429": '{{on: "POST /v2/orders", do: status_before, status: 429, after: {n}, key_id: {key}}}',
    "slow": '{{on: "POST /v2/orders", do: delay, seconds: 0.15, times: always, key_id: {key}}}',
    "cut answers": '{{on: "POST /v2/orders", do: truncate, bytes: 60, times: 2, after: {n}, key_id: {key}}}',
    "garbage": '{{on: "POST /v2/orders", do: garble, times: 2, after: {n}, key_id: {key}}}',
    "a page": '{{on: "POST /v2/orders", do: html, times: 2, after: {n}, key_id: {key}}}',
    "twice": '{{on: "POST /v2/orders", do: duplicate, times: 4, after: {n}, key_id: {key}}}',
    "late to see": '{{on: "GET /v2/orders*", do: lag, seconds: 1.5, times: always, key_id: {key}}}',
    "reads fail": '{{on: "GET /v2/*", do: status_before, status: 500, times: always, probability: 0.1, key_id: {key}}}',
    "reads garbled": '{{on: "GET /v2/orders*", do: garble, times: 3, after: {n}, key_id: {key}}}',
    "in parts": '{{on: fill, do: partial_fill, share: 0.4, times: 4, after: {n}, key_id: {key}}}',
    "rejected later": '{{on: "POST /v2/orders", do: async_reject, after: {n}, key_id: {key}}}',
    "slow fills": '{{on: fill, do: lag, seconds: 1, times: 3, after: {n}, key_id: {key}}}',
    "closes": '{{on: any, do: close, times: always, probability: 0.3, key_id: {key}}}',
    "stream lies": '{{on: stream, do: duplicate, times: always, key_id: {key}}}, '
                   '{{on: fill, do: drop_response, times: 3, key_id: {key}}}',
}
# A batch in which an order was refused for good, or did not fill in its time, is done all the same.
DONE = (0, 5)
SECONDS = 0.35  # about what a whole run takes under faults


def draw_faults(case, random):
    names = random.sample(sorted(FAULTS), 2)
    rules = [FAULTS[name].format(n=random.randrange(10), key=case.key) for name in names if FAULTS[name]]
    if rules:
        case.exchange.faults("faults: [" + ", ".join(rules) + "]")
    return names


def check_second_instance(case, process):
    """While one holds the account, another is refused and told who it is."""
    second = case.run()
    assert second == 8, f"a second instance: exit {second}\n{case.said}"
    told = rf"held by pid {process.pid} since \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\S*: signalbus run"
    assert re.search(told, case.said), case.said


def holds_the_lock(case, process):
    """Whether the (stopped) process has the account; it may just have ended, or be about to."""
    folder = Path(f"/proc/{process.pid}/fd")
    lock = case / "state/paper.lock"
    try:
        open_files = {os.readlink(entry) for entry in folder.iterdir()}
    except OSError:
        return False
    # Opened is not yet locked: the note is written under the lock.
    return str(lock) in open_files and f"pid {process.pid} " in lock.read_text()


def stop_and_try(case, process, random):
    """SIGSTOP, a second instance, SIGCONT: the refused one changed nothing and the first goes on."""
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.005)  # until it has stopped
    refused = holds_the_lock(case, process)
    if refused:
        check_second_instance(case, process)
    time.sleep(random.random() * 0.05)
    process.send_signal(signal.SIGCONT)
    return refused


def restart_exchange(exchange, random):
    """The exchange dies too, and comes back with its ledger and without its faults."""
    exchange.kill()
    time.sleep(random.random() * 0.1)
    exchange.start()


def disturbed(world, tally, random):
    """One case: faults, kills at random moments, at most five; then undisturbed runs until done."""
    case = world.case()
    names = draw_faults(case, random)
    cycles = stops = 0
    for _ in range(random.randrange(1, 6)):
        process = case.start()
        time.sleep(random.random() * SECONDS)
        if random.random() < 0.25 and process.poll() is None:
            stops += stop_and_try(case, process, random)
            time.sleep(random.random() * SECONDS)
        if random.random() < 0.08:
            restart_exchange(case.exchange, random)
        process.send_signal(signal.SIGKILL)
        code = case.finish(process)
        tally.runs += 1
        assert code in (-9, 6, *DONE), f"{names}: exit {code}\n{case.said}"
        cycles += code == -9
        oracle.check_write_ahead(oracle.Books(case.root), account_of(world, case), copies=2)
        if code in DONE:
            break
    codes = case.until_done(expect=DONE, tries=8)
    tally.runs += len(codes)
    account = account_of(world, case)
    oracle.check_end(case.root, account, ("finished", "ended"), copies=2)
    case.remove()
    return cycles, stops
