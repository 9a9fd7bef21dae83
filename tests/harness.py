"""The real binary on throw-away workspaces: what every end-to-end test is made of."""
import csv
import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("SIGNALBUS_BINARY", REPOSITORY / "build/dev/bin/signalbus")).resolve()
EXAMPLE = REPOSITORY / "examples/paper_trading"
TESTDATA = REPOSITORY / "testdata"

DATE = "2025-08-29"
COMPACT = "20250829"
NOW = "2025-08-29T13:00:00Z"

# What a run may change although it traded nothing new: its evidence, its story, its journal.
BOOKKEEPING = ("data/runs", "logs", "state")


@dataclass
class Answer:
    """What a command said."""
    code: int
    out: str
    err: str

    def json(self):
        lines = self.out.splitlines()
        assert len(lines) == 1, f"--json printed {len(lines)} lines:\n{self.out}"
        return json.loads(lines[0])


def environment(extra=None):
    """Ours without anything that could steer the program; sanitizers speak up by their own code."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("APCA_", "SIGNALBUS_"))}
    env["ASAN_OPTIONS"] = "exitcode=99"
    env.update(extra or {})
    return env


def call(*args, program=BINARY, env=None, cwd=None, timeout=120):
    done = subprocess.run([str(program), *map(str, args)], env=environment(env), cwd=cwd,
                          capture_output=True, timeout=timeout)
    answer = Answer(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Sanitizer" not in answer.err and "runtime error" not in answer.err, answer.err
    assert answer.code >= 0 and answer.code not in (70, 99), f"{answer.code}\n{answer.err}"
    return answer


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def table(path):
    """A CSV file as a list of dicts; every cell is text."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def header(path):
    with open(path, encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


class Workspace:
    """A copy of examples/paper_trading, and the commands on it."""

    def __init__(self, root):
        self.root = Path(root)

    @classmethod
    def example(cls, root):
        shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("outputs", "intermediate", "runs",
                                                                     "logs", "state"))
        return cls(root)

    def __truediv__(self, path):
        return self.root / path

    def output(self, name):
        return self.root / "data/outputs" / name

    def call(self, command, *args, **options):
        """`command` may be several words (`config check`); every path is below the workspace."""
        return call(*command.split(), "--config", "config/config.yaml", *args, cwd=self.root, **options)

    def run(self, *args, date=DATE, now=NOW, **options):
        when = ["--now", now] if now else []
        return self.call("run", "--date", date, "--once", *when, *args, **options)

    def edit(self, path, *changes):
        """Replaces texts that must be there, each once, by others."""
        text = (self.root / path).read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{path}: {old!r} stands there {text.count(old)} times"
            text = text.replace(old, new)
        (self.root / path).write_text(text, encoding="utf-8")

    def configure(self, *changes):
        self.edit("config/config.yaml", *changes)

    def snapshot(self, without=BOOKKEEPING):
        """Hash of every file, by path below the workspace."""
        out = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            # A killed process may leave the temporary of a write: nobody reads it.
            litter = path.name.startswith(".tmp-")
            if path.is_file() and not litter and not any(name.startswith(f"{w}/") for w in without):
                out[name] = sha256(path)
        return out

    def orders_of_log(self):
        return table(self.output("execution_log.csv"))
