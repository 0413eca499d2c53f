"""What models learn from, as far as the memory has it: a sample of papers, and answers.

The sample holds every queued paper and a random share of the rest, each with
how many papers it stands for, so that a machine which forgets its disk can train
again. It is bounded: the oldest month leaves as a whole, so that files by month
stay as they are until they go. The statements here run inside a transaction at
hand; :mod:`db.queue` says which.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from db.records import Answer, Label, SampledPaper, State
from db.tables import CANDIDATES, DECISIONS, PAPERS, CandidateRow, DecisionRow, PaperRow, paper_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

MOST_SAMPLED = 6000
"""Most papers of the training sample: about six megabytes on the state branch."""

_ANSWERS = {
    State.APPROVED: Answer.ADDED,
    State.PUBLISHED: Answer.ADDED,
    State.REJECTED: Answer.REJECTED,
    State.EXPIRED: Answer.EXPIRED,
}


def find_sample(connection: Connection) -> tuple[SampledPaper, ...]:
    """The training sample, oldest announcement first, then by identifier."""
    found = connection.execute(
        select(PAPERS).where(
            PaperRow.sampling_weight.is_not(None),
            PaperRow.title.is_not(None),
            PaperRow.announce_type.is_not(None),
        )
    )
    sampled = [
        SampledPaper(paper=paper_of(row), weight=row["sampling_weight"]) for row in found.mappings()
    ]
    # Sorted here: databases disagree about the order of texts.
    return tuple(sorted(sampled, key=lambda each: (each.paper.announced, each.paper.arxiv_id)))


def bound_sample(connection: Connection, most: int) -> None:
    """Takes whole months out of the sample, the oldest first, until ``most`` papers are left.

    The newest month stays, unless it is too large by itself: then its oldest days go.
    """
    found = connection.execute(
        select(PaperRow.announced, func.count())
        .where(PaperRow.sampling_weight.is_not(None))
        .group_by(PaperRow.announced)
    )
    by_day: dict[date, int] = dict(sorted((day, count) for day, count in found))
    total = sum(by_day.values())
    gone: list[date] = []
    while total > most:
        oldest, newest = min(by_day), max(by_day)
        whole_month = (oldest.year, oldest.month) != (newest.year, newest.month)
        for day in list(by_day):
            same_month = (day.year, day.month) == (oldest.year, oldest.month)
            if day == oldest or (whole_month and same_month):
                total -= by_day.pop(day)
                gone.append(day)
    if gone:
        connection.execute(
            update(PAPERS).where(PaperRow.announced.in_(gone)).values(sampling_weight=None)
        )


def find_labels(connection: Connection) -> dict[str, Label]:
    """The answer about every candidate that has one, by identifier."""
    last = (
        select(DECISIONS.c.arxiv_id, func.max(DECISIONS.c.decision_id).label("decision_id"))
        .group_by(DECISIONS.c.arxiv_id)
        .subquery()
    )
    found = connection.execute(
        select(
            CANDIDATES.c.arxiv_id,
            CANDIDATES.c.state,
            CANDIDATES.c.topic,
            CANDIDATES.c.topics,
            CANDIDATES.c.audit,
            DecisionRow.decided_at,
        )
        .select_from(
            CANDIDATES.join(last, last.c.arxiv_id == CANDIDATES.c.arxiv_id).join(
                DECISIONS, DECISIONS.c.decision_id == last.c.decision_id
            )
        )
        .where(CandidateRow.state.in_(_ANSWERS))
    )
    labels = [_label(row) for row in found.mappings()]
    return {label.arxiv_id: label for label in sorted(labels, key=attrgetter("arxiv_id"))}


def _label(row: Any) -> Label:
    ranked = row["topics"]
    return Label(
        arxiv_id=row["arxiv_id"],
        answer=_ANSWERS[row["state"]],
        topic=row["topic"],
        corrected=bool(ranked) and row["topic"].casefold() != ranked[0].topic.casefold(),
        audit=row["audit"],
        answered_at=row["decided_at"],
    )
