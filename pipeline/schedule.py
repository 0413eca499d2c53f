"""The clock of a server of one's own: which job runs when, in one process.

Knows when, not what: jobs are functions that are handed in. Nothing is kept
about jobs but their runs, in the database (``job_runs``).
"""

from __future__ import annotations

import logging
import threading
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
    from apscheduler.schedulers.blocking import BlockingScheduler
    from apscheduler.triggers.cron import CronTrigger

    scheduler = BlockingScheduler(
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


def stop_on_signals(scheduler: BaseScheduler) -> None:
    """End after the running job on SIGTERM, as a service manager asks."""
    import signal

    def stop(_number: int, _frame: object) -> None:
        # shutdown() joins the executor: from a signal handler it has to go through a thread.
        threading.Thread(target=scheduler.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
