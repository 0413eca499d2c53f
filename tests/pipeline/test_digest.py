"""What a digest is told: the queue and the ledger of the last day, or of a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from db.engine import open_database
from db.ledger import Ledger
from db.queue import Queue
from db.records import Decision, Fetch, FetchStatus, JobRun, Verdict
from pipeline.digest import DigestJob, gather_digest
from tests.builders import make_candidate

NOW = datetime(2022, 6, 2, 9, 0, tzinfo=UTC)
MORNING = NOW - timedelta(hours=3)
LAST_WEEK = NOW - timedelta(days=5)


@pytest.fixture
def job(tmp_path: Path) -> DigestJob:
    engine = open_database(f"sqlite:///{tmp_path}/queue.db")
    queue = Queue(engine)
    candidates = [
        make_candidate(f"2206.0000{number}", relevance=number / 10) for number in range(1, 8)
    ]
    candidates[6] = make_candidate("2206.00007", title='A Na{\\"i}ve {GAN}')
    queue.record([each.paper for each in candidates], candidates, now=LAST_WEEK)
    return DigestJob(
        list_name="list", queue=queue, ledger=Ledger(engine), dashboard="", days=1, now=NOW
    )


def publish(queue: Queue, arxiv_id: str, at: datetime, *, reviewer: str = "Mara") -> None:
    queue.decide(
        Decision(arxiv_id=arxiv_id, verdict=Verdict.APPROVE, reviewer=reviewer, decided_at=at)
    )
    assert queue.mark_published([arxiv_id], commit="c0ffee", now=at) == (arxiv_id,)


def test_what_was_published_in_the_time_is_told_in_its_order(job):
    publish(job.queue, "2206.00001", LAST_WEEK)
    publish(job.queue, "2206.00003", MORNING, reviewer="Bo")
    publish(job.queue, "2206.00002", MORNING + timedelta(hours=1))
    job.queue.close_listed(["2206.00004"], now=NOW)
    facts = gather_digest(job)
    assert [(paper.arxiv_id, paper.reviewer) for paper in facts.added] == [
        ("2206.00003", "Bo"),
        ("2206.00002", "Mara"),
        ("2206.00004", ""),
    ]
    week = gather_digest(replace(job, days=7))
    assert week.added[0].arxiv_id == "2206.00001"
    assert (week.since, week.until) == (NOW - timedelta(days=7), NOW)


def test_what_waits_comes_most_relevant_first_and_without_tex(job):
    facts = gather_digest(job)
    assert [paper.arxiv_id[-1] for paper in facts.waiting] == ["6", "7", "5", "4", "3", "2", "1"]
    assert facts.pending == 7
    assert facts.waiting[1].title == "A Naïve GAN"
    assert facts.waiting[0].why == "like “Private Things” (0.71)"


def test_what_is_put_off_or_approved_is_counted(job):
    for number, verdict in ((1, Verdict.DEFER), (2, Verdict.APPROVE), (3, Verdict.REJECT)):
        job.queue.decide(
            Decision(
                arxiv_id=f"2206.0000{number}", verdict=verdict, reviewer="Bo", decided_at=MORNING
            )
        )
    facts = gather_digest(job)
    assert (facts.pending, facts.deferred, facts.approved, facts.added) == (4, 1, 1, ())


def test_days_still_owed_are_told_with_what_each_source_said_of_them(job):
    def fetch(day: date, status: FetchStatus, **said) -> Fetch:
        return Fetch(**{"source": "oai", "received": 0, **said}, day=day, status=status,
                     fetched_at=MORNING)  # fmt: skip

    job.ledger.record(
        [
            fetch(date(2022, 5, 30), FetchStatus.COMPLETE, received=9),
            fetch(date(2022, 5, 31), FetchStatus.FAILED, problem="it is down"),
            fetch(date(2022, 5, 31), FetchStatus.PARTIAL, source="rss", received=4, expected=9),
        ]
    )
    facts = gather_digest(job)
    assert [(str(day.day), day.known) for day in facts.incomplete] == [
        ("2022-06-02", ()),
        ("2022-06-01", ()),
        ("2022-05-31", ("oai failed (it is down)", "rss delivered 4 of 9")),
    ]


def test_a_job_that_failed_last_is_told_until_it_goes_well(job):
    def run(status: str, problem: str = "") -> JobRun:
        return JobRun(
            job="daily", started_at=MORNING, finished_at=MORNING, status=status, problem=problem
        )

    job.ledger.record_run(run("failed", "the list cannot be pushed"))
    assert gather_digest(job).problems == (
        "the last run of `daily` failed (2022-06-02 06:00 UTC, the list cannot be pushed)",
    )
    job.ledger.record_run(run("ok"))
    assert gather_digest(job).problems == ()


def test_where_nothing_happened_it_is_quiet(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/empty.db")
    sunday = datetime(2022, 6, 5, 9, 0, tzinfo=UTC)
    job = DigestJob(
        list_name="list", queue=Queue(engine), ledger=Ledger(engine), dashboard="", days=1,
        now=sunday,
    )  # fmt: skip
    assert gather_digest(job).is_quiet
