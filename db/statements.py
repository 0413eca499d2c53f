"""The statements behind the queue, each inside a transaction at hand.

What they mean together, and which transaction they need, :mod:`db.queue` says.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from db.engine import insert_into
from db.errors import ChangedError, DecidedError, UnknownCandidateError
from db.tables import (
    CANDIDATE_COLUMNS,
    CANDIDATES,
    DECISIONS,
    PAPERS,
    CandidateRow,
    DecisionRow,
    PaperRow,
    candidate_of,
    known_of,
    row_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from db.records import Candidate, Decision, KnownPaper, Paper

CHUNK = 1_000
"""How many identifiers one statement asks for; SQLite takes at most 32,766 values."""


def chunks(arxiv_ids: Iterable[str]) -> Iterator[list[str]]:
    """``arxiv_ids`` in order, as many at once as a statement may ask for."""
    rest = iter(arxiv_ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def candidate_ids(connection: Connection, arxiv_ids: Iterable[str]) -> set[str]:
    """Those of ``arxiv_ids`` that are candidates, in any state."""
    return {
        arxiv_id
        for chunk in chunks(arxiv_ids)
        for arxiv_id in connection.scalars(
            select(CandidateRow.arxiv_id).where(CandidateRow.arxiv_id.in_(chunk))
        )
    }


def find_candidates(connection: Connection, *conditions: ColumnElement[bool]) -> list[Candidate]:
    """The candidates for which all conditions hold, in no order."""
    joined = CANDIDATES.join(PAPERS, CANDIDATES.c.arxiv_id == PAPERS.c.arxiv_id)
    found = connection.execute(select(*CANDIDATE_COLUMNS).select_from(joined).where(*conditions))
    return [candidate_of(row) for row in found.mappings()]


def find_candidate(connection: Connection, arxiv_id: str) -> Candidate:
    """One candidate.

    Raises:
        UnknownCandidateError: It was never queued.
    """
    found = find_candidates(connection, CandidateRow.arxiv_id == arxiv_id)
    if found:
        return found[0]
    seen = connection.scalar(select(PaperRow.arxiv_id).where(PaperRow.arxiv_id == arxiv_id))
    raise UnknownCandidateError(arxiv_id, seen=seen is not None)


def history_rows(connection: Connection, arxiv_id: str) -> Sequence[RowMapping]:
    """The rows of ``DECISIONS`` about a paper, oldest first."""
    return (
        connection.execute(
            select(DECISIONS)
            .where(DecisionRow.arxiv_id == arxiv_id)
            .order_by(DecisionRow.decision_id)
        )
        .mappings()
        .all()
    )


def known_papers(connection: Connection, arxiv_ids: Iterable[str]) -> dict[str, KnownPaper]:
    """What is remembered of ``arxiv_ids``, by identifier."""
    return {
        row["arxiv_id"]: known_of(row)
        for chunk in chunks(dict.fromkeys(arxiv_ids))
        for row in connection.execute(select(PAPERS).where(PaperRow.arxiv_id.in_(chunk))).mappings()
    }


def store_papers(
    connection: Connection,
    papers: Iterable[Paper],
    now: datetime,
    *,
    weights: Mapping[str, float],
    fully: bool = False,
) -> None:
    """Stores papers as triaged, over those that waited; ``fully`` over any.

    Those that ``weights`` names become part of the training sample. Of a paper of which a
    later version is known than is given, what is known stays.
    Call it in turn (``take_turns``).
    """
    given = list(papers)
    if not given:
        return
    known = known_papers(connection, (paper.arxiv_id for paper in given))
    rows = [
        row_of(
            _latest(paper, known),
            triaged=True,
            history=False,
            seen_at=now,
            sampling_weight=weights.get(paper.arxiv_id),
        )
        for paper in given
    ]
    stored = insert_into(connection, PAPERS)
    stored = stored.on_conflict_do_update(
        index_elements=[PAPERS.c.arxiv_id],
        set_={
            column.name: stored.excluded[column.name]
            for column in PAPERS.c
            if column.name not in {"arxiv_id", "seen_at"}
        },
        where=None if fully else PAPERS.c.triaged.is_(False),
    )
    connection.execute(stored, rows)


def _latest(paper: Paper, known: Mapping[str, KnownPaper]) -> Paper:
    before = known.get(paper.arxiv_id)
    if before is None or before.paper is None or before.version <= paper.version:
        return paper
    return before.paper


def store_candidates(connection: Connection, candidates: Iterable[Candidate]) -> int:
    """Stores candidates that are none yet; how many that were."""
    rows = [row_of(candidate) for candidate in candidates]
    if not rows:
        return 0
    stored = insert_into(connection, CANDIDATES).on_conflict_do_nothing()
    return len(connection.execute(stored.returning(CANDIDATES.c.arxiv_id), rows).all())


def lock_candidates(connection: Connection, arxiv_ids: Iterable[str]) -> None:
    """Keeps others from changing these until the transaction ends.

    In one order for all, so that two reviewers never wait for each other. On
    SQLite the transaction is the only writer anyway.
    """
    for chunk in chunks(sorted(set(arxiv_ids))):
        connection.execute(
            select(CandidateRow.arxiv_id)
            .where(CandidateRow.arxiv_id.in_(chunk))
            .order_by(CandidateRow.arxiv_id)
            .with_for_update()
        ).all()


def change_candidate(
    connection: Connection, before: Candidate, after: Candidate, decision: Decision
) -> Candidate:
    """Stores ``after`` if the candidate still stands as ``before``, with its history.

    Returns:
        ``after`` with its new revision.

    Raises:
        DecidedError: It stands in another state.
        ChangedError: It was changed in the state it is in.
    """
    arxiv_id = before.paper.arxiv_id
    after = replace(after, revision=before.revision + 1)
    changed = connection.execute(
        update(CANDIDATES)
        .where(
            CandidateRow.arxiv_id == arxiv_id,
            CandidateRow.state == before.state,
            CandidateRow.revision == before.revision,
        )
        .values(
            state=after.state,
            topic=after.topic,
            reviewer=after.reviewer,
            decided_at=after.decided_at,
            reason=after.reason,
            commit=after.commit,
            edit=after.edit,
            revision=after.revision,
        )
    )
    if changed.rowcount != 1:
        now = find_candidate(connection, arxiv_id)
        refused = ChangedError if now.state is before.state else DecidedError
        raise refused(arxiv_id, now.state, now.reviewer)
    filled = replace(
        decision,
        model=before.model,
        relevance=before.relevance,
        topic_probability=after.topic_probability,
    )
    connection.execute(
        insert(DECISIONS),
        row_of(
            filled,
            state_before=before.state,
            topic_before=before.topic,
            edit_before=before.edit,
        ),
    )
    return after
