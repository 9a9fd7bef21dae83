"""Kills and errors at one chosen system call, by strace's injection.

`when=N` counts per thread and call. SIGKILL comes at the entry of the call, which then does not happen: points
1, 2, 3 ... of every call that changes anything outside the process are all states a kill can leave behind.
"""
import re
import shutil
from collections import Counter

# What can change a file, a lock, a process or a peer, or tell the program something about them.
CALLS = ["openat", "read", "pread64", "write", "writev", "pwrite64", "fsync", "fdatasync", "sync_file_range",
         "ftruncate", "rename", "link", "unlink", "mkdir", "chmod", "flock", "fcntl", "close", "socket", "connect",
         "sendto", "sendmsg", "recvfrom", "recvmsg", "epoll_wait", "epoll_ctl", "poll", "futex", "clone3", "mmap",
         "munmap", "exit_group"]
# Those after which the world outside is another one.
CHANGING = ["openat", "write", "writev", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "link", "unlink",
            "mkdir", "chmod", "flock", "fcntl", "connect", "sendto", "sendmsg", "exit_group"]


def available():
    return shutil.which("strace") is not None


def count(case, log):
    """How often each of CALLS happens in a whole run, by the thread that does it most; and the exit code."""
    code = case.run(before=["strace", "-f", "-qq", "--seccomp-bpf", "-o", log, "-e", "trace=" + ",".join(CALLS)])
    by_thread = {}
    for line in log.read_text(errors="replace").splitlines():
        found = re.match(r"(\d+) +([a-z_0-9]+)\(", line)
        if found:
            by_thread.setdefault(found.group(2), Counter())[found.group(1)] += 1
    return {call: max(threads.values()) for call, threads in by_thread.items()}, code


def kill_at(call, when):
    """What stands in front of a command so that it dies at its `when`-th such call."""
    return ["strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", f"trace={call}",
            "-e", f"inject={call}:signal=SIGKILL:when={when}"]


def fail_at(call, when, error, onwards=False):
    """... so that its `when`-th such call (and all later ones) fails with that error."""
    return ["strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", f"trace={call}",
            "-e", f"inject={call}:error={error}:when={when}{'+' if onwards else ''}"]
