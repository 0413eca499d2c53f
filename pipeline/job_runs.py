"""Runs of jobs, each noted with its end: so that one which failed, or never came, is noticed.

Knows no job but its name; what a job does is handed in.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from db.records import JobRun
from pipeline.outcome import span_of
from pipeline.sources.calendar import announcement_days

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from db.ledger import Ledger

Result = TypeVar("Result")

DAILY = "daily"
RETRAIN = "retrain"
ROLLOVER = "rollover"
CLEANUP = "cleanup"
DASHBOARD = "dashboard apply"
SCHEDULED = (DAILY, CLEANUP, RETRAIN, ROLLOVER)
"""The jobs that ``shortlist schedule`` runs."""

LONGEST_PROBLEM = 500
"""Characters of a problem that are kept; an error may quote a page of what came."""

_DAY = timedelta(days=1)


class Alarm(Protocol):
    """What tells people of a job that failed, and that it is healed."""

    def settle(self, run: JobRun) -> None:
        """Told of each run once it has ended; never raises for what the outside does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecorder:
    """Where runs of jobs are noted.

    Attributes:
        ledger: Keeps the runs.
        clock: The time (UTC).
        turn: Holds off other jobs on this machine, given the job's name.
        alarm: Tells people; ``None`` where nobody is to be told.
    """

    ledger: Ledger
    clock: Callable[[], datetime]
    turn: Callable[[str], AbstractContextManager[None]] = lambda _job: nullcontext()
    alarm: Alarm | None = None

    def run(
        self, job: str, work: Callable[[], Result], *, problem_of: Callable[[Result], str]
    ) -> Result:
        """Do ``work`` when it is this job's turn, and note how it went.

        Args:
            job: The job's name.
            work: What to do.
            problem_of: Why a person has to look, in one line; "" if all went well.

        Returns:
            What ``work`` gave.

        Raises:
            BusyError: Another job is at work; this one did not run, and nothing is noted.
        """
        with self.turn(job):
            run = JobRun(
                job=job,
                started_at=self.clock(),
                finished_at=self.clock(),
                status="failed",
                problem="interrupted",
            )
            try:
                result = work()
                problem = problem_of(result)
                run = replace(run, status="failed" if problem else "ok", problem=_short(problem))
            except Exception as error:
                run = replace(run, problem=_short(str(error) or type(error).__name__))
                raise
            finally:
                run = replace(run, finished_at=self.clock())
                self.ledger.record_run(run)
                if self.alarm is not None:
                    self.alarm.settle(run)
            return result


def last_runs(ledger: Ledger) -> dict[str, JobRun]:
    """The latest run of each job, by the job's name."""
    return {run.job: run for run in ledger.last_runs()}


def find_skipped(ledger: Ledger, *, today: date) -> tuple[str, ...]:
    """One line if announcement days passed before ``today`` on which no daily run began.

    Where none ever began, none was missed.
    """
    last = last_runs(ledger).get(DAILY)
    if last is None:
        return ()
    days = announcement_days(last.started_at.astimezone(UTC).date() + _DAY, today - _DAY)
    if not days:
        return ()
    before = f"{last.started_at:%Y-%m-%d %H:%M} UTC"
    return (f"no daily run on {span_of(days)}, though arXiv announced (the last was {before})",)


def how_to_run(job: str) -> str:
    """What a person does to run a job again."""
    return f"`shortlist schedule --once {job}`" if job in SCHEDULED else f"`shortlist {job}`"


def _short(problem: str) -> str:
    line = " ".join(problem.split())
    return line if len(line) <= LONGEST_PROBLEM else f"{line[: LONGEST_PROBLEM - 1]}…"
