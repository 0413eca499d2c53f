"""The clean-up: what nobody needs goes, and nothing that goes comes back as news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from db.engine import open_database
from db.ledger import Ledger
from db.papers import PaperChange, PaperStore
from db.queue import Queue
from db.records import Fetch, FetchStatus, Harvest, JobRun, Standing, State
from db.upkeep import Upkeep
from db.vectors import VectorCache, text_hash
from pipeline.cleanup import CleanupJob, Forgetting, clean_up
from pipeline.sources.horizon import horizon_of
from pipeline.sources.novelty import is_above
from pipeline.sources.spine import harvest_since
from tests.builders import make_candidate, make_paper

TODAY = date(2022, 6, 10)
NOW = datetime(2022, 6, 10, 15, 17, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def engine(tmp_path):
    return open_database(f"sqlite:///{tmp_path}/queue.db")


@pytest.fixture
def job(engine) -> CleanupJob:
    return CleanupJob(
        forgetting=Forgetting(
            upkeep=Upkeep(engine),
            store=PaperStore(engine),
            ledger=Ledger(engine),
            sets=("cs",),
            keep_seen_days=30,
            now=NOW,
        ),
        queue=Queue(engine),
        expire_days=14,
        shrink=lambda: {"vectors": 0},
    )


def see(job: CleanupJob, arxiv_id: str, day: date, *, queued: bool = False) -> None:
    """Let a paper be announced, scored, and queued or not."""
    paper = make_paper(arxiv_id, announced=day)
    candidates = [make_candidate(arxiv_id, announced=day)] if queued else []
    job.queue.record([paper], candidates, now=NOW, sampled={})


def whole_day(job: CleanupJob, day: date, highest_id: str) -> None:
    job.forgetting.ledger.record(
        [
            Fetch(
                source="oai",
                day=day,
                status=FetchStatus.COMPLETE,
                received=1,
                highest_id=highest_id,
                fetched_at=NOW,
            )
        ]
    )


def harvested(job: CleanupJob, completed: date, *, since: date | None = None) -> None:
    job.forgetting.store.keep(
        Harvest(
            name="cs",
            since=since or completed,
            resume_from=completed,
            token="page-2" if since else "",
            completed=completed,
            open=since is not None,
        )
    )


def known(job: CleanupJob) -> set[str]:
    wanted = [f"{month}.{number:05}" for month in (2203, 2204, 2205, 2206) for number in range(99)]
    return set(job.forgetting.store.known(wanted))


def test_old_identifiers_go_and_what_was_queued_stays_for_ever(job):
    see(job, "2204.00001", TODAY - 60 * DAY)
    see(job, "2204.00002", TODAY - 60 * DAY, queued=True)
    see(job, "2206.00001", TODAY - 5 * DAY)
    whole_day(job, TODAY - 5 * DAY, "2206.00001")
    harvested(job, TODAY)
    report = clean_up(job)
    assert (report.papers, known(job)) == (1, {"2204.00002", "2206.00001"})
    assert job.queue.candidates()[0].paper.arxiv_id == "2204.00002"


def test_a_second_clean_up_finds_nothing(job):
    see(job, "2204.00001", TODAY - 60 * DAY)
    see(job, "2206.00001", TODAY)
    clean_up(job)
    again = clean_up(job)
    assert (again.expired, again.papers, again.texts, again.lines) == ((), 0, 0, 0)


def test_what_lies_above_the_floor_of_the_next_harvest_stays_however_old(job):
    """Nothing was read whole for two months: a harvest would call all above the floor news."""
    whole_day(job, TODAY - 70 * DAY, "2204.00005")
    see(job, "2204.00004", TODAY - 70 * DAY)
    see(job, "2204.00009", TODAY - 60 * DAY)
    see(job, "2206.00001", TODAY)
    harvested(job, TODAY)
    clean_up(job)
    assert known(job) == {"2204.00009", "2206.00001"}


def test_a_harvest_that_stands_open_since_long_ago_draws_the_floor_where_it_began(job):
    whole_day(job, TODAY - 70 * DAY, "2204.00005")
    whole_day(job, TODAY - 2 * DAY, "2206.00001")
    see(job, "2204.00009", TODAY - 60 * DAY)
    see(job, "2206.00001", TODAY - 2 * DAY)
    harvested(job, TODAY - 65 * DAY, since=TODAY - 65 * DAY)
    clean_up(job)
    assert known(job) == {"2204.00009", "2206.00001"}


@pytest.mark.parametrize("gap", [0, 14, 28, 35, 77])
def test_no_forgotten_paper_is_above_the_floor_of_any_later_harvest(job, gap):
    """Whole days come and stop coming for a while; later runs draw their line as runs do."""
    days = [TODAY - n * DAY for n in range(85, -1, -1)]
    numbers = {day: f"22{day:%m}.{day.day:05}" for day in days}
    papers = [make_paper(arxiv_id, announced=day) for day, arxiv_id in numbers.items()]
    job.queue.record(papers, [], now=NOW, sampled={})
    for day in days[::3]:
        if not TODAY - gap * DAY <= day < TODAY:
            whole_day(job, day, numbers[day])
    harvested(job, TODAY - gap * DAY)
    clean_up(job)
    gone = set(numbers.values()) - known(job)
    assert gone
    for later in range(60):
        today = TODAY + later * DAY
        complete = job.forgetting.ledger.complete_days("oai", since=today - 90 * DAY)
        last = job.forgetting.store.harvest("cs")
        for since in (harvest_since(last, otherwise=today, until=today), today):
            floor = horizon_of(complete, since=since, today=today).floor
            assert not floor or not any(is_above(i, floor) for i in gone)


def test_a_machine_that_was_off_for_months_forgets_nothing_on_its_first_morning(job, engine):
    see(job, "2206.00001", TODAY)
    job = CleanupJob(
        forgetting=Forgetting(
            upkeep=Upkeep(engine),
            store=job.forgetting.store,
            ledger=job.forgetting.ledger,
            sets=("cs",),
            keep_seen_days=30,
            now=NOW + 200 * DAY,
        ),
        queue=job.queue,
        expire_days=14,
        shrink=dict,
    )
    assert (clean_up(job).papers, known(job)) == (0, {"2206.00001"})


def test_texts_go_before_identifiers_and_what_waits_keeps_its_own(job):
    see(job, "2205.00003", TODAY - 29 * DAY)
    whole_day(job, TODAY, "2206.00001")
    see(job, "2206.00001", TODAY + 5 * DAY)
    job.queue.remember([make_paper("2205.00004", announced=TODAY - 40 * DAY)], now=NOW)
    harvested(job, TODAY)
    clean_up(job)
    late = Forgetting(
        upkeep=job.forgetting.upkeep,
        store=job.forgetting.store,
        ledger=job.forgetting.ledger,
        sets=("cs",),
        keep_seen_days=90,
        now=NOW + 30 * DAY,
    )
    report = clean_up(CleanupJob(forgetting=late, queue=job.queue, expire_days=14, shrink=dict))
    assert report.texts == 1
    kept = late.store.known(["2205.00003", "2205.00004"])
    assert kept["2205.00003"].paper is None
    assert kept["2205.00003"].standing is Standing.TRIAGED
    assert kept["2205.00004"].paper is not None


def meet_history(job: CleanupJob, *arxiv_ids: str) -> None:
    """Let a harvest bring old papers, as it does every day."""
    old = [make_paper(arxiv_id, announced=TODAY - 90 * DAY) for arxiv_id in arxiv_ids]
    changes = [PaperChange(paper=paper, standing=Standing.HISTORY) for paper in old]
    job.forgetting.store.take(arxiv_ids, lambda _known: changes, now=NOW)


def test_history_goes_too_for_it_would_be_history_again(job):
    meet_history(job, "2203.00001")
    see(job, "2206.00001", TODAY)
    whole_day(job, TODAY - 5 * DAY, "2206.00000")
    harvested(job, TODAY)
    assert clean_up(job).papers == 0
    late = replace(job, forgetting=replace(job.forgetting, now=NOW + 31 * DAY))
    assert clean_up(late).papers == 1
    assert known(job) == {"2206.00001"}


def test_what_stands_in_the_list_keeps_its_abstract_for_retraining(job):
    meet_history(job, "2203.00001", "2203.00002")
    see(job, "2203.00003", TODAY - 80 * DAY)
    see(job, "2206.00001", TODAY)
    whole_day(job, TODAY - 5 * DAY, "2206.00000")
    harvested(job, TODAY)
    kept = frozenset({"2203.00001", "2203.00003"})
    forgetting = replace(job.forgetting, now=NOW + 31 * DAY, listed=lambda: kept)
    clean_up(replace(job, forgetting=forgetting))
    assert known(job) == {*kept, "2206.00001"}
    papers = job.forgetting.store.known(kept).values()
    assert all(each.paper is not None and each.paper.abstract for each in papers)


def test_lines_and_runs_are_bounded_and_the_last_run_of_each_job_stays(job):
    see(job, "2206.00001", TODAY)
    ledger = job.forgetting.ledger
    whole_day(job, TODAY - 500 * DAY, "2101.00001")
    whole_day(job, TODAY - 300 * DAY, "2108.00001")
    for name, at, status in (
        ("retrain", NOW - 200 * DAY, "ok"),
        ("daily", NOW - 120 * DAY, "ok"),
        ("daily", NOW - 110 * DAY, "failed"),
        ("daily", NOW - 100 * DAY, "failed"),
    ):
        ledger.record_run(JobRun(job=name, started_at=at, finished_at=at, status=status))
    assert clean_up(job).lines == 2
    assert [fetch.day for fetch in ledger.days(since=date(2020, 1, 1))] == [TODAY - 300 * DAY]
    assert {run.job: run.started_at for run in ledger.last_runs()} == {
        "retrain": NOW - 200 * DAY,
        "daily": NOW - 100 * DAY,
    }
    assert {run.job for run in ledger.last_successes()} == {"retrain", "daily"}


def test_what_nobody_decided_on_expires(job):
    see(job, "2206.00001", TODAY, queued=True)
    late = Forgetting(
        upkeep=job.forgetting.upkeep,
        store=job.forgetting.store,
        ledger=job.forgetting.ledger,
        sets=("cs",),
        keep_seen_days=90,
        now=NOW + 30 * DAY,
    )
    report = clean_up(CleanupJob(forgetting=late, queue=job.queue, expire_days=14, shrink=dict))
    assert report.expired == ("2206.00001",)
    assert job.queue.get("2206.00001").state is State.EXPIRED


def test_the_file_gives_its_room_back(job, tmp_path):
    for number in range(1, 99):
        see(job, f"2204.{number:05}", TODAY - 60 * DAY)
    see(job, "2206.00001", TODAY)
    whole_day(job, TODAY - 5 * DAY, "2206.00000")
    before = (tmp_path / "queue.db").stat().st_size
    clean_up(job)
    assert (tmp_path / "queue.db").stat().st_size < before


def vectors(path: Path, encoder: str, count: int) -> VectorCache:
    cache = VectorCache(path)
    cache.put(encoder, {text_hash(f"{n}"): np.zeros(384, np.float16) for n in range(count)})
    return cache


def test_the_cache_drops_what_other_encoders_made_and_keeps_the_rest(tmp_path):
    vectors(tmp_path / "vectors.db", "old", 500)
    cache = vectors(tmp_path / "vectors.db", "new", 10)
    assert cache.shrink("new", most_bytes=10_000_000) < 100_000
    hashes = [text_hash(f"{n}") for n in range(500)]
    assert (len(cache.get("old", hashes)), len(cache.get("new", hashes))) == (0, 10)


def test_a_cache_that_is_too_large_is_halved_until_it_is_not(tmp_path):
    cache = vectors(tmp_path / "vectors.db", "new", 2000)
    assert cache.shrink("new", most_bytes=700_000) <= 700_000
    left = len(cache.get("new", [text_hash(f"{n}") for n in range(2000)]))
    assert 200 < left < 900


def test_where_there_is_no_cache_there_is_nothing_to_shrink(tmp_path):
    assert VectorCache(tmp_path / "vectors.db").shrink("new", most_bytes=1) == 0
