"""`audit verify` on the journal of a real day: sound, tampered with by hand, and not there."""
import sqlite3

import pytest

from harness import table


def tamper(workspace, sql):
    with sqlite3.connect(workspace / "state/signalbus.db") as journal:
        journal.executescript(sql)
    journal.close()


def test_the_journal_of_a_day_is_sound_and_its_records_are_counted(workspace):
    assert workspace.run().code == 0
    orders = table(workspace.output("planned_orders.csv"))

    answer = workspace.call("audit verify")
    assert answer.code == 0 and answer.err == ""
    assert "state/signalbus.db: ok, " in answer.out and f"  {len(orders)} intent\n" in answer.out

    said = workspace.call("audit verify", "--json").json()
    assert said["records"] == sum(said["tables"].values())
    assert said["tables"]["intent"] == len(orders) and said["tables"]["batch"] == 1
    assert said["head"] in answer.out and len(said["head"]) == 64


def test_the_head_tells_one_history_from_another(workspace):
    assert workspace.run().code == 0
    before = workspace.call("audit verify", "--json").json()["head"]
    assert workspace.call("audit verify", "--json").json()["head"] == before
    assert workspace.call("halt", "--reason", "a drill").code == 0
    assert workspace.call("audit verify", "--json").json()["head"] != before


@pytest.mark.parametrize("table_name, change", [
    ("intent", "UPDATE intent SET quantity = quantity + 1 WHERE record = {record}"),
    ("event", "UPDATE event SET filled_qty = 7 WHERE record = {record}"),
    ("fill", "UPDATE fill SET price = price - 1 WHERE record = {record}"),
])
def test_a_record_that_was_changed_is_named_with_exit_7(workspace, table_name, change):
    assert workspace.run().code == 0
    with sqlite3.connect(workspace / "state/signalbus.db") as journal:
        record = journal.execute(f"SELECT min(record) FROM {table_name}").fetchone()[0]
    journal.close()
    tamper(workspace, f"DROP TRIGGER {table_name}_keeps; " + change.format(record=record))

    answer = workspace.call("audit verify")
    assert answer.code == 7 and answer.out == ""
    assert f"{table_name} {record} is not what was recorded" in answer.err
    assert workspace.call("audit verify", "--json").json()["exit_code"] == 7


def test_a_record_that_was_deleted_is_named_with_exit_7(workspace):
    assert workspace.run().code == 0
    tamper(workspace, "DROP TRIGGER fill_stays; DELETE FROM fill WHERE record = (SELECT min(record) FROM fill)")
    answer = workspace.call("audit verify")
    assert answer.code == 7 and "is missing" in answer.err


def test_a_workspace_without_a_journal_says_so_and_makes_none(workspace):
    answer = workspace.call("audit verify")
    assert answer.code == 3 and "there is no journal yet" in answer.err
    assert not (workspace / "state/signalbus.db").exists()
