"""The clock of a server of one's own: which job runs when, in one process.

Knows when, not what: jobs are functions that are handed in. Nothing is kept
about jobs but their runs, in the database (``job_runs``): a start reads there
what was missed while the machine was off.

Times are arXiv's, US Eastern: it announces at 20:00 there from Sunday to
Thursday, and its feeds turn over at midnight. In UTC both move by an hour twice
a year; here they do not. No job is due between one and three o'clock, the hours
that are repeated or left out on the Sundays when clocks change.
"""

from __future__ import annotations

import logging
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from db.errors import DatabaseError
from models.errors import ModelsError
from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from apscheduler.executors.base import BaseExecutor
    from apscheduler.schedulers.base import BaseScheduler
    from apscheduler.triggers.base import BaseTrigger

    from db.records import JobRun

log = logging.getLogger(__name__)

TIME_ZONE = "America/New_York"
"""Source: https://info.arxiv.org/help/availability.html, all of whose times are US Eastern."""

LOOK_SECONDS = 60.0
"""How often the clock is looked at.

A wait counts neither the time that a machine sleeps nor a clock that is set; whoever waits for
hours at once would come hours late after either.
"""

_LONGEST_PAUSE = timedelta(days=8)
"""No job is due less often than this."""

_NOTHING = nullcontext()

_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledJob:
    """A job and when it runs.

    Attributes:
        name: As in ``schedule --once NAME`` and in ``job_runs``.
        run: What to do; says whether all went well; must be safe to run again.
        days: A weekday by its first three letters, or two of them (``mon-fri``).
        times: Hours and minutes in arXiv's time zone, in order.
    """

    name: str
    run: Callable[[], bool]
    days: str
    times: tuple[tuple[int, int], ...]

    @property
    def weekdays(self) -> range:
        """The days by number, Monday is 0."""
        first, _, last = self.days.partition("-")
        return range(_NAMES.index(first), _NAMES.index(last or first) + 1)

    def __str__(self) -> str:
        times = " and ".join(f"{hour:02}:{minute:02}" for hour, minute in self.times)
        return f"{self.name}: {self.days} at {times} {TIME_ZONE}"


def make_scheduler(
    jobs: Sequence[ScheduledJob],
    *,
    missed: Iterable[str] = (),
    now: datetime | None = None,
    executor: BaseExecutor | None = None,
) -> BaseScheduler:
    """A scheduler that holds ``jobs`` and has not been started.

    One job runs at a time. A run that is late, by however much, is made up for once:
    every job here does what is owed, whatever the hour.

    Args:
        jobs: What to run.
        missed: Names of those that are due at once.
        now: When "at once" is (aware).
        executor: Runs them; one thread unless given.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(
        timezone=TIME_ZONE,
        executors={"default": executor or ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    due_now = frozenset(missed)
    for job in jobs:
        at_once = {"next_run_time": now} if job.name in due_now else {}
        scheduler.add_job(_guarded(job), _trigger(job), id=job.name, name=job.name, **at_once)
    return scheduler


def last_due(job: ScheduledJob, now: datetime) -> datetime:
    """The last moment until ``now`` at which a job was due (UTC)."""
    due = next_due(job, now - _LONGEST_PAUSE)
    while (following := next_due(job, due)) <= now:
        due = following
    return due


def next_due(job: ScheduledJob, now: datetime) -> datetime:
    """The first moment after ``now`` at which a job is due (UTC)."""
    zone = ZoneInfo(TIME_ZONE)
    day = now.astimezone(zone).date()
    while True:
        if day.weekday() in job.weekdays:
            for hour, minute in job.times:
                due = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
                if due > now:
                    return due
        day += timedelta(days=1)


def find_missed(
    jobs: Sequence[ScheduledJob], runs: Sequence[JobRun], now: datetime
) -> tuple[ScheduledJob, ...]:
    """The jobs that were due while nobody ran them, as ``runs`` tell.

    A job counts from the first sign of life: where nothing ever ran, nothing was
    missed. One that ran and failed was not missed: it has its next time.

    Args:
        jobs: What should have run.
        runs: The latest run of each job.
        now: The time (aware).
    """
    started = {run.job: run.started_at for run in runs}
    alive_since = min(started.values(), default=now)
    return tuple(job for job in jobs if started.get(job.name, alive_since) < last_due(job, now))


def _trigger(job: ScheduledJob) -> BaseTrigger:
    """What tells APScheduler when a job is due.

    Its own cron trigger adds days as hours: on the Monday after clocks went forward it comes an
    hour late, and left out what was due before one o'clock (3.11.3).
    """
    from apscheduler.triggers.base import BaseTrigger

    class Due(BaseTrigger):  # type: ignore[misc]
        """The moments at which the job is due."""

        def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
            """The first one after ``previous``, or from ``now`` on."""
            return next_due(job, previous or now - timedelta(microseconds=1))

    return Due()


def _guarded(job: ScheduledJob) -> Callable[[], None]:
    """The job, with its failure in the log: one bad day must not end the scheduler."""

    def run() -> None:
        log.info("job %s begins", job.name)
        try:
            well = job.run()
        except (PipelineError, DatabaseError, ModelsError) as error:
            log.error("job %s refused: %s; it runs again at its next time", job.name, error)  # noqa: TRY400 a reason for people, no fault of the program
        except Exception:
            log.exception("job %s failed; it runs again at its next time", job.name)
        else:
            log.info("job %s ended %s", job.name, "well" if well else "with problems")

    return run


def run_until_stopped(
    scheduler: BaseScheduler, *, beside: AbstractContextManager[None] = _NOTHING
) -> None:
    """Run the jobs at their times; end after the running one on SIGTERM or an interrupt.

    Args:
        scheduler: Has the jobs.
        beside: What else is at work meanwhile; its threads leave signals to this one.

    Raises:
        KeyboardInterrupt: It was interrupted from a terminal.
    """
    import signal

    # Waited for, not handled: a handler that runs just before the main thread falls asleep on a
    # lock is only noticed when it wakes, which here may be hours later.
    stops = {signal.SIGTERM, signal.SIGINT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    ended = threading.Event()
    try:
        with beside:
            scheduler.start()
            for job in sorted(scheduler.get_jobs(), key=lambda job: job.next_run_time)[:1]:
                at = job.next_run_time.astimezone(UTC)
                log.info("waiting; the next job is %s at %s UTC", job.name, f"{at:%a %H:%M}")
            looking = threading.Thread(target=_look, args=(scheduler, ended), daemon=True)
            looking.start()
            stopped_by = signal.sigwait(stops)
            log.info("stopping after the job that runs")
            scheduler.shutdown(wait=True)
    finally:
        ended.set()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if stopped_by == signal.SIGINT:
        raise KeyboardInterrupt


def _look(scheduler: BaseScheduler, ended: threading.Event) -> None:
    """Let the scheduler look at the clock now and then, until it has ended."""
    while not ended.wait(LOOK_SECONDS):
        scheduler.wakeup()
