"""Where config becomes what notes the runs of jobs, and holds off one while another runs.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pipeline.wiring.memory import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from pipeline.config import Config
    from pipeline.job_runs import Alarm, JobRecorder


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
        alarm=make_alarm(config),
    )


def make_alarm(config: Config) -> Alarm | None:
    """What tells of jobs that fail, if the list's repository and a token are set."""
    from pipeline.wiring.github import TOKEN, make_github, repository_name

    if not (config.github.alarms and repository_name(config) and os.environ.get(TOKEN, "").strip()):
        return None
    from pipeline.alarm import IssueAlarm

    return IssueAlarm(
        tracker=make_github(config), ledger=open_ledger(config), page=_page_of_this_run()
    )


def _page_of_this_run() -> str:
    """Where GitHub shows the run of the workflow that this is part of, "" elsewhere.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/variables.
    """
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (os.environ.get(name, "") for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""


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
