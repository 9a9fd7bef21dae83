"""Counts, records, kills and fails system calls of the program, by libsbfault.so (fault_shim.cc).

Points are numbered 1, 2, 3 ... over all threads in the order in which the calls happen. A kill comes at the entry of
its call, which then does not happen: the points are all states that a kill can leave behind, because between two of
these calls nothing outside the process changes.
"""
import os
import struct
from collections import Counter, namedtuple
from pathlib import Path

from harness import BINARY

LIBRARY = Path(os.environ.get("SIGNALBUS_FAULT_SHIM", BINARY.parent.parent / "lib/libsbfault.so"))

NUMBERS = {"read": 0, "write": 1, "close": 3, "poll": 7, "lseek": 8, "pread64": 17, "pwrite64": 18, "writev": 20,
           "socket": 41, "connect": 42, "sendto": 44, "recvfrom": 45, "sendmsg": 46, "recvmsg": 47, "shutdown": 48,
           "fcntl": 72, "flock": 73, "fsync": 74, "fdatasync": 75, "ftruncate": 77, "rename": 82, "mkdir": 83,
           "link": 86, "unlink": 87, "chmod": 90, "exit_group": 231, "epoll_wait": 232, "openat": 257,
           "sync_file_range": 277}
NAMES = {number: name for name, number in NUMBERS.items()}
# Whatever changes a file, a lock or a peer, or waits for one. Not seen: memory, threads, time.
CHANGING = ["write", "writev", "pwrite64", "connect", "sendto", "recvfrom", "sendmsg", "recvmsg", "shutdown", "fcntl",
            "flock", "fsync", "fdatasync", "ftruncate", "rename", "mkdir", "link", "unlink", "chmod", "exit_group",
            "openat", "close", "sync_file_range"]
FILES = ["openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "link", "unlink", "mkdir", "close",
         "lseek"]
NAMING = ["rename", "link", "unlink", "mkdir"]  # their arguments are paths
ERRORS = {"EINTR": 4, "EIO": 5, "EAGAIN": 11, "ENOSPC": 28}

Call = namedtuple("Call", "name result arguments data")
HEAD = struct.Struct("<iIqqqqq")


def environment(calls, log=None, do=None, at=None, of=None):
    """What the program needs in its environment; `calls` are the calls that count."""
    # No leak check: it runs in a process that shares our memory and blocks SIGSYS, so the filter would end it.
    out = {"LD_PRELOAD": str(LIBRARY), "ASAN_OPTIONS": "exitcode=99:verify_asan_link_order=0:detect_leaks=0",
           "SB_FAULT_CALLS": ",".join(str(NUMBERS[call]) for call in calls)}
    if log:
        out["SB_FAULT_LOG"] = str(log)
    if do:
        out.update(SB_FAULT_DO=do, SB_FAULT_AT=str(at))
    if of:
        out["SB_FAULT_OF"] = str(NUMBERS[of])
    return out


def kill_at(point, calls=CHANGING, of=None, log=None):
    return environment(calls, log, "kill", point, of)


def fail_at(point, call, error, onwards, log=None):
    """The `point`-th such call fails, or is short; `onwards`: all later ones too. The log has all calls on files."""
    return environment(FILES, log, str(ERRORS.get(error, error)) + ("+" if onwards else ""), point, call)


def read_log(path):
    """The calls of a log, in order."""
    data = Path(path).read_bytes()
    at = 0
    while at + HEAD.size <= len(data):
        number, size, result, *arguments = HEAD.unpack_from(data, at)
        at += HEAD.size
        yield Call(NAMES[number], result, arguments, data[at:at + size])
        at += size


def on_files(path):
    """The calls of a log with the name of the file that each was on, "" for those on none."""
    opened = {}
    for call in read_log(path):
        if call.name == "openat":
            name = call.data.split(b"\0")[0].decode()
            if call.result >= 0:
                opened[call.result] = name
        else:
            name = opened.get(call.arguments[0], "") if call.name not in NAMING else ""
        if call.name == "close":
            opened.pop(call.arguments[0], None)
        yield call, name


def count(case, log, calls=CHANGING):
    """The names of the calls of an undisturbed run, in order."""
    code = case.run(env=environment(calls, log))
    assert code == 0, case.said
    return [call.name for call in read_log(log)]


def counts(names):
    return Counter(names)
