"""What was said of every paper that was scored, so that "why is it not here?" has an answer.

The statements here run inside a transaction at hand; :mod:`db.queue` says which. In a
dump the papers of a day that were scored together are one line: six hundred lines a
day would say the same but for four words.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from db.engine import insert_into
from db.tables import SCORINGS, ScoringRow, row_of, scoring_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from db.records import Scoring

DIGITS = 4
"""Digits of a relevance that are kept."""


def store_scorings(connection: Connection, scorings: Sequence[Scoring]) -> None:
    """Keeps what was said of each paper, in place of what was said before."""
    if not scorings:
        return
    stored = insert_into(connection, SCORINGS)
    stored = stored.on_conflict_do_update(
        index_elements=[SCORINGS.c.arxiv_id],
        set_={
            column.name: stored.excluded[column.name]
            for column in SCORINGS.c
            if column.name != "arxiv_id"
        },
    )
    rows = [row_of(each) | {"relevance": round(each.relevance, DIGITS)} for each in scorings]
    connection.execute(stored, rows)


def find_scoring(connection: Connection, arxiv_id: str) -> Scoring | None:
    """What was last said of a paper; ``None`` if it was not scored, or that is forgotten."""
    found = connection.execute(select(SCORINGS).where(ScoringRow.arxiv_id == arxiv_id))
    row = found.mappings().one_or_none()
    return None if row is None else scoring_of(row)


_SHARED = ("announced", "scored_at", "model", "papers", "cut")
_shared = itemgetter(*_SHARED)


def fold_scorings(rows: Sequence[RowMapping]) -> list[dict[str, Any]]:
    """Rows of ``SCORINGS`` as one value for the papers that were scored together, in order."""
    lines = []
    for shared, group in groupby(sorted(rows, key=_shared), key=_shared):
        members = list(group)
        topics = tuple(sorted({row["topic"] for row in members}))
        sources = sorted({tuple(row["sources"]) for row in members})
        lines.append(
            {
                **dict(zip(_SHARED, shared, strict=True)),
                "topics": topics,
                "sources": sources,
                "ranked": [
                    (
                        row["arxiv_id"],
                        row["rank"],
                        row["relevance"],
                        topics.index(row["topic"]),
                        sources.index(tuple(row["sources"])),
                    )
                    for row in members
                ],
            }
        )
    return lines


def unfold_scorings(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows that :func:`fold_scorings` made one value of.

    Raises:
        ValueError: A paper's topic or sources are none of those the line names.
    """
    shared = {key: line[key] for key in _SHARED}
    try:
        return [
            {
                **shared,
                "arxiv_id": arxiv_id,
                "rank": rank,
                "relevance": relevance,
                "topic": line["topics"][topic],
                "sources": line["sources"][sources],
            }
            for arxiv_id, rank, relevance, topic, sources in line["ranked"]
        ]
    except IndexError as error:
        raise ValueError("ranks a paper under a topic or sources that it does not name") from error
