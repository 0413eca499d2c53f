"""The daily job is killed wherever something was written, and the next run makes up for all of it.

Where that is, is found by watching what the job does to its files, not by reading it.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.machines import DAILY, End, Machines, differences, end_of
from tests.faults.outside import functions_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

Lines = tuple[tuple[str, ...], ...]
LOAD = ("state", "load")
KILLED = (-signal.SIGKILL, 255)
"""How a killed process ends; 255 where the fork server did not learn how, seldom."""
_AT_ONCE = 2
"""Machines at a time; most of what they do is to wait for the disk and for programs."""

WRITERS = {
    "db/engine.py writing",
    "pipeline/daily.py run_daily",
    "pipeline/git/program.py _output",
    "pipeline/lists/document.py write_atomically",
    "pipeline/publish/commit.py _commit",
    "pipeline/publish/journal.py finish",
    "pipeline/sources/raw.py _write",
    "pipeline/triage/embed.py embed_texts",
}
"""Where a run is known to write: were one not found, the instrument would be broken."""


def kill_everywhere(
    machines: Machines, like: Path | None, lines: Lines, *, then: Callable[[Path], Path]
) -> dict[str, End]:
    """Type ``lines`` on machines like one, each killed elsewhere; what ``then`` made of it.

    Args:
        machines: Makes them.
        like: The machine; the one that has not run today yet if ``None``.
        lines: What is typed.
        then: What is done afterwards; gives the machine that has the end.
    """
    noted = machines.typed(machines.copy(like), *lines, dies=0)
    assert noted.end() == 0, noted.said()
    places = noted.written()
    functions = functions_in(places)

    def kill(number: int) -> tuple[str, End]:
        killed = machines.typed(machines.copy(like), *lines, dies=number, functions=functions)
        assert killed.end() in KILLED, killed.said()
        assert killed.written() == places[:number]
        healed = then(killed.folder)
        end = end_of(healed)
        for folder in {killed.folder, healed}:
            shutil.rmtree(folder)
        return places[number - 1], end

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        ends = dict(pool.map(kill, range(1, len(places) + 1)))
    print(f"killed at {len(ends)} places")
    return ends


def end_after(machines: Machines, folder: Path, *lines: tuple[str, ...]) -> End:
    machines.type(folder, *lines)
    return end_of(folder)


def assert_same(ends: dict[str, End], *expected: End) -> None:
    """Every end is one of those expected; else, in what it differs from the first of them."""
    others = {place: end for place, end in ends.items() if end not in expected}
    told = ["\n    ".join((p, *differences(end, expected[0]))) for p, end in others.items()]
    assert not told, "\n".join(told)


def test_a_run_that_is_killed_wherever_it_has_written_is_made_up_for_by_the_next(
    machines: Machines, undisturbed: End
) -> None:
    assert_is_whole(undisturbed, machines)

    def run_again(folder: Path) -> Path:
        machines.type(folder, *DAILY)
        return folder

    ends = kill_everywhere(machines, None, DAILY, then=run_again)
    assert functions_in(ends) >= WRITERS
    assert_same(ends, undisturbed)


def test_a_run_that_is_killed_on_a_machine_that_forgets_is_made_up_for_by_the_next(
    machines: Machines,
) -> None:
    expected = end_after(machines, machines.forget(machines.copy()), LOAD, *DAILY)
    assert_is_whole(expected, machines)
    noted = machines.typed(machines.copy(), *DAILY, dies=0)
    assert noted.end() == 0, noted.said()
    places = noted.written()
    pushes = [number for number, place in enumerate(places, 1) if "push_git" in place]
    assert len(pushes) == 2
    ends = {}
    for number in pushes:
        killed = machines.typed(
            machines.copy(), *DAILY, dies=number, functions=functions_in(places)
        )
        assert killed.end() in KILLED, killed.said()
        new = machines.forget(killed.folder)
        ends[places[number - 1]] = end_after(machines, new, LOAD, *DAILY)
    assert_same(ends, expected)


def test_an_undo_that_is_killed_wherever_it_has_written_is_whole_or_never_happened(
    machines: Machines,
) -> None:
    published = machines.copy()
    untouched = end_after(machines, published, *DAILY)
    taken_back = machines.approved[1]
    settle = (("publish",), ("state", "save", "--push"))
    undone = end_after(machines, machines.copy(published), ("queue", "undo", taken_back), *settle)
    assert taken_back not in undone.origin["README.md"]
    assert undone.memory["candidates.jsonl"][f"{taken_back} 0"]["state"] == "pending"

    def go_on(folder: Path) -> Path:
        machines.type(folder, *settle)
        return folder

    ends = kill_everywhere(machines, published, (("queue", "undo", taken_back),), then=go_on)
    assert_same(ends, undone, untouched)
    assert {end.commits for end in ends.values()} == {untouched.commits, undone.commits}


def assert_is_whole(end: End, machines: Machines) -> None:
    """What was approved stands in list and origin, once, and nothing is left over."""
    for arxiv_id in machines.approved:
        assert end.lists["README.md"].count(f"/abs/{arxiv_id})") == 1
        assert end.origin["README.md"].count(f"/abs/{arxiv_id})") == 1
    assert end.memory == end.saved
    assert (end.commits, end.status, end.left) == (2, "", ())
