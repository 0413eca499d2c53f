"""What reviewers look at: pages of candidates, the history, how far the work is.

Each reads inside a transaction at hand, which :mod:`db.queue` opens, and none
reads more candidates than it gives, however long the queue is.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Text, cast, func, or_, select

from db.events import LIST_REVIEWER
from db.records import CandidatePage, DecidedPaper, State, Verdict, Work
from db.statements import find_candidates
from db.tables import (
    CANDIDATES,
    DECISIONS,
    PAPERS,
    CandidateRow,
    DecisionRow,
    PaperRow,
    decision_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from db.records import CandidateFilter

BY_PEOPLE = (
    Verdict.APPROVE,
    Verdict.REJECT,
    Verdict.DEFER,
    Verdict.UNDO,
    Verdict.EDIT,
    Verdict.ADD,
    Verdict.LISTED,
    Verdict.WITHDRAW,
)
"""What a history shows; the others happen."""

_WAITS = (State.PENDING, State.EXPIRED)


def candidate_page(
    connection: Connection, wanted: CandidateFilter, *, offset: int, limit: int
) -> CandidatePage:
    """``limit`` candidates from the ``offset``-th on, most relevant first, then newest."""
    joined, conditions = CANDIDATES, _own_conditions(wanted)
    if about_paper := _paper_conditions(wanted):
        joined = CANDIDATES.join(PAPERS, CANDIDATES.c.arxiv_id == PAPERS.c.arxiv_id)  # type: ignore[assignment]
        conditions += about_paper
    total = connection.scalar(select(func.count()).select_from(joined).where(*conditions))
    ids = connection.scalars(
        select(CANDIDATES.c.arxiv_id)
        .select_from(joined)
        .where(*conditions)
        .order_by(CandidateRow.relevance.desc(), CandidateRow.arxiv_id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    found = {
        candidate.paper.arxiv_id: candidate
        for candidate in find_candidates(connection, CandidateRow.arxiv_id.in_(ids))
    }
    return CandidatePage(candidates=tuple(found[each] for each in ids), total=total or 0)


def count_topics(connection: Connection, states: Iterable[State]) -> dict[str, int]:
    """How many candidates in ``states`` each topic has, the largest first."""
    found = connection.execute(
        select(CandidateRow.topic, func.count())
        .where(CandidateRow.state.in_(list(states)))
        .group_by(CandidateRow.topic)
    )
    return dict(sorted(found.all(), key=lambda line: (-line[1], line[0])))


def count_days(connection: Connection, states: Iterable[State]) -> dict[date, int]:
    """How many candidates in ``states`` each announcement day has, the newest first."""
    found = connection.execute(
        select(PaperRow.announced, func.count())
        .select_from(CANDIDATES.join(PAPERS, CANDIDATES.c.arxiv_id == PAPERS.c.arxiv_id))
        # The second condition always holds: it leads SQLite to an index with both columns.
        .where(CandidateRow.state.in_(list(states)), PaperRow.announced >= date.min)
        .group_by(PaperRow.announced)
    )
    return dict(sorted(found.all(), reverse=True))


def work_since(connection: Connection, since: datetime) -> Work:
    """How many candidates people decided about since then, and how many are pending."""
    done = connection.scalar(
        select(func.count()).where(
            CandidateRow.decided_at >= since,
            CandidateRow.state.not_in(_WAITS),
            CandidateRow.reviewer != LIST_REVIEWER,
        )
    )
    waiting = connection.scalar(select(func.count()).where(CandidateRow.state == State.PENDING))
    return Work(done=done or 0, waiting=waiting or 0)


def recent_decisions(
    connection: Connection, *, offset: int, limit: int, reviewer: str
) -> tuple[DecidedPaper, ...]:
    """What people decided, newest first, by ``reviewer`` or, if that is "", by anybody."""
    conditions: list[ColumnElement[bool]] = [DecisionRow.verdict.in_(BY_PEOPLE)]
    if reviewer:
        conditions.append(DecisionRow.reviewer == reviewer)
    found = connection.execute(
        select(*DECISIONS.c, PAPERS.c.title, CANDIDATES.c.state, CANDIDATES.c.revision)
        .select_from(
            DECISIONS.join(CANDIDATES, CANDIDATES.c.arxiv_id == DECISIONS.c.arxiv_id).join(
                PAPERS, PAPERS.c.arxiv_id == DECISIONS.c.arxiv_id
            )
        )
        .where(*conditions)
        .order_by(DecisionRow.decision_id.desc())
        .offset(offset)
        .limit(limit)
    )
    return tuple(
        DecidedPaper(
            decision=decision_of(row),
            title=row["title"] or "",
            state=row["state"],
            revision=row["revision"],
        )
        for row in found.mappings()
    )


def _own_conditions(wanted: CandidateFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.states:
        conditions.append(CandidateRow.state.in_(sorted(wanted.states)))
    if wanted.topic:
        conditions.append(CandidateRow.topic == wanted.topic)
    return conditions


def _paper_conditions(wanted: CandidateFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.day is not None:
        conditions.append(PaperRow.announced == wanted.day)
    authors = cast(PaperRow.authors, Text)
    for word in wanted.text.split():
        # A list of texts is stored as JSON, which writes "ü" as an escape.
        escaped = json.dumps(word)[1:-1]
        conditions.append(
            or_(
                PaperRow.arxiv_id.icontains(word, autoescape=True),
                PaperRow.title.icontains(word, autoescape=True),
                PaperRow.abstract.icontains(word, autoescape=True),
                authors.icontains(escaped, autoescape=True),
            )
        )
    return conditions
