"""The clock of a server of one's own: which job runs when, in one process.

Knows when, not what: jobs are functions that are handed in. Nothing is kept
about jobs but their runs, in the database (``job_runs``).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from apscheduler.schedulers.base import BaseScheduler

log = logging.getLogger(__name__)

TIME_ZONE = "UTC"
MISFIRE_GRACE_SECONDS = 6 * 3600
"""How late a run may start; APScheduler's own default is one second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledJob:
    """A job and when it runs.

    Attributes:
        name: As in ``schedule --once NAME`` and in ``job_runs``.
        run: What to do; says whether all went well; must be safe to run again.
        day_of_week: Names of days, never numbers: APScheduler's Monday is 0, cron's is 1.
        times: Hours and minutes, in UTC.
    """

    name: str
    run: Callable[[], bool]
    day_of_week: str
    times: tuple[tuple[int, int], ...]


def make_scheduler(jobs: Sequence[ScheduledJob]) -> BaseScheduler:
    """A scheduler that holds ``jobs`` and has not been started.

    One job runs at a time; runs that were missed are made up for once.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.cron import CronTrigger

    scheduler = BackgroundScheduler(
        timezone=TIME_ZONE,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={
            "coalesce": True,
            "max_instances": 1,
            "misfire_grace_time": MISFIRE_GRACE_SECONDS,
        },
    )
    for job in jobs:
        for hour, minute in job.times:
            scheduler.add_job(
                _guarded(job),
                CronTrigger(
                    day_of_week=job.day_of_week, hour=hour, minute=minute, timezone=TIME_ZONE
                ),
                id=f"{job.name}-{hour:02}{minute:02}",
                name=job.name,
            )
    return scheduler


def _guarded(job: ScheduledJob) -> Callable[[], None]:
    """The job, with its failure in the log: one bad day must not end the scheduler."""

    def run() -> None:
        try:
            well = job.run()
        except Exception:
            log.exception("job %s failed; it runs again at its next time", job.name)
        else:
            log.info("job %s ended %s", job.name, "well" if well else "with problems")

    return run


def run_until_stopped(scheduler: BaseScheduler) -> None:
    """Run the jobs at their times; end after the running one on SIGTERM or an interrupt.

    Raises:
        KeyboardInterrupt: It was interrupted from a terminal.
    """
    import signal

    # Waited for, not handled: a handler that runs just before the main thread falls asleep on a
    # lock is only noticed when it wakes, which here may be hours later.
    stops = {signal.SIGTERM, signal.SIGINT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    try:
        scheduler.start()
        stopped_by = signal.sigwait(stops)
        log.info("stopping after the job that runs")
        scheduler.shutdown(wait=True)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if stopped_by == signal.SIGINT:
        raise KeyboardInterrupt
