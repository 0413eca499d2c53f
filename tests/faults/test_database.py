"""A database that another process holds, and one that is damaged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.machines import DAILY, End, Machines, assert_healed
from tests.faults.refusals import assert_one_line

pytestmark = [pytest.mark.slow]


def test_a_database_that_another_process_holds_costs_a_run_and_nothing_else(
    machines: Machines, undisturbed: End
) -> None:
    folder = machines.copy()
    typed = machines.typed(folder, *DAILY)
    with closing(sqlite3.connect(folder / "var" / "shortlist.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE papers SET comment = 'half-way'")
        assert_one_line(typed, typed.end(), "is locked by another process: try again")
        other.execute("ROLLBACK")
    assert_healed(machines, folder, undisturbed)


def tear(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9000])


def replace(path: Path) -> None:
    path.write_bytes(b"<html>not found</html>" * 100)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [tear, cut, replace], ids=lambda damage: damage.__name__)
def test_a_damaged_database_is_found_and_brought_back_from_the_state_branch(
    machines: Machines, undisturbed: End, damage
) -> None:
    folder = machines.copy()
    damage(folder / "var" / "shortlist.db")
    typed = machines.typed(folder, *DAILY)
    assert_one_line(typed, typed.end(), "is damaged", "`shortlist state load --replace`")
    machines.type(folder, ("state", "load", "--replace"))
    assert (folder / "var" / "shortlist.db.damaged").is_file()
    assert_healed(machines, folder, undisturbed)


def test_an_emptied_database_never_replaces_the_state(machines: Machines, undisturbed: End) -> None:
    folder = machines.copy()
    empty(folder / "var" / "shortlist.db")
    typed = machines.typed(folder, ("state", "save", "--push"))
    assert_one_line(typed, typed.end(), "the database is empty, but shortlist-state holds a queue")
    machines.type(folder, ("state", "load"))
    assert_healed(machines, folder, undisturbed)
