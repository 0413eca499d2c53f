"""What people decide about candidates: approve, reject, defer, edit, take in, take back.

Each runs inside a transaction at hand, which :mod:`db.queue` opens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db.errors import ChangedError, DecidedError, NothingToUndoError
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
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

    from db.records import Candidate, EntryEdit

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


def decide(
    connection: Connection, decisions: Sequence[Decision], revisions: Mapping[str, int]
) -> tuple[Candidate, ...]:
    """The candidates as they stand after ``decisions``, whose verdicts were checked.

    Raises:
        UnknownCandidateError: One was never queued.
        DecidedError: One is approved, rejected or published already.
        ChangedError: One has another revision than ``revisions`` says.
    """
    lock_candidates(connection, [decision.arxiv_id for decision in decisions])
    return tuple(
        _apply(connection, decision, _AFTER[decision.verdict], revisions.get(decision.arxiv_id))
        for decision in decisions
    )


def edit_entry(
    connection: Connection,
    arxiv_id: str,
    edit: EntryEdit,
    *,
    topic: str,
    reviewer: str,
    now: datetime,
    revision: int | None,
) -> Candidate:
    """The candidate with another entry or topic, in the state it is in.

    Raises:
        UnknownCandidateError: It was never queued.
        DecidedError: It is rejected or published already.
        ChangedError: It has another revision.
    """
    lock_candidates(connection, [arxiv_id])
    candidate = find_candidate(connection, arxiv_id)
    if candidate.state not in OPEN | {State.APPROVED}:
        raise DecidedError(arxiv_id, candidate.state, candidate.reviewer)
    _refuse_changed(candidate, revision)
    edited = replace(candidate, edit=edit, topic=topic or candidate.topic)
    if edited == candidate:
        return candidate
    change = Decision(
        arxiv_id=arxiv_id, verdict=Verdict.EDIT, topic=topic, reviewer=reviewer, decided_at=now
    )
    return change_candidate(connection, candidate, edited, change)


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
    return _apply(connection, added, State.APPROVED, None)


def take_back(
    connection: Connection,
    arxiv_id: str,
    *,
    reviewer: str,
    now: datetime,
    revision: int | None,
    withdrawn: bool,
) -> Candidate:
    """The candidate as it stood before the last decision about it.

    An edit that is taken back leaves the state, a decision that is taken back the edits.

    Args:
        connection: In a transaction.
        arxiv_id: The candidate.
        reviewer: Who takes back.
        now: When (UTC).
        revision: What the caller saw, ``None`` for whatever there is.
        withdrawn: Whether the list has lost the paper again, so that a publication
            can be taken back, with the approval before it.

    Raises:
        UnknownCandidateError: It was never queued.
        NothingToUndoError: It waits, or has expired.
        DecidedError: It is published, and not ``withdrawn``.
        ChangedError: It has another revision.
    """
    lock_candidates(connection, [arxiv_id])
    candidate = find_candidate(connection, arxiv_id)
    published = candidate.state is State.PUBLISHED
    if published and not withdrawn:
        raise DecidedError(arxiv_id, candidate.state, candidate.reviewer)
    _refuse_changed(candidate, revision)
    standing = _standing(history_rows(connection, arxiv_id))
    if not standing or standing[-1]["verdict"] is Verdict.EXPIRE:
        raise NothingToUndoError(arxiv_id, candidate.state)
    verdict = Verdict.WITHDRAW if published else Verdict.UNDO
    back = Decision(arxiv_id=arxiv_id, verdict=verdict, reviewer=reviewer, decided_at=now)
    rest, last = _taken_back(standing, verdict)
    undone = replace(candidate, topic=last["topic_before"], commit="")
    if last["verdict"] is Verdict.EDIT:
        undone = replace(undone, edit=last["edit_before"])
    else:
        before = next((row for row in reversed(rest) if row["verdict"] in _BY_PERSON), None)
        undone = replace(
            undone,
            state=last["state_before"],
            reviewer=before["reviewer"] if before else "",
            decided_at=before["decided_at"] if before else None,
            reason=before["reason"] if before else "",
        )
    return change_candidate(connection, candidate, undone, back)


_BY_PERSON = frozenset(
    {Verdict.APPROVE, Verdict.REJECT, Verdict.DEFER, Verdict.ADD, Verdict.LISTED}
)
_TAKES_IN = frozenset({Verdict.APPROVE, Verdict.ADD})


def _standing(history: Iterable[RowMapping]) -> list[RowMapping]:
    """The decisions that were not taken back, oldest first."""
    standing: list[RowMapping] = []
    for row in history:
        if row["verdict"] in {Verdict.UNDO, Verdict.WITHDRAW}:
            standing = _taken_back(standing, row["verdict"])[0] if standing else []
        else:
            standing.append(row)
    return standing


def _taken_back(
    standing: list[RowMapping], verdict: Verdict
) -> tuple[list[RowMapping], RowMapping]:
    """What stands without the decision that ``verdict`` takes back, and that decision.

    A withdrawal takes back the publication and the approval before it; edits between stay.
    """
    *rest, last = standing
    if verdict is Verdict.WITHDRAW and last["verdict"] is Verdict.PUBLISH:
        for place in range(len(rest) - 1, -1, -1):
            if rest[place]["verdict"] in _TAKES_IN:
                return rest[:place] + rest[place + 1 :], rest[place]
    return rest, last


def _refuse_changed(candidate: Candidate, revision: int | None) -> None:
    if revision is not None and revision != candidate.revision:
        raise ChangedError(candidate.paper.arxiv_id, candidate.state, candidate.reviewer)


def _only_expired_since(connection: Connection, candidate: Candidate, revision: int | None) -> bool:
    if candidate.state is not State.EXPIRED or revision != candidate.revision - 1:
        return False
    return history_rows(connection, candidate.paper.arxiv_id)[-1]["verdict"] is Verdict.EXPIRE


def _apply(
    connection: Connection, decision: Decision, state: State, revision: int | None
) -> Candidate:
    candidate = find_candidate(connection, decision.arxiv_id)
    if candidate.state not in OPEN:
        raise DecidedError(decision.arxiv_id, candidate.state, candidate.reviewer)
    # Time that ran out is nobody's answer: who looked before still decides.
    if not _only_expired_since(connection, candidate, revision):
        _refuse_changed(candidate, revision)
    decided = replace(
        candidate,
        state=state,
        topic=decision.topic or candidate.topic,
        reviewer=decision.reviewer,
        decided_at=decision.decided_at,
        reason=decision.reason,
    )
    return change_candidate(connection, candidate, decided, decision)
