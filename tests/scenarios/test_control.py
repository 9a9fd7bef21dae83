"""status, halt, resume, override: who may stop trading, for how long, and what they are told."""
from harness import NOW, Workspace


def fresh(tmp_path):
    return Workspace.example(tmp_path / "workspace")


def state_of(workspace):
    return workspace.call("status", "--json").json()


def test_a_look_at_a_workspace_that_never_traded_creates_nothing(tmp_path):
    workspace = fresh(tmp_path)
    answer = workspace.call("status")
    assert (answer.code, answer.out) == (0, "trading is NORMAL\nno batch is open\n")
    assert not (workspace / "state").exists()


def test_a_halt_survives_until_somebody_ends_it_with_a_reason(tmp_path):
    workspace = fresh(tmp_path)
    halted = workspace.call("halt", "--reason", "prices look wrong", "--now", NOW, "--json").json()
    assert (halted["state"], halted["reason"], halted["since"]) == ("HALTED", "prices look wrong", NOW)
    assert state_of(workspace) == {**halted, "command": "status", "batches": []}

    assert workspace.call("resume").code == 2
    assert workspace.call("resume", "--reason", "  ").code == 2
    assert workspace.call("resume", "--reason", "x", "--to", "HALTED").code == 2
    assert state_of(workspace)["state"] == "HALTED"

    resumed = workspace.call("resume", "--reason", "checked", "--to", "SELL_ONLY", "--now", NOW)
    assert resumed.code == 0
    assert f"since {NOW}: prices look wrong\ntrading is SELL_ONLY by " in resumed.out
    assert state_of(workspace)["state"] == "SELL_ONLY"
    assert workspace.call("resume", "--reason", "all clear").code == 0
    assert state_of(workspace)["state"] == "NORMAL"


def test_a_broken_configuration_keeps_nobody_from_halting(tmp_path):
    workspace = fresh(tmp_path)
    workspace.configure(("\nrisk:", "\nriskk:"))
    assert workspace.call("status").code == 2
    halted = workspace.call("halt", "--reason", "stop")
    assert halted.code == 0
    assert "halted although the configuration cannot be read" in halted.err and "riskk" in halted.err
    workspace.configure(("\nriskk:", "\nrisk:"))
    assert state_of(workspace)["reason"] == "stop"


def test_an_override_names_a_rule_a_reason_and_an_end(tmp_path):
    workspace = fresh(tmp_path)
    given = workspace.call("override", "risk.max_total_notional", "--reason", "first investment",
                           "--for", "2h", "--now", NOW)
    assert given.code == 0
    assert given.out == ("the next breach of risk.max_total_notional passes, once, until "
                         "2025-08-29T15:00:00Z\n")
    for refused, words in [(["max_total_notionl", "--reason", "x"], "did you mean 'max_total_notional'?"),
                           (["trading_state", "--reason", "x"], "cannot be overridden"),
                           (["max_total_notional", "--reason", " "], "--reason is empty"),
                           (["max_total_notional"], "--reason"),
                           (["max_total_notional", "--reason", "x", "--for", "2 hours"], "2 hours"),
                           (["max_total_notional", "--reason", "x", "--for", "2d"], "at most 1d")]:
        answer = workspace.call("override", *refused)
        assert answer.code == 2 and words in answer.err, answer.err
