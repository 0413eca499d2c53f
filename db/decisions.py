"""What people decide about candidates: approve, reject, defer, take in by hand, take back.

Each runs inside a transaction at hand, which :mod:`db.queue` opens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db.errors import DecidedError, NothingToUndoError
from db.records import OPEN, Decision, State, Verdict
from db.statements import (
    candidate_ids,
    change_candidate,
    find_candidate,
    history_rows,
    lock_candidates,
    store_candidates,
    store_papers,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

    from db.records import Candidate

_AFTER = {
    Verdict.APPROVE: State.APPROVED,
    Verdict.REJECT: State.REJECTED,
    Verdict.DEFER: State.DEFERRED,
}


def check_verdicts(decisions: Iterable[Decision]) -> None:
    """Refuses what people do not decide.

    Raises:
        ValueError: A verdict is none that people give.
    """
    for decision in decisions:
        if decision.verdict not in _AFTER:
            raise ValueError(f"{decision.verdict} is not decided, it happens")


def decide(connection: Connection, decisions: Sequence[Decision]) -> tuple[Candidate, ...]:
    """The candidates as they stand after ``decisions``, whose verdicts were checked.

    Raises:
        UnknownCandidateError: One was never queued.
        DecidedError: One is approved, rejected or published already.
    """
    lock_candidates(connection, [decision.arxiv_id for decision in decisions])
    return tuple(_apply(connection, decision, _AFTER[decision.verdict]) for decision in decisions)


def take_in(
    connection: Connection, candidate: Candidate, *, reviewer: str, now: datetime
) -> Candidate:
    """The candidate, queued if it was not, and approved; call it in turn (``take_turns``).

    Raises:
        DecidedError: It is approved, rejected or published already.
    """
    arxiv_id = candidate.paper.arxiv_id
    added = Decision(
        arxiv_id=arxiv_id,
        verdict=Verdict.ADD,
        topic=candidate.topic,
        reason=candidate.reason,
        reviewer=reviewer,
        decided_at=now,
    )
    fresh = replace(candidate, state=State.PENDING, reviewer="", decided_at=None, reason="")
    if not candidate_ids(connection, [arxiv_id]):
        store_papers(connection, [candidate.paper], now, weights={arxiv_id: 1.0}, fully=True)
        store_candidates(connection, [fresh])
    lock_candidates(connection, [arxiv_id])
    return _apply(connection, added, State.APPROVED)


def take_back(connection: Connection, arxiv_id: str, *, reviewer: str, now: datetime) -> Candidate:
    """The candidate as it stood before the last decision about it.

    Raises:
        UnknownCandidateError: It was never queued.
        NothingToUndoError: It waits, or has expired.
        DecidedError: It is published.
    """
    lock_candidates(connection, [arxiv_id])
    candidate = find_candidate(connection, arxiv_id)
    if candidate.state is State.PUBLISHED:
        raise DecidedError(arxiv_id, candidate.state, candidate.reviewer)
    standing = _standing(history_rows(connection, arxiv_id))
    if candidate.state in {State.PENDING, State.EXPIRED} or not standing:
        raise NothingToUndoError(arxiv_id, candidate.state)
    last, earlier = standing[-1], [row for row in standing[:-1] if _by_person(row)]
    before = earlier[-1] if earlier else None
    undone = replace(
        candidate,
        state=last["state_before"],
        topic=last["topic_before"],
        reviewer=before["reviewer"] if before else "",
        decided_at=before["decided_at"] if before else None,
        reason=before["reason"] if before else "",
    )
    undo = Decision(arxiv_id=arxiv_id, verdict=Verdict.UNDO, reviewer=reviewer, decided_at=now)
    change_candidate(connection, candidate, undone, undo)
    return undone


def _standing(history: Iterable[RowMapping]) -> list[RowMapping]:
    """The decisions that were not taken back, oldest first."""
    standing: list[RowMapping] = []
    for row in history:
        if row["verdict"] is Verdict.UNDO:
            del standing[-1:]
        else:
            standing.append(row)
    return standing


def _by_person(row: RowMapping) -> bool:
    return row["verdict"] is not Verdict.EXPIRE


def _apply(connection: Connection, decision: Decision, state: State) -> Candidate:
    candidate = find_candidate(connection, decision.arxiv_id)
    if candidate.state not in OPEN:
        raise DecidedError(decision.arxiv_id, candidate.state, candidate.reviewer)
    decided = replace(
        candidate,
        state=state,
        topic=decision.topic or candidate.topic,
        reviewer=decision.reviewer,
        decided_at=decision.decided_at,
        reason=decision.reason,
    )
    change_candidate(connection, candidate, decided, decision)
    return decided
