"""``shortlist schedule``: the jobs on a server of one's own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.logs import set_up_logs
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, read_config, utc_now

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.schedule import ScheduledJob


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("schedule", epilog="Example: shortlist schedule --once daily")(schedule)


def schedule(
    *,
    once: Annotated[
        str, typer.Option("--once", metavar="JOB", help="Run this job now and end.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Run the daily job at its times, until stopped.

    Times are those of the daily workflow, in UTC, on the days after announcements; the second fills
    what the first could not fetch.
    """
    from pipeline.schedule import make_scheduler, run_until_stopped

    settings = read_config(config)
    jobs = {job.name: job for job in _jobs(settings)}
    if once:
        if once not in jobs:
            raise typer.BadParameter(f"no job {once!r}; known: {', '.join(jobs)}")
        if not jobs[once].run():
            raise typer.Exit(1)
        return
    set_up_logs(logging.INFO)
    scheduler = make_scheduler(list(jobs.values()))
    for job in jobs.values():
        times = " and ".join(f"{hour:02}:{minute:02}" for hour, minute in job.times)
        show.print_line(f"{job.name}: {job.day_of_week} at {times} UTC")
    run_until_stopped(scheduler)


def _jobs(settings: Config) -> tuple[ScheduledJob, ...]:
    from pipeline import wiring
    from pipeline.daily import run_and_record
    from pipeline.schedule import ScheduledJob

    def daily() -> bool:
        now = utc_now()
        with show.progress_bar("embedding abstracts") as progress:
            job = wiring.make_daily_job(settings, day=now.date(), now=now, progress=progress)
            report = run_and_record(job, clock=utc_now)
        show.print_report(report)
        return not report.failed

    # arXiv announces Sunday to Thursday evening in Ithaca: Monday to Friday in UTC.
    return (
        ScheduledJob(name="daily", run=daily, day_of_week="mon-fri", times=((4, 47), (10, 17))),
    )
