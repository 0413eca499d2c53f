"""The intake is killed at every point of a day, and the next run makes up for all of it."""

from __future__ import annotations

import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from db.dump import dump
from db.records import FetchStatus, KnownPaper, Standing
from pipeline.sources.http import HttpClient
from pipeline.sources.oai_changes import SOURCE
from tests.arxiv_emulator import Emulator, make_corpus
from tests.arxiv_emulator.clock import announced
from tests.arxiv_emulator.log import Logged
from tests.arxiv_emulator.made_up import FIRST_DAY
from tests.arxiv_emulator.program import Program
from tests.e2e.killed import TRIAGED, Elsewhere, Fixed, Moment, Run
from tests.live_world import CATEGORIES, MORNING, LiveWorld

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

BEFORE, DAY = date(2022, 6, 13), date(2022, 6, 14)
SPACING_SECONDS = 0.01
LATER = timedelta(hours=1)
_KILLED = -signal.SIGKILL
_ENOUGH = 200
"""More requests or transactions than a day has."""


class Killer:
    """Kills a process when it asks for the n-th time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._left = 0

    def start(self, run: Run, *, number: int) -> BaseProcess:
        """Start a process that dies at its request of that number."""
        with self._lock:
            self._process, self._left = run.start(), number
            return self._process

    def on_request(self, _: Logged) -> None:
        with self._lock:
            self._left -= 1
            if not self._left and self._process is not None:
                # It waits for the answer, and is gone before it could read one.
                self._process.kill()


@dataclass(kw_only=True)
class Days:
    """Two days of arXiv, of which the first was read.

    Attributes:
        emulator: At the morning of the second.
        killer: Of those who ask it.
        folder: For the databases.
        as_command: How the second day is read.
        runs: How many there were.
    """

    emulator: Emulator
    killer: Killer
    folder: Path
    as_command: bool
    runs: int = field(default=0)

    def run(self, folder: Path, day: date = DAY, *, later: bool = False, **settings: Any) -> Run:
        """A run of a morning, or of an hour later."""
        at = announced(day) + MORNING + (LATER if later else timedelta(0))
        self.emulator.clock.set(at)
        return Run(
            arxiv=Elsewhere(
                oai_url=self.emulator.oai_url,
                rss_url=self.emulator.rss_url,
                api_url=self.emulator.api_url,
                clock=Fixed(at=at),
            ),
            folder=folder,
            day=day,
            spacing_seconds=SPACING_SECONDS,
            as_command=self.as_command,
            **settings,
        )

    def fresh(self) -> Path:
        """A folder with the database after the first day."""
        begun = self.folder / "begun"
        if not begun.exists():
            begun.mkdir()
            assert self.run(begun, BEFORE).end() == 0, (begun / "said.txt").read_text()
        self.runs += 1
        folder = self.folder / f"run-{self.runs}"
        shutil.copytree(begun, folder)
        return folder

    def undisturbed(self) -> End:
        """What a run that nobody kills comes to."""
        folder = self.fresh()
        assert self.run(folder).end() == 0, (folder / "said.txt").read_text()
        return end_of(self.emulator, folder)

    def after(self, killed: Path) -> End:
        """What the next run makes of it, which nobody kills."""
        asked = standing_as(Standing.TRIAGED, LiveWorld(emulator=self.emulator, folder=killed))
        assert self.run(killed, later=True).end() == 0, (killed / "said.txt").read_text()
        if not self.as_command:
            again = set((killed / TRIAGED).read_text().split())
            assert not asked & again, "a paper was news twice"
        return end_of(self.emulator, killed)


@dataclass(frozen=True, slots=True)
class End:
    """The state that a run left, without times.

    Attributes:
        files: Of the dump.
        papers: All that is stored, by identifier.
        lost: What the oracle has and the store has not.
        unasked: New papers of the two days that nobody is asked about, if not withdrawn.
    """

    files: dict[str, str]
    papers: dict[str, KnownPaper]
    lost: list[str]
    unasked: set[str]


def end_of(emulator: Emulator, folder: Path) -> End:
    world = LiveWorld(emulator=emulator, folder=folder)
    dump(world.engine, folder / "dump")
    held = world.held()
    new = {i for day in (BEFORE, DAY) for i in emulator.oracle.new(day, CATEGORIES)}
    withdrawn = {i for i, known in held.items() if known.paper and known.paper.withdrawn}
    return End(
        files={path.name: stateful_text(path) for path in (folder / "dump").iterdir()},
        papers=held,
        lost=world.lost(since=BEFORE),
        unasked=new
        - withdrawn
        - standing_as(Standing.WAITING, world)
        - standing_as(Standing.TRIAGED, world),
    )


def standing_as(standing: Standing, world: LiveWorld) -> set[str]:
    return {i for i, known in world.held().items() if known.standing is standing}


def stateful_text(path: Path) -> str:
    """A file of a dump without times, and without where a harvest that has ended began.

    The next harvest begins where ``completed`` says.
    """
    text = re.sub(r'"fetched_at": ?"[^"]*"', "", path.read_text(encoding="utf-8"))
    if path.name == "harvests.jsonl":
        assert '"open": true' not in text
        text = re.sub(r'"since": ?"[^"]*"', "", text)
    return text


@pytest.fixture(params=[False, True], ids=["its parts", "shortlist fetch"])
def days(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Days]:
    corpus = make_corpus(seed=4, first=BEFORE, days=2)
    killer = Killer()
    with Emulator(corpus, seed=4, records_per_page=25, on_request=killer.on_request) as emulator:
        yield Days(emulator=emulator, killer=killer, folder=tmp_path, as_command=request.param)


def test_killed_after_any_request_the_next_run_ends_in_the_same_state(days: Days):
    expected = days.undisturbed()
    assert expected.lost == []
    assert expected.unasked == set()
    for number in range(1, _ENOUGH):
        folder = days.fresh()
        days.emulator.log.clear()
        process = days.killer.start(days.run(folder), number=number)
        process.join()
        if process.exitcode == 0:
            break
        assert process.exitcode == _KILLED, (folder / "said.txt").read_text()
        assert days.after(folder) == expected, f"killed after request {number}"
        violations = days.emulator.log.violations(spacing_seconds=SPACING_SECONDS)
        assert violations == (), f"killed after request {number}"
    assert 10 < number < _ENOUGH


@pytest.mark.parametrize(
    ("days", "moment"),
    [(False, Moment.BEFORE_COMMIT), (False, Moment.AFTER_COMMIT), (True, Moment.AFTER_COMMIT)],
    indirect=["days"],
    ids=["its parts-before", "its parts-after", "shortlist fetch-after"],
)
def test_killed_with_any_commit_the_next_run_ends_in_the_same_state(days: Days, moment: Moment):
    expected = days.undisturbed()
    assert expected.lost == []
    for number in range(1, _ENOUGH):
        folder = days.fresh()
        status = days.run(folder, dies=(number, moment)).end()
        if status == 0:
            break
        assert status == _KILLED, (folder / "said.txt").read_text()
        assert days.after(folder) == expected, f"killed {moment.value} commit {number}"
    assert 15 < number < _ENOUGH


@pytest.fixture
def program() -> Iterator[Program]:
    """An arXiv that can be killed: the corpus of seed 4, twelve records a page."""
    with Program("--seed", "4", "--page-size", "12") as running:
        yield running


@dataclass(kw_only=True)
class EndsArxiv:
    """Keeps no answer, and ends arXiv when OAI-PMH has given so many.

    Attributes:
        arxiv: What ends.
        left: Answers until then.
    """

    arxiv: Program
    left: int

    def keep(self, body: bytes, *, source: str, **_: object) -> None:
        self.left -= source == SOURCE
        if not self.left:
            self.left = _ENOUGH
            self.arxiv.kill()


def client_of(world: LiveWorld, ender: EndsArxiv, sleep: Callable[[float], None]) -> HttpClient:
    raw: Any = ender
    arxiv = ender.arxiv
    return HttpClient(
        spacing_seconds=SPACING_SECONDS,
        contact="tester@example.org",
        addresses=(arxiv.oai_url, arxiv.rss_url, arxiv.api_url),
        timeout_seconds=5.0,
        lock_path=world.folder / "arxiv.lock",
        raw=raw,
        sleep=sleep,
    )


def is_whole(world: LiveWorld, day: date) -> bool:
    """Whether all that arXiv shows is held as it is, and every new paper is news once."""
    corpus = make_corpus(seed=4)
    with Emulator(corpus, now=world.emulator.clock.now()) as oracle:
        there = LiveWorld(emulator=oracle, folder=world.folder, triaged=world.triaged)
        there.triaged += there.queue.waiting()
        return (there.lost(since=day), there.missed(day, day), there.doubled()) == ([], set(), [])


@pytest.mark.parametrize("answers", [1, 2, 3])
def test_an_arxiv_that_is_killed_and_is_back_soon_costs_a_run_nothing(
    program: Program, tmp_path: Path, answers: int
):
    emulator: Any = program
    world = LiveWorld(emulator=emulator, folder=tmp_path)
    ender = EndsArxiv(arxiv=program, left=answers)
    program.clock.set(announced(FIRST_DAY) + MORNING)
    at = program.clock.now()

    def sleep(seconds: float) -> None:
        """While the client waits, arXiv comes back on its port."""
        if not program.is_running:
            program.start()
            program.clock.set(at)
        time.sleep(seconds)

    fetches = [
        d.fetch for d in world.intake(client=client_of(world, ender, sleep)).deliver(FIRST_DAY)
    ]
    assert ender.left > answers, "arXiv was not killed"
    assert {(fetch.source, fetch.status) for fetch in fetches} == {
        ("rss", FetchStatus.COMPLETE),
        ("oai", FetchStatus.COMPLETE),
    }
    assert is_whole(world, FIRST_DAY)


@pytest.mark.parametrize("answers", [1, 2])
def test_an_arxiv_that_stays_away_leaves_a_cursor_from_which_the_next_run_goes_on(
    program: Program, tmp_path: Path, answers: int
):
    emulator: Any = program
    world = LiveWorld(emulator=emulator, folder=tmp_path)
    ender = EndsArxiv(arxiv=program, left=answers)
    program.clock.set(announced(FIRST_DAY) + MORNING)
    at = program.clock.now()
    deliveries = world.intake(client=client_of(world, ender, time.sleep)).deliver(FIRST_DAY)
    (line,) = [d.fetch for d in deliveries if d.fetch.source == SOURCE]
    assert line.status is not FetchStatus.COMPLETE
    assert "the connection failed" in line.problem
    world.ledger.record([delivery.fetch for delivery in deliveries])
    cursor = world.store.harvest("cs")
    assert cursor is not None
    assert cursor.open
    assert cursor.token

    program.start()
    program.clock.set(at + LATER)
    world.run(FIRST_DAY, at=at + LATER)
    first = next(row for row in program.ask("log")["requests"] if row["view"] == "oai")
    assert first["query"]["resumptionToken"] == [cursor.token], "it began again"
    assert world.line(SOURCE, FIRST_DAY).status is FetchStatus.COMPLETE
    assert is_whole(world, FIRST_DAY)
