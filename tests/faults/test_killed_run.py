"""The daily job is killed wherever something was written, and the next run makes up for all of it.

Where that is, is found by watching what the job does to its files, not by reading it.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.arxiv_emulator import Emulator
from tests.faults.machines import DAILY, End, Machines, differences, end_of
from tests.faults.outside import functions_in
from tests.live_folder import make_week
from tests.pipeline.git.checkouts import isolate_git

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

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


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("killed")
    with pytest.MonkeyPatch.context() as patch:
        isolate_git(folder, patch)
        with Emulator(make_week(new=6, seed=4), seed=1, records_per_page=40) as emulator:
            made = Machines(emulator=emulator, folder=folder)
            made.begin()
            yield made


def test_a_run_that_is_killed_wherever_it_has_written_is_made_up_for_by_the_next(
    machines: Machines,
) -> None:
    noted = machines.typed(machines.copy(), *DAILY, dies=0)
    assert noted.end() == 0, noted.said()
    places = noted.written()
    functions = functions_in(places)
    assert functions >= WRITERS
    expected = end_of(noted.folder)
    assert_is_whole(expected, machines)

    def kill(number: int) -> tuple[str, End]:
        killed = machines.typed(machines.copy(), *DAILY, dies=number, functions=functions)
        assert killed.end() == -signal.SIGKILL, killed.said()
        assert killed.written() == places[:number]
        machines.type(killed.folder, *DAILY)
        end = end_of(killed.folder)
        shutil.rmtree(killed.folder)
        return places[number - 1], end

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        ends = dict(pool.map(kill, range(1, len(places) + 1)))
    print(f"killed at {len(ends)} places")
    otherwise = {place: differences(end, expected) for place, end in ends.items()}
    told = ["\n    ".join((place, *lines)) for place, lines in otherwise.items() if lines]
    assert not told, "\n".join(told)


def assert_is_whole(end: End, machines: Machines) -> None:
    """What was approved stands in list and origin, once, and nothing is left over."""
    for arxiv_id in machines.approved:
        assert end.lists["README.md"].count(f"/abs/{arxiv_id})") == 1
        assert end.origin["README.md"].count(f"/abs/{arxiv_id})") == 1
    assert end.memory == end.saved
    assert (end.commits, end.status, end.left) == (2, "", ())
