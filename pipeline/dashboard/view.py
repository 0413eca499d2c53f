"""What the dashboard shows, gathered from the database as it is now."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from db.errors import RepeatedRequestError
from db.records import CandidateFilter, State
from pipeline.errors import PipelineError
from pipeline.job_runs import DASHBOARD
from pipeline.review.issue import Dashboard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from db.ledger import Ledger
    from db.queue import Queue
    from pipeline.github.client import GitHub
    from pipeline.outcome import Publication
    from pipeline.review.card import Desk
    from pipeline.review.issue import Notice

MOST_CARDS = 200
"""Candidates that are drafted for a body: more never fit."""

DECIDED_LATELY = 12
NOTICE_DAYS = 2
MOST_NOTICES = 10
WAITING = frozenset({State.PENDING, State.DEFERRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardJob:
    """What keeping the dashboard needs.

    Attributes:
        desk: Drafts, and records what people answer.
        queue: Where candidates and handled requests are.
        ledger: What was fetched, and how jobs went.
        github: The list's repository there.
        publish: Publishes what was approved.
        title: Of the issue, when it is made.
        now: The time (UTC).
        keep: Called before the body is written: what people asked for is gone from it then, and
            must not be on this machine alone. It may bring in what was decided elsewhere.
    """

    desk: Desk
    queue: Queue
    ledger: Ledger
    github: GitHub
    publish: Callable[[], Publication]
    title: str
    now: datetime
    keep: Callable[[], None] = lambda: None

    def note(self, request: str) -> None:
        """Remember that a request was dealt with; that another run was faster is as good."""
        with suppress(RepeatedRequestError):
            self.queue.mark_handled(request, now=self.now)


def gather(
    job: DashboardJob, *, notices: Sequence[Notice], comments_until: datetime | None
) -> Dashboard:
    """The dashboard of this moment."""
    desk = job.desk
    page = desk.queue(CandidateFilter(states=WAITING), limit=MOST_CARDS)
    earliest = job.now - timedelta(days=NOTICE_DAYS)
    kept = {notice.markdown: notice for notice in notices if notice.at >= earliest}
    return Dashboard(
        cards=tuple(desk.card(candidate.paper.arxiv_id) for candidate in page.candidates),
        waiting=page.total,
        topics=desk.topics(),
        approved=job.queue.approved(),
        decided=desk.history(limit=DECIDED_LATELY),
        problems=_problems(job),
        notices=tuple(kept.values())[-MOST_NOTICES:],
        # Not its own: each answer would change the issue, and each change ask for an answer.
        jobs=tuple(run for run in job.ledger.last_successes() if run.job != DASHBOARD),
        comments_until=comments_until,
    )


def _problems(job: DashboardJob) -> tuple[str, ...]:
    """What a person has to look at, the most pressing first."""
    problems = [
        f"the {run.job} job failed on {run.started_at:%Y-%m-%d %H:%M} UTC: {run.problem}"
        for run in job.ledger.last_runs()
        if run.status == "failed" and run.job != DASHBOARD
    ]
    ledger = job.desk.ledger()
    problems += [ledger.alarm] if ledger.alarm else []
    problems += [
        f"{day.day}: papers may be missing ({fetch.source}: {fetch.problem})"
        for day in ledger.days
        if day.owed
        for fetch in day.fetches
        if fetch.problem
    ]
    try:
        problems += job.desk.preview_publication().problems
    except PipelineError as error:
        problems.append(str(error))
    return tuple(dict.fromkeys(problems))
