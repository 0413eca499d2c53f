"""What happens to candidates without a person: published, found in the list, expired.

Each runs inside a transaction at hand, which :mod:`db.queue` opens, and gives the
identifiers of those that changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from db.records import OPEN, Decision, State, Verdict
from db.statements import change_candidate, chunks, find_candidate, lock_candidates
from db.tables import CandidateRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from db.records import Candidate

LIST_REVIEWER = "list"
"""Who decided, where the list file itself is what tells."""

JOB_REVIEWER = "shortlist"
"""Who decided, where no person did."""


def publish(
    connection: Connection, arxiv_ids: Iterable[str], *, commit: str, now: datetime
) -> tuple[str, ...]:
    """Marks those that are approved as standing in the list, by ``commit``; in the order given."""

    def change(candidate: Candidate) -> tuple[Candidate, Decision]:
        return (
            replace(candidate, state=State.PUBLISHED, commit=commit),
            _event(candidate, Verdict.PUBLISH, JOB_REVIEWER, now),
        )

    return _sweep(connection, arxiv_ids, {State.APPROVED}, change)


def close(connection: Connection, arxiv_ids: Iterable[str], *, now: datetime) -> tuple[str, ...]:
    """Closes those that wait or are approved, for they stand in the list; in the order given."""

    def change(candidate: Candidate) -> tuple[Candidate, Decision]:
        if candidate.state is State.APPROVED:
            return (
                replace(candidate, state=State.PUBLISHED),
                _event(candidate, Verdict.PUBLISH, LIST_REVIEWER, now),
            )
        closed = replace(
            candidate, state=State.PUBLISHED, reviewer=LIST_REVIEWER, decided_at=now, reason=""
        )
        return closed, _event(candidate, Verdict.LISTED, LIST_REVIEWER, now)

    return _sweep(connection, arxiv_ids, OPEN | {State.APPROVED}, change)


def expire(connection: Connection, *, before: datetime, now: datetime) -> tuple[str, ...]:
    """Gives up on those that are pending and were queued before ``before``; sorted."""

    def change(candidate: Candidate) -> tuple[Candidate, Decision]:
        expired = replace(candidate, state=State.EXPIRED)
        return expired, _event(candidate, Verdict.EXPIRE, JOB_REVIEWER, now)

    overdue = connection.scalars(
        select(CandidateRow.arxiv_id).where(
            CandidateRow.state == State.PENDING, CandidateRow.queued_at < before
        )
    ).all()
    return _sweep(connection, sorted(overdue), {State.PENDING}, change)


def _sweep(
    connection: Connection,
    arxiv_ids: Iterable[str],
    states: Iterable[State],
    change: Callable[[Candidate], tuple[Candidate, Decision]],
) -> tuple[str, ...]:
    """Changes those of ``arxiv_ids`` that are in ``states``; which, in order."""
    allowed, asked = set(states), list(dict.fromkeys(arxiv_ids))
    open_ids = {
        arxiv_id
        for chunk in chunks(asked)
        for arxiv_id in connection.scalars(
            select(CandidateRow.arxiv_id).where(
                CandidateRow.arxiv_id.in_(chunk), CandidateRow.state.in_(allowed)
            )
        )
    }
    lock_candidates(connection, open_ids)
    changed = []
    for arxiv_id in (each for each in asked if each in open_ids):
        candidate = find_candidate(connection, arxiv_id)
        if candidate.state in allowed:
            change_candidate(connection, candidate, *change(candidate))
            changed.append(arxiv_id)
    return tuple(changed)


def _event(candidate: Candidate, verdict: Verdict, reviewer: str, now: datetime) -> Decision:
    return Decision(
        arxiv_id=candidate.paper.arxiv_id, verdict=verdict, reviewer=reviewer, decided_at=now
    )
