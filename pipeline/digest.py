"""What a digest tells, gathered: what was added, what waits, what is incomplete.

Reads the queue and the ledger and changes nothing. How it looks is a page's business
(:mod:`pipeline.pages.digest`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from db.records import CandidateFilter, FetchStatus, State
from pipeline.arxiv_id import abs_url
from pipeline.ledger import ledger_since, report_ledger
from pipeline.lists.tex import plain_title
from pipeline.pages.digest import MOST_WAITING, Added, DigestFacts, Incomplete, Waiting

if TYPE_CHECKING:
    from datetime import datetime

    from db.ledger import Ledger
    from db.queue import Queue
    from db.records import AddedPaper, Candidate, Fetch
    from pipeline.ledger import LedgerDay, LedgerReport

LEDGER_DAYS = 14
"""How far back incomplete days are looked for, as `shortlist ledger` does: a hole is older than
the day on which it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestJob:
    """What a digest needs.

    Attributes:
        list_name: What the list is called.
        queue: What was added, and what waits.
        ledger: What the sources delivered, and how the jobs went.
        dashboard: Address of the page on GitHub where decisions are taken, or "".
        days: How many days it tells, 1 or more.
        now: Until when (UTC).
    """

    list_name: str
    queue: Queue
    ledger: Ledger
    dashboard: str
    days: int
    now: datetime


def gather_digest(job: DigestJob) -> DigestFacts:
    """The facts of the last ``job.days`` days."""
    since, today = job.now - timedelta(days=job.days), job.now.date()
    counts = job.queue.counts()
    report = report_ledger(
        job.ledger.days(since=ledger_since(today, LEDGER_DAYS)),
        today=today,
        days=LEDGER_DAYS,
        now=job.now,
    )
    return DigestFacts(
        list_name=job.list_name,
        since=since,
        until=job.now,
        added=tuple(_added(each) for each in job.queue.added(since=since)),
        waiting=tuple(_waiting(each) for each in _most_relevant(job.queue)),
        pending=counts[State.PENDING],
        deferred=counts[State.DEFERRED],
        approved=counts[State.APPROVED],
        incomplete=tuple(_incomplete(day) for day in report.days if day.is_owed),
        problems=_problems(job, report),
        dashboard=job.dashboard,
    )


def _most_relevant(queue: Queue) -> tuple[Candidate, ...]:
    pending = CandidateFilter(states=frozenset({State.PENDING}))
    return queue.page(pending, limit=MOST_WAITING).candidates


def _added(paper: AddedPaper) -> Added:
    candidate = paper.candidate
    arxiv_id = candidate.paper.arxiv_id
    return Added(
        arxiv_id=arxiv_id,
        title=plain_title(candidate.paper.title),
        url=abs_url(arxiv_id),
        topic=candidate.topic,
        reviewer="" if paper.by_hand else candidate.reviewer,
        added_at=paper.added_at,
        commit=candidate.commit,
    )


def _waiting(candidate: Candidate) -> Waiting:
    return Waiting(
        arxiv_id=candidate.paper.arxiv_id,
        title=plain_title(candidate.paper.title),
        url=abs_url(candidate.paper.arxiv_id),
        topic=candidate.topic,
        relevance=candidate.relevance,
        why=candidate.why[0] if candidate.why else "",
    )


def _incomplete(day: LedgerDay) -> Incomplete:
    return Incomplete(day=day.day, known=tuple(_known(fetch) for fetch in day.fetches))


def _known(fetch: Fetch) -> str:
    if fetch.status is FetchStatus.FAILED:
        said = f"{fetch.source} failed"
    else:
        of = f" of {fetch.expected}" if fetch.expected is not None else ""
        said = f"{fetch.source} delivered {fetch.received}{of}"
    return f"{said} ({fetch.problem})" if fetch.problem else said


def _problems(job: DigestJob, report: LedgerReport) -> tuple[str, ...]:
    failed = [
        f"the last run of `{run.job}` failed"
        f" ({run.finished_at:%Y-%m-%d %H:%M} UTC{f', {run.problem}' if run.problem else ''})"
        for run in job.ledger.last_runs()
        if run.status == "failed"
    ]
    return (*([report.alarm] if report.alarm else []), *failed)
