"""What is forgotten, so that the memory stays as large as it is: old identifiers, lines and texts.

What people decided is never forgotten, nor is a candidate, nor the training sample.
Knows no reason why something is old: the caller says until when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from db.engine import reading, wrap_errors, writing
from db.statements import chunks
from db.tables import (
    FETCHES,
    JOB_RUNS,
    PAPERS,
    REQUESTS,
    SCORINGS,
    CandidateRow,
    FetchRow,
    JobRunRow,
    PaperRow,
    RequestRow,
    ScoringRow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Engine

_NO_TEXT = {
    "title": None,
    "abstract": None,
    "authors": (),
    "categories": (),
    "comment": None,
    "dois": (),
    "journal_ref": None,
    "license": "",
    "announce_type": None,
}
"""A paper of which identifier, days and versions are left, as after a load of the state."""


class Upkeep:
    """Forgets.

    Every method may raise ``DatabaseUnavailableError``; what it had begun is then
    taken back.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def newest_day(self) -> date | None:
        """The latest day on which a paper was announced, or ``None``."""
        with reading(self._engine) as connection:
            return connection.scalar(
                select(func.max(PaperRow.announced)).where(PaperRow.history.is_(False))
            )

    def seen_before(self, day: date, *, history: datetime) -> tuple[str, ...]:
        """What was seen and came to nothing, announced before ``day``.

        Neither queued, nor waiting, nor in the training sample; of history, which was old
        when it was met, only what was met before ``history``.
        """
        met = PaperRow.seen_at.is_(None) | (PaperRow.seen_at < history)
        with reading(self._engine) as connection:
            found = connection.scalars(
                select(PaperRow.arxiv_id).where(
                    PaperRow.announced < day,
                    PaperRow.history.is_(False) | met,
                    _came_to_nothing(),
                )
            )
            return tuple(sorted(found))

    def texts_before(self, day: date) -> tuple[str, ...]:
        """Of what came to nothing and is no history, that of which more than its name is kept."""
        with reading(self._engine) as connection:
            found = connection.scalars(
                select(PaperRow.arxiv_id).where(
                    PaperRow.announced < day,
                    PaperRow.title.is_not(None),
                    PaperRow.history.is_(False),
                    _came_to_nothing(),
                )
            )
            return tuple(sorted(found))

    def forget_papers(self, arxiv_ids: Iterable[str]) -> int:
        """Forgets that such papers were seen; others stay. How many went."""
        gone = 0
        with writing(self._engine) as connection:
            for chunk in chunks(arxiv_ids):
                chosen = delete(PAPERS).where(PaperRow.arxiv_id.in_(chunk), _came_to_nothing())
                gone += connection.execute(chosen).rowcount
        return gone

    def forget_texts(self, arxiv_ids: Iterable[str]) -> int:
        """Keeps only identifier and days of such papers; others stay. How many it was."""
        bare = 0
        with writing(self._engine) as connection:
            for chunk in chunks(arxiv_ids):
                chosen = update(PAPERS).where(PaperRow.arxiv_id.in_(chunk), _came_to_nothing())
                bare += connection.execute(chosen.values(_NO_TEXT)).rowcount
        return bare

    def forget_lines(
        self,
        *,
        fetches_before: date,
        scorings_before: date,
        runs_before: datetime,
        requests_before: datetime,
    ) -> int:
        """Drops old lines of the ledger, scorings, requests and runs; how many.

        The last run of each job stays, and the last that ended well.
        """
        last = select(func.max(JobRunRow.run_id)).group_by(JobRunRow.job, JobRunRow.status)
        with writing(self._engine) as connection:
            keep = tuple(connection.scalars(last))
            old = (
                delete(FETCHES).where(FetchRow.day < fetches_before),
                delete(SCORINGS).where(ScoringRow.announced < scorings_before),
                delete(REQUESTS).where(RequestRow.handled_at < requests_before),
                delete(JOB_RUNS).where(
                    JobRunRow.started_at < runs_before, JobRunRow.run_id.not_in(keep)
                ),
            )
            return sum(connection.execute(each).rowcount for each in old)

    def compact(self) -> None:
        """Gives the room of what was forgotten back to the disk (SQLite; PostgreSQL does it)."""
        if self._engine.dialect.name != "sqlite":
            return
        with wrap_errors(self._engine), self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None  # noqa: S101 the pool holds one
            raw.execute("VACUUM")


def _came_to_nothing() -> ColumnElement[bool]:
    """Scored or history, and neither queued nor in the sample."""
    return (
        PaperRow.triaged.is_(True)
        & PaperRow.sampling_weight.is_(None)
        & PaperRow.arxiv_id.not_in(select(CandidateRow.arxiv_id))
    )
