"""What each source delivered for each announcement day, and how the jobs went.

A day that is partial or failed stays owed until a source completes it: this
is how a hole is noticed and filled. Knows no source but its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from db.engine import insert_into, reading, writing
from db.records import FetchStatus
from db.tables import (
    FETCHES,
    JOB_RUNS,
    FetchRow,
    JobRunRow,
    fetch_of,
    job_run_of,
    row_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Engine, Select

    from db.records import Fetch, JobRun

DONE = frozenset({FetchStatus.COMPLETE, FetchStatus.NO_MAILING})
"""Nothing more is to be had for such a day."""


class Ledger:
    """The deliveries of the sources, and the runs of the jobs.

    Every method may raise ``DatabaseUnavailableError``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, fetches: Sequence[Fetch]) -> None:
        """Stores deliveries; for a source and a day the latest word counts."""
        rows = [row_of(fetch) for fetch in fetches]
        if not rows:
            return
        with writing(self._engine) as connection:
            stored = insert_into(connection, FETCHES)
            key = (FETCHES.c.source, FETCHES.c.day)
            rest = {
                column.name: stored.excluded[column.name]
                for column in FETCHES.c
                if not column.primary_key
            }
            connection.execute(stored.on_conflict_do_update(index_elements=key, set_=rest), rows)

    def get(self, source: str, day: date) -> Fetch | None:
        """What ``source`` delivered for ``day``, or ``None`` if it was never asked."""
        with reading(self._engine) as connection:
            found = connection.execute(
                select(FETCHES).where(FetchRow.source == source, FetchRow.day == day)
            )
            row = found.mappings().one_or_none()
        return None if row is None else fetch_of(row)

    def last_complete(self, source: str) -> date | None:
        """The latest day for which ``source`` has nothing more, or ``None``."""
        with reading(self._engine) as connection:
            return connection.scalar(
                select(func.max(FetchRow.day)).where(
                    FetchRow.source == source, FetchRow.status.in_(DONE)
                )
            )

    def complete_days(self, source: str, *, since: date) -> tuple[Fetch, ...]:
        """What ``source`` delivered whole, papers and all, from ``since`` on, oldest first."""
        with reading(self._engine) as connection:
            found = connection.execute(
                select(FETCHES)
                .where(
                    FetchRow.source == source,
                    FetchRow.status == FetchStatus.COMPLETE,
                    FetchRow.day >= since,
                )
                .order_by(FetchRow.day)
            )
            return tuple(fetch_of(row) for row in found.mappings())

    def incomplete(self, source: str, *, since: date) -> tuple[date, ...]:
        """The days from ``since`` on that ``source`` still owes, oldest first."""
        with reading(self._engine) as connection:
            found = connection.scalars(
                select(FetchRow.day)
                .where(
                    FetchRow.source == source,
                    FetchRow.day >= since,
                    FetchRow.status.not_in(DONE),
                )
                .order_by(FetchRow.day)
            )
            return tuple(found)

    def days(self, *, since: date) -> tuple[Fetch, ...]:
        """Every delivery for the days from ``since`` on, by day and source."""
        with reading(self._engine) as connection:
            found = connection.execute(select(FETCHES).where(FetchRow.day >= since))
            fetches = [fetch_of(row) for row in found.mappings()]
        return tuple(sorted(fetches, key=lambda fetch: (fetch.day, fetch.source)))

    def record_run(self, run: JobRun) -> None:
        """Stores how a job went."""
        with writing(self._engine) as connection:
            connection.execute(insert(JOB_RUNS), row_of(run))

    def last_runs(self) -> tuple[JobRun, ...]:
        """The latest run of each job, by job."""
        return self._latest(select(func.max(JobRunRow.run_id)))

    def last_successes(self) -> tuple[JobRun, ...]:
        """The latest run of each job that did what it was asked, by job."""
        return self._latest(select(func.max(JobRunRow.run_id)).where(JobRunRow.status == "ok"))

    def _latest(self, run_ids: Select[int]) -> tuple[JobRun, ...]:
        latest = run_ids.group_by(JobRunRow.job)
        with reading(self._engine) as connection:
            found = connection.execute(select(JOB_RUNS).where(JobRunRow.run_id.in_(latest)))
            runs = [job_run_of(row) for row in found.mappings()]
        return tuple(sorted(runs, key=lambda run: run.job))
