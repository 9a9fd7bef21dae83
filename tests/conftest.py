"""Fixtures that every folder of tests uses."""
import pytest

from harness import BINARY, Workspace


def pytest_configure():
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is not there; build it, or set SIGNALBUS_BINARY", returncode=2)


@pytest.fixture
def workspace(tmp_path):
    return Workspace.example(tmp_path / "w")


@pytest.fixture
def ran(workspace):
    """A workspace after a good run of 2025-08-29."""
    answer = workspace.run()
    assert answer.code == 0, answer.err
    return workspace


@pytest.fixture
def two(tmp_path):
    """Two fresh workspaces of the same content."""
    return Workspace.example(tmp_path / "a"), Workspace.example(tmp_path / "b")
