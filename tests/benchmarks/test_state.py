"""How long a year's state takes to load, save and merge, and how large it is."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from db.engine import Engine, open_database
from db.ledger import Ledger
from db.papers import PaperStore
from db.queue import Queue
from db.records import Fetch, FetchStatus, Harvest, JobRun, Scoring, Verdict
from db.upkeep import Upkeep
from pipeline.cleanup import Forgetting, forget_old
from pipeline.git import Repository
from pipeline.sources.calendar import announcement_days
from pipeline.state.snapshot import load_snapshot, save_snapshot
from tests.benchmarks.test_intake import seconds_with_a_core
from tests.db.builders import make_candidate, make_decision, make_paper
from tests.pipeline.git.checkouts import BOT, clone, make_origin

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

LOAD_SECONDS = 5.0
"""Asked for by the maintainers: ``state load`` of a year."""
MOST_DATABASE_MEGABYTES = 200.0
"""Asked for by the maintainers."""

PAPERS_A_DAY, QUEUED_A_DAY, SAMPLED_A_DAY = 600, 20, 30
BRANCH = "shortlist-state"
Result = TypeVar("Result")
WORDS = [f"word{number}" for number in range(3000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A machine on the last day of a year."""

    folder: Path
    engine: Engine
    repository: Repository
    days: tuple[date, ...]


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    begin = seconds_with_a_core()
    result = work()
    return result, seconds_with_a_core() - begin


def live_a_day(engine: Engine, day: date, chance: random.Random, *, papers_a_day: int) -> None:
    """What a daily run and a maintainer leave behind."""
    now = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    ids = [f"{day:%y%m}.{day.day * 700 + number:05}" for number in range(papers_a_day)]
    papers = [
        make_paper(arxiv_id, announced=day, abstract=" ".join(chance.choices(WORDS, k=180)))
        for arxiv_id in ids
    ]
    queue, ledger = Queue(engine), Ledger(engine)
    candidates = [
        make_candidate(paper.arxiv_id, paper=paper, queued_at=now)
        for paper in papers[:QUEUED_A_DAY]
    ]
    scorings = [
        Scoring(
            arxiv_id=arxiv_id,
            announced=day,
            model="2026-01",
            topic="Privacy",
            relevance=round(chance.random(), 4),
            rank=rank,
            papers=PAPERS_A_DAY,
            cut=QUEUED_A_DAY,
            sources=("oai", "rss"),
            scored_at=now,
        )
        for rank, arxiv_id in enumerate(ids, start=1)
    ]
    sampled = dict.fromkeys(ids[QUEUED_A_DAY : QUEUED_A_DAY + SAMPLED_A_DAY], 20.0)
    queue.record(papers, candidates, now=now, sampled=sampled, scorings=scorings)
    verdicts = (Verdict.APPROVE, Verdict.REJECT)
    queue.decide_all(
        [
            make_decision(arxiv_id, verdicts[number % 2], decided_at=now + timedelta(hours=3))
            for number, arxiv_id in enumerate(ids[:10])
        ]
    )
    queue.mark_published(ids[:10:2], commit="a" * 40, now=now + timedelta(hours=5))
    queue.expire(before=now - timedelta(days=14), now=now)
    ledger.record(
        [
            Fetch(
                source=source,
                day=day,
                status=FetchStatus.COMPLETE,
                received=PAPERS_A_DAY,
                expected=PAPERS_A_DAY,
                highest_id=ids[-1],
                fetched_at=now,
            )
            for source in ("oai", "rss")
        ]
    )
    for hours in (0, 5):
        at = now + timedelta(hours=hours)
        ledger.record_run(JobRun(job="daily", started_at=at, finished_at=at, status="ok"))
    PaperStore(engine).keep(
        Harvest(name="cs", since=day, resume_from=day, token="", completed=day, open=False)
    )


def forgetting(engine: Engine, now: datetime) -> Forgetting:
    return Forgetting(
        upkeep=Upkeep(engine),
        store=PaperStore(engine),
        ledger=Ledger(engine),
        sets=("cs",),
        keep_seen_days=90,
        now=now,
    )


def save(engine: Engine, repository: Repository, now: datetime):
    return save_snapshot(engine, repository, BRANCH, identity=BOT, push=True, now=now)


@pytest.fixture(scope="module")
def year(tmp_path_factory) -> Year:
    """261 announcement days, forgotten and saved as runs do it.

    Of days that are forgotten by now, only what is left of them is ever made.
    """
    folder = tmp_path_factory.mktemp("year")
    origin = make_origin(folder / "origin.git")
    engine = open_database(f"sqlite:///{folder}/year.db")
    chance = random.Random(1)
    repository = Repository(clone(origin, folder / "year").root)
    days = announcement_days(date(2025, 11, 3), date(2026, 11, 20))[-261:]
    for number, day in enumerate(days):
        is_kept = (days[-1] - day).days <= 100
        papers_a_day = PAPERS_A_DAY if is_kept else QUEUED_A_DAY + SAMPLED_A_DAY
        live_a_day(engine, day, chance, papers_a_day=papers_a_day)
        now = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
        if number % 20 == 0 or day == days[-1]:
            forget_old(forgetting(engine, now))
            save(engine, repository, now)
    return Year(folder=folder, engine=engine, repository=repository, days=days)


def test_a_year_is_loaded_in_seconds(year, capsys):
    repository = Repository(clone(year.folder / "origin.git", year.folder / "fresh").root)
    engine = open_database(f"sqlite:///{year.folder}/fresh.db")
    loaded, seconds = timed(lambda: load_snapshot(engine, repository, BRANCH))
    assert loaded.commit
    size = sum(len(data) for data in repository.read_tree(BRANCH).values()) / 1e6
    with capsys.disabled():
        print(f"\nstate load of a year: {seconds:.1f} s, {size:.1f} MB of lines")
    assert seconds < LOAD_SECONDS


def test_the_database_of_a_year_stays_small(year, capsys):
    Upkeep(year.engine).compact()
    database = (year.folder / "year.db").stat().st_size / 1e6
    with capsys.disabled():
        print(f"\ndatabase of a year: {database:.0f} MB")
    assert database < MOST_DATABASE_MEGABYTES


def test_a_save_that_has_to_merge_a_year_takes_seconds(year, capsys):
    origin, now = year.folder / "origin.git", datetime.now(UTC)
    machines = []
    for name in ("one", "two"):
        repository = Repository(clone(origin, year.folder / name).root)
        engine = open_database(f"sqlite:///{year.folder}/{name}.db")
        load_snapshot(engine, repository, BRANCH)
        machines.append((engine, repository))
    pending = [each.paper.arxiv_id for each in Queue(machines[0][0]).pending()]
    for number, (engine, _repository) in enumerate(machines):
        Queue(engine).decide(make_decision(pending[number]))
    save(*machines[0], now)
    saved, seconds = timed(lambda: save(*machines[1], now))
    with capsys.disabled():
        print(f"\na save that merges a year: {seconds:.1f} s")
    assert (saved.merged, saved.lost) == (1, ())
