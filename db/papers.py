"""What the sources told of papers, and how far their harvests came.

A page of what a source delivered is stored with its cursor in one transaction:
a kill in between leaves both or neither. What a paper becomes is decided by the
caller, inside that transaction, from what was known. Knows no source.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from sqlalchemy import delete, null, select

from db.engine import insert_into, reading, take_turns, writing
from db.records import Harvest, KnownPaper, Paper, Standing
from db.statements import known_papers
from db.tables import HARVESTS, PAPERS, HarvestRow, PaperRow, harvest_of, known_of, paper_of, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperChange:
    """A paper as it shall be stored.

    Attributes:
        paper: All that is known of it from now on.
        standing: What is still to be done about it.
    """

    paper: Paper
    standing: Standing


class PaperStore:
    """The papers as the sources tell them.

    Every method may raise ``DatabaseUnavailableError``; what was written before
    it in the same call is then taken back.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(
        self,
        arxiv_ids: Iterable[str],
        decide: Callable[[Mapping[str, KnownPaper]], Sequence[PaperChange]],
        *,
        now: datetime,
        harvest: Harvest | None = None,
    ) -> tuple[PaperChange, ...]:
        """Stores what ``decide`` makes of what is known, and the cursor with it.

        Args:
            arxiv_ids: The papers it is about.
            decide: Called with those of them that are known, by identifier; gives those
                that change, each once.
            now: The first sight of those that are not known (UTC).
            harvest: How far the harvest came with this page.

        Returns:
            What ``decide`` gave.
        """
        with writing(self._engine) as connection:
            take_turns(connection)
            changes = tuple(decide(known_papers(connection, arxiv_ids)))
            if rows := [_row(change, now) for change in changes]:
                stored = insert_into(connection, PAPERS)
                kept = {"arxiv_id", "seen_at", "sampling_weight"}
                update = {c.name: stored.excluded[c.name] for c in PAPERS.c if c.name not in kept}
                connection.execute(
                    stored.on_conflict_do_update(index_elements=[PAPERS.c.arxiv_id], set_=update),
                    rows,
                )
            if harvest is not None:
                _store_harvest(connection, harvest)
        return changes

    def known(self, arxiv_ids: Iterable[str]) -> dict[str, KnownPaper]:
        """What is remembered of ``arxiv_ids``, by identifier."""
        with reading(self._engine) as connection:
            return known_papers(connection, arxiv_ids)

    def announced_since(self, day: date) -> dict[date, tuple[KnownPaper, ...]]:
        """The papers announced from ``day`` on, by day, history left out; as little as is needed.

        ``paper`` is ``None`` in all of them: this is for counting.
        """
        known = (PAPERS.c[name] for name in ("arxiv_id", "announced", "versions", "triaged"))
        rest = (null().label("title"), null().label("announce_type"), PAPERS.c.history)
        query = select(*known, *rest).where(PaperRow.announced >= day, PaperRow.history.is_(False))
        found: dict[date, list[KnownPaper]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query).mappings():
                found.setdefault(row["announced"], []).append(known_of(row))
        return {key: tuple(papers) for key, papers in sorted(found.items())}

    def days(self) -> tuple[date, ...]:
        """The days on which papers were announced, history left out, oldest first."""
        query = select(PaperRow.announced).where(PaperRow.history.is_(False)).distinct()
        with reading(self._engine) as connection:
            return tuple(sorted(connection.scalars(query)))

    def announced_on(self, day: date) -> tuple[Paper, ...]:
        """The papers announced on ``day``, history left out, by identifier."""
        return self._papers((PaperRow.announced == day) & PaperRow.history.is_(False))

    def revised_since(self, day: date) -> tuple[Paper, ...]:
        """The papers of which a version was announced on ``day`` or later, by identifier."""
        return self._papers(PaperRow.revised >= day)

    def _papers(self, condition: ColumnElement[bool]) -> tuple[Paper, ...]:
        query = select(PAPERS).where(condition, PaperRow.title.is_not(None))
        with reading(self._engine) as connection:
            found = [paper_of(row) for row in connection.execute(query).mappings()]
        # Sorted here: databases disagree about the order of texts.
        return tuple(sorted(found, key=attrgetter("arxiv_id")))

    def harvest(self, name: str) -> Harvest | None:
        """How far the harvest of that name came, ``None`` if there was none."""
        with reading(self._engine) as connection:
            found = connection.execute(select(HARVESTS).where(HarvestRow.name == name))
            row = found.mappings().one_or_none()
        return None if row is None else harvest_of(row)

    def keep(self, harvest: Harvest) -> None:
        """Stores how far a harvest came, without a page."""
        with writing(self._engine) as connection:
            _store_harvest(connection, harvest)

    def forget(self, name: str) -> None:
        """Drops the cursor of a harvest that will not go on; an unknown name is no harm."""
        with writing(self._engine) as connection:
            connection.execute(delete(HARVESTS).where(HarvestRow.name == name))


def _row(change: PaperChange, now: datetime) -> dict[str, object]:
    standing = change.standing
    return row_of(
        change.paper,
        triaged=standing is not Standing.WAITING,
        history=standing is Standing.HISTORY,
        seen_at=now,
    )


def _store_harvest(connection: Connection, harvest: Harvest) -> None:
    row = row_of(harvest)
    stored = insert_into(connection, HARVESTS)
    rest = {name: stored.excluded[name] for name in row if name != "name"}
    connection.execute(
        stored.on_conflict_do_update(index_elements=[HARVESTS.c.name], set_=rest), row
    )
