"""What 600 papers a day take: the database, and the state branch with its history.

Through the daily job and a save each day; sources and models are fakes, for arXiv's
emulator would take an hour. A third of a year is run: by then texts (30 days) and
identifiers (90 days) are forgotten as fast as new ones come, and what is kept for
good, and so the history, grows by the same every day.
"""

from __future__ import annotations

import itertools
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from db.engine import open_database
from db.ledger import Ledger
from db.papers import PaperStore
from db.queue import Queue
from db.records import Decision, Paper, Verdict
from db.upkeep import Upkeep
from pipeline.cleanup import Forgetting, forget_old
from pipeline.daily import DailyJob, run_daily
from pipeline.publication import PublishJob
from pipeline.publish.diff import DiffPublisher
from pipeline.sources.calendar import announcement_days
from pipeline.sources.day_by_day import DayByDay
from pipeline.state.snapshot import save_snapshot
from tests.builders import MAINTAINER, make_list_repo, make_paper
from tests.fakes import FakeScorer, FakeSource
from tests.faults.accounts import branch_size

FIRST = date(2026, 1, 5)
DAYS, PAPERS_A_DAY, QUEUED_A_DAY = 87, 600, 20
DAYS_OF_A_YEAR = 261
WORDS_IN_ABSTRACT = 170
"""About 1,300 characters; arXiv takes 1,920 at most."""
MOST_DATABASE, MOST_STATE = 200_000_000, 20_000_000
BRANCH = "shortlist-state"


def papers_of(day: date, rng: random.Random, words: list[str]) -> list[Paper]:
    return [
        make_paper(
            f"{day:%y%m}.{day.day:02}{number:03}",
            title=" ".join(_prose(rng, words, 9)).capitalize(),
            abstract=" ".join(_prose(rng, words, WORDS_IN_ABSTRACT)) + ".",
            authors=tuple(word.title() for word in _prose(rng, words, 5)),
            announced=day,
        )
        for number in range(PAPERS_A_DAY)
    ]


def _prose(rng: random.Random, words: list[str], count: int) -> list[str]:
    """Words as often as in prose: the n-th comes with a weight of 1/n."""
    return rng.choices(words, cum_weights=_CUMULATED, k=count)


_CUMULATED = list(itertools.accumulate(1 / rank for rank in range(1, 8001)))


def made_up_words(rng: random.Random) -> list[str]:
    return [
        "".join(rng.choices("etaoinshrdlucmfwypvbgk", k=rng.randint(2, 11))) for _ in range(8000)
    ]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_six_hundred_papers_a_day_stay_small_in_database_and_state(tmp_path: Path) -> None:
    rng = random.Random(600)
    words = made_up_words(rng)
    repository = make_list_repo(tmp_path / "list")
    engine = open_database(f"sqlite:///{tmp_path}/shortlist.db")
    queue, ledger, source = Queue(engine), Ledger(engine), FakeSource({})
    for day in announcement_days(FIRST, FIRST + timedelta(days=380))[:DAYS]:
        now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        source.days = {day: papers_of(day, rng, words)}
        run_daily(
            DailyJob(
                publication=PublishJob(
                    list_paths=(tmp_path / "list" / "README.md",),
                    in_all_files=False,
                    queue=queue,
                    publisher=DiffPublisher(tmp_path / "list"),
                    now=now,
                ),
                intake=DayByDay(sources=(source,), ledger=ledger),
                ledger=ledger,
                scorer=FakeScorer(),
                aliases={},
                per_day=QUEUED_A_DAY,
                audit_per_week=3,
                expire_days=14,
                day=day,
            )
        )
        decide(queue, now)
        if day.weekday() == 0:
            forget_old(
                Forgetting(
                    upkeep=Upkeep(engine),
                    store=PaperStore(engine),
                    ledger=ledger,
                    sets=("cs", "stat"),
                    keep_seen_days=90,
                    now=now,
                )
            )
        save_snapshot(engine, repository, BRANCH, identity=MAINTAINER, push=False, now=now)
    Upkeep(engine).compact()
    database = (tmp_path / "shortlist.db").stat().st_size
    state = branch_size(tmp_path / "list", BRANCH, tmp_path / "state.git")
    print(f"{DAYS} days: database {database / 1e6:.1f} MB, state branch {state / 1e6:.1f} MB")
    assert database < MOST_DATABASE
    assert state < MOST_STATE * DAYS / DAYS_OF_A_YEAR


def decide(queue: Queue, now: datetime) -> None:
    """Of a day's twenty, three are approved and ten rejected; the rest expires."""
    verdicts = [Verdict.APPROVE] * 3 + [Verdict.REJECT] * 10
    queue.decide_all(
        [
            Decision(arxiv_id=each.paper.arxiv_id, verdict=verdict, reviewer="Mara", decided_at=now)
            for each, verdict in zip(queue.pending(), verdicts, strict=False)
        ]
    )
