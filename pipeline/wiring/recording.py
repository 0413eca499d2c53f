"""Where config becomes what notes the runs of jobs, and holds off one while another runs.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.wiring.memory import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from pipeline.config import Config
    from pipeline.job_runs import JobRecorder


def make_recorder(
    config: Config, *, clock: Callable[[], datetime], tell: Callable[[str], None]
) -> JobRecorder:
    """What notes the runs of the config's jobs, one of which runs at a time on this machine.

    Args:
        config: The config.
        clock: The time (UTC).
        tell: Told in one line for whom a job has to wait.
    """
    from pipeline.job_runs import JobRecorder
    from pipeline.lock import hold_lock

    path = config.cache_path.parent / "job.lock"
    return JobRecorder(
        ledger=open_ledger(config),
        clock=clock,
        turn=lambda job: hold_lock(path, job, now=clock(), tell=tell),
    )


def hold_schedule(config: Config, *, now: datetime) -> AbstractContextManager[None]:
    """Hold off every other schedule of this config; refused at once where there is one.

    Raises:
        BusyError: When it is entered: there is one.
    """
    from pipeline.lock import hold_lock

    path = config.cache_path.parent / "schedule.lock"
    return hold_lock(
        path, "shortlist schedule", now=now, tell=lambda _line: None, patience_seconds=0.0
    )
