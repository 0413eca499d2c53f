"""Topics that were renamed, or merged into others, and the labels that follow.

A rename is noted before the list's commit and completed after it: whoever
died in between finds it pending and asks the list which of the two it was.
Knows names of topics as text, and no list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from db.engine import reading, writing
from db.records import TopicProbability
from db.tables import (
    CANDIDATES,
    DECISIONS,
    TOPIC_RENAMES,
    CandidateRow,
    DecisionRow,
    TopicRenameRow,
    row_of,
    topic_rename_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import InstrumentedAttribute

    from db.records import TopicRename


class TopicRenames:
    """The renames of topics, in the order they were made.

    Every method may raise ``DatabaseUnavailableError``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def done(self) -> tuple[TopicRename, ...]:
        """Those that the list has, oldest first."""
        return self._find(pending=False)

    def pending(self) -> tuple[TopicRename, ...]:
        """Those that were begun and neither completed nor dropped, oldest first."""
        return self._find(pending=True)

    def begin(self, rename: TopicRename) -> None:
        """Notes what is about to be committed to the list; it is pending until then."""
        with writing(self._engine) as connection:
            connection.execute(insert(TOPIC_RENAMES), row_of(rename, pending=True))

    def complete(self, rename: TopicRename) -> int:
        """Gives everything that is labelled ``old`` the label ``new``, and notes that it is done.

        Upper and lower case make no difference. Where a candidate's likeliest
        topics name both, their probabilities add up. Decisions follow too: one
        that is undone must lead back to a topic that the list has.

        Returns:
            How many candidates changed.
        """
        with writing(self._engine) as connection:
            marked = connection.execute(
                update(TOPIC_RENAMES)
                .where(
                    TopicRenameRow.old == rename.old,
                    TopicRenameRow.new == rename.new,
                    TopicRenameRow.pending.is_(True),
                )
                .values(pending=False)
            )
            if not marked.rowcount:
                connection.execute(insert(TOPIC_RENAMES), row_of(rename, pending=False))
            changed = _relabel_candidates(connection, rename)
            for column in (DecisionRow.topic, DecisionRow.topic_before):
                connection.execute(
                    update(DECISIONS)
                    .where(column.in_(_spellings(connection, column, rename.old)))
                    .values({column.key: rename.new})
                )
            return changed

    def drop(self, rename: TopicRename) -> None:
        """Forgets a pending rename that never reached the list."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(TOPIC_RENAMES).where(
                    TopicRenameRow.old == rename.old,
                    TopicRenameRow.new == rename.new,
                    TopicRenameRow.pending.is_(True),
                )
            )

    def _find(self, *, pending: bool) -> tuple[TopicRename, ...]:
        with reading(self._engine) as connection:
            found = connection.execute(
                select(TOPIC_RENAMES)
                .where(TopicRenameRow.pending.is_(pending))
                .order_by(TopicRenameRow.rename_id)
            )
            return tuple(topic_rename_of(row) for row in found.mappings())


def names_now(renames: Iterable[TopicRename]) -> dict[str, str]:
    """For every name that a topic once had, the one it has now.

    A name that was taken up again is no old one any more. Upper and lower case
    make no difference; each old name is there in one spelling.

    Args:
        renames: Oldest first.
    """
    now: dict[str, tuple[str, str]] = {}  # by the old name in lower case
    for rename in renames:
        key = rename.old.casefold()
        for each, (old, name) in now.items():
            if name.casefold() == key:
                now[each] = (old, rename.new)
        now[key] = (rename.old, rename.new)
        now.pop(rename.new.casefold(), None)
    return dict(now.values())


def _relabel_candidates(connection: Connection, rename: TopicRename) -> int:
    old = rename.old.casefold()
    found = connection.execute(
        select(CandidateRow.arxiv_id, CandidateRow.topic, CandidateRow.topics, CandidateRow.choices)
        .order_by(CandidateRow.arxiv_id)
        .with_for_update()
    ).all()
    changed = 0
    for arxiv_id, topic, topics, choices in found:
        after = rename.new if topic.casefold() == old else topic
        ranked = _relabelled(topics, rename)
        offered = tuple(
            dict.fromkeys(rename.new if each.casefold() == old else each for each in choices)
        )
        if (after, ranked, offered) != (topic, topics, choices):
            connection.execute(
                update(CANDIDATES)
                .where(CandidateRow.arxiv_id == arxiv_id)
                .values(topic=after, topics=ranked, choices=offered)
            )
            changed += 1
    return changed


def _relabelled(
    topics: Sequence[TopicProbability], rename: TopicRename
) -> tuple[TopicProbability, ...]:
    old, new = rename.old.casefold(), rename.new.casefold()
    if not any(each.topic.casefold() == old for each in topics):
        return tuple(topics)
    shares: dict[str, float] = {}
    for each in topics:
        name = rename.new if each.topic.casefold() in {old, new} else each.topic
        shares[name] = shares.get(name, 0.0) + each.probability
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    return tuple(TopicProbability(topic=name, probability=share) for name, share in ranked)


def _spellings(connection: Connection, column: InstrumentedAttribute[str], name: str) -> list[str]:
    """How ``name`` is spelled in a column: databases disagree about upper and lower case."""
    found = connection.scalars(select(column).distinct())
    return [each for each in found if each.casefold() == name.casefold()]
