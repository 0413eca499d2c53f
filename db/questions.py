"""What is asked of the queue: which papers were seen, which wait, how many stand where.

Each reads inside a transaction at hand, which :mod:`db.queue` opens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from db.records import AddedPaper, State, Verdict
from db.statements import chunks, find_candidates
from db.tables import PAPERS, CandidateRow, DecisionRow, PaperRow, paper_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from db.records import Candidate, Paper


def waiting_papers(connection: Connection) -> tuple[Paper, ...]:
    """The papers not scored yet, oldest announcement first, then by identifier."""
    found = connection.execute(select(PAPERS).where(PaperRow.triaged.is_(False)))
    papers = [paper_of(row) for row in found.mappings()]
    return tuple(sorted(papers, key=lambda paper: (paper.announced, paper.arxiv_id)))


def triaged_ids(connection: Connection, arxiv_ids: Iterable[str]) -> frozenset[str]:
    """Those of ``arxiv_ids`` that were triaged, candidates included."""
    seen: set[str] = set()
    for chunk in chunks(arxiv_ids):
        found = select(PaperRow.arxiv_id).where(
            PaperRow.arxiv_id.in_(chunk), PaperRow.triaged.is_(True)
        )
        seen.update(connection.scalars(found))
    return frozenset(seen)


def announced_paper(connection: Connection, arxiv_id: str) -> Paper | None:
    """A paper as it was announced; ``None`` if at most its identifier is known."""
    found = connection.execute(select(PAPERS).where(PaperRow.arxiv_id == arxiv_id))
    row = found.mappings().one_or_none()
    return paper_of(row) if row is not None and row["title"] is not None else None


def candidate_titles(
    connection: Connection, states: Iterable[State] | None = None
) -> dict[str, str]:
    """The title of every candidate, or of those in ``states``, by identifier."""
    conditions = [] if states is None else [CandidateRow.state.in_(list(states))]
    found = connection.execute(
        select(PaperRow.arxiv_id, PaperRow.title)
        .join(CandidateRow, CandidateRow.arxiv_id == PaperRow.arxiv_id)
        .where(*conditions)
    )
    return {arxiv_id: title or "" for arxiv_id, title in found}


def ranked_candidates(
    connection: Connection, *, state: State | None, topic: str | None
) -> tuple[Candidate, ...]:
    """Those in ``state`` and ``topic``, or all; most relevant first, then newest."""
    conditions: list[ColumnElement[bool]] = []
    if state is not None:
        conditions.append(CandidateRow.state == state)
    if topic is not None:
        conditions.append(CandidateRow.topic == topic)
    found = find_candidates(connection, *conditions)
    # Sorted here: databases disagree about the order of texts.
    return tuple(
        sorted(found, key=lambda each: (each.relevance, each.paper.arxiv_id), reverse=True)
    )


def approved_candidates(connection: Connection) -> tuple[Candidate, ...]:
    """Those to be published, in the order they were approved."""
    found = find_candidates(connection, CandidateRow.state == State.APPROVED)
    decided = connection.execute(
        select(DecisionRow.arxiv_id, func.max(DecisionRow.decision_id))
        .join(CandidateRow, CandidateRow.arxiv_id == DecisionRow.arxiv_id)
        .where(
            CandidateRow.state == State.APPROVED,
            DecisionRow.verdict.in_([Verdict.APPROVE, Verdict.ADD]),
        )
        .group_by(DecisionRow.arxiv_id)
    )
    order = dict(decided.all())
    return tuple(sorted(found, key=lambda each: order.get(each.paper.arxiv_id, 0)))


def added_papers(connection: Connection, since: datetime) -> tuple[AddedPaper, ...]:
    """What came into the list at ``since`` or later and stands there, in that order."""
    found = connection.execute(
        select(DecisionRow.arxiv_id, DecisionRow.verdict, DecisionRow.decided_at)
        .where(
            DecisionRow.verdict.in_((Verdict.PUBLISH, Verdict.LISTED)),
            DecisionRow.decided_at >= since,
        )
        .order_by(DecisionRow.decision_id)
    )
    latest = {arxiv_id: (verdict, decided_at) for arxiv_id, verdict, decided_at in found}
    standing = {
        candidate.paper.arxiv_id: candidate
        for chunk in chunks(latest)
        for candidate in find_candidates(
            connection, CandidateRow.arxiv_id.in_(chunk), CandidateRow.state == State.PUBLISHED
        )
    }
    return tuple(
        AddedPaper(
            candidate=standing[arxiv_id], added_at=added_at, by_hand=verdict is Verdict.LISTED
        )
        for arxiv_id, (verdict, added_at) in latest.items()
        if arxiv_id in standing
    )


def count_states(connection: Connection) -> dict[State, int]:
    """How many candidates are in each state, those with none included."""
    found = connection.execute(
        select(CandidateRow.state, func.count()).group_by(CandidateRow.state)
    )
    return dict.fromkeys(State, 0) | dict(found.all())
