"""The short form, for ctest: every part over a few of its points. script/torture is the long one."""
import pytest
import strace
import traffic
from campaign import PARTS, Options
from world import World

needs_strace = pytest.mark.skipif(not strace.available(), reason="strace is not installed")


def run(part, tmp_path, **options):
    tally = PARTS[part](Options(tmp_path / "world", **options))
    print(tally.line())
    return tally


@needs_strace
@pytest.mark.parametrize("mode", ["paper", "sim"])
def test_a_kill_anywhere_loses_nothing_and_sends_nothing_twice(tmp_path, mode):
    tally = run("kill", tmp_path, per_call=3, calls=strace.CHANGING, mode=mode)
    assert tally.points >= 25
