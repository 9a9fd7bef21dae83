"""Damaged inputs, one case each, from cases.toml: the exit code, the words, and no file touched."""
import shutil
import tomllib
import zipfile
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from harness import DATE, Workspace

COMMANDS = {
    "signals": ["signals", "--date", DATE],
    "signals xlsx": ["signals", "--date", DATE, "--pick", "equal_xlsx"],
    "plan": ["plan", "--date", DATE],
    "execute": ["execute"],
    "reconcile": ["reconcile", "--date", DATE],
    "config": ["config check"],
    "run": ["run", "--date", DATE, "--once", "--again"],
}
CASES = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))["case"]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A workspace after a good run: whatever a case refuses, these outputs must survive it."""
    workspace = Workspace.example(tmp_path_factory.mktemp("good") / "w")
    assert workspace.run().code == 0
    return workspace


def replace_in_zip(path, entry, old, new):
    """The workbook with one text of one of its parts replaced; absent `old`: the part is removed."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert entry in parts
    if old is None:
        del parts[entry]
    else:
        assert old.encode() in parts[entry], f"{old!r} is not in {entry}"
        parts[entry] = parts[entry].replace(old.encode(), new.encode(), 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)


def damage(path, case):
    """Exactly one of the ways of cases.toml."""
    if "replace" in case:
        for old, new in case["replace"]:
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            assert old in text, f"{old!r} is not in {path.name}"
            path.write_bytes(text.replace(old, new, 1).encode("utf-8", "surrogateescape"))
    elif "append" in case:
        path.write_text(path.read_text(encoding="utf-8") + case["append"], encoding="utf-8")
    elif "content" in case:
        path.write_text(case["content"], encoding="utf-8")
    elif "hex" in case:
        path.write_bytes(bytes.fromhex(case["hex"]))
    elif "cut" in case:
        path.write_bytes(path.read_bytes()[:case["cut"]])
    elif "parquet" in case:
        pyarrow.parquet.write_table(pyarrow.table(case["parquet"]), path)
    elif "part" in case:
        replace_in_zip(path, case["part"], case.get("old"), case.get("new"))
    elif case["how"] == "absent":
        path.unlink()
    elif case["how"] == "folder":
        path.unlink()
        path.mkdir()
    elif case["how"] == "utf-16":
        path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    else:
        raise AssertionError(f"no such damage: {case['how']}")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_is_refused(case, good, tmp_path):
    workspace = Workspace(shutil.copytree(good.root, tmp_path / "w"))
    damage(workspace / case["file"], case)
    before = workspace.snapshot(without=("logs", "state"))
    answer = workspace.call(*COMMANDS[case["command"]])
    assert answer.code == case["code"], answer.err
    for fragment in case["says"]:
        assert fragment in answer.err, answer.err
    assert answer.out == "" or case["command"] == "run"
    assert workspace.snapshot(without=("logs", "state", "data/runs")) == {
        name: value for name, value in before.items() if not name.startswith("data/runs/")}


def test_there_are_enough_cases_of_every_kind():
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert {case["command"] for case in CASES} == set(COMMANDS)
    assert all(case["says"] for case in CASES)
